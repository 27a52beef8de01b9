import { bash, bootHost } from './host.ts';
import { atMost, type BenchRow } from './rows.ts';

/** Scripts whose memory is that of their pipes, not that of what goes through. */
const CASES: readonly (readonly [name: string, script: string])[] = [
  ['yes | head -n 2000000', 'yes | head -n 2000000 >/dev/null'],
  ['seq 1000000 | grep 7 | wc -l', 'seq 1000000 | grep 7 | wc -l'],
  ['20 MB through tr, cat and sed', "head -c 20000000 /dev/zero | tr '\\0' '\\n' | cat | sed -n '$='"],
];
/** MB. */
const LIMIT = 20;
const MEGABYTE = 1 << 20;
/** Milliseconds between two looks. */
const INTERVAL = 4;

/** What pipelines take beside what the machine takes anyway. */
export async function runMemory(): Promise<BenchRow[]> {
  const machine = await bootHost();
  const rows: BenchRow[] = [];
  for (const [name, script] of CASES) {
    // the code and the collector's spaces are there after the first time
    for (let i = 0; i < 2; i++) await bash(machine, script);
    (globalThis as { gc?: () => void }).gc?.();
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, INTERVAL);
    await bash(machine, script);
    clearInterval(watch);
    rows.push(atMost(`memory: ${name}`, '', { value: (most - before) / MEGABYTE, limit: LIMIT, unit: 'MB' }));
  }
  machine.kernel.shutdown();
  return rows;
}
