import { expect, test } from 'vitest';
import { encode } from '../lib/utf8.ts';
import { Journal, TmpFs } from '../vfs/index.ts';
import type { BlockStore, StoredDisk } from './block-store.ts';
import { createMachineHost } from './host.ts';
import type { MachineEvent } from './remote.ts';

const CATALOGUE = encode(JSON.stringify({ disks: {}, repositories: {}, manifests: {}, blobs: {} }));

/** A store that gives a disk after some turns of the event loop, or says that there is none. */
function storeWith(disk: StoredDisk | undefined): BlockStore {
  return {
    load: () => new Promise((resolve) => setTimeout(() => resolve(disk), 5)),
    append: async () => {},
    usage: () => ({ batches: 0, metaBytes: 0, chunkBytes: 0, blobBytes: 0, deadBytes: 0 }),
    delete: async () => {},
    close: () => {},
  };
}

/** A disk with nothing on it, as a store keeps it. */
function keptDisk(): StoredDisk {
  const fs = new TmpFs({ type: 'ext4', bytes: 2 ** 30, inodes: 1000, now: { sec: 1, nsec: 0 } });
  const { meta } = new Journal(fs).takeAll();
  return { format: 1, metas: [meta], chunks: new Map(), blobs: new Map(), highest: 0, savedAt: 77 };
}

function hostOn(kept: StoredDisk | undefined, fresh: boolean, lines: string[] = []) {
  return createMachineHost({
    name: 'm',
    lang: 'en',
    blobs: {
      read: (name, offset, length) => (name === 'index.json' ? CATALOGUE.subarray(offset, offset + length) : -5),
    },
    gunzip: async (bytes) => bytes,
    store: Promise.resolve(storeWith(kept)),
    fresh,
    now: () => 1000,
    monotonic: () => performance.now(),
    random: (bytes) => void bytes.fill(7),
    turn: (step) => void setImmediate(step),
    after: () => () => {},
    onEvent: (event: MachineEvent) => {
      if (event.kind === 'boot') lines.push(event.line.text);
    },
  });
}

async function boot(kept: StoredDisk | undefined, fresh: boolean) {
  const lines: string[] = [];
  const host = hostOn(kept, fresh, lines);
  const info = await host.boot();
  host.stop();
  return { restored: info.restored, savedAt: info.savedAt, lines };
}

test.each([
  ['a first visit', undefined, true, false],
  ['a visit that is taken for the first but is not: the disk that was kept wins', keptDisk(), true, true],
  ['a later visit', keptDisk(), false, true],
  ['a later visit whose disk is gone', undefined, false, false],
])('%s', async (_, kept, fresh, restored) => {
  const seen = await boot(kept, fresh);
  expect([seen.restored, seen.savedAt]).toEqual([restored, restored ? 77 : undefined]);
  // a machine that was given up has said nothing
  expect(seen.lines.filter((line) => line.includes('Local File Systems'))).toHaveLength(1);
});

test.each([
  ['begins on the machine that is booted on a guess', undefined, true],
  ['of a machine that was given up tells nothing', keptDisk(), true],
  ['begins when there is a machine', keptDisk(), false],
])('a first login %s', async (_, kept, fresh) => {
  const host = hostOn(kept, fresh);
  const told: string[] = [];
  let known = false;
  const tell = (what: string) => () => void told.push(known ? what : `${what} too early`);
  const booting = host.boot().then(() => {
    known = true;
  });
  // neither disk has a shell: each login that begins ends at once
  const login = host.firstLogin(
    { cols: 80, rows: 24 },
    {},
    { output: tell('output'), flush: () => {}, folder: tell('folder'), exit: tell('exit') },
  );
  await booting;
  (await login).close();
  while (told.length === 0) await new Promise((done) => setTimeout(done, 5));
  await new Promise((done) => setTimeout(done, 20));
  host.stop();
  expect(told).toEqual(['exit']);
});
