// The gate. `npm test`: format, lint, types, import table, generated files, a build, unit tests, the recorded scenarios and
// the tour in a real Chromium. `npm run test:full` (--full) adds every case of a folder of further cases (test/external.ts)
// and the benchmark. `--only=STEP,…` runs some steps. The last line is `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const full = process.argv.includes('--full');
const only = process.argv
  .find((arg) => arg.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const scratch = mkdtempSync(join(tmpdir(), 'drydock-test-'));
/** A step that takes longer hangs, milliseconds. */
const PATIENCE = (full ? 180 : 15) * 60_000;
let passed = 0;
let failed = 0;

const node = process.execPath;
const bin = (name) => join('node_modules', '.bin', name);

if (!existsSync('node_modules/.package-lock.json')) {
  console.log('Installing the build tools …');
  spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { stdio: 'inherit', shell: process.platform === 'win32' });
}

/** Runs a program; its output goes through. @returns exit status; 124 where it was ended because it hung */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      console.error(`${args[0]} hangs`);
      child.kill('SIGKILL');
    }, PATIENCE);
    const end = (status) => {
      clearTimeout(timer);
      resolve(hung ? 124 : status);
    };
    child.on('error', () => end(127));
    child.on('close', (code, signal) => end(signal ? 1 : code));
  });
}

/** Runs a step. It counts its cases itself, or gives true or false and is one case. */
async function step(name, body) {
  if (only && !only.includes(name)) return;
  console.log(`\n== ${name}`);
  const begun = Date.now();
  const before = failed;
  let ok = false;
  try {
    ok = await body();
  } catch (error) {
    console.error(error);
  }
  if (ok === true) passed++;
  else if (ok === false) failed++;
  console.log(`== ${name}: ${failed === before ? 'ok' : 'FAILED'} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

await step('lock', () => {
  const packages = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  const names = new Set(Object.keys(packages).map((key) => key.replace(/^.*node_modules\//, '')));
  const missing = Object.values(packages).flatMap((entry) =>
    Object.keys(entry.optionalDependencies ?? {}).filter((name) => !names.has(name)),
  );
  if (missing.length > 0) console.error(`missing from the lock file: ${missing.join(' ')}`);
  return missing.length === 0;
});
await step('generated', async () => (await run(node, ['scripts/gen.mjs', '--check'])) === 0);
await step('lint', async () => {
  const colours = process.stdout.isTTY ? [] : ['--colors=off'];
  return (await run(bin('biome'), ['ci', '--diagnostic-level=error', ...colours])) === 0;
});
await step('types', async () => (await run(node, ['scripts/types.mjs'])) === 0);
await step(
  'arch',
  async () => (await run(bin('depcruise'), ['src', 'workers', '--config', '.dependency-cruiser.cjs'])) === 0,
);
await step('build', async () => (await run(node, ['scripts/build.mjs'])) === 0);
await step('unit', async () => {
  const report = join(scratch, 'unit.json');
  const env = { ...process.env, ...(full ? { DRYDOCK_FULL: '1' } : {}) };
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = await run(bin('vitest'), ['run', ...reporters], { env });
  if (!existsSync(report)) return false;
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  // a file that could not be loaded has no tests
  if (status !== 0 && result.numFailedTests === 0) failed++;
  return undefined;
});
await step('scenarios', async () => {
  const report = join(scratch, 'scenarios.json');
  const target = `${node} ${join(process.cwd(), 'dist/drydock.js')} shell`;
  const prelude = 'for i in busybox debian $NEEDS; do docker pull -q $i; done; docker tag debian debian:bookworm-slim';
  const options = ['--target', target, '--prelude', prelude, '--timeout', '60', '--json', report];
  await run(node, ['test/fidelity/fidelity.mjs', 'check', ...options, 'test/fidelity/scenarios']);
  if (!existsSync(report)) return false;
  for (const row of JSON.parse(readFileSync(report, 'utf8'))) row.passed ? passed++ : failed++;
  return undefined;
});
await step('e2e', async () => {
  if (!(await chromium())) return false;
  const report = join(scratch, 'e2e.json');
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  await run(bin('playwright'), ['test', '--reporter=line,json'], { env });
  if (!existsSync(report)) return false;
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'));
  passed += stats.expected + stats.flaky;
  failed += stats.unexpected + errors.length;
  return stats.expected > 0 ? undefined : false;
});
if (full && (process.env.REAL_ENGINE_SOCKET || process.env.CLIENT_SUITES))
  await step('clients', async () => (await run(node, ['test/clients/run.mjs'])) === 0);
if (full) await step('bench', async () => (await run(node, ['scripts/bench.mjs'])) === 0);

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** True where a Chromium is there; as root on Debian it is installed, elsewhere the way is said. */
async function chromium() {
  const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const find = () => candidates.find((path) => path && existsSync(path));
  if (!find() && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    console.log('Installing Chromium …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', 'chromium'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const path = find();
  if (path) process.env.CHROMIUM = path;
  else console.error('No Chromium was found. Install one, or give its path: CHROMIUM=/path/to/chrome npm test');
  return path !== undefined;
}
