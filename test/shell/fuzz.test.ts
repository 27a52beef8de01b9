import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasRealBash, type Outcome, RealBash, simulatedBash } from './fuzz/machines.ts';
import { makeScript, scriptText } from './fuzz/script.ts';

// Scripts from a grammar, run in ours and in the machine's own bash: DRYDOCK_FULL=1 runs all of them, the gate a sample.
// What one of them finds becomes a case of src/userland/sh/recorded.json.

const full = process.env.DRYDOCK_FULL === '1';
const FIRST = Number(process.env.DRYDOCK_FUZZ_SEED ?? '1');
const COUNT = full ? 20_000 : 60;
/** Scripts that are one test. */
const BATCH = full ? 500 : 30;
/** Which processes there are differs. */
const PID = /\b\d+ (?=Terminated|Hangup|User defined)/g;

const comparable = ({ status, stdout, stderr }: Outcome): Outcome => ({
  status,
  stdout,
  stderr: stderr.replace(PID, 'PID '),
});

const here = hasRealBash();
let real: RealBash;
let simulated: (script: string) => Promise<Outcome>;

beforeAll(async () => {
  if (!here) return;
  real = new RealBash();
  simulated = await simulatedBash();
});
afterAll(() => real?.dispose());

const batches = Array.from({ length: COUNT / BATCH }, (_, i) => FIRST + i * BATCH);
test.skipIf(!here).each(batches)('scripts from seed %i on do what bash does', { timeout: 600_000 }, async (first) => {
  for (let seed = first; seed < first + BATCH; seed++) {
    const script = scriptText(makeScript(seed));
    expect(comparable(await simulated(script)), `seed ${seed}:\n${script}`).toEqual(comparable(real.run(script)));
  }
});
