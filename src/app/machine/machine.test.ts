import { expect, test } from 'vitest';
import type { BootInfo, MachineEvent } from '../../machine/remote.ts';
import { MachineStore, type Remote, type Spawn } from './machine.svelte.ts';

const INFO: BootInfo = {
  hostname: 'drydock',
  address: '192.168.65.3',
  cpus: 2,
  memory: 4e9,
  disk: 4e10,
  restored: false,
  savedAt: undefined,
};

/** A store whose workers do as told. */
function storeWith(answer: Remote['boot']) {
  const workers: {
    fail: (message: string) => void;
    tell: (event: MachineEvent) => void;
    ended: boolean;
    calls: string[];
  }[] = [];
  const spawn: Spawn = (onfail) => {
    const worker = {
      fail: (message: string) => onfail(message, ''),
      tell: (_: MachineEvent) => {},
      ended: false,
      calls: [] as string[],
    };
    workers.push(worker);
    const remote = {
      boot: (options: Parameters<Remote['boot']>[0], onEvent: (event: MachineEvent) => void) => {
        worker.tell = onEvent;
        return answer(options, onEvent);
      },
      flush: async () => void worker.calls.push('flush'),
      reset: async () => void worker.calls.push('reset'),
      exportDisk: async () => new Blob(['disk']),
    } as unknown as Remote;
    return { remote, terminate: () => void (worker.ended = true) };
  };
  const store = new MachineStore(
    spawn,
    { name: 'm', scope: '/', blobs: '/blobs/', lang: () => 'en', storage: 'idb' },
    () => 1000,
  );
  return { store, workers };
}
const up: Remote['boot'] = async () => ({ ok: true, info: INFO });

test('boot lines are collected; a machine that is up has a remote', async () => {
  const { store } = storeWith(async (_, tell) => {
    tell({ kind: 'boot', line: { kind: 'ok', seconds: 0.1, text: 'Started' } });
    return { ok: true, info: INFO };
  });
  await store.start();
  expect([store.phase, store.lines.length, store.saved.kind, store.remote !== undefined]).toEqual([
    'running',
    1,
    'fresh',
    true,
  ]);
});

test('a machine that another tab has open is busy until it is taken', async () => {
  const { store, workers } = storeWith(async (options) =>
    options.takeOver ? { ok: true, info: INFO } : { ok: false, reason: 'busy' },
  );
  await store.start();
  expect(store.phase).toBe('busy');
  await store.start(true);
  expect([store.phase, workers[0]!.ended]).toEqual(['running', true]);
});

test('a worker that ends is a crash; a message of an older worker is none', async () => {
  const { store, workers } = storeWith(up);
  await store.start();
  workers[0]!.tell({ kind: 'saved', at: 900 });
  workers[0]!.fail('RangeError');
  expect([store.phase, store.crash?.message, store.savedAt, store.remote]).toEqual([
    'crashed',
    'RangeError',
    900,
    undefined,
  ]);
  await store.start();
  workers[0]!.fail('late');
  expect(store.phase).toBe('running');
});

test('a boot that fails is a crash too', async () => {
  const { store } = storeWith(async () => {
    throw new TypeError('no disk');
  });
  await store.start();
  expect(store.crash?.message).toBe('TypeError: no disk');
});

test('another tab may take the machine', async () => {
  const { store, workers } = storeWith(up);
  await store.start();
  workers[0]!.tell({ kind: 'taken' });
  expect([store.phase, workers[0]!.ended]).toEqual(['taken', true]);
});

test('a restart saves first; a reset removes the disk in a worker of its own', async () => {
  const { store, workers } = storeWith(up);
  await store.start();
  await store.restart();
  expect(workers[0]!.calls).toEqual(['flush']);
  await store.reset();
  expect(workers.map((worker) => worker.calls.at(-1))).toEqual(['flush', undefined, 'reset', undefined]);
  expect(store.phase).toBe('running');
});
