/**
 * The first script that runs: it starts the worker and boots the machine while the rest of the page is still on its way.
 * It has no imports that the page's own script shares with others, so that one request brings it.
 */
import { bootOptions } from './machine/boot-options.ts';
import { type Booting, beginBoot, type EngineWorker, makeWorker } from './machine/engine-worker.ts';

/** A machine that was booted before the page was there. */
export interface EarlyBoot {
  worker: EngineWorker;
  booting: Booting;
}

const worker = makeWorker();
let early: EarlyBoot | undefined = { worker, booting: beginBoot(worker, bootOptions(window)) };

/** The early machine, for the first who asks. */
export function takeEarly(): EarlyBoot | undefined {
  const taken = early;
  early = undefined;
  return taken;
}
