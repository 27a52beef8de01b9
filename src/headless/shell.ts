import { loginEnvironment, Machine, shellStatus } from '../machine/index.ts';
import { nodeWorld } from './world.ts';

export interface ShellOptions {
  clock: 'real' | 'virtual';
  /** Run on a terminal of the host. */
  tty: boolean;
  /** A command instead of a script on stdin. */
  command: string | undefined;
  verbose: boolean;
  /** Flavour of the host. */
  host: string;
}

/** `drydock shell`: runs a script as root in /root of a simulated host. @returns its exit status */
export async function shell(options: ShellOptions): Promise<number> {
  const machine = await Machine.boot({ ...nodeWorld(options.clock, options.verbose), host: options.host });
  // only this flavour comes with Docker
  if (options.host === 'ubuntu') await machine.socketAnswers('/var/run/docker.sock');
  const status = await (options.tty ? onTerminal(machine, options) : onPipes(machine, options));
  machine.kernel.shutdown();
  return status;
}

const argvOf = (options: ShellOptions): string[] =>
  options.command === undefined ? ['bash', '-s'] : ['bash', '-c', options.command];

async function onPipes(machine: Machine, options: ShellOptions): Promise<number> {
  const sink = (stream: NodeJS.WriteStream) => (bytes: Uint8Array) => {
    stream.write(bytes);
    return bytes.length;
  };
  const stdin = machine.input();
  const stdout = machine.output(sink(process.stdout));
  const stderr = machine.output(sink(process.stderr));
  feed(machine, stdin);
  const started = machine.kernel.start('/bin/bash', {
    argv: argvOf(options),
    envp: loginEnvironment(undefined),
    cwd: '/root',
    files: [stdin, stdout, stderr],
  });
  if (typeof started === 'number') return 126;
  return shellStatus(await machine.ended(started));
}

/** Carries Node's stdin into the machine; virtual time stands while more may come. */
function feed(machine: Machine, input: ReturnType<Machine['input']>): void {
  const queue: Buffer[] = [];
  let ended = false;
  const release = machine.kernel.hold();
  const push = (): void => {
    while (queue.length > 0) {
      const head = queue[0]!;
      const n = input.closed ? head.length : input.push(head);
      if (n < head.length) {
        queue[0] = head.subarray(n);
        return;
      }
      queue.shift();
    }
    if (ended) {
      input.onRoom = undefined;
      input.end();
      process.stdin.destroy();
    }
  };
  input.onRoom = push;
  process.stdin.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    push();
  });
  process.stdin.on('end', () => {
    ended = true;
    push();
    release();
  });
  process.stdin.on('error', () => {
    ended = true;
    push();
    release();
  });
}

async function onTerminal(machine: Machine, options: ShellOptions): Promise<number> {
  const { stdin, stdout } = process;
  const size = { rows: stdout.rows ?? 24, cols: stdout.columns ?? 80 };
  const pty = machine.kernel.openPty(size);
  if (typeof pty === 'number') return 126;
  pty.onOutput((bytes) => void stdout.write(bytes));
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('data', (chunk: Buffer) => void pty.write(chunk));
  stdin.on('end', () => void pty.write(new Uint8Array([4])));
  stdout.on('resize', () => pty.resize(stdout.columns, stdout.rows));
  const started = machine.kernel.start('/bin/bash', {
    argv: options.command === undefined ? ['-bash'] : ['bash', '-c', options.command],
    envp: loginEnvironment(process.env.TERM ?? 'xterm-256color'),
    cwd: '/root',
    tty: pty.slavePath,
  });
  if (typeof started === 'number') return 126;
  const status = shellStatus(await machine.ended(started));
  if (stdin.isTTY) stdin.setRawMode(false);
  return status;
}
