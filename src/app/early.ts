/**
 * The first script that runs: it starts the worker, which boots the machine and logs in while the rest of the page is still
 * on its way. It has no imports that the page's own script shares with others, so that one request brings it.
 */
import { bootOptions } from './machine/boot-options.ts';
import { type Booting, bootWorker } from './machine/engine-worker.ts';
import { readHint } from './machine/hint.ts';

/** Until the page knows how large the screen is. */
const SIZE = { cols: 80, rows: 24 };

const options = bootOptions(window);
const hint = readHint(options.scope, options.name);
let early: Booting | undefined = bootWorker(
  { ...options, fresh: hint === undefined },
  { size: hint?.size ?? SIZE, options: hint?.cwd === undefined ? {} : { cwd: hint.cwd } },
);

/** The machine that boots before the page is there, until somebody takes it. */
export const earlyBoot = (): Booting | undefined => early;

/** The same, for the first who asks. */
export function takeEarly(): Booting | undefined {
  const taken = early;
  early = undefined;
  return taken;
}
