import { expect, test } from 'vitest';
import { BLOCKED } from '../abi/errno.ts';
import { loadSha256 } from '../lib/sha256.ts';
import { TarWriter, tarHeader } from '../lib/tar.ts';
import { LayerBlobs, type LayerWorld } from './layer-blobs.ts';
import { LayerFiles } from './layer-files.ts';

const nobody = () => () => {};
const sha256 = await loadSha256();
const digestOf = (bytes: Uint8Array): string => `sha256:${sha256.hex(bytes)}`;
/** Of a blob that is nowhere. */
const NONE = `sha256:${'0'.repeat(64)}`;

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

/** A world whose gzip is none: blobs are the archives themselves, except one of a byte, which is damaged. */
function world(archives: readonly Uint8Array[], now: boolean) {
  const asked: string[] = [];
  const blobs = new Map(archives.map((bytes) => [digestOf(bytes), bytes]));
  const gunzipNow = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === 1) throw new Error('damaged');
    asked.push('unpack');
    return bytes;
  };
  const made: LayerWorld = {
    blobs: {
      read(digest, offset, length) {
        const bytes = blobs.get(digest);
        asked.push(digest);
        return bytes ? bytes.subarray(offset, offset + Math.min(length, 3000)) : -5;
      },
    },
    gunzip: async (bytes) => gunzipNow(bytes),
    ...(now && { gunzipNow }),
  };
  const layers = new LayerBlobs(made);
  layers.sha256 = sha256;
  const unpacked = () => asked.filter((what) => what === 'unpack').length;
  return { layers, asked, blobs, unpacked };
}

test('files may refer to what somebody read, and to what the disk was kept with', () => {
  const { archive, places } = pack(FILES);
  const digest = digestOf(archive);
  const { layers, asked } = world([archive], true);
  expect([layers.holds(digest), asked]).toEqual([false, []]);
  layers.read(digest, 0, 10, nobody);
  expect([layers.holds(digest), layers.packed(digest)]).toEqual([true, archive]);
  const kept = world([], true);
  kept.layers.keep(digest, archive);
  expect(kept.layers.holds(digest)).toBe(true);
  const read = (offset: number, length: number) => kept.layers.readUnpacked(digest, offset, length, nobody);
  expect(all(read, places[0]!, 700)).toEqual(FILES[0]);
  expect(kept.asked).toEqual(['unpack']);
});

test('what is not what its digest says is referred to by nobody, and is asked for again', () => {
  const { archive } = pack(FILES);
  const digest = digestOf(archive);
  const { layers, blobs } = world([archive], true);
  blobs.set(digest, new TextEncoder().encode('<!doctype html>Not found'));
  layers.read(digest, 0, 10, nobody);
  expect([layers.holds(digest), layers.readUnpacked(digest, 512, 1, nobody)]).toEqual([false, -5]);
  blobs.set(digest, archive);
  expect(layers.holds(digest)).toBe(true);
});

test('before there is what checks them, nothing new is referred to', () => {
  const { archive } = pack(FILES);
  const { layers } = world([archive], true);
  layers.sha256 = undefined;
  layers.read(digestOf(archive), 0, 10, nobody);
  expect(layers.holds(digestOf(archive))).toBe(false);
});

test('a layer that has to be unpacked outside is waited for, by all who ask, while a virtual clock stands still', async () => {
  const { archive, places } = pack(FILES);
  const { layers, unpacked } = world([archive], false);
  let [woken, held] = [0, 0];
  layers.hold = () => {
    held++;
    return () => void held--;
  };
  const read = () => layers.readUnpacked(digestOf(archive), places[1]!, 6, () => () => void woken++);
  expect([read(), read(), held]).toEqual([BLOCKED, BLOCKED, 1]);
  await new Promise((done) => setTimeout(done, 0));
  expect([woken, held, unpacked()]).toEqual([2, 0, 1]);
  expect(read()).toEqual(FILES[1]!.subarray(0, 3));
});

test.each([true, false])('a damaged blob is an input error, again and again (at once: %s)', async (now) => {
  const damaged = new Uint8Array(1);
  const { layers } = world([damaged], now);
  layers.readUnpacked(digestOf(damaged), 512, 1, nobody);
  await new Promise((done) => setTimeout(done, 0));
  expect(layers.readUnpacked(digestOf(damaged), 512, 1, nobody)).toBe(-5);
  expect(layers.readUnpacked(NONE, 512, 1, nobody)).toBe(-5);
  expect(layers.holds(digestOf(damaged))).toBe(false);
});

test('what is held of unpacked layers is bounded: the one that was read longest ago goes first', () => {
  const [a, b, c] = [1, 2, 3].map((byte) => pack([new Uint8Array(6 * 1024 * 1024).fill(byte)]));
  const { layers, unpacked } = world([a!.archive, b!.archive, c!.archive], true);
  const read = ({ archive, places }: Packed) => layers.readUnpacked(digestOf(archive), places[0]!, 10, nobody);
  for (const layer of [a!, b!, a!, c!, a!]) read(layer);
  expect(unpacked()).toBe(3);
  read(b!);
  expect(unpacked()).toBe(4);
});
