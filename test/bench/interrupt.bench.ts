import { Worker } from 'node:worker_threads';
import { decode } from '../../src/lib/utf8.ts';
import { loginEnvironment, type Machine } from '../../src/machine/index.ts';
import { bootHost } from './host.ts';
import { atMost, type BenchRow, digits, least, quantile, told } from './rows.ts';

const BUSY = 100;
/** Of each side the best round counts: others use the computer too. */
const ROUNDS = 3;
const KEYS = 40;
const CTRL_C = new Uint8Array([3]);
/** Milliseconds between two keys: at least this, and a chance more so that they fall anywhere in a slice. */
const PAUSE = 60;
/** Milliseconds that the scheduler works before the event loop has its turn. */
const SLICE = 8;
const SHARE = 0.95;
/** Milliseconds. */
const LIMIT = 20;

/** A keyboard: another thread, which sends the moment of each key press, as a page sends keys to a worker. */
const KEYBOARD = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', () => setTimeout(
  () => parentPort.postMessage(performance.timeOrigin + performance.now()),
  ${PAUSE} + Math.random() * 30,
));`;

const now = (): number => performance.timeOrigin + performance.now();

function busyLoops(machine: Machine): void {
  for (let i = 0; i < BUSY; i++)
    machine.kernel.start('/bin/bash', {
      argv: ['bash', '-c', 'while :; do :; done'],
      envp: loginEnvironment(undefined),
      cwd: '/root',
      files: [],
    });
}

/**
 * Key presses that find a thread busy in slices of 8 ms and nothing else: what no scheduler in one thread can be faster than.
 * @returns milliseconds until each is heard
 */
async function bareSlices(): Promise<number[]> {
  const keyboard = new Worker(KEYBOARD, { eval: true });
  let busy = true;
  const slice = (): void => {
    const end = performance.now() + SLICE;
    while (performance.now() < end);
    if (busy) setImmediate(slice);
  };
  slice();
  const times: number[] = [];
  for (let i = 0; i < KEYS; i++) {
    const pressed = new Promise<number>((resolve) => keyboard.once('message', (at: number) => resolve(now() - at)));
    keyboard.postMessage('');
    times.push(await pressed);
  }
  busy = false;
  await keyboard.terminate();
  return times;
}

/** Ctrl-C at a prompt while 100 loops run: until its echo is there, and until the next prompt is. */
export async function runInterrupt(): Promise<BenchRow[]> {
  const machine = await bootHost();
  const pty = machine.kernel.openPty({ rows: 24, cols: 80 });
  if (typeof pty === 'number') throw new Error('no terminal');
  let text = '';
  let look = (): void => {};
  pty.onOutput((bytes) => {
    text += decode(bytes);
    look();
  });
  const shown = (pattern: RegExp): Promise<number> =>
    new Promise((resolve) => {
      look = () => {
        if (pattern.test(text)) resolve(now());
      };
      look();
    });
  const shell = machine.kernel.start('/bin/bash', {
    argv: ['-bash'],
    envp: loginEnvironment('xterm-256color'),
    cwd: '/root',
    tty: pty.slavePath,
  });
  if (typeof shell === 'number') throw new Error('no shell');
  await shown(/# $/);
  busyLoops(machine);
  await machine.sleep(500);
  const echoes: number[] = [];
  const prompts: number[] = [];
  const press = async (): Promise<void> => {
    const keyboard = new Worker(KEYBOARD, { eval: true });
    const echo: number[] = [];
    const prompt: number[] = [];
    for (let i = 0; i < KEYS; i++) {
      text = '';
      const pressed = new Promise<number>((resolve) => keyboard.once('message', resolve));
      keyboard.postMessage('');
      const at = await pressed;
      pty.write(CTRL_C);
      echo.push((await shown(/\^C/)) - at);
      prompt.push((await shown(/# $/)) - at);
    }
    await keyboard.terminate();
    echoes.push(quantile(echo, SHARE));
    prompts.push(quantile(prompt, SHARE));
  };
  for (let round = 0; round < ROUNDS; round++) await press();
  machine.kernel.shutdown();
  const bares: number[] = [];
  for (let round = 0; round < ROUNDS; round++) bares.push(quantile(await bareSlices(), SHARE));
  const bare = least(bares);
  return [
    atMost(`Ctrl-C with ${BUSY} busy loops: echo, p95`, `bare slices of ${SLICE} ms: ${digits(bare)} ms`, {
      value: least(echoes),
      limit: LIMIT,
      unit: 'ms',
    }),
    told(`Ctrl-C with ${BUSY} busy loops: next prompt, p95`, least(prompts), 'ms'),
  ];
}
