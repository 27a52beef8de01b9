import { expect, test } from 'vitest';
import { isPlainTar } from './plain-tar.ts';
import { type TarHeader, TarReader, TarWriter, tarHeader } from './tar.ts';
import { readTarSplit, TarSplitter, tarSplitText } from './tar-split.ts';
import { encode } from './utf8.ts';

interface File {
  header: TarHeader;
  data?: string;
}

const file = (name: string, data: string, more: Partial<TarHeader> = {}): File => ({
  header: tarHeader({ name, type: 'file', size: encode(data).length, ...more }),
  data,
});
/** A sparse file whose data are the letters, a page each. */
const sparse = (name: string, size: number, segments: [number, number][], letters: string): File => ({
  header: tarHeader({ name, type: 'file', size, sparse: segments }),
  data: [...letters].map((letter) => letter.repeat(4096)).join(''),
});
const dir = (name: string): File => ({ header: tarHeader({ name, type: 'dir' }) });

function archive(files: readonly File[], tail = 0): Uint8Array {
  const writer = new TarWriter();
  const pieces: number[] = [];
  for (const { header, data } of files) {
    pieces.push(...writer.header(header));
    if (data !== undefined) pieces.push(...writer.data(encode(data)));
  }
  pieces.push(...writer.finish(), ...new Uint8Array(tail));
  return Uint8Array.from(pieces);
}

/** Takes an archive apart in pieces of `size` bytes. */
function split(bytes: Uint8Array, size: number): { splitter: TarSplitter; headers: TarHeader[] } {
  const splitter = new TarSplitter();
  const reader = new TarReader();
  const headers: TarHeader[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    splitter.push(piece);
    for (const event of reader.push(piece)) if (event.type === 'header') headers.push(event.header);
  }
  splitter.end();
  return { splitter, headers };
}

const LONG = 'd/'.repeat(80);
const FILES = [dir('a'), file('a/one', 'content'), file('a/two', 'x'.repeat(1000)), dir('b'), file('b/.wh.c', '')];

test.each([
  ['plain', archive(FILES)],
  ['in another order', archive([...FILES].reverse())],
  [
    'with long names and attributes',
    archive([file(`${LONG}f`, 'deep', { xattrs: new Map([['user.a', encode('b')]]) })]),
  ],
  ['with names of users', archive([file('f', 'y', { uname: 'root', gname: 'root' })])],
  ['filled up to a record', archive(FILES, 7168)],
  ['empty', archive([])],
])('an archive %s comes together again', (_, bytes) => {
  for (const size of [1, 100, 512, 100_000]) {
    const { splitter, headers } = split(bytes, size);
    const parts = readTarSplit(tarSplitText(splitter, headers))!;
    const contents = new Map([...FILES, file(`${LONG}f`, 'deep'), file('f', 'y')].map((f) => [f.header.name, f.data]));
    const whole = parts.flatMap((p) => (p instanceof Uint8Array ? [...p] : [...encode(contents.get(p.name)!)]));
    expect(Uint8Array.from(whole)).toEqual(bytes);
  }
});

test.each([
  ['ours', archive(FILES), true],
  ['of another order', archive([FILES[0]!, FILES[2]!, FILES[1]!]), false],
  ['without the directory of a file', archive([FILES[1]!]), false],
  ['with another end', archive(FILES, 512), false],
  ['twice the same name', archive([FILES[0]!, FILES[1]!, FILES[1]!]), false],
  ['with fractions of seconds', archive([file('a', 'b', { mtimeNsec: 5 })]), false],
  ['with holes', archive([...FILES, sparse('c', 100_000, [[0, 4096]], 'x'), file('d', 'after')]), true],
  ['that ends with holes', archive([sparse('c', 100_000, [[4096, 8192]], 'xy')]), true],
  ['of nothing but a hole', archive([sparse('c', 100_000, [], '')]), true],
  ['with a page of zeros that is no hole', archive([sparse('c', 100_000, [[0, 8192]], 'x\0')]), false],
  ['with one small hole', archive([sparse('c', 8192, [[0, 4096]], 'x')]), false],
  ['whose data begin within a page', archive([sparse('c', 100_000, [[512, 4096]], 'x')]), false],
  [
    'with holes in another order',
    archive([sparse('d', 100_000, [[0, 4096]], 'x'), sparse('c', 100_000, [[0, 4096]], 'x')]),
    false,
  ],
])('an archive %s: nothing needs to be kept is %s', (_, bytes, plain) => {
  const { splitter, headers } = split(bytes, 700);
  expect(isPlainTar(splitter, headers)).toBe(plain);
});

test.each(['{"type":2,"payload":"*"}', '{', '{"type":2'])('%s is no tar-split', (text) => {
  expect(readTarSplit(encode(text))).toBeUndefined();
});
