import { removeTree } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { save } from '../accounts/busybox.ts';
import { AccountFiles } from '../accounts/database.ts';
import { removeMember, removeUser } from '../accounts/debian.ts';

export default program({
  name: 'deluser',
  at: ['/usr/sbin/deluser'],
  spec: "Debian's deluser(8) 3.137; without --backup, --remove-all-files",
  version: 'version 3.137',
  usage: '[--remove-home] user',
  about: 'Remove a user from the system.',
  options: {
    removeHome: { long: 'remove-home', help: 'Remove home directory and mail spool' },
    force: { short: 'f', busybox: false, help: 'force removal' },
    system: { busybox: false, help: 'only delete if user is a system user' },
    quiet: { short: 'q', busybox: false, help: 'do not give process information to stdout' },
  },
  busybox: {
    at: '/usr/sbin/deluser',
    usage: '[--remove-home] USER',
    help: 'Delete USER from the system\n\n\t--remove-home\tRemove home directory and mail spool\n',
  },
  *main(ctx) {
    const [first, second] = ctx.args;
    if (first === undefined) return yield* ctx.form === 'gnu' ? ctx.die('Enter a user name to remove: ') : ctx.usage();
    if (ctx.form === 'gnu')
      return yield* second === undefined
        ? removeUser(ctx, first, ctx.opts.removeHome)
        : removeMember(ctx, first, second);
    const files = yield* AccountFiles.load(ctx.sys);
    const user = files.user(first);
    if (!user) return yield* ctx.die(`unknown user ${first}`);
    if (ctx.opts.removeHome) removeTree(ctx.sys, user.dir);
    files.removeUser(first);
    const own = files.groups.find((group) => group.name === first);
    if (own && !files.users.some((other) => other.gid === own.gid)) files.removeGroup(first);
    return yield* save(ctx, files);
  },
});
