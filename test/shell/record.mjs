// Records what the real shells of this machine do with the scripts of src/userland/sh/recorded.json and writes the
// results beside them: `node test/shell/record.mjs` (needs bash, dash and busybox). Scripts without a result are new.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const file = new URL('../../src/userland/sh/recorded.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8'));
const home = mkdtempSync(join(tmpdir(), 'record-'));
const which = (name) => execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
const shells = { bash: which('bash'), dash: which('dash'), sh: which('busybox') };
for (const [name, path] of Object.entries(shells)) symlinkSync(path, join(home, name));

for (const row of cases) {
  for (const name of row.shells ?? Object.keys(shells)) {
    const cwd = join(home, 'work');
    rmSync(cwd, { recursive: true, force: true });
    mkdirSync(cwd);
    const how = row.stdin === true ? [] : ['-c', row.script];
    const run = spawnSync(join(home, name), how, {
      argv0: name,
      cwd,
      input: row.stdin === true ? row.script : '',
      encoding: 'utf8',
      timeout: 10_000,
      env: { PATH: '/bin:/usr/bin', HOME: '/root', LANG: 'C.UTF-8' },
    });
    row[name] = [run.status, run.stdout, run.stderr];
  }
}
rmSync(home, { recursive: true });
writeFileSync(file, `[\n${cases.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);
