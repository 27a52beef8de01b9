import { O_CLOEXEC, POLLERR, POLLHUP, POLLIN, POLLNVAL } from '../../abi/flags.ts';
import type { PollFd, Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { poll, read, writeAll } from '../../libc/io.ts';

/** Tells those who wait for something else when their client has gone: one thread watches all their sockets. */
export class HangupWatcher {
  readonly #watched: Map<number, () => void> = new Map();
  #wake = -1;

  /** Calls `gone` (which must not wait) when the other side of `fd` hangs up. */
  *watch(sys: Sys, fd: number, gone: () => void): Wait<void> {
    if (this.#wake < 0) this.#start(sys);
    this.#watched.set(fd, gone);
    yield* writeAll(sys, this.#wake, new Uint8Array(1));
  }

  *unwatch(sys: Sys, fd: number): Wait<void> {
    if (!this.#watched.delete(fd)) return;
    yield* writeAll(sys, this.#wake, new Uint8Array(1));
  }

  #start(sys: Sys): void {
    const ends = [0, 0];
    sys.pipe2(ends, O_CLOEXEC);
    this.#wake = ends[1]!;
    sys.thread((own) => this.#run(own, ends[0]!));
  }

  *#run(sys: Sys, wake: number): Generator<void, number, void> {
    const buffer = new Uint8Array(64);
    for (;;) {
      const fds: PollFd[] = [{ fd: wake, events: POLLIN, revents: 0 }];
      for (const fd of this.#watched.keys()) fds.push({ fd, events: 0, revents: 0 });
      const r = yield* poll(sys, fds, -1);
      if (r < 0) continue;
      if (fds[0]!.revents !== 0) yield* read(sys, wake, buffer);
      for (const { fd, revents } of fds.slice(1)) {
        if ((revents & (POLLHUP | POLLERR | POLLNVAL)) === 0) continue;
        const gone = this.#watched.get(fd);
        this.#watched.delete(fd);
        gone?.();
      }
    }
  }
}
