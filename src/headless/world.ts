import { randomFillSync } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { World } from '../machine/index.ts';
import { blobFolder, folderBlobs } from './blobs.ts';
import { threadPacks } from './packs.ts';

/** What Node gives a machine. */
export function nodeWorld(clock: 'real' | 'virtual', verbose = false): World {
  return {
    blobs: folderBlobs(blobFolder()),
    packs: threadPacks(),
    gunzip: async (bytes) => new Uint8Array(gunzipSync(bytes)),
    gunzipNow: (bytes) => gunzipSync(bytes),
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: (bytes) => void randomFillSync(bytes),
    turn: (step) => void setImmediate(step),
    after(ms, step) {
      const timer = setTimeout(step, ms);
      return () => clearTimeout(timer);
    },
    clock,
    onBootLine(line) {
      if (verbose || line.kind === 'failed') process.stderr.write(`[${line.kind}] ${line.text}\n`);
    },
    onPanic(error, where) {
      process.stderr.write(`drydock: ${where}: ${error instanceof Error ? error.stack : String(error)}\n`);
    },
  };
}
