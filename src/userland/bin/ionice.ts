import { ENOSYS, ESRCH } from '../../abi/errno.ts';
import { Stat } from '../../abi/stat.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { program } from '../../libc/program.ts';

const CLASSES = ['none', 'realtime', 'best-effort', 'idle'];

export default program({
  name: 'ionice',
  at: ['/usr/bin/ionice'],
  style: 'util-linux',
  spec: 'util-linux 2.39 ionice(1) and busybox; there is one class: what would set another one is refused (-t: goes on)',
  version: 'from util-linux 2.39.3',
  usage: '[options] -p <pid>...\n[options] -P <pgid>...\n[options] -u <uid>...\n[options] <command>',
  about: 'Show or change the I/O-scheduling class and priority of a process.',
  options: {
    class: { short: 'c', arg: 'class', help: 'name or number of scheduling class (none, realtime, best-effort, idle)' },
    classdata: { short: 'n', arg: 'num', help: 'priority (0..7) in the specified scheduling class' },
    pid: { short: 'p', arg: 'pid', help: 'act on these already running processes' },
    pgid: { short: 'P', arg: 'pgrp', busybox: false, help: 'act on already running processes in these groups' },
    ignore: { short: 't', busybox: false, help: 'ignore failures' },
    uid: { short: 'u', arg: 'uid', busybox: false, help: 'act on already running processes owned by these users' },
  },
  stopAtOperand: true,
  busybox: {
    at: '/bin/ionice',
    long: [],
    usage: '[-c 1-3] [-n 0-7] [-p PID] [PROG ARGS]',
    help: 'Change I/O priority and class\n\n\t-c\tClass. 1:realtime 2:best-effort 3:idle\n\t-n\tPriority\n',
  },
  *main(ctx) {
    const { opts, args, sys, form } = ctx;
    const asked = opts.class;
    const known = asked === undefined ? 0 : /^\d+$/.test(asked) ? Number(asked) : CLASSES.indexOf(asked);
    if (asked !== undefined && !/^\d+$/.test(asked) && known < 0)
      return yield* ctx.die(`unknown scheduling class: '${asked}'`);
    if (opts.classdata !== undefined && !/^\d+$/.test(opts.classdata))
      return yield* ctx.die(`invalid class data argument: '${opts.classdata}'`);
    const setting = known !== 0 || opts.classdata !== undefined;
    if (known > 3) yield* ctx.warn(`unknown prio class ${known}`);
    const who = opts.pid ?? opts.pgid ?? opts.uid;
    if (who !== undefined && opts.pid !== undefined && sys.stat(`/proc/${who}`, new Stat()) < 0)
      return yield* ctx.die(
        `${setting ? 'ioprio_set' : 'ioprio_get'}${form === 'gnu' ? ' failed' : ''}: ${ctx.strerror(ESRCH)}`,
      );
    if (setting && known <= 3 && !opts.ignore) return yield* ctx.die(`ioprio_set failed: ${ctx.strerror(ENOSYS)}`);
    if (who === undefined && args.length > 0)
      return yield* execCommand(ctx, args, sys.envp, `failed to execute ${args[0]}`);
    if (!setting) yield* ctx.stdout.write('none: prio 0\n');
    return 0;
  },
});
