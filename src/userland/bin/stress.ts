import { CLOCK_MONOTONIC, WNOHANG } from '../../abi/flags.ts';
import { SIGTERM } from '../../abi/signal.ts';
import type { Entry } from '../../abi/sys.ts';
import { shellStatus, WaitResult, wifexited, wtermsig } from '../../abi/wait.ts';
import { sleep, writeFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

const UNITS: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
const TIMES: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, y: 31_536_000 };

const size = (text: string | undefined, otherwise: number): number => {
  const match = /^(\d+)([BKMG]?)$/.exec(text ?? '');
  return match ? Number(match[1]) * UNITS[match[2] || 'B']! : otherwise;
};

const spin: Entry = function* (sys) {
  for (;;) if (sys.tick()) yield;
};

const syncs: Entry = function* (sys) {
  for (;;) {
    while (sys.sync() <= -4096) yield;
    if (sys.tick()) yield;
  }
};

/** Holds memory of the process's group: what it touches is charged. */
const allocate = (bytes: number, keep: boolean, hang: number): Entry =>
  function* (sys) {
    for (;;) {
      const piece = 1024 * 1024;
      let held = 0;
      for (; held < bytes; held += piece) {
        if (sys.charge(Math.min(piece, bytes - held)) < 0) return 1;
        if (sys.tick()) yield;
      }
      if (hang >= 0) yield* sleep(sys, hang === 0 ? 2 ** 31 - 1 : hang * 1000);
      if (keep) for (;;) if (sys.tick()) yield;
      sys.charge(-bytes);
      if (sys.tick()) yield;
    }
  };

const writer = (bytes: number): Entry =>
  function* (sys) {
    const path = `./stress.${sys.getpid()}`;
    for (;;) {
      yield* writeFile(sys, path, new Uint8Array(Math.min(bytes, 1024 * 1024)));
      sys.unlink(path);
      if (sys.tick()) yield;
    }
  };

export default program({
  name: 'stress',
  at: ['/usr/bin/stress'],
  spec: 'stress 1.0.7; --hdd writes at most 1 MiB at a time; --backoff has no effect',
  version: '1.0.7',
  usage: '[OPTION [ARG]] ...',
  about: 'Imposes certain types of compute stress on your system.',
  options: {
    verbose: { short: 'v', help: 'be verbose' },
    quiet: { short: 'q', help: 'be quiet' },
    dryRun: { short: 'n', help: 'show what would have been done' },
    timeout: { short: 't', arg: 'N', help: 'timeout after N seconds' },
    backoff: { arg: 'N', help: 'wait factor of N microseconds before work starts' },
    cpu: { short: 'c', arg: 'N', help: 'spawn N workers spinning on sqrt()' },
    io: { short: 'i', arg: 'N', help: 'spawn N workers spinning on sync()' },
    vm: { short: 'm', arg: 'N', help: 'spawn N workers spinning on malloc()/free()' },
    vmBytes: { arg: 'B', help: 'malloc B bytes per vm worker (default is 256MB)' },
    vmStride: { arg: 'B', help: 'touch a byte every B bytes' },
    vmHang: { arg: 'N', help: 'sleep N secs before free (default none, 0 is inf)' },
    vmKeep: { help: 'redirty memory instead of freeing and reallocating' },
    hdd: { short: 'd', arg: 'N', help: 'spawn N workers spinning on write()/unlink()' },
    hddBytes: { arg: 'B', help: 'write B bytes per hdd worker (default is 1GB)' },
  },
  *main(ctx) {
    const { sys, opts, stdout, stderr } = ctx;
    const count = (text: string | undefined): number => Number(text ?? 0);
    const say = (kind: string, text: string): string => `stress: ${kind}: [${sys.getpid()}] ${text}\n`;
    const [cpu, io, vm, hdd] = [count(opts.cpu), count(opts.io), count(opts.vm), count(opts.hdd)];
    if (ctx.args.length > 0) {
      yield* stderr.write(say('FAIL', `unrecognized option: ${ctx.args[0]}`));
      return 1;
    }
    if (cpu + io + vm + hdd === 0) return yield* ctx.usage();
    const time = /^(\d+)([smhdy]?)$/.exec(opts.timeout ?? '');
    if (opts.timeout !== undefined && !time) {
      yield* stderr.write(say('FAIL', `(${300}) unrecognized option`));
      return 1;
    }
    const end = time
      ? sys.now(CLOCK_MONOTONIC) + Number(time[1]) * TIMES[time[2] || 's']! * 1000
      : Number.POSITIVE_INFINITY;
    if (!opts.quiet) yield* stdout.write(say('info', `dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`));
    yield* stdout.flush();
    if (opts.dryRun) return 0;
    const began = sys.now(CLOCK_MONOTONIC);
    const workers: Entry[] = [
      ...Array<Entry>(cpu).fill(spin),
      ...Array<Entry>(io).fill(syncs),
      ...Array<Entry>(vm).fill(
        allocate(
          size(opts.vmBytes, 256 * 1024 ** 2),
          opts.vmKeep,
          opts.vmHang === undefined ? -1 : Number(opts.vmHang),
        ),
      ),
      ...Array<Entry>(hdd).fill(writer(size(opts.hddBytes, 1024 ** 3))),
    ];
    const pids = new Set<number>();
    for (const worker of workers) {
      const pid = sys.fork(worker);
      if (pid > 0) pids.add(pid);
    }
    let ended = false;
    for (const signal of [2, SIGTERM]) sys.sigaction(signal, () => (ended = true));
    sys.sigaction(17, () => {});
    const result = new WaitResult();
    let failed = false;
    while (!ended && !failed && pids.size > 0) {
      const left = end - sys.now(CLOCK_MONOTONIC);
      if (left <= 0) break;
      yield* sleep(sys, Math.min(left, 2 ** 31 - 1));
      for (let pid = sys.waitpid(-1, WNOHANG, result); pid > 0; pid = sys.waitpid(-1, WNOHANG, result)) {
        pids.delete(pid);
        if (shellStatus(result.status) === 0) continue;
        failed = true;
        const why = wifexited(result.status)
          ? `returned error ${shellStatus(result.status)}`
          : `got signal ${wtermsig(result.status)}`;
        yield* stderr.write(say('FAIL', `(415) <-- worker ${pid} ${why}`));
        yield* stderr.write(say('WARN', '(417) now reaping child worker processes'));
      }
    }
    for (const pid of pids) sys.kill(pid, SIGTERM);
    for (const pid of pids) while (sys.waitpid(pid, 0, result) <= -4096) yield;
    const took = Math.round((sys.now(CLOCK_MONOTONIC) - began) / 1000);
    if (failed) {
      yield* stderr.write(say('FAIL', `(451) failed run completed in ${took}s`));
      return 1;
    }
    if (ended) return 130;
    if (!opts.quiet) yield* stdout.write(say('info', `successful run completed in ${took}s`));
    return 0;
  },
});
