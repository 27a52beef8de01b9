import type { Machine } from '../../src/machine/index.ts';
import { type Fixtures, makeFixtures } from './fixtures.ts';
import { bash, bootHost, type Run } from './host.ts';
import { type Partner, RealShells } from './real-shell.ts';
import { type BenchRow, compared, least, told } from './rows.ts';
import { SHELL_CASES, type ShellCase } from './shell-cases.ts';

/** Ours is compiled while it runs: the smallest is one that was warm. */
const ROUNDS = 12;
const THEIR_ROUNDS = 5;
const PARTNERS: readonly Partner[] = ['bash', 'ash'];

/** Real shells and ours in turn on the same scripts, by processor time where nothing waits: others use the computer too. */
async function runCases(cases: readonly ShellCase[]): Promise<BenchRow[]> {
  const machine = await bootHost();
  const real = new RealShells();
  const fixtures = await makeFixtures(machine, (script, path) => void real.run('bash', script, path));
  const only = process.env.BENCH_ONLY;
  const rows: BenchRow[] = [];
  try {
    for (const each of cases) {
      if (only && !each.name.includes(only)) continue;
      rows.push(...(await runCase(machine, real, fixtures, each)));
    }
  } finally {
    fixtures.remove();
    real.remove();
  }
  machine.kernel.shutdown();
  return rows;
}

async function runCase(machine: Machine, real: RealShells, fixtures: Fixtures, each: ShellCase): Promise<BenchRow[]> {
  const ours: Run[] = [];
  const partners = PARTNERS.filter((partner) => each[partner] !== undefined && real.has(partner));
  const theirs = new Map<Partner, Run[]>(partners.map((partner) => [partner, []]));
  for (let round = 0; round < ROUNDS; round++) {
    const run = await bash(machine, each.script, fixtures.path);
    ours.push(run);
    if (round >= THEIR_ROUNDS) continue;
    for (const [partner, runs] of theirs) {
      const its = real.run(partner, each.script, fixtures.path);
      if (its.output !== run.output) throw new Error(`${each.name}: ${run.output} is not ${its.output} of ${partner}`);
      runs.push(its);
    }
  }
  const time = (runs: readonly Run[]): number => least(runs.map((run) => (each.waits ? run.ms : run.cpu)));
  const rows = [...theirs].map(([partner, runs]) =>
    compared(each.name, partnerName(partner, each), {
      theirs: time(runs),
      ours: time(ours),
      unit: 'ms',
      factor: each[partner],
    }),
  );
  return rows.length > 0 ? rows : [told(each.name, time(ours), 'ms')];
}

/** Of a tool's case the shell is not what is compared. */
const partnerName = (partner: Partner, each: ShellCase): string =>
  SHELL_CASES.shell.includes(each) ? partner : partner === 'bash' ? 'GNU' : 'busybox';

export const runShell = (): Promise<BenchRow[]> => runCases(SHELL_CASES.shell);
export const runTools = (): Promise<BenchRow[]> => runCases(SHELL_CASES.tools);
