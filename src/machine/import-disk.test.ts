import { expect, test } from 'vitest';
import { S_IFDIR, S_IFREG } from '../abi/stat.ts';
import { loadSha256 } from '../lib/sha256.ts';
import { Packer } from '../vfs/packer.ts';
import { cleanDisk } from './import-disk.ts';

interface Made {
  ino: number;
  mode: number;
  /** Of a directory. */
  names?: [string, number][];
  /** What follows the attributes of a regular file. */
  content?: (out: Packer) => void;
}

/** A disk's record of metadata, written by hand. */
function meta(inodes: Made[]): Uint8Array {
  const out = new Packer();
  for (const n of [1, 1, 100]) out.number(n);
  for (const { ino, mode, names, content } of inodes) {
    out.number(1);
    for (const n of [ino, mode, 0, 0, 0, 1]) out.number(n);
    for (let i = 0; i < 3; i++) {
      out.signed(1);
      out.number(0);
    }
    out.number(0);
    if (names) {
      out.number(names.length);
      for (const [name, child] of names) {
        out.text(name);
        out.number(child);
      }
    }
    content?.(out);
  }
  return out.done();
}

const sha256 = await loadSha256();
const clean = (...inodes: Made[]) => cleanWith(new Map(), ...inodes);
const cleanWith = (blobs: Map<string, Uint8Array>, ...inodes: Made[]) =>
  cleanDisk(
    { format: 1, metas: [meta(inodes)], chunks: new Map([[1, new Uint8Array(10)]]), blobs, highest: 1, savedAt: 0 },
    sha256,
  );
const root = (...names: [string, number][]): Made => ({ ino: 2, mode: S_IFDIR | 0o755, names });
const inline = (text: string) => (out: Packer) => {
  out.number(1);
  out.data(new TextEncoder().encode(text));
  out.number(text.length);
};
const file = (content: Made['content']): Made => ({ ino: 12, mode: S_IFREG | 0o644, ...(content && { content }) });

test('a disk is written anew, whole, without what nothing names', () => {
  const kept = clean(root(['a', 12], ['b', 12]), file(inline('hello')), { ...file(inline('lost')), ino: 13 });
  expect([kept.batch.whole, new TextDecoder().decode(kept.batch.meta).includes('hello')]).toEqual([true, true]);
  expect(new TextDecoder().decode(kept.batch.meta)).not.toContain('lost');
});

const BLOB = new Uint8Array([1, 2, 3]);
const DIGEST = `sha256:${sha256.hex(BLOB)}`;
const referring = file((out) => {
  out.number(2);
  out.text(DIGEST);
  for (const n of [0, 3, 3]) out.number(n);
});

test('blobs that files refer to come with it, others do not', () => {
  const other = new Uint8Array([4]);
  const given = new Map([
    [DIGEST, BLOB],
    [`sha256:${sha256.hex(other)}`, other],
  ]);
  expect(cleanWith(given, root(['a', 12]), referring).batch.blobs).toEqual([{ digest: DIGEST, data: BLOB }]);
});

test('a blob that is not what its digest says is refused', () => {
  const given = new Map([[DIGEST, new Uint8Array([1, 2, 4])]]);
  expect(() => cleanWith(given, root(['a', 12]), referring)).toThrow(/digest/);
});

test.each<[string, Made[], RegExp]>([
  ['a directory in itself', [root(['d', 12]), { ino: 12, mode: S_IFDIR, names: [['self', 12]] }], /two names/],
  ['the root below itself', [root(['d', 2])], /two names/],
  ['a name with a slash', [root(['a/b', 12]), file(inline('x'))], /a name/],
  ['a name that leads out', [root(['..', 12]), file(inline('x'))], /a name/],
  ['a file that is not there', [root(['a', 12])], /no inode 12/],
  ['a type that is none', [root(['a', 12]), { ino: 12, mode: 0o644 }], /no type/],
  [
    'a blob that is an address',
    [
      root(['a', 12]),
      file((out) => {
        out.number(2);
        out.text('sha256:../../../elsewhere');
        for (const n of [0, 5, 5]) out.number(n);
      }),
    ],
    /a blob/,
  ],
  [
    'holes without end',
    [
      root(['a', 12]),
      file((out) => {
        for (const n of [3, 0, 2 ** 40, 0, 2 ** 40, 5]) out.number(n);
      }),
    ],
    /longer/,
  ],
  [
    'parts of a blob without end',
    [
      root(['a', 12]),
      file((out) => {
        for (const n of [3, 1]) out.number(n);
        out.text(DIGEST);
        for (const n of [0, 2 ** 44, 2 ** 28, 1, 2 ** 28, 2 ** 44]) out.number(n);
      }),
    ],
    /places/,
  ],
  [
    'a chunk that is not there',
    [
      root(['a', 12]),
      file((out) => {
        for (const n of [3, 0, 1, 2, 7, 1, 5000]) out.number(n);
      }),
    ],
    /no chunk 7/,
  ],
])('%s is refused', (_, inodes, reason) => {
  expect(() => clean(...inodes)).toThrow(reason);
});
