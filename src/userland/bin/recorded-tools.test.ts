import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { loadUserland, programNames } from '../index.ts';
import recorded from './recorded-tools.json' with { type: 'json' };

/** Every program. */
const programs = Object.fromEntries(
  [...(await programNames()), 'bash', 'busybox'].map((name) => [name, loadUserland(name)]),
);
// all are here before the first test: what still loads when the last has ended counts as an error
await Promise.all(Object.values(programs));

test.each(recorded.rows.map((row) => [row.script, row] as const))('%s', async (_, row) => {
  const k = await bootTestKernel({ programs });
  const result = await k.run('/bin/bash', ['bash', '-c', `exec 2>&1; ${row.script}`], { cwd: '/tmp' });
  expect(result.stdout).toBe(row.output);
  expect(result.status).toBe(row.status);
  expect(k.panics).toEqual([]);
});
