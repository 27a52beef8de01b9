import { O_CREAT, O_RDONLY, O_RDWR } from '../../abi/flags.ts';
import { isDirectory, isRegular, isSymlink, Stat } from '../../abi/stat.ts';
import type { TarHeader } from '../../lib/tar.ts';
import { open, pread, read, type Wait, writeAll } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import type { NameFilter } from './archive.ts';
import type { TAR_OPTIONS } from './options.ts';
import { type Scanned, scanArchive } from './scan.ts';

type Ctx = Context<typeof TAR_OPTIONS>;

/** Records of an archive are filled up to this. */
const RECORD = 10240;

function* scan(ctx: Ctx, fd: number): Wait<Scanned> {
  const found = yield* scanArchive(ctx.sys, fd);
  if (typeof found !== 'string') return found;
  yield* ctx.warn('This does not look like a tar archive');
  return yield* ctx.die('Exiting with failure status due to previous errors', 2);
}

/** Opens an archive to be changed. @returns its fd and what it holds; the file's offset is where new members go */
export function* openForAppend(ctx: Ctx, file: string): Wait<{ fd: number; held: Scanned } | number> {
  const fd = yield* open(ctx.sys, file, O_RDWR | O_CREAT, 0o666);
  if (fd < 0) return fd;
  const held = yield* scan(ctx, fd);
  ctx.sys.ftruncate(fd, held.end);
  ctx.sys.lseek(fd, held.end, 0);
  return { fd, held };
}

/** The newest time of each name of an archive. */
export function newestOf(held: Scanned): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { header } of held.members) newest.set(header.name.replace(/\/+$/, ''), header.mtimeSec);
  return newest;
}

/** Copies bytes within or between files. */
function* copy(ctx: Ctx, from: number, start: number, end: number, to: number): Wait<number> {
  const buf = new Uint8Array(65536);
  for (let at = start; at < end; ) {
    const n = yield* pread(ctx.sys, from, buf.subarray(0, Math.min(buf.length, end - at)), at);
    if (n <= 0) return n;
    const r = yield* writeAll(ctx.sys, to, buf.subarray(0, n));
    if (r < 0) return r;
    at += n;
    if (ctx.sys.tick()) yield;
  }
  return 0;
}

/** Writes the end mark behind `length` bytes. */
function* seal(ctx: Ctx, fd: number, length: number): Wait<void> {
  const filled = Math.ceil((length + 1024) / RECORD) * RECORD;
  yield* writeAll(ctx.sys, fd, new Uint8Array(filled - length));
  ctx.sys.ftruncate(fd, filled);
}

/** --concatenate: the members of other archives behind those of this one. */
export function* concatenate(ctx: Ctx, file: string, others: readonly string[]): Wait<number> {
  const opened = yield* openForAppend(ctx, file);
  if (typeof opened === 'number') return yield* cannotOpen(ctx, file, opened);
  let length = opened.held.end;
  for (const name of others) {
    const from = yield* open(ctx.sys, name, O_RDONLY);
    if (from < 0) return yield* cannotOpen(ctx, name, from);
    const held = yield* scan(ctx, from);
    yield* copy(ctx, from, 0, held.end, opened.fd);
    length += held.end;
    ctx.sys.close(from);
  }
  yield* seal(ctx, opened.fd, length);
  return 0;
}

/** --delete: the archive without some members. */
export function* remove(ctx: Ctx, file: string, names: readonly string[], filter: NameFilter): Wait<number> {
  const fd = yield* open(ctx.sys, file, O_RDWR);
  if (fd < 0) return yield* cannotOpen(ctx, file, fd);
  const held = yield* scan(ctx, fd);
  const found = new Set<string>();
  let length = 0;
  for (const { header, start, end } of held.members) {
    const plain = header.name.replace(/(.)\/+$/, '$1');
    const hits = names.filter((name) => {
      const wanted = name.replace(/(.)\/+$/, '$1');
      return plain === wanted || plain.startsWith(`${wanted}/`);
    });
    for (const hit of hits) found.add(hit);
    if (hits.length > 0 && !filter.excludes(plain)) continue;
    ctx.sys.lseek(fd, length, 0);
    yield* copy(ctx, fd, start, end, fd);
    length += end - start;
  }
  ctx.sys.lseek(fd, length, 0);
  yield* seal(ctx, fd, length);
  const missing = names.filter((name) => !found.has(name));
  for (const name of missing) yield* ctx.warn(`${name}: Not found in archive`);
  return missing.length === 0 ? 0 : yield* ctx.die('Exiting with failure status due to previous errors', 2);
}

