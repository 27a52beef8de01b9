import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { Entry } from '../../src/abi/sys.ts';
import { describeProgram, loadUserland, programNames } from '../../src/userland/index.ts';
import { bootTestKernel, type TestKernel } from '../kernel-harness.ts';

/** Scripts with the status and the output that Debian 12's programs gave (record.sh). */
const rows = readFileSync(new URL('recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as [script: string, status: number, output: string]);

let k: TestKernel;
beforeAll(async () => {
  const programs: Record<string, Entry> = {};
  for (const name of await programNames()) programs[name] = (await describeProgram(name))!.entry;
  programs.bash = await loadUserland('bash');
  programs.sh = await loadUserland('dash');
  programs.gunzip = programs.gzip!;
  const files = {
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
    '/etc/group': 'root:x:0:\n',
    '/usr/bin/': '',
  };
  k = await bootTestKernel({ programs, files });
});

let folder = 0;
test.each(rows)('%s', async (script, status, output) => {
  const cwd = `/tmp/t${folder++}`;
  await k.run(function* (sys) {
    sys.mkdir(cwd, 0o755);
    return 0;
  });
  const result = await k.run('/bin/bash', ['bash', '-c', `{ ${script}\n} 2>&1`], { cwd, env: { LC_ALL: 'C' } });
  expect([result.stdout.replace(/\n$/, ''), result.status]).toEqual([output.replace(/\n$/, ''), status]);
});

test('no program threw', () => {
  expect(k.panics).toEqual([]);
});
