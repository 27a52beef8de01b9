import { shellStatus } from '../abi/wait.ts';
import type { HostPty, Process } from '../kernel/index.ts';
import { dPath, resolveDirectory } from '../vfs/index.ts';
import { loginEnvironment } from './login.ts';
import type { Machine } from './machine.ts';
import {
  type HostTerminal,
  TERMINAL_WINDOW,
  type TerminalOptions,
  type TerminalSink,
  type TerminalSize,
} from './remote.ts';

const HOME = '/root';
/** Where commands are not found is where the shell itself is not. */
const NO_SHELL = 127;

/** When output may be shown. */
export interface Gate {
  /** Whether what is shown now may tell of something that is not kept yet. */
  readonly closed: boolean;
  /** Resolves when all that was done until now is kept. */
  open(): Promise<void>;
}

/**
 * Opens a login of root. Its output is shown when what was done before it is kept, so that a crash of the page loses
 * nothing that was seen.
 */
export function openHostTerminal(
  machine: Machine,
  size: TerminalSize,
  options: TerminalOptions,
  sink: TerminalSink,
  gate: Gate,
): HostTerminal {
  const pty = machine.kernel.openPty({ rows: size.rows, cols: size.cols });
  if (typeof pty === 'number') {
    sink.exit(NO_SHELL);
    return DEAD;
  }
  let shell: Process | number = -1;
  const output = new GatedOutput(pty, sink, gate, () => (typeof shell === 'number' ? undefined : folderOf(shell)));
  const input = new QueuedInput(pty);
  shell = machine.kernel.start('/bin/bash', {
    argv: ['-bash'],
    envp: loginEnvironment('xterm-256color'),
    cwd: folderToBegin(machine, options.cwd),
    tty: pty.slavePath,
  });
  if (typeof shell === 'number') output.after(() => sink.exit(NO_SHELL));
  else void machine.ended(shell).then((status) => output.after(() => sink.exit(shellStatus(status))));
  return {
    write: (bytes) => input.push(bytes),
    resize: ({ cols, rows }) => pty.resize(cols, rows),
    ack: (bytes) => output.ack(bytes),
    close: () => pty.close(),
  };
}

const DEAD: HostTerminal = { write() {}, resize() {}, ack() {}, close() {} };

/** The folder that was wished for, if it is there still. */
function folderToBegin(machine: Machine, wanted: string | undefined): string {
  const init = machine.kernel.init;
  if (wanted === undefined || init === undefined) return HOME;
  return typeof resolveDirectory(init.leader, wanted) === 'number' ? HOME : wanted;
}

const folderOf = (shell: Process): string | undefined => (shell.zombie ? undefined : dPath(shell.cwd, shell.root));

/** Typed bytes on their way into a terminal whose input queue may be full. */
class QueuedInput {
  readonly #pty: HostPty;
  #waiting: Uint8Array[] = [];
  #draining = false;

  constructor(pty: HostPty) {
    this.#pty = pty;
    pty.onRoom(() => this.#drain());
  }

  push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#drain();
  }

  #drain(): void {
    // A signal key empties the input queue, so that there is room again before its write has returned.
    if (this.#draining) return;
    this.#draining = true;
    while (this.#waiting.length > 0) {
      const first = this.#waiting[0]!;
      const n = this.#pty.write(first);
      if (n < first.length) {
        this.#waiting[0] = first.subarray(n);
        break;
      }
      this.#waiting.shift();
    }
    this.#draining = false;
  }
}

/** Output of a terminal: held while the gate is closed, and never more under way than the window. */
class GatedOutput {
  readonly #pty: HostPty;
  readonly #sink: TerminalSink;
  readonly #gate: Gate;
  readonly #folder: () => string | undefined;
  #toldFolder: string | undefined;
  #held: (Uint8Array | (() => void))[] = [];
  #opening = false;
  /** Bytes that were taken from the machine and not shown yet. */
  #under = 0;

  constructor(pty: HostPty, sink: TerminalSink, gate: Gate, folder: () => string | undefined) {
    this.#pty = pty;
    this.#sink = sink;
    this.#gate = gate;
    this.#folder = folder;
    pty.setWindow(TERMINAL_WINDOW);
    pty.onFlush(() => this.#flush());
    pty.onOutput((bytes) => this.#take(bytes));
  }

  /** Does something once all output before it was handed on, and may be known. */
  after(step: () => void): void {
    if (this.#held.length === 0 && !this.#gate.closed) {
      step();
      return;
    }
    this.#held.push(step);
    this.#wait();
  }

  ack(bytes: number): void {
    this.#under = Math.max(0, this.#under - bytes);
    this.#pty.setWindow(TERMINAL_WINDOW - this.#under);
  }

  #take(bytes: Uint8Array): void {
    this.#under += bytes.length;
    if (this.#held.length === 0 && !this.#gate.closed) {
      this.#show(bytes);
      return;
    }
    this.#held.push(bytes);
    this.#wait();
  }

  #show(bytes: Uint8Array): void {
    const folder = this.#folder();
    if (folder !== undefined && folder !== this.#toldFolder) {
      this.#toldFolder = folder;
      this.#sink.folder(folder);
    }
    this.#sink.output(bytes);
  }

  #wait(): void {
    if (this.#opening) return;
    this.#opening = true;
    const many = this.#held.length;
    void this.#gate.open().then(() => {
      this.#opening = false;
      for (const held of this.#held.splice(0, many)) {
        if (typeof held === 'function') held();
        else this.#show(held);
      }
      if (this.#held.length > 0) this.#wait();
    });
  }

  #flush(): void {
    const dropped = this.#held.filter((held) => typeof held !== 'function');
    this.#held = this.#held.filter((held) => typeof held === 'function');
    this.ack(dropped.reduce((sum, bytes) => sum + bytes.length, 0));
    this.#sink.flush();
  }
}