/** --diff: what is different in the file system. @returns 1 where something is */
export function* compare(ctx: Ctx, file: string, names: readonly string[]): Wait<number> {
  const fd = yield* open(ctx.sys, file, O_RDONLY);
  if (fd < 0) return yield* cannotOpen(ctx, file, fd);
  const held = yield* scan(ctx, fd);
  const wanted = (name: string): boolean =>
    names.length === 0 || names.some((n) => name === n || name.startsWith(`${n.replace(/\/+$/, '')}/`));
  let status = 0;
  for (const { header, end } of held.members) {
    if (!wanted(header.name)) continue;
    if (ctx.opts.verbose > 0) yield* ctx.stdout.write(`${header.name}\n`);
    const words = yield* difference(ctx, header, fd, end);
    if (words.length > 0) status = 1;
    for (const line of words) {
      if (line.includes(': Warning: ')) yield* ctx.warn(line);
      else yield* ctx.stdout.write(`${line}\n`);
    }
  }
  return status;
}

function* difference(ctx: Ctx, h: TarHeader, archive: number, end: number): Wait<string[]> {
  const path = ctx.opts.absoluteNames ? h.name : h.name.replace(/^\/+/, '');
  const st = new Stat();
  const r = ctx.sys.lstat(path, st);
  if (r < 0) return [`${h.name}: Warning: Cannot stat: ${ctx.strerror(r)}`];
  const right = h.type === 'dir' ? isDirectory(st.mode) : h.type === 'symlink' ? isSymlink(st.mode) : true;
  if (!right || (h.type === 'file' && !isRegular(st.mode))) return [`${h.name}: File type differs`];
  const out: string[] = [];
  if (h.type !== 'symlink' && (st.mode & 0o7777) !== (h.mode & 0o7777)) out.push(`${h.name}: Mode differs`);
  if (st.uid !== h.uid) out.push(`${h.name}: Uid differs`);
  if (st.gid !== h.gid) out.push(`${h.name}: Gid differs`);
  if (h.type === 'symlink') {
    if (ctx.sys.readlink(path) !== h.linkname) out.push(`${h.name}: Symlink differs`);
    return out;
  }
  if (h.type !== 'file') return out;
  if (st.mtimeSec !== h.mtimeSec) out.push(`${h.name}: Mod time differs`);
  if (st.size !== h.size) return [...out, `${h.name}: Size differs`];
  if (!(yield* sameContent(ctx, path, archive, end - Math.ceil(h.size / 512) * 512, h.size)))
    out.push(`${h.name}: Contents differ`);
  return out;
}

function* sameContent(ctx: Ctx, path: string, archive: number, start: number, size: number): Wait<boolean> {
  const fd = yield* open(ctx.sys, path, O_RDONLY);
  if (fd < 0) return false;
  const [a, b] = [new Uint8Array(65536), new Uint8Array(65536)];
  let same = true;
  for (let at = 0; at < size && same; ) {
    const n = yield* read(ctx.sys, fd, a.subarray(0, Math.min(a.length, size - at)));
    if (n <= 0) break;
    const m = yield* pread(ctx.sys, archive, b.subarray(0, n), start + at);
    same = m === n && a.subarray(0, n).every((byte, i) => byte === b[i]);
    at += n;
    if (ctx.sys.tick()) yield;
  }
  ctx.sys.close(fd);
  return same;
}

function* cannotOpen(ctx: Ctx, file: string, errno: number): Wait<never> {
  yield* ctx.warn(`${file}: Cannot open: ${ctx.strerror(errno)}`);
  return yield* ctx.die('Error is not recoverable: exiting now', 2);
}
