import {
  loginEnvironment,
  Machine,
  shellStatus,
  type TraceScope,
  type TraceStep,
  traceCalls,
} from '../machine/index.ts';
import { nodeWorld } from './world.ts';

const DOCKER_SOCKET = '/var/run/docker.sock';
const SIZE = { rows: 24, cols: 80 };
const ENTER = '\r';
/** Width of the column with a program's name: TASK_COMM_LEN without its NUL. */
const PROGRAM = 15;

/** What a trace begins with and how much it shows. */
export interface TraceOptions {
  /** Run before, unseen: it pulls images, makes files. */
  before: string | undefined;
  scope: TraceScope;
}

/**
 * `drydock trace`: types a command at a new host's prompt and prints its way from the terminal back to the terminal:
 * bytes that come from and go to the terminal, and the system calls in between, one a line.
 * @returns the command's exit status
 */
export async function trace(command: string, options: TraceOptions): Promise<number> {
  return await traceCommand(command, options, (line) => void process.stdout.write(`${line}\n`));
}

/** As `trace`, with the lines given to `print`. */
export async function traceCommand(
  command: string,
  options: TraceOptions,
  print: (line: string) => void,
): Promise<number> {
  const machine = await Machine.boot(nodeWorld('virtual'));
  await machine.socketAnswers(DOCKER_SOCKET);
  if (options.before !== undefined) await runUnseen(machine, options.before);
  const pty = machine.kernel.openPty(SIZE);
  if (typeof pty === 'number') return 126;
  const screen = new Screen();
  pty.onOutput((bytes) => screen.output(bytes));
  const shell = machine.kernel.start('/bin/bash', {
    argv: ['-bash'],
    envp: loginEnvironment('xterm-256color'),
    cwd: '/root',
    tty: pty.slavePath,
  });
  if (typeof shell === 'number') return 126;
  const over = machine.ended(shell);
  await Promise.race([screen.prompt(), over]);
  screen.print = print;
  const end = traceCalls(machine.kernel, options.scope, (step) => {
    // what a call wrote to the terminal is told after the call
    const writes = step.call === 'write' && step.args.includes(pty.slavePath);
    if (!writes) screen.tell();
    print(stepLine(step));
    screen.tell();
  });
  print(terminalLine('input', command + ENTER));
  pty.write(new TextEncoder().encode(command + ENTER));
  await Promise.race([screen.prompt(), over]);
  end();
  screen.tell();
  screen.print = undefined;
  pty.write(new TextEncoder().encode(`exit${ENTER}`));
  const status = shellStatus(await over);
  machine.kernel.shutdown();
  return status;
}

/** Runs a command without a terminal and drops its output. */
async function runUnseen(machine: Machine, command: string): Promise<void> {
  const drop = (bytes: Uint8Array): number => bytes.length;
  const stdin = machine.input();
  stdin.end();
  const started = machine.kernel.start('/bin/bash', {
    argv: ['bash', '-c', command],
    envp: loginEnvironment(undefined),
    cwd: '/root',
    files: [stdin, machine.output(drop), machine.output(drop)],
  });
  if (typeof started !== 'number') await machine.ended(started);
}

/** The terminal of a trace. */
class Screen {
  /** Takes a line for each piece of output; nothing is printed where it is not set. */
  print: ((line: string) => void) | undefined;
  readonly #decoder = new TextDecoder();
  readonly #untold: string[] = [];
  #text = '';
  #atPrompt: (() => void) | undefined;

  output(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (this.print) this.#untold.push(text);
    this.#text += text;
    if (!/\w+@[\w.-]+:[^\n]*# $/.test(plain(this.#text))) return;
    this.#atPrompt?.();
  }

  /** Prints the output that was not printed yet. */
  tell(): void {
    for (const text of this.#untold.splice(0)) this.print?.(terminalLine('output', text));
  }

  /** Resolves when the shell's next prompt is written. */
  prompt(): Promise<void> {
    this.#text = '';
    return new Promise((resolve) => {
      this.#atPrompt = resolve;
    });
  }
}

/** Text without control sequences. */
const plain = (text: string): string => text.replace(/\x1b(?:\[[0-9;?]*[@-~]|\][^\x07]*\x07)/g, '');

const terminalLine = (way: 'input' | 'output', text: string): string =>
  `${'-'.padStart(5)} ${'kernel/tty'.padEnd(PROGRAM)} ${way} ${JSON.stringify(text)}`;

/** One line: process, program, call and result. */
export function stepLine({ pid, program, call, args, result }: TraceStep): string {
  return `${String(pid).padStart(5)} ${program.padEnd(PROGRAM)} ${call}(${args})${result === '' ? '' : ` = ${result}`}`;
}
