import { ENOSYS, ESRCH } from '../../abi/errno.ts';
import { Stat } from '../../abi/stat.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { program } from '../../libc/program.ts';

/** Policies in the order of --max, with the priorities that they have. */
const POLICIES = [
  ['other', 'SCHED_OTHER', 0, 0],
  ['fifo', 'SCHED_FIFO', 1, 99],
  ['rr', 'SCHED_RR', 1, 99],
  ['batch', 'SCHED_BATCH', 0, 0],
  ['idle', 'SCHED_IDLE', 0, 0],
  ['deadline', 'SCHED_DEADLINE', 0, 0],
] as const;

export default program({
  name: 'chrt',
  at: ['/usr/bin/chrt'],
  style: 'util-linux',
  spec: 'util-linux 2.39 chrt(1); the scheduler has SCHED_OTHER alone: other policies are refused',
  version: 'from util-linux 2.39.3',
  usage: '[options] <priority> <command> [<arg>...]\n[options] --pid <priority> <pid>\n[options] -p <pid>',
  about: 'Show or change the real-time scheduling attributes of a process.',
  options: {
    batch: { short: 'b', help: 'set policy to SCHED_BATCH' },
    deadline: { short: 'd', help: 'set policy to SCHED_DEADLINE' },
    fifo: { short: 'f', help: 'set policy to SCHED_FIFO' },
    idle: { short: 'i', help: 'set policy to SCHED_IDLE' },
    other: { short: 'o', help: 'set policy to SCHED_OTHER' },
    rr: { short: 'r', help: 'set policy to SCHED_RR (default)' },
    resetOnFork: { short: 'R', help: 'set reset-on-fork flag' },
    schedRuntime: { short: 'T', arg: 'ns', help: 'runtime parameter for DEADLINE' },
    schedPeriod: { short: 'P', arg: 'ns', help: 'period parameter for DEADLINE' },
    schedDeadline: { short: 'D', arg: 'ns', help: 'deadline parameter for DEADLINE' },
    allTasks: { short: 'a', help: 'operate on all the tasks (threads) for a given pid' },
    max: { short: 'm', help: 'show min and max valid priorities' },
    pid: { short: 'p', help: 'operate on existing given pid' },
    verbose: { short: 'v', help: 'display status information' },
  },
  stopAtOperand: true,
  *main(ctx) {
    const { opts, args, sys } = ctx;
    if (opts.max) {
      for (const [, name, low, high] of POLICIES)
        yield* ctx.stdout.write(`${name} min/max priority\t: ${low}/${high}\n`);
      return 0;
    }
    if (args.length === 0 || (!opts.pid && args.length < 2)) return yield* ctx.usage('bad usage');
    const last = args.at(-1)!;
    const pid = opts.pid ? Number(last) : 0;
    if (opts.pid && !/^\d+$/.test(last)) return yield* ctx.die(`invalid PID argument: '${last}'`);
    if (opts.pid && pid > 0 && sys.stat(`/proc/${pid}`, new Stat()) < 0)
      return yield* ctx.die(`failed to get pid ${pid}'s policy: ${ctx.strerror(ESRCH)}`);
    if (opts.pid && args.length === 1) {
      yield* ctx.stdout.write(
        `pid ${pid}'s current scheduling policy: SCHED_OTHER\npid ${pid}'s current scheduling priority: 0\n`,
      );
      return 0;
    }
    const policy = POLICIES.find(([key]) => opts[key]) ?? POLICIES[2];
    const [key, , low, high] = policy;
    const priority = args[0]!;
    if (!/^\d+$/.test(priority)) return yield* ctx.die(`invalid priority argument: '${priority}'`);
    if (Number(priority) < low || Number(priority) > high)
      return yield* ctx.die(`unsupported priority value for the policy: ${priority}: see --max for valid range`);
    if (key !== 'other') return yield* ctx.die(`failed to set pid ${pid}'s policy: ${ctx.strerror(ENOSYS)}`);
    return opts.pid ? 0 : yield* execCommand(ctx, args.slice(1), sys.envp, `failed to execute ${args[1]}`);
  },
});
