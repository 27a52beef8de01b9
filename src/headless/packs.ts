import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type PackFrame, type PackHost, type PackIndex, PackQueue, type PackWorker } from '../machine/index.ts';

/** Where the packs are: beside the program, or as it is run from the sources in public/. */
function packFolder(): string {
  if (process.env.DRYDOCK_PACKS) return process.env.DRYDOCK_PACKS;
  const here = dirname(fileURLToPath(import.meta.url));
  const places = ['packs', '../packs', '../public/packs', '../../public/packs'].map((place) => join(here, place));
  const beside = process.env.DRYDOCK_BLOBS ? [join(process.env.DRYDOCK_BLOBS, '../packs')] : [];
  return [...places, ...beside].find((folder) => existsSync(join(folder, 'index.json'))) ?? join(here, 'packs');
}

/**
 * Makes a thread of Node look like a worker of a browser to the script of a pack: the same file runs in both. It has no way
 * to files and network of its own.
 */
const BOOTSTRAP = `
const { parentPort, workerData } = require('node:worker_threads');
const run = require('node:vm').runInThisContext;
globalThis.self = globalThis;
globalThis.location = { href: 'pack:///' };
globalThis.WorkerGlobalScope = Object;
globalThis.importScripts = () => {};
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on('message', (data) => globalThis.onmessage?.({ data }));
delete globalThis.process;
delete globalThis.Buffer;
run(workerData, { filename: 'pack.js' });
`;

/** Packs as threads. */
export function threadPacks(): PackHost {
  let index: PackIndex | undefined;
  const folder = packFolder();
  return {
    start(name, memory): PackWorker | undefined {
      const list = join(folder, 'index.json');
      index ??= existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as PackIndex) : {};
      const pack = index[name];
      if (!pack) return undefined;
      const worker = new Worker(BOOTSTRAP, {
        eval: true,
        workerData: readFileSync(join(folder, pack.script), 'utf8'),
        env: {},
        resourceLimits: { maxOldGenerationSizeMb: Math.max(64, Math.ceil(memory / 1048576)) },
      });
      // a pack that has nothing to do keeps nobody from ending
      const queue = new PackQueue((waiting) => (waiting ? worker.ref() : worker.unref()));
      worker.unref();
      worker.on('message', (frame: PackFrame) => queue.add(frame));
      worker.on('error', (error) => queue.end(error));
      worker.on('exit', () => queue.end(new Error(`${name} ended`)));
      const files = Object.fromEntries(
        Object.entries(pack.files).map(([file, path]) => [file, new Uint8Array(readFileSync(join(folder, path)))]),
      );
      worker.postMessage({ init: { files, memory } });
      return {
        post: (message) => worker.postMessage({ message }),
        next: () => queue.next(),
        end: () => void worker.terminate(),
      };
    },
  };
}
