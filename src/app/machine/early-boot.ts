import type { BootOptions, BootResult, MachineEvent } from '../../machine/remote.ts';
import { bootOptions } from './boot-options.ts';
import { type EngineWorker, startWorker } from './engine-worker.ts';

/** A machine that was booted before the page was there, with all that it said until now. */
export interface EarlyBoot {
  engine: EngineWorker;
  options: BootOptions;
  result: Promise<BootResult>;
  /** Hears what was said and what will be. */
  listen(onEvent: (event: MachineEvent) => void): void;
}

let early: EarlyBoot | 'taken' | undefined;

/** Starts the worker and boots its machine, unless that was done: nobody says whether this script or the page's comes first. */
export function beginEarly(): void {
  if (early) return;
  const options = bootOptions(window);
  const engine = startWorker();
  const said: MachineEvent[] = [];
  let listener: (event: MachineEvent) => void = (event) => void said.push(event);
  const result = engine.remote.boot(options, (event) => listener(event));
  // Whoever takes it over hears of a failure.
  result.catch(() => {});
  early = {
    engine,
    options,
    result,
    listen(onEvent) {
      listener = onEvent;
      for (const event of said.splice(0)) onEvent(event);
    },
  };
}

/** The early machine, for the first who asks. */
export function takeEarly(): EarlyBoot | undefined {
  beginEarly();
  const taken = early;
  early = 'taken';
  return taken === 'taken' ? undefined : taken;
}
