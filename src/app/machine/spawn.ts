import { takeEarly } from './early-boot.ts';
import { startWorker } from './engine-worker.ts';
import type { Spawn } from './machine.svelte.ts';

/** Starts an engine's worker. The first one takes over the machine that was booted before the page was there. */
export const spawnEngine: Spawn = (onfail) => {
  const early = takeEarly();
  const { remote, terminate, onfail: failing } = early?.engine ?? startWorker();
  failing(onfail);
  if (!early) return { remote, terminate };
  return {
    terminate,
    remote: {
      ...remote,
      boot(_options, onEvent) {
        early.listen(onEvent);
        return early.result;
      },
    },
  };
};
