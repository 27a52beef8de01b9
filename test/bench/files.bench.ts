import { atMost, type BenchRow, told } from './rows.ts';
import { run } from './vfs.bench.ts';

/** memfs 4.80 on the machine where it was recorded, microseconds. */
const MEMFS: Readonly<Record<string, number>> = { 'create small': 34, stat: 4.7 };
const FACTOR = 4;

/** The filesystem's figures as rows of the table. */
export async function runFiles(): Promise<BenchRow[]> {
  return (await run()).map(({ name, ours, unit }) => {
    const peer = MEMFS[name];
    if (peer !== undefined)
      return atMost(name, `memfs ${peer} µs (recorded)`, {
        value: ours,
        limit: peer / FACTOR,
        unit,
        target: `≥ ${FACTOR} × faster`,
      });
    if (unit === 'bytes') return atMost(name, 'memfs 1,591 bytes (recorded)', { value: ours, limit: 450, unit });
    if (unit === '×') return atMost(name, 'stat through one layer', { value: ours, limit: 1.2, unit });
    return told(name, ours, unit);
  });
}
