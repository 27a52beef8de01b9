import { ENOENT, ENOSYS, ESRCH } from '../../abi/errno.ts';
import { decode } from '../../lib/utf8.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { cpuList, cpuMask, parseCpuList, parseCpuMask } from '../linux/cpu-list.ts';

export default program({
  name: 'taskset',
  at: ['/usr/bin/taskset'],
  style: 'util-linux',
  spec: 'util-linux 2.39 taskset(1) and busybox; the kernel sets no affinity but by cpuset groups: another one than there is, is refused',
  version: 'from util-linux 2.39.3',
  usage: '[options] [mask | cpu-list] [pid|cmd [args...]]',
  about: 'Show or change the CPU affinity of a process.',
  options: {
    allTasks: { short: 'a', help: 'operate on all the tasks (threads) for a given pid' },
    pid: { short: 'p', help: 'operate on existing given pid' },
    cpuList: { short: 'c', help: 'display and specify cpus in list format' },
  },
  stopAtOperand: true,
  busybox: {
    at: '/usr/bin/taskset',
    long: [],
    usage: '[-ap] [HEXMASK | -c LIST] { PID | PROG ARGS }',
    help: 'Set or get CPU affinity\n\n\t-p\tOperate on PID\n\t-a\tOperate on all threads\n\t-c\tAffinity is a list, not mask\n',
  },
  *main(ctx) {
    const { opts, args, form } = ctx;
    const bad = form === 'gnu' ? 'bad usage' : undefined;
    const last = args.at(-1) ?? (form === 'gnu' && opts.pid ? ctx.sys.argv.at(-1) : undefined);
    if (last === undefined || (!opts.pid && args.length < 2)) return yield* ctx.usage(bad);
    const pid = opts.pid ? Number(last) : 0;
    if (opts.pid && !/^\d+$/.test(last))
      return yield* ctx.die(form === 'gnu' ? `invalid PID argument: '${last}'` : `invalid number '${last}'`);
    const cpus = yield* affinity(ctx, pid);
    if (typeof cpus === 'number')
      return yield* ctx.die(
        form === 'gnu'
          ? `failed to get pid ${pid}'s affinity: ${ctx.strerror(ESRCH)}`
          : `can't get pid ${pid}'s affinity: ${ctx.strerror(ESRCH)}`,
      );
    const say = (what: string, of: readonly number[]): string =>
      `pid ${pid}'s ${what} affinity ${opts.cpuList ? `list: ${cpuList(of)}` : `mask: ${cpuMask(of)}`}\n`;
    if (opts.pid && args.length === 1) {
      yield* ctx.stdout.write(say('current', cpus));
      return 0;
    }
    const wanted = opts.cpuList ? parseCpuList(args[0]!) : parseCpuMask(args[0]!);
    if (!wanted)
      return yield* ctx.die(
        form === 'gnu'
          ? `failed to parse CPU ${opts.cpuList ? 'list' : 'mask'}: ${args[0]}`
          : `bad affinity '${args[0]}'`,
      );
    const possible = wanted.filter((cpu) => cpus.includes(cpu));
    if (opts.pid) yield* ctx.stdout.write(say('current', cpus));
    if (possible.length !== cpus.length) {
      const why = ctx.strerror(possible.length === 0 ? 22 : ENOSYS);
      return yield* ctx.die(
        form === 'gnu' ? `failed to set pid ${pid}'s affinity: ${why}` : `can't set pid ${pid}'s affinity: ${why}`,
      );
    }
    if (opts.pid) {
      yield* ctx.stdout.write(say('new', possible));
      return 0;
    }
    return yield* execCommand(ctx, args.slice(1), ctx.sys.envp, `failed to execute ${args[1]}`);
  },
});

/** The processors that a process may run on. @returns -ENOENT where there is none */
function* affinity(ctx: Pick<Context, 'sys'>, pid: number): Wait<number[] | number> {
  const bytes = yield* readFile(ctx.sys, `/proc/${pid === 0 ? 'self' : pid}/status`);
  if (typeof bytes === 'number') return bytes;
  const mask = /^Cpus_allowed:\t(.*)$/m.exec(decode(bytes))?.[1];
  return (mask === undefined ? undefined : parseCpuMask(mask)) ?? -ENOENT;
}
