import { loginEnvironment, type Machine } from '../../src/machine/index.ts';
import { bootHost } from './host.ts';
import { atMost, type BenchRow, digits, least, quantile, told } from './rows.ts';
import { Keyboard, now, Terminal } from './terminal.ts';

const BUSY = 100;
/** Of each side the best round counts: others use the computer too. */
const ROUNDS = 3;
const KEYS = 40;
/** Milliseconds between two keys: at least this, and a chance more so that they fall anywhere in a slice. */
const PAUSE = 60;
/** Milliseconds that the scheduler works before the event loop has its turn. */
const SLICE = 8;
const SHARE = 0.95;
/** Milliseconds. */
const LIMIT = 20;

/** Milliseconds until the next key is pressed. */
const pause = (): number => PAUSE + Math.random() * 30;

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
  const keyboard = new Keyboard();
  let busy = true;
  const slice = (): void => {
    const end = performance.now() + SLICE;
    while (performance.now() < end);
    if (busy) setImmediate(slice);
  };
  slice();
  const times: number[] = [];
  for (let i = 0; i < KEYS; i++) {
    const at = await keyboard.press(pause());
    times.push(now() - at);
  }
  busy = false;
  await keyboard.close();
  return times;
}

/** Ctrl-C at a prompt while 100 loops run: until its echo is there, and until the next prompt is. */
export async function runInterrupt(): Promise<BenchRow[]> {
  const machine = await bootHost();
  const terminal = new Terminal(machine);
  await terminal.shown(/# $/);
  busyLoops(machine);
  await machine.sleep(500);
  const echoes: number[] = [];
  const prompts: number[] = [];
  const press = async (): Promise<void> => {
    const keyboard = new Keyboard();
    const echo: number[] = [];
    const prompt: number[] = [];
    for (let i = 0; i < KEYS; i++) {
      terminal.clear();
      const at = await keyboard.press(pause());
      terminal.interrupt();
      echo.push((await terminal.shown(/\^C/)) - at);
      prompt.push((await terminal.shown(/# $/)) - at);
    }
    await keyboard.close();
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
