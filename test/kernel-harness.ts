import { BLOCKED, ECHILD } from '../src/abi/errno.ts';
import { O_CREAT, O_WRONLY } from '../src/abi/flags.ts';
import type { PackHost } from '../src/abi/pack.ts';
import { SIGCHLD } from '../src/abi/signal.ts';
import type { Entry, Flavour, Sys } from '../src/abi/sys.ts';
import { shellStatus, WaitResult } from '../src/abi/wait.ts';
import {
  type HostInput,
  type HostOutput,
  type HostPty,
  Kernel,
  type KernelConfig,
  type Outside,
  type StartOptions,
} from '../src/kernel/index.ts';
import { makeElf } from '../src/lib/elf.ts';
import { decode, encode } from '../src/lib/utf8.ts';
import { TmpFs } from '../src/vfs/index.ts';

export interface TestKernelOptions {
  /** By name: each is loaded through the executable /bin/NAME. A promise is loaded as a lazy program is. */
  programs?: Readonly<Record<string, Entry | Promise<Entry>>>;
  /** By path; missing directories are made. A path ending in / is a directory. */
  files?: Readonly<Record<string, string | Uint8Array | { content: string | Uint8Array; mode: number }>>;
  flavour?: Flavour;
  packs?: PackHost;
  config?: Partial<KernelConfig>;
  /** Milliseconds of the host's clock, by which turns of the event loop are measured; by default the real one. */
  hostClock?(): number;
  /** Runs in process 1 before anything else, as root. */
  setUp?(sys: Sys): Generator<void, void, void>;
}

export interface RunOptions {
  stdin?: string | Uint8Array;
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  cred?: StartOptions['cred'];
}

export interface RunResult {
  /** As `$?`: 128 + signal for one that was killed. */
  status: number;
  /** As waitpid(2) has it. */
  waitStatus: number;
  stdout: string;
  stderr: string;
}

export interface TestTerminal {
  readonly pty: HostPty;
  /** All output so far. */
  screen(): string;
  /** Types text. */
  type(text: string): void;
  /** Waits until the output since the last `expect` has `text`. @returns what came up to its end */
  expect(text: string | RegExp): Promise<string>;
}

export interface TestKernel {
  readonly kernel: Kernel;
  /** Errors that programs or the kernel threw. */
  readonly panics: string[];
  /** Runs a program to its end (virtual clock: sleeps take no time). Rejects when every task waits for ever. */
  run(program: Entry | string, argv?: readonly string[], options?: RunOptions): Promise<RunResult>;
  terminal(size?: { rows: number; cols: number }): TestTerminal;
  /** Starts a program on a terminal, as the leader of a session. @returns its end, as `$?` */
  runOn(
    terminal: TestTerminal,
    program: Entry | string,
    argv?: readonly string[],
    options?: RunOptions,
  ): Promise<number>;
  /** Lets the kernel work until all tasks wait, and nothing outside is under way but the caller's `own` holds. */
  settle(own?: number): Promise<void>;
}

