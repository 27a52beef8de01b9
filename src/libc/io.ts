import { BLOCKED, EINTR } from '../abi/errno.ts';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../abi/flags.ts';
import type { Library } from '../abi/library.ts';
import type { SockAddr } from '../abi/socket.ts';
import type { Futex, PollFd, SpawnActions, Sys } from '../abi/sys.ts';
import type { WaitResult } from '../abi/wait.ts';
import { encode } from '../lib/utf8.ts';
import { HeldMemory } from './held-memory.ts';

/**
 * The calls that may have to wait, as loops: each makes the call, yields while it is BLOCKED, and returns the value or
 * -errno. A program writes `const n = yield* read(sys, fd, buf)`.
 */
export type Wait<T> = Generator<void, T, void>;

/** A part of the program that is loaded now if it was not yet. @returns what it holds, or -errno */
export function* library<T extends object>(sys: Sys, wanted: Library<T>): Wait<T | number> {
  let r: T | number;
  while ((r = sys.dlopen(wanted)) === BLOCKED || r === -EINTR) yield;
  return r;
}

export function* open(sys: Sys, path: string, flags: number, mode = 0o666): Wait<number> {
  let r: number;
  while ((r = sys.open(path, flags, mode)) === BLOCKED) yield;
  return r;
}

export function* read(sys: Sys, fd: number, buf: Uint8Array): Wait<number> {
  let r: number;
  while ((r = sys.read(fd, buf)) === BLOCKED) yield;
  return r;
}

export function* write(sys: Sys, fd: number, buf: Uint8Array): Wait<number> {
  let r: number;
  while ((r = sys.write(fd, buf)) === BLOCKED) yield;
  return r;
}

export function* pread(sys: Sys, fd: number, buf: Uint8Array, position: number): Wait<number> {
  let r: number;
  while ((r = sys.pread(fd, buf, position)) === BLOCKED) yield;
  return r;
}

/** Writes all of `data`. @returns 0 or -errno */
export function* writeAll(sys: Sys, fd: number, data: Uint8Array | string): Wait<number> {
  const bytes = typeof data === 'string' ? encode(data) : data;
  let at = 0;
  while (at < bytes.length) {
    const n = sys.write(fd, at === 0 ? bytes : bytes.subarray(at));
    if (n === BLOCKED) {
      yield;
      continue;
    }
    if (n < 0) return n;
    at += n;
  }
  return 0;
}

/** Reads until `buf` is full or the end. @returns bytes read, or -errno */
export function* readFull(sys: Sys, fd: number, buf: Uint8Array): Wait<number> {
  let at = 0;
  while (at < buf.length) {
    const n = yield* read(sys, fd, buf.subarray(at));
    if (n < 0) return n;
    if (n === 0) break;
    at += n;
  }
  return at;
}

/** All that is left to read from `fd`. @returns the bytes, or -errno; -EFBIG (27) above `limit` bytes */
export function* readAll(sys: Sys, fd: number, limit = Number.POSITIVE_INFINITY): Wait<Uint8Array | number> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  let size = 4096;
  const memory = new HeldMemory(sys);
  for (;;) {
    const buf = new Uint8Array(size);
    const n = yield* read(sys, fd, buf);
    if (n <= 0) memory.release();
    if (n < 0) return n;
    if (n === 0) break;
    yield* memory.grow(n);
    pieces.push(n === buf.length ? buf : buf.subarray(0, n));
    total += n;
    if (total > limit) {
      memory.release();
      return -27;
    }
    size = Math.min(65536, size * 2);
  }
  return joinBytes(pieces, total);
}

export function joinBytes(pieces: readonly Uint8Array[], total = pieces.reduce((n, p) => n + p.length, 0)): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const out = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** A whole file. @returns its bytes, or -errno */
export function* readFile(sys: Sys, path: string): Wait<Uint8Array | number> {
  const fd = yield* open(sys, path, O_RDONLY);
  if (fd < 0) return fd;
  const bytes = yield* readAll(sys, fd);
  sys.close(fd);
  return bytes;
}

/** Makes or replaces a file's content. @returns 0 or -errno */
export function* writeFile(sys: Sys, path: string, data: Uint8Array | string, mode = 0o666): Wait<number> {
  const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (fd < 0) return fd;
  const r = yield* writeAll(sys, fd, data);
  sys.close(fd);
  return r;
}

export function* waitpid(sys: Sys, pid: number, options: number, out: WaitResult): Wait<number> {
  let r: number;
  while ((r = sys.waitpid(pid, options, out)) === BLOCKED) yield;
  return r;
}

/** Starts a program in a child. @returns its pid, or -errno of fork or exec */
export function* spawn(
  sys: Sys,
  path: string,
  argv: readonly string[],
  envp: readonly string[],
  actions?: SpawnActions,
): Wait<number> {
  let r: number;
  while ((r = sys.spawn(path, argv, envp, actions)) === BLOCKED) yield;
  return r;
}

/** Replaces the image; comes back only with -errno. */
export function* execve(sys: Sys, path: string, argv: readonly string[], envp: readonly string[]): Wait<number> {
  let r: number;
  while ((r = sys.execve(path, argv, envp)) === BLOCKED) yield;
  return r;
}

/** @returns 0, or -EINTR when a handler ran */
export function* sleep(sys: Sys, ms: number): Wait<number> {
  let r: number;
  while ((r = sys.sleep(ms)) === BLOCKED) yield;
  return r;
}

export function* poll(sys: Sys, fds: PollFd[], timeout: number): Wait<number> {
  let r: number;
  while ((r = sys.poll(fds, timeout)) === BLOCKED) yield;
  return r;
}

export function* accept(sys: Sys, fd: number, peer?: { address?: SockAddr }, flags = 0): Wait<number> {
  let r: number;
  while ((r = sys.accept(fd, peer, flags)) === BLOCKED) yield;
  return r;
}

export function* connect(sys: Sys, fd: number, address: SockAddr): Wait<number> {
  let r: number;
  while ((r = sys.connect(fd, address)) === BLOCKED) yield;
  return r;
}

export function* futexWait(sys: Sys, futex: Futex, expected: number, timeout?: number): Wait<number> {
  let r: number;
  while ((r = sys.futexWait(futex, expected, timeout)) === BLOCKED) yield;
  return r;
}

/** Ends the process from anywhere below its entry. */
export function* exit(sys: Sys, status: number): Wait<never> {
  sys.exit(status);
  for (;;) yield;
}
