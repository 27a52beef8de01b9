import { EINTR } from '../../abi/errno.ts';
import { LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, O_CREAT, O_NOCTTY, O_RDONLY } from '../../abi/flags.ts';
import { SIGALRM } from '../../abi/signal.ts';
import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { open, spawn, waitpid } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'flock',
  at: ['/usr/bin/flock'],
  spec: 'util-linux 2.39 flock(1)',
  version: 'from util-linux 2.39.3',
  usage:
    '[options] <file>|<directory> <command> [<argument>...]\n flock [options] <file>|<directory> -c <command>\n flock [options] <file descriptor number>',
  about: 'Manage file locks from shell scripts.',
  options: {
    shared: { short: 's', help: 'get a shared lock' },
    exclusive: { short: 'xe', help: 'get an exclusive lock (default)' },
    unlock: { short: 'u', help: 'remove a lock' },
    nonblock: { short: 'n', long: 'nonblock', help: 'fail rather than wait' },
    nb: { long: 'nb', busybox: false, help: 'fail rather than wait' },
    timeout: { short: 'w', arg: 'secs', busybox: false, help: 'wait for a limited amount of time' },
    conflictExitCode: { short: 'E', arg: 'number', busybox: false, help: 'exit code after conflict or timeout' },
    close: { short: 'o', busybox: false, help: 'close file descriptor before running command' },
    noFork: { short: 'F', busybox: false, help: 'execute command without forking' },
    verbose: { busybox: false, help: 'increase verbosity' },
  },
  stopAtOperand: true,
  usageStatus: 64,
  busybox: {
    at: '/usr/bin/flock',
    usage: '[-sxun] FD | { FILE [-c] PROG ARGS }',
    help: '[Un]lock file descriptor, or lock FILE, run PROG\n\n\t-s\tShared lock\n\t-x\tExclusive lock (default)\n\t-u\tUnlock FD\n\t-n\tFail rather than wait\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const [file, ...rest] = ctx.args;
    if (file === undefined) return yield* ctx.usage(ctx.form === 'gnu' ? 'not enough arguments' : undefined);
    let command = rest;
    let fd: number;
    if (rest.length === 0) {
      if (!/^\d+$/.test(file)) return yield* ctx.die(`bad file descriptor: '${file}'`, 64);
      fd = Number(file);
    } else {
      if (rest[0] === '-c' || rest[0] === '--command') {
        if (rest.length !== 2) return yield* ctx.die(`${rest[0]} requires exactly one command argument`, 64);
        command = [ctx.env.get('SHELL') ?? '/bin/sh', '-c', rest[1]!];
      }
      fd = yield* open(sys, file, O_RDONLY | O_CREAT | O_NOCTTY, 0o666);
      if (fd === -21) fd = yield* open(sys, file, O_RDONLY | O_NOCTTY);
      if (fd < 0) return yield* ctx.die(`cannot open lock file ${file}: ${ctx.strerror(fd)}`, 66);
    }
    const conflict = Number(opts.conflictExitCode ?? 1);
    const operation =
      (opts.unlock ? LOCK_UN : opts.shared ? LOCK_SH : LOCK_EX) | (opts.nonblock || opts.nb ? LOCK_NB : 0);
    let late = false;
    if (opts.timeout !== undefined) {
      sys.sigaction(SIGALRM, () => {
        late = true;
      });
      sys.alarm(Math.max(1, Number(opts.timeout) * 1000));
    }
    for (;;) {
      const r = sys.flock(fd, operation);
      if (r === 0) break;
      if (r === -4096) yield;
      else if (r === -EINTR && late) return conflict;
      else if (r === -EINTR) continue;
      else if (r === -11) return conflict;
      else return yield* ctx.die(`${file}: ${ctx.strerror(r)}`, 65);
    }
    if (opts.timeout !== undefined) sys.alarm(0);
    if (command.length === 0) return 0;
    const path = searchPath(sys, command[0]!, ctx.env.get('PATH') ?? '/bin:/usr/bin');
    const pid = path === undefined ? -2 : yield* spawn(sys, path, command, sys.envp);
    if (pid < 0) return yield* ctx.die(`failed to execute ${command[0]}: ${ctx.strerror(pid)}`, pid === -2 ? 69 : 126);
    const result = new WaitResult();
    while ((yield* waitpid(sys, pid, 0, result)) === -EINTR);
    return shellStatus(result.status);
  },
});
