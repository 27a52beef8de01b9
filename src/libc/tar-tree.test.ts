import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { Stat } from '../abi/stat.ts';
import type { Sys } from '../abi/sys.ts';
import { decode } from '../lib/utf8.ts';
import { readFile, type Wait, writeFile } from './io.ts';
import { listDir, mkdirp } from './paths.ts';
import { tarTree } from './tar-tree.ts';
import { Untar, UntarError } from './untar.ts';

/** Everything about a tree that an archive must keep. */
function* describe(sys: Sys, root: string, path = ''): Wait<string[]> {
  const st = new Stat();
  const full = root + path;
  sys.lstat(full, st);
  const lines = [
    `${path || '/'} ${st.mode.toString(8)} ${st.uid}:${st.gid} ${st.mtimeSec} ${(st.mode & 0o170000) === 0o040000 ? '' : st.size}`,
  ];
  const target = sys.readlink(full);
  if (typeof target === 'string') lines.push(`  -> ${target}`);
  const names = listDir(sys, full);
  if (typeof names === 'number') {
    const bytes = (st.mode & 0o170000) === 0o100000 ? yield* readFile(sys, full) : new Uint8Array(0);
    if (typeof bytes !== 'number' && bytes.length > 0) lines.push(`  ${decode(bytes.subarray(0, 40))}`);
    return lines;
  }
  for (const name of names.sort()) lines.push(...(yield* describe(sys, root, `${path}/${name}`)));
  return lines;
}

test('a layer comes back as it was: links, owners, times, holes, whiteouts', async () => {
  const k = await bootTestKernel();
  let before: string[] = [];
  let after: string[] = [];
  let size = 0;
  let bytes = 0;
  const { status } = await k.run(function* (sys) {
    mkdirp(sys, '/a/dir/deep');
    yield* writeFile(sys, '/a/dir/file', 'content');
    sys.chmod('/a/dir/file', 0o4751);
    sys.lchown('/a/dir/file', 12, 34);
    sys.utimens('/a/dir/file', 5, 0, 1_000_000, 0);
    sys.link('/a/dir/file', '/a/dir/hard');
    sys.symlink('../x', '/a/dir/link');
    sys.mknod('/a/gone', 0o020000, 0);
    sys.mknod('/a/fifo', 0o010644, 0);
    sys.setxattr('/a/dir/deep', 'trusted.overlay.opaque', new Uint8Array([121]));
    const fd = sys.open('/a/sparse', 0o101, 0o600);
    sys.ftruncate(fd, 50_000_000);
    sys.close(fd);
    before = yield* describe(sys, '/a');
    mkdirp(sys, '/b');
    const untar = new Untar(sys, '/b', { whiteouts: true });
    size = yield* tarTree(sys, '/a', { prefix: '', layer: true }, function* (piece) {
      bytes += piece.length;
      yield* untar.push(piece);
      return true;
    });
    yield* untar.finish();
    after = yield* describe(sys, '/b');
    const opaque = sys.getxattr('/b/dir/deep', 'trusted.overlay.opaque');
    return typeof opaque !== 'number' && opaque[0] === 121 ? 0 : 1;
  });
  expect(k.panics).toEqual([]);
  expect(status).toBe(0);
  expect(after.slice(1)).toEqual(before.slice(1));
  expect(size).toBe(50_000_007);
  expect(bytes).toBeLessThan(20_000);
});

test('an archive gets nothing outside of its directory', async () => {
  const k = await bootTestKernel();
  let names: unknown;
  await k.run(function* (sys) {
    mkdirp(sys, '/src');
    yield* writeFile(sys, '/src/evil', 'x');
    mkdirp(sys, '/out');
    const untar = new Untar(sys, '/out', { whiteouts: false });
    yield* tarTree(
      sys,
      '/src',
      { prefix: '', layer: false, map: (h) => ({ ...h, name: `../../${h.name}` }) },
      function* (piece) {
        yield* untar.push(piece);
        return true;
      },
    );
    yield* untar.finish();
    names = listDir(sys, '/out');
    return sys.access('/evil', 0) === 0 ? 1 : 0;
  });
  expect(names).toEqual(['evil']);
});

test('a damaged archive says so', async () => {
  const k = await bootTestKernel();
  let message = '';
  await k.run(function* (sys) {
    mkdirp(sys, '/out');
    try {
      yield* new Untar(sys, '/out', { whiteouts: false }).push(new Uint8Array(1024).fill(7));
    } catch (error) {
      if (error instanceof UntarError) message = error.message;
    }
    return 0;
  });
  expect(message).toBe('archive/tar: invalid tar header');
});
