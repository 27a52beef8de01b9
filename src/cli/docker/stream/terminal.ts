import { BLOCKED } from '../../../abi/errno.ts';
import { SA_RESTART, SIGWINCH } from '../../../abi/signal.ts';
import type { Sys } from '../../../abi/sys.ts';
import { cloneTermios, makeRaw, TCSADRAIN, type Termios, type Winsize } from '../../../abi/termios.ts';
import { sleep, type Wait } from '../../../libc/io.ts';
import { Channel } from '../../../libc/sync.ts';
import type { DockerClient } from '../client.ts';
import { ConnectionError, DaemonError } from '../errors.ts';

/** Puts the terminal of stdin into raw mode while `body` runs; it is as before however that ends. */
export function* withRawTerminal<T>(sys: Sys, body: () => Wait<T>): Wait<T> {
  const before = sys.tcgetattr(0);
  if (typeof before === 'number') return yield* body();
  const saved = cloneTermios(before);
  yield* setTermios(sys, makeRaw(before));
  try {
    return yield* body();
  } finally {
    yield* setTermios(sys, saved);
  }
}

function* setTermios(sys: Sys, termios: Termios): Wait<void> {
  while (sys.tcsetattr(0, TCSADRAIN, termios) === BLOCKED) yield;
}

/** Rows and columns of the terminal that output goes to, undefined where it is none. */
export function terminalSize(sys: Sys): { rows: number; cols: number } | undefined {
  const size = sys.tiocgwinsz(1);
  return typeof size === 'number' || (size.rows === 0 && size.cols === 0) ? undefined : size;
}

/** Tells the daemon the size of the terminal, now and whenever it changes. `path`: `/containers/ID/resize`. */
export function monitorSize(sys: Sys, client: DockerClient, path: string): void {
  const changes = new Channel<true>();
  changes.offer(sys, true);
  sys.sigaction(SIGWINCH, () => changes.offer(sys, true), SA_RESTART);
  sys.thread(function* (own) {
    const side = client.clone(own);
    while (yield* changes.receive(own)) yield* resize(own, side, path);
    return 0;
  });
}

/** What is resized may not be there yet: a few attempts. */
function* resize(sys: Sys, client: DockerClient, path: string): Wait<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const size = terminalSize(sys);
    if (!size) return;
    if (yield* resizeOnce(client, path, size)) return;
    yield* sleep(sys, (attempt + 1) * 10);
  }
}

/** Asks for a size. @returns whether the daemon took it */
export function* resizeOnce(client: DockerClient, path: string, size: Winsize): Wait<boolean> {
  try {
    yield* client.done('POST', path, { query: { h: size.rows, w: size.cols } });
    return true;
  } catch (error) {
    if (error instanceof DaemonError || error instanceof ConnectionError) return false;
    throw error;
  }
}
