import { Accounts } from '../../libc/accounts.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { program } from '../../libc/program.ts';
import { quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'chroot',
  at: ['/usr/sbin/chroot'],
  spec: 'GNU coreutils 9.4 chroot(8)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION] NEWROOT [COMMAND [ARG]...]\n  or:  chroot OPTION',
  about: 'Run COMMAND with root directory set to NEWROOT.',
  options: {
    groups: { arg: 'G_LIST', busybox: false, help: 'specify supplementary groups as g1,g2,..,gN' },
    userspec: { arg: 'USER:GROUP', busybox: false, help: 'specify user and group (ID or name) to use' },
    skipChdir: { busybox: false, help: "do not change working directory to '/'" },
  },
  stopAtOperand: true,
  usageStatus: 125,
  busybox: {
    at: '/usr/sbin/chroot',
    usage: 'NEWROOT [PROG ARGS]',
    help: 'Run PROG with root directory set to NEWROOT\n',
  },
  *main(ctx) {
    const { sys, opts } = ctx;
    const [root, ...command] = ctx.args;
    if (root === undefined) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    const r = sys.chroot(root);
    if (r < 0)
      return yield* ctx.form === 'gnu'
        ? ctx.die(`cannot change root directory to ${shellQuote(root)}: ${ctx.strerror(r)}`, 125)
        : ctx.die(`can't change root directory to '${root}': ${ctx.strerror(r)}`);
    if (!opts.skipChdir) sys.chdir('/');
    const accounts = new Accounts(sys);
    if (opts.userspec !== undefined || opts.groups !== undefined) {
      const [user = '', group] = (opts.userspec ?? '').split(':');
      const who = /^\d+$/.test(user) ? yield* accounts.byUid(Number(user)) : yield* accounts.byName(user);
      if (user !== '' && !who && !/^\d+$/.test(user)) return yield* ctx.die(`invalid user`, 125);
      const named = group === undefined ? undefined : yield* accounts.groupByName(group);
      if (group && !named && !/^\d+$/.test(group)) return yield* ctx.die('invalid group', 125);
      const gid = named?.gid ?? (group ? Number(group) : who?.gid);
      if (opts.groups !== undefined) {
        const list: number[] = [];
        for (const g of opts.groups.split(',').filter((x) => x !== '')) {
          const found = yield* accounts.groupByName(g);
          if (!found && !/^\d+$/.test(g)) return yield* ctx.die(`invalid group ${quoteIfNeeded(g)}`, 125);
          list.push(found?.gid ?? Number(g));
        }
        sys.setgroups(list);
      } else if (who) sys.setgroups(yield* accounts.groupsOf(who.name, who.gid));
      if (gid !== undefined) sys.setgid(gid);
      if (user !== '') sys.setuid(who?.uid ?? Number(user));
    }
    const argv = command.length > 0 ? command : [ctx.env.get('SHELL') ?? '/bin/sh', '-i'];
    return yield* execCommand(ctx, argv);
  },
});
