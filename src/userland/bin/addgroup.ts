import { program } from '../../libc/program.ts';
import { busyboxAddGroup } from '../accounts/busybox.ts';
import { addGroup, addMember } from '../accounts/debian.ts';

export default program({
  name: 'addgroup',
  at: ['/usr/sbin/addgroup'],
  spec: "Debian's addgroup(8) 3.137",
  versionText: 'adduser version 3.137',
  usage: '[--gid ID] group\naddgroup --system [--gid id] group',
  about: 'Add a group to the system.',
  options: {
    gid: { short: 'g', arg: 'GID', help: 'Group id' },
    system: { short: 'S', help: 'Create a system group' },
    group: { busybox: false, help: 'add a group' },
    quiet: { short: 'q', busybox: false, help: 'do not give process information to stdout' },
    forceBadname: { busybox: false, help: 'allow bad names' },
  },
  busybox: {
    at: '/usr/sbin/addgroup',
    usage: '[-g GID] [-S] [USER] GROUP',
    help: 'Add a group or add a user to a group\n\n\t-g GID\tGroup id\n\t-S\tCreate a system group\n',
  },
  *main(ctx) {
    const { opts, args } = ctx;
    if (args.length === 0 || args.length > 2)
      return yield* ctx.form === 'gnu' ? ctx.die('Only one or two names allowed.') : ctx.usage();
    if (ctx.form === 'busybox') return yield* busyboxAddGroup(ctx, args, opts.gid, opts.system);
    if (args.length === 2) return yield* addMember(ctx, args[0]!, args[1]!);
    return yield* addGroup(ctx, args[0]!, opts.gid === undefined ? undefined : Number(opts.gid), opts.system);
  },
});
