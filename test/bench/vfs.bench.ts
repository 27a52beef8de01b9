import { ROOT } from '../../src/abi/credentials.ts';
import { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } from '../../src/abi/flags.ts';
import { Stat } from '../../src/abi/stat.ts';
import {
  chmod,
  closeFile,
  createNamespace,
  makeOverlay,
  mkdir,
  mountFileSystem,
  namespaceRoot,
  open,
  rename,
  stat,
  TmpFs,
  type VfsContext,
  VfsState,
} from '../../src/vfs/index.ts';

/** One measured case; `unit` says of what. */
export interface Row {
  name: string;
  ours: number;
  unit: string;
}

function makeContext(): VfsContext {
  const time = { sec: 1_700_000_000, nsec: 0 };
  const fs = new TmpFs({ type: 'ext4', bytes: 2 ** 33, inodes: 1e7, now: time });
  const ns = createNamespace(fs, 'bench', new VfsState());
  const root = namespaceRoot(ns);
  return {
    cred: ROOT,
    root,
    cwd: root,
    umask: 0o022,
    ns,
    now: () => {
      time.nsec = (time.nsec + 1000) % 1e9;
      return time;
    },
    waker: () => () => {},
    openSpecial: () => -6,
  };
}

/** Microseconds of one call, the best of several rounds. */
function measure(count: number, body: (i: number) => void, rounds = 5): number {
  let best = Number.POSITIVE_INFINITY;
  for (let r = 0; r < rounds; r++) {
    const start = performance.now();
    for (let i = 0; i < count; i++) body(r * count + i);
    best = Math.min(best, ((performance.now() - start) * 1000) / count);
  }
  return best;
}

function create(ctx: VfsContext, path: string, bytes: Uint8Array): void {
  const file = open(ctx, path, O_WRONLY | O_CREAT, 0o644);
  if (typeof file === 'number') throw new Error(`${path}: ${file}`);
  if (bytes.length > 0) file.write(ctx, bytes);
  closeFile(ctx, file);
}

/** 100 directories of 1,000 files in `/t`. */
const fileName = (i: number): string => `/t/d${Math.floor(i / 1000) % 100}/f${i % 1000}`;

function plain(rows: Row[]): void {
  const ctx = makeContext();
  mkdir(ctx, '/t', 0o755);
  for (let i = 0; i < 100; i++) mkdir(ctx, `/t/d${i}`, 0o755);
  const twelve = new Uint8Array(12).fill(120);
  rows.push({ name: 'create small', ours: measure(20_000, (i) => create(ctx, fileName(i), twelve)), unit: 'µs' });
  const st = new Stat();
  rows.push({ name: 'stat', ours: measure(100_000, (i) => stat(ctx, fileName(i), st)), unit: 'µs' });
  rows.push({ name: 'stat missing', ours: measure(100_000, () => stat(ctx, '/t/d1/none', st)), unit: 'µs' });
  const buf = new Uint8Array(64);
  const read = (i: number): void => {
    const file = open(ctx, fileName(i), O_RDONLY);
    if (typeof file === 'number') return;
    file.read(ctx, buf);
    closeFile(ctx, file);
  };
  rows.push({ name: 'read small', ours: measure(50_000, read), unit: 'µs' });
  const move = (i: number): void => {
    rename(ctx, i % 2 ? '/t/moved' : '/t/d5/f1', i % 2 ? '/t/d5/f1' : '/t/moved');
  };
  rows.push({ name: 'rename', ours: measure(50_000, move), unit: 'µs' });
  let deep = '';
  for (let i = 0; i < 20; i++) {
    deep += `/n${i}`;
    mkdir(ctx, deep, 0o755);
  }
  rows.push({ name: 'stat at depth 20', ours: measure(50_000, () => stat(ctx, deep, st)), unit: 'µs' });
  mkdir(ctx, '/many', 0o755);
  for (let i = 0; i < 10_000; i++) create(ctx, `/many/f${i}`, new Uint8Array(0));
  const listAll = (): void => {
    const dir = open(ctx, '/many', O_RDONLY);
    if (typeof dir === 'number') return;
    dir.getdents(ctx);
    closeFile(ctx, dir);
  };
  rows.push({ name: 'readdir of 10,000', ours: measure(20, listAll), unit: 'µs' });
  const page = new Uint8Array(4096).fill(7);
  const log = open(ctx, '/log', O_RDWR | O_CREAT, 0o644);
  if (typeof log === 'number') return;
  rows.push({ name: 'append 4 KB', ours: measure(5000, () => log.write(ctx, page)), unit: 'µs' });
  rows.push({
    name: 'random 4 KB write in 40 MB',
    ours: measure(20_000, (i) => log.pwrite(ctx, page, ((i * 7919) % 9000) * 4096)),
    unit: 'µs',
  });
}

