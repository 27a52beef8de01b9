import { expect, test } from 'vitest';
import { BLOCKED } from '../abi/errno.ts';
import { TarWriter, tarHeader } from '../lib/tar.ts';
import { LayerBlobs, type LayerWorld } from './layer-blobs.ts';
import { LayerFiles } from './layer-files.ts';

const nobody = () => () => {};
const digestOf = (n: number): string => `sha256:${String(n).padStart(64, '0')}`;

interface Packed {
  archive: Uint8Array;
  /** Where the data of each file begin. */
  places: number[];
}

/** An archive of files, one of them sparse, and long names that need a PAX header. */
function pack(files: readonly Uint8Array[]): Packed {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  const places: number[] = [];
  const length = (): number => pieces.reduce((n, piece) => n + piece.length, 0);
  pieces.push(writer.header(tarHeader({ name: 'dir', type: 'dir' })));
  for (const [i, data] of files.entries()) {
    const name = `${'long'.repeat(i * 30)}/file${i}`;
    pieces.push(writer.header(tarHeader({ name, type: 'file', size: data.length })));
    places.push(length());
    pieces.push(writer.data(data));
  }
  pieces.push(writer.header(tarHeader({ name: 'l', type: 'link', linkname: 'file0' })));
  pieces.push(
    writer.header(tarHeader({ name: 's', type: 'file', size: 100_000, sparse: [[0, 4096]] })),
    writer.data(new Uint8Array(4096).fill(9)),
    writer.finish(),
  );
  const archive = new Uint8Array(length());
  let at = 0;
  for (const piece of pieces) {
    archive.set(piece, at);
    at += piece.length;
  }
  return { archive, places };
}

const FILES = [
  new Uint8Array(700).fill(1),
  new Uint8Array([5, 0, 6, 0, 0, 0]),
  new Uint8Array(3000),
  new Uint8Array(0),
];

/** Reads all of a part, as a file does. */
function all(read: (offset: number, length: number) => Uint8Array | number | undefined, at: number, length: number) {
  const out = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const piece = read(at + done, length - done);
    if (typeof piece !== 'object' || piece.length === 0) return piece;
    out.set(piece, done);
    done += piece.length;
  }
  return out;
}

test('the content of files is found by its place, without headers and last zeros', () => {
  const { archive, places } = pack(FILES);
  const files = LayerFiles.of(archive);
  for (const [i, data] of FILES.entries())
    expect(all((offset, length) => files.read(offset, length), places[i]!, data.length)).toEqual(data);
  expect(files.cost).toBeLessThan(700 + 3 + 4096 + 512 + 6 * 16);
  expect([files.read(0, 10), files.read(places[1]! + 6, 1), files.read(archive.length, 1)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('what is no archive counts as one file', () => {
  const bytes = new Uint8Array(5000).fill(200);
  expect(all((offset, length) => LayerFiles.of(bytes).read(offset, length), 0, 5000)).toEqual(bytes);
});

/** A world whose gzip is none: blobs are the archives themselves, except one that is damaged. */
function world(archives: ReadonlyMap<string, Uint8Array>, now: boolean) {
  const asked: string[] = [];
  const gunzipNow = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === 1) throw new Error('damaged');
    asked.push('unpack');
    return bytes;
  };
  const made: LayerWorld = {
    blobs: {
      read(digest, offset, length) {
        const bytes = archives.get(digest);
        asked.push(digest);
        return bytes ? bytes.subarray(offset, offset + Math.min(length, 3000)) : -5;
      },
    },
    gunzip: async (bytes) => gunzipNow(bytes),
    ...(now && { gunzipNow }),
  };
  return { layers: new LayerBlobs(made), asked };
}

test('files may refer to what somebody read, and to what the disk was kept with', () => {
  const { archive, places } = pack(FILES);
  const { layers, asked } = world(new Map([[digestOf(1), archive]]), true);
  expect([layers.holds(digestOf(1)), asked]).toEqual([false, []]);
  layers.read(digestOf(1), 0, 10, nobody);
  expect([layers.holds(digestOf(1)), layers.packed(digestOf(1))]).toEqual([true, archive]);
  layers.keep(digestOf(2), archive);
  expect(layers.holds(digestOf(2))).toBe(true);
  const before = asked.length;
  const read = (offset: number, length: number) => layers.readUnpacked(digestOf(2), offset, length, nobody);
  expect(all(read, places[0]!, 700)).toEqual(FILES[0]);
  expect(asked.slice(before)).toEqual(['unpack']);
});

test('a layer that has to be unpacked outside is waited for, by all who ask, while a virtual clock stands still', async () => {
  const { archive, places } = pack(FILES);
  const { layers, asked } = world(new Map([[digestOf(1), archive]]), false);
  let [woken, held] = [0, 0];
  layers.hold = () => {
    held++;
    return () => void held--;
  };
  const read = () => layers.readUnpacked(digestOf(1), places[1]!, 6, () => () => void woken++);
  expect([read(), read(), held]).toEqual([BLOCKED, BLOCKED, 1]);
  await new Promise((done) => setTimeout(done, 0));
  expect([woken, held, asked.filter((what) => what === 'unpack').length]).toEqual([2, 0, 1]);
  expect(read()).toEqual(FILES[1]!.subarray(0, 3));
});

test.each([true, false])('a damaged blob is an input error, again and again (at once: %s)', async (now) => {
  const { layers } = world(new Map([[digestOf(1), new Uint8Array(1)]]), now);
  layers.readUnpacked(digestOf(1), 512, 1, nobody);
  await new Promise((done) => setTimeout(done, 0));
  expect(layers.readUnpacked(digestOf(1), 512, 1, nobody)).toBe(-5);
  expect(layers.readUnpacked(digestOf(3), 512, 1, nobody)).toBe(-5);
  expect(layers.holds(digestOf(1))).toBe(false);
});

test('what is held of unpacked layers is bounded: the one that was read longest ago goes first', () => {
  const big = pack([new Uint8Array(6 * 1024 * 1024).fill(3)]);
  const { layers, asked } = world(new Map([1, 2, 3].map((n) => [digestOf(n), big.archive])), true);
  const read = (n: number) => layers.readUnpacked(digestOf(n), big.places[0]!, 10, nobody);
  for (const n of [1, 2, 1, 3, 1]) read(n);
  expect(asked.filter((what) => what === 'unpack').length).toBe(3);
  read(2);
  expect(asked.filter((what) => what === 'unpack').length).toBe(4);
});
