import { spawnSync } from 'node:child_process';
import { bash, bootHost } from './host.ts';
import { atMost, type BenchRow, digits, least, told } from './rows.ts';

const ROUNDS = 5;

/** Scripts that both shells run; how much faster ours is to be, where that is a target. */
const CASES: readonly (readonly [name: string, script: string, factor?: number])[] = [
  ['while loop of 100,000 steps', 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo $i', 5],
  ['50,000 calls of a function', 'f() { x=$1; }; i=0; while [ $i -lt 50000 ]; do f $i; i=$((i+1)); done; echo $x'],
  ['2,000 command substitutions', 'i=0; while [ $i -lt 2000 ]; do x=$(echo $i); i=$((i+1)); done; echo $x'],
  ['1,000 times /bin/true', 'i=0; while [ $i -lt 1000 ]; do /bin/true; i=$((i+1)); done; echo $i'],
];

/** Real bash and ours in turn, on the same script. */
export async function runShell(): Promise<BenchRow[]> {
  const machine = await bootHost();
  const rows: BenchRow[] = [];
  for (const [name, script, factor] of CASES) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const begun = performance.now();
      const real = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
      theirs.push(performance.now() - begun);
      const { ms, output } = await bash(machine, script);
      if (output !== real.stdout) throw new Error(`${name}: ${output} is not ${real.stdout}`);
      ours.push(ms);
    }
    const anchor = `bash ${digits(least(theirs))} ms`;
    rows.push(
      factor === undefined
        ? told(name, least(ours), 'ms', anchor)
        : atMost(name, anchor, {
            value: least(ours),
            limit: least(theirs) / factor,
            unit: 'ms',
            target: `≥ ${factor} × faster`,
          }),
    );
  }
  machine.kernel.shutdown();
  return rows;
}