/** A deterministic outside: the real clock only measures slices. */
function makeOutside(options: TestKernelOptions, panics: string[], afterTurn: () => void): Outside {
  let seed = 1;
  return {
    realtime: () => 1_762_333_200_000,
    monotonic: options.hostClock ?? (() => performance.now()),
    setTimer(at, fire) {
      const timer = setTimeout(fire, Math.max(0, at - performance.now()));
      return () => clearTimeout(timer);
    },
    turn(run) {
      setImmediate(() => {
        run();
        afterTurn();
      });
    },
    random(buf) {
      for (let i = 0; i < buf.length; i++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        buf[i] = seed >>> 16;
      }
    },
    loadProgram: (name) => options.programs?.[name],
    ...(options.packs ? { startPack: (name: string, memory: number) => options.packs?.start(name, memory) } : {}),
    onPanic: (error, where) => panics.push(`${where}: ${error instanceof Error ? error.stack : String(error)}`),
  };
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

function makeDirectories(sys: Sys, path: string): void {
  if (path === '/' || path === '') return;
  makeDirectories(sys, parentOf(path));
  sys.mkdir(path, 0o755);
}

function* putFile(sys: Sys, path: string, content: string | Uint8Array, mode: number): Generator<void, void, void> {
  makeDirectories(sys, parentOf(path));
  const fd = sys.open(path, O_WRONLY | O_CREAT, mode);
  if (fd < 0) throw new Error(`cannot make ${path}: ${fd}`);
  const bytes = typeof content === 'string' ? encode(content) : content;
  let at = 0;
  while (at < bytes.length) {
    const n = sys.write(fd, bytes.subarray(at));
    if (n === BLOCKED) {
      // the slice is over: nothing goes on before the next
      yield;
      continue;
    }
    if (n < 0) throw new Error(`cannot write ${path}: ${n}`);
    at += n;
  }
  sys.chmod(path, mode);
  sys.close(fd);
}

/** Mounts that every host has. */
const MOUNTS: readonly (readonly [type: string, target: string, data: string])[] = [
  ['devtmpfs', '/dev', ''],
  ['devpts', '/dev/pts', 'gid=5,mode=620,ptmxmode=000'],
  ['tmpfs', '/tmp', ''],
  ['proc', '/proc', ''],
  ['sysfs', '/sys', ''],
  ['cgroup2', '/sys/fs/cgroup', ''],
];

/**
 * A small machine for tests: a disk in memory, /dev, /proc, /sys, /tmp, an init that reaps, the virtual clock.
 * `await bootTestKernel({ programs: { hello } })`, then `await k.run('/bin/hello')` or `await k.run(function* (sys) { … })`.
 */
export async function bootTestKernel(options: TestKernelOptions = {}): Promise<TestKernel> {
  const panics: string[] = [];
  const running: Set<(error: Error) => void> = new Set();
  let kernel: Kernel;
  const isIdle = (): boolean =>
    kernel.run.runnable === 0 && kernel.timers.next() === undefined && kernel.run.holds === 0;
  const outside = makeOutside(options, panics, () => {
    if (!isIdle() || running.size === 0) return;
    // one more turn: what a completion of this turn started
    setImmediate(() => {
      if (!isIdle()) return;
      for (const fail of [...running]) fail(new Error(`every task waits: ${describeTasks(kernel)}`));
    });
  });
  kernel = new Kernel(outside, { ...options.config });
  const disk = new TmpFs({ type: 'ext4', bytes: 2 ** 30, inodes: 1e6, mode: 0o755, now: kernel.coarse });
  await new Promise<void>((resolve, reject) => {
    kernel.boot({
      root: disk,
      source: '/dev/vda1',
      argv: ['/sbin/init'],
      envp: [],
      *init(sys) {
        try {
          yield* setUpFiles(sys, options);
          if (options.setUp) yield* options.setUp(sys);
          resolve();
        } catch (error) {
          reject(error);
        }
        const out = new WaitResult();
        sys.sigaction(SIGCHLD, () => {});
        for (;;) {
          const pid = sys.waitpid(-1, 0, out);
          if (pid === -ECHILD) sys.pause();
          if (pid < 0) yield;
        }
      },
    });
  });

  /** @param mayWait nothing is wrong when every task waits: somebody may type */
  const finished = (program: Entry | string, start: StartOptions, mayWait: boolean): Promise<number> =>
    new Promise((resolve, reject) => {
      if (!mayWait) running.add(reject);
      const process = kernel.start(program, start);
      if (typeof process === 'number') {
        reject(new Error(`start: ${process}`));
        return;
      }
      process.ended.add({
        queues: [],
        wake() {
          running.delete(reject);
          resolve(process.dying!);
        },
      });
    });

  const environment = (extra: RunOptions['env'] = {}): string[] =>
    Object.entries({ PATH: '/bin:/usr/bin', HOME: '/root', ...extra }).map(([name, value]) => `${name}=${value}`);

  return {
    kernel,
    panics,
    async run(program, argv, opts = {}) {
      const out: Uint8Array[] = [];
      const err: Uint8Array[] = [];
      const sink = (to: Uint8Array[]): HostOutput =>
        kernel.hostOutput((bytes) => {
          to.push(bytes);
          return bytes.length;
        });
      const stdin = kernel.hostInput();
      feed(stdin, typeof opts.stdin === 'string' ? encode(opts.stdin) : (opts.stdin ?? new Uint8Array(0)));
      const waitStatus = await finished(
        program,
        {
          argv: argv ?? [typeof program === 'string' ? program : 'test'],
          envp: environment(opts.env),
          files: [stdin, sink(out), sink(err)],
          ...(opts.cwd === undefined ? {} : { cwd: opts.cwd }),
          ...(opts.cred === undefined ? {} : { cred: opts.cred }),
        },
        false,
      );
      const text = (chunks: Uint8Array[]): string => decode(Uint8Array.from(chunks.flatMap((c) => [...c])));
      return { status: shellStatus(waitStatus), waitStatus, stdout: text(out), stderr: text(err) };
    },
    terminal(size = { rows: 24, cols: 80 }) {
      return makeTerminal(kernel, size);
    },
    async runOn(terminal, program, argv, opts = {}) {
      const waitStatus = await finished(
        program,
        {
          argv: argv ?? [typeof program === 'string' ? program : 'test'],
          envp: environment({ TERM: 'xterm-256color', ...opts.env }),
          tty: terminal.pty.slavePath,
          ...(opts.cwd === undefined ? {} : { cwd: opts.cwd }),
          ...(opts.cred === undefined ? {} : { cred: opts.cred }),
        },
        true,
      );
      return shellStatus(waitStatus);
    },
    async settle(own = 0) {
      // twice: what a completion started in between counts as well
      for (let quiet = 0; quiet < 2; ) {
        await new Promise((resolve) => setImmediate(resolve));
        quiet = kernel.run.runnable === 0 && kernel.run.holds <= own ? quiet + 1 : 0;
      }
    },
  };
}

function* setUpFiles(sys: Sys, options: TestKernelOptions): Generator<void, void, void> {
  for (const path of ['/bin', '/etc', '/root', '/tmp', '/dev', '/proc', '/sys', '/run', '/var', '/home'])
    sys.mkdir(path, 0o755);
  for (const [type, target, data] of MOUNTS) sys.mount(type, target, type, 0, data);
  for (const name of Object.keys(options.programs ?? {})) {
    const elf = makeElf({ program: name, version: '1', flavour: options.flavour ?? 'glibc' });
    yield* putFile(sys, `/bin/${name}`, elf, 0o755);
  }
  for (const [path, file] of Object.entries(options.files ?? {})) {
    if (path.endsWith('/')) makeDirectories(sys, path.slice(0, -1));
    else if (typeof file === 'string' || file instanceof Uint8Array) yield* putFile(sys, path, file, 0o644);
    else yield* putFile(sys, path, file.content, file.mode);
  }
}

function feed(stdin: HostInput, bytes: Uint8Array): void {
  let at = 0;
  const go = (): void => {
    if (stdin.closed) return;
    at += stdin.push(bytes.subarray(at));
    if (at === bytes.length) {
      stdin.onRoom = undefined;
      stdin.end();
    }
  };
  stdin.onRoom = go;
  go();
}

function makeTerminal(kernel: Kernel, size: { rows: number; cols: number }): TestTerminal {
  const pty = kernel.openPty(size);
  if (typeof pty === 'number') throw new Error(`openPty: ${pty}`);
  let screen = '';
  let seen = 0;
  let look: (() => void) | undefined;
  pty.onOutput((bytes) => {
    screen += decode(bytes);
    look?.();
  });
  return {
    pty,
    screen: () => screen,
    type(text) {
      pty.write(encode(text));
    },
    expect: (text) =>
      new Promise((resolve) => {
        look = () => {
          const rest = screen.slice(seen);
          const found = typeof text === 'string' ? rest.indexOf(text) : rest.search(text);
          if (found < 0) return;
          const length = typeof text === 'string' ? text.length : (text.exec(rest)?.[0].length ?? 0);
          seen += found + length;
          look = undefined;
          resolve(rest.slice(0, found + length));
        };
        look();
      }),
  };
}

/** Who waits, for the message of a deadlock. */
function describeTasks(kernel: Kernel): string {
  const rows: string[] = [];
  for (const pid of kernel.pidNs.all()) {
    const task = pid.task;
    if (task)
      rows.push(
        `${pid.numbers[0]} ${task.comm}${task.process.stopSignal ? ' (stopped)' : ''}${task.process.zombie ? ' (zombie)' : ''}`,
      );
  }
  return rows.join(', ');
}
