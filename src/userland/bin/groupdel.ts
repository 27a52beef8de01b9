import { program } from '../../libc/program.ts';
import { AccountFiles } from '../accounts/database.ts';
import { needRoot, saveOrDie } from '../accounts/save-or-die.ts';

export default program({
  name: 'groupdel',
  at: ['/usr/sbin/groupdel'],
  spec: 'shadow 4.13 groupdel(8); without -R, -P',
  usage: '[options] GROUP',
  about: 'Delete a group.',
  options: { force: { short: 'f', help: 'delete group even if it is the primary group of a user' } },
  usageStatus: 2,
  hint: () => 'Usage: groupdel [options] GROUP\n\n',
  *main(ctx) {
    const [name, more] = ctx.args;
    if (name === undefined || more !== undefined) return yield* ctx.usage();
    const files = yield* AccountFiles.load(ctx.sys);
    const group = files.groups.find((g) => g.name === name);
    if (!group) return yield* ctx.die(`group '${name}' does not exist`, 6);
    const user = files.users.find((u) => u.gid === group.gid);
    if (user && !ctx.opts.force) return yield* ctx.die(`cannot remove the primary group of user '${user.name}'`, 8);
    yield* needRoot(ctx, '/etc/group', 10);
    files.removeGroup(name);
    yield* saveOrDie(ctx, files, 10);
    return 0;
  },
});
