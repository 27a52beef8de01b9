import { runApi } from './api.bench.ts';
import { runEngine } from './engine.bench.ts';
import { runFiles } from './files.bench.ts';
import { runHostile } from './hostile.bench.ts';
import { runInterrupt } from './interrupt.bench.ts';
import { runMemory } from './memory.bench.ts';
import type { BenchRow } from './rows.ts';
import { runShell, runTools } from './shell.bench.ts';

/** Groups of cases, by the names that `npm run bench -- NAME…` takes. */
const GROUPS: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  files: runFiles,
  shell: runShell,
  tools: runTools,
  engine: runEngine,
  api: runApi,
  interrupt: runInterrupt,
  hostile: runHostile,
  memory: runMemory,
};

// One JSON document a line: rows, or the message of a group that failed.
const wanted = process.argv.slice(2);
for (const [name, group] of Object.entries(GROUPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  try {
    process.stdout.write(`${JSON.stringify({ group: name, rows: await group() })}\n`);
  } catch (error) {
    process.stdout.write(
      `${JSON.stringify({ group: name, failed: error instanceof Error ? error.message : error })}\n`,
    );
  }
}
process.exit(0);
