import { program } from '../../libc/program.ts';
import { save } from '../accounts/busybox.ts';
import { AccountFiles } from '../accounts/database.ts';
import { removeGroup, removeMember } from '../accounts/debian.ts';

export default program({
  name: 'delgroup',
  at: ['/usr/sbin/delgroup'],
  spec: "Debian's delgroup(8) 3.137",
  versionText: 'deluser version 3.137',
  usage: '[--only-if-empty] group',
  about: 'Remove a group from the system.',
  options: {
    system: { busybox: false, help: 'only delete if group is a system group' },
    onlyIfEmpty: { busybox: false, help: 'only remove if no members remain' },
    quiet: { short: 'q', busybox: false, help: 'do not give process information to stdout' },
  },
  busybox: {
    at: '/usr/sbin/delgroup',
    usage: '[USER] GROUP',
    help: 'Delete group GROUP from the system or user USER from group GROUP\n',
  },
  *main(ctx) {
    const [first, second] = ctx.args;
    if (first === undefined) return yield* ctx.form === 'gnu' ? ctx.die('Enter a group name to remove: ') : ctx.usage();
    if (ctx.form === 'gnu')
      return yield* second === undefined ? removeGroup(ctx, first) : removeMember(ctx, first, second);
    const files = yield* AccountFiles.load(ctx.sys);
    const name = second ?? first;
    const group = files.groups.find((g) => g.name === name);
    if (second !== undefined && !files.user(first)) return yield* ctx.die(`unknown user ${first}`);
    if (!group) return yield* ctx.die(`unknown group ${name}`);
    if (second !== undefined) files.removeMember(group, first);
    else {
      const user = files.users.find((u) => u.gid === group.gid);
      if (user) return yield* ctx.die(`'${user.name}' still has '${name}' as their primary group!`);
      files.removeGroup(name);
    }
    return yield* save(ctx, files);
  },
});
