/**
 * The first script that runs: it starts the worker, boots the machine and logs in while the rest of the page is still on
 * its way. It has no imports that the page's own script shares with others, so that one request brings it.
 */
import { bootOptions } from './machine/boot-options.ts';
import { type Booting, beginBoot, type EngineWorker, makeWorker } from './machine/engine-worker.ts';
import { readHint } from './machine/hint.ts';

/** A machine that was booted before the page was there. */
export interface EarlyBoot {
  worker: EngineWorker;
  booting: Booting;
}

/** Digest of a new host's disk, put in by the build; undefined where there were no images yet. */
declare const FIRST_DISK: string | undefined;

/** Until the page knows how large the screen is. */
const SIZE = { cols: 80, rows: 24 };

const worker = makeWorker();
const options = bootOptions(window);
const hint = readHint(options.scope, options.name);
const login = { size: hint?.size ?? SIZE, options: hint?.cwd === undefined ? {} : { cwd: hint.cwd } };
const disk = hint === undefined && FIRST_DISK !== undefined ? bringDisk(options.blobs, FIRST_DISK) : undefined;
let early: EarlyBoot | undefined = {
  worker,
  booting: beginBoot(worker, { ...options, fresh: hint === undefined }, login, disk),
};

/** The disk of a new host: it comes while the worker's code does. @returns undefined where the worker has to see itself */
async function bringDisk(blobs: string, digest: string): Promise<ArrayBuffer | undefined> {
  try {
    const { body, ok } = await fetch(blobs + digest.replace(':', '/'), { credentials: 'omit' });
    return ok && body ? await new Response(body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer() : undefined;
  } catch {
    return undefined;
  }
}

/** The early machine, for the first who asks. */
export function takeEarly(): EarlyBoot | undefined {
  const taken = early;
  early = undefined;
  return taken;
}
