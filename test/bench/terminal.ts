import { Worker } from 'node:worker_threads';
import { decode } from '../../src/lib/utf8.ts';
import { loginEnvironment, type Machine } from '../../src/machine/index.ts';

/** Another thread, which sends the moment of each key press, as a page sends keys to a worker. */
const KEYBOARD = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', (pause) => setTimeout(
  () => parentPort.postMessage(performance.timeOrigin + performance.now()),
  pause,
));`;
const CTRL_C = new Uint8Array([3]);
/** Characters of output that are kept: a flood is looked at as it comes. */
const KEPT = 256;

/** Milliseconds since the Epoch, the same in all threads. */
export const now = (): number => performance.timeOrigin + performance.now();

/** Keys that are pressed while this thread is busy. */
export class Keyboard {
  readonly #thread = new Worker(KEYBOARD, { eval: true });

  /** Resolves when the key that is pressed after `pause` milliseconds is heard. @returns when it was pressed */
  press(pause: number): Promise<number> {
    const pressed = new Promise<number>((resolve) => this.#thread.once('message', resolve));
    this.#thread.postMessage(pause);
    return pressed;
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}

/** A login shell on a terminal. */
export class Terminal {
  readonly #pty: Exclude<ReturnType<Machine['kernel']['openPty']>, number>;
  #text = '';
  #look: () => void = () => {};

  constructor(machine: Machine) {
    const pty = machine.kernel.openPty({ rows: 24, cols: 80 });
    if (typeof pty === 'number') throw new Error('no terminal');
    this.#pty = pty;
    pty.onOutput((bytes) => {
      this.#text = (this.#text + decode(bytes.subarray(-KEPT))).slice(-KEPT);
      this.#look();
    });
    const shell = machine.kernel.start('/bin/bash', {
      argv: ['-bash'],
      envp: loginEnvironment('xterm-256color'),
      cwd: '/root',
      tty: pty.slavePath,
    });
    if (typeof shell === 'number') throw new Error('no shell');
  }

  type(text: string): void {
    this.#pty.write(new TextEncoder().encode(text));
  }

  interrupt(): void {
    this.#pty.write(CTRL_C);
  }

  /** Forgets what was shown. */
  clear(): void {
    this.#text = '';
  }

  /** Resolves with the moment when what is shown matches. */
  shown(pattern: RegExp): Promise<number> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (!pattern.test(this.#text)) return;
        this.#look = () => {};
        resolve(now());
      };
      this.#look();
    });
  }
}