function overlayOf(ctx: VfsContext, layers: number): string {
  const lowers: string[] = [];
  for (let i = 0; i < layers; i++) {
    mkdir(ctx, `/o${layers}-${i}`, 0o755);
    mkdir(ctx, `/o${layers}-${i}/usr`, 0o755);
    mkdir(ctx, `/o${layers}-${i}/usr/lib`, 0o755);
    lowers.unshift(`/o${layers}-${i}`);
  }
  create(ctx, `/o${layers}-0/usr/lib/file`, new Uint8Array(10));
  const big = new Uint8Array(10 * 2 ** 20).fill(1);
  for (let i = 0; i < 5; i++) create(ctx, `/o${layers}-0/usr/lib/big${i}`, big);
  for (const dir of ['u', 'w', 'm']) mkdir(ctx, `/${dir}${layers}`, 0o755);
  const overlay = makeOverlay(ctx, `lowerdir=${lowers.join(':')},upperdir=/u${layers},workdir=/w${layers}`);
  if (typeof overlay === 'number') throw new Error(`overlay ${overlay}`);
  mountFileSystem(ctx, overlay, 'overlay', `/m${layers}`, 0);
  return `/m${layers}`;
}

function layered(rows: Row[]): void {
  const ctx = makeContext();
  const st = new Stat();
  const one = `${overlayOf(ctx, 1)}/usr/lib/file`;
  const twenty = `${overlayOf(ctx, 20)}/usr/lib/file`;
  let single = Number.POSITIVE_INFINITY;
  let stacked = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    single = Math.min(
      single,
      measure(50_000, () => stat(ctx, one, st), 2),
    );
    stacked = Math.min(
      stacked,
      measure(50_000, () => stat(ctx, twenty, st), 2),
    );
  }
  rows.push({ name: 'stat through 1 layer', ours: single, unit: 'µs' });
  rows.push({ name: 'stat through 20 layers', ours: stacked, unit: 'µs' });
  rows.push({ name: '20 layers to 1', ours: stacked / single, unit: '×' });
  let copyUp = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    chmod(ctx, `/m20/usr/lib/big${i}`, 0o600);
    copyUp = Math.min(copyUp, performance.now() - start);
  }
  rows.push({ name: 'copy-up of 10 MB', ours: copyUp, unit: 'ms' });
}

/** Bytes of heap that a file of 12 bytes takes, with its name. */
function memory(rows: Row[]): void {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) return;
  const ctx = makeContext();
  mkdir(ctx, '/t', 0o755);
  for (let i = 0; i < 100; i++) mkdir(ctx, `/t/d${i}`, 0o755);
  const used = (): number => {
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return heapUsed + Math.max(external, arrayBuffers);
  };
  const before = used();
  const twelve = new Uint8Array(12).fill(120);
  for (let i = 0; i < 100_000; i++) create(ctx, fileName(i), twelve);
  const after = used();
  // names it once more, so that the collector could not take it before
  if (stat(ctx, fileName(0), new Stat()) < 0) throw new Error(fileName(0));
  rows.push({ name: 'memory of a 12-byte file', ours: (after - before) / 100_000, unit: 'bytes' });
}

/** Measures the filesystem; memory only where the process was started with --expose-gc. */
export async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  memory(rows);
  plain(rows);
  layered(rows);
  return rows;
}
