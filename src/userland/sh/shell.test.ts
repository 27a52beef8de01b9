import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import type { Entry } from '../../abi/sys.ts';
import { PROGRAMS } from '../bin/index.gen.ts';
import { ash, bash, dash } from './index.ts';
import recorded from './recorded.json' with { type: 'json' };

type Result = [status: number, stdout: string, stderr: string];
interface Row {
  script: string;
  stdin?: boolean;
  bash?: Result;
  dash?: Result;
  sh?: Result;
}

/** Programs that the scripts start. */
const NEEDED = ['cat', 'grep', 'head', 'ls', 'mkdir', 'sleep', 'sort', 'touch'];
const ENTRIES: Readonly<Record<string, Entry>> = { bash, dash, sh: ash };

async function programs(): Promise<Record<string, Entry>> {
  const found: Record<string, Entry> = { ...ENTRIES };
  for (const name of NEEDED) {
    const load = PROGRAMS[name];
    if (load) found[name] = (await (await load()).default).entry;
  }
  return found;
}

async function run(row: Row, shell: 'bash' | 'dash' | 'sh'): Promise<Result> {
  const k = await bootTestKernel({
    programs: await programs(),
    files: { '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n', '/root/': '', '/work/': '' },
    flavour: shell === 'sh' ? 'musl' : 'glibc',
  });
  const r = await k.run(`/bin/${shell}`, row.stdin ? [shell] : [shell, '-c', row.script], {
    stdin: row.stdin ? row.script : '',
    cwd: '/work',
    env: { LANG: 'C.UTF-8' },
  });
  expect(k.panics).toEqual([]);
  return [r.status, r.stdout, r.stderr];
}

for (const shell of ['bash', 'dash', 'sh'] as const) {
  const rows = (recorded as Row[]).filter((row) => row[shell] !== undefined);
  test.each(rows.map((row): [string, Row] => [row.script, row]))(`${shell}: %s`, async (_, row) => {
    expect(await run(row, shell)).toEqual(row[shell]);
  });
}
