import { BLOCKED } from '../abi/errno.ts';
import { O_APPEND, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../abi/flags.ts';
import { Stat } from '../abi/stat.ts';
import { decode, encode } from '../lib/utf8.ts';
import { lstat } from './names.ts';
import type { VfsContext } from './objects.ts';
import { closeFile, open } from './open.ts';

/** Writes a whole file, for tests. @returns 0 or -errno */
export function put(ctx: VfsContext, path: string, text: string | Uint8Array, flags = O_TRUNC): number {
  const file = open(ctx, path, O_WRONLY | O_CREAT | flags, 0o666);
  if (typeof file === 'number') return file;
  const bytes = typeof text === 'string' ? encode(text) : text;
  const n = bytes.length === 0 ? 0 : file.write(ctx, bytes);
  closeFile(ctx, file);
  return n < 0 ? n : 0;
}

export const append = (ctx: VfsContext, path: string, text: string): number => put(ctx, path, text, O_APPEND);

/** All bytes of a file, or -errno. */
export function getBytes(ctx: VfsContext, path: string): Uint8Array | number {
  const file = open(ctx, path, O_RDONLY);
  if (typeof file === 'number') return file;
  const parts: Uint8Array[] = [];
  for (;;) {
    const buf = new Uint8Array(65536);
    const n = file.read(ctx, buf);
    if (n < 0) {
      closeFile(ctx, file);
      return n === BLOCKED ? BLOCKED : n;
    }
    if (n === 0) break;
    parts.push(buf.subarray(0, n));
  }
  closeFile(ctx, file);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function get(ctx: VfsContext, path: string): string | number {
  const bytes = getBytes(ctx, path);
  return typeof bytes === 'number' ? bytes : decode(bytes);
}

/** lstat as an object, or -errno. */
export function statOf(ctx: VfsContext, path: string): Stat | number {
  const st = new Stat();
  const status = lstat(ctx, path, st);
  return status < 0 ? status : st;
}

/** A field of lstat, for short expectations. @throws where there is no file */
export function field(ctx: VfsContext, path: string, name: keyof Stat): number {
  const st = statOf(ctx, path);
  if (typeof st === 'number') throw new Error(`lstat ${path}: ${st}`);
  return st[name];
}

/** Names in a directory, sorted, without `.` and `..`. */
export function list(ctx: VfsContext, path: string): string[] | number {
  const file = open(ctx, path, O_RDONLY);
  if (typeof file === 'number') return file;
  const entries = file.getdents(ctx);
  closeFile(ctx, file);
  return typeof entries === 'number'
    ? entries
    : entries
        .slice(2)
        .map((e) => e.name)
        .sort();
}

/** Where two arrays of bytes differ first, -1 for equal ones: toEqual takes a second for 200 KB. */
export function difference(a: Uint8Array | number, b: Uint8Array): number {
  if (typeof a === 'number') return a;
  const n = Math.max(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return i;
  return -1;
}
