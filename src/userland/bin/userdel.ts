import { removeTree } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { AccountFiles } from '../accounts/database.ts';
import { needRoot, saveOrDie } from '../accounts/save-or-die.ts';
import { readProcesses } from '../proc/processes.ts';

export default program({
  name: 'userdel',
  at: ['/usr/sbin/userdel'],
  spec: 'shadow 4.13 userdel(8); without -R, -P, -Z',
  usage: '[options] LOGIN',
  about: 'Delete a user account and related files.',
  options: {
    force: { short: 'f', help: 'force removal, even if the user is logged in' },
    remove: { short: 'r', help: 'remove home directory and mail spool' },
  },
  usageStatus: 2,
  hint: () => 'Usage: userdel [options] LOGIN\n\n',
  *main(ctx) {
    const { opts, sys } = ctx;
    const [name, more] = ctx.args;
    if (name === undefined || more !== undefined) return yield* ctx.usage();
    const files = yield* AccountFiles.load(sys);
    const user = files.user(name);
    if (!user) return yield* ctx.die(`user '${name}' does not exist`, 6);
    yield* needRoot(ctx, '/etc/passwd', 1);
    const busy = (yield* readProcesses(sys)).find((p) => p.uid === user.uid || p.euid === user.uid);
    if (busy) {
      yield* ctx.warn(`user ${name} is currently used by process ${busy.pid}`);
      if (!opts.force) return 8;
    }
    const own = files.groups.find((group) => group.name === name);
    files.removeUser(name);
    if (own && own.members.length === 0 && !files.users.some((other) => other.gid === own.gid)) files.removeGroup(name);
    yield* saveOrDie(ctx, files);
    if (!opts.remove) return 0;
    const mail = `/var/mail/${name}`;
    if (sys.unlink(mail) < 0) yield* ctx.warn(`${name} mail spool (${mail}) not found`);
    if (sys.access(user.dir, 0) < 0) {
      yield* ctx.warn(`${name} home directory (${user.dir}) not found`);
      return 0;
    }
    const r = removeTree(sys, user.dir);
    if (r < 0) return yield* ctx.die(`error removing directory ${user.dir}`, 12);
    return 0;
  },
});
