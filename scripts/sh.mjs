// npm run sh -- 'COMMAND': one line on a simulated host. With --real, where a Docker answers on DOCKER_HOST, the real
// shell runs it too and the difference is shown.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const args = process.argv.slice(2);
const real = args.includes('--real');
const command = args.filter((arg) => arg !== '--real').join(' ');
if (command === '') {
  console.error("usage: npm run sh -- [--real] 'COMMAND'");
  process.exit(2);
}
if (!existsSync('dist/drydock.js')) {
  const built = spawnSync(process.execPath, ['scripts/build.mjs', '--node'], { stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.exit(1);
}
const shell = [join('dist', 'drydock.js'), 'shell', '-c', command];
if (!real) process.exit(spawnSync(process.execPath, shell, { stdio: 'inherit' }).status ?? 1);

const ours = spawnSync(process.execPath, shell, { encoding: 'utf8' });
const theirs = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
const folder = mkdtempSync(join(tmpdir(), 'drydock-sh-'));
for (const [name, result] of [
  ['real', theirs],
  ['drydock', ours],
])
  writeFileSync(join(folder, name), `${result.stdout}${result.stderr}[${result.status}]\n`);
const diff = spawnSync('diff', ['-u', 'real', 'drydock'], { cwd: folder, stdio: 'inherit' });
if (diff.status === 0) process.stdout.write(`${ours.stdout}${ours.stderr}[${ours.status}]\nthe same on both\n`);
rmSync(folder, { recursive: true, force: true });
process.exit(diff.status ?? 1);
