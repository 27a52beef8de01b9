// The gate. `npm test`: format, lint, types, import table, generated files, unit tests, a build, the recorded scenarios
// and the tour in a real Chromium. `npm run test:full` (--full) adds every case of a further case folder and the
// benches' sanity. The last line is `N passed, N failed`.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const full = process.argv.includes('--full');
const only = process.argv
  .find((arg) => arg.startsWith('--only='))
  ?.slice(7)
  .split(',');
const scratch = mkdtempSync(join(tmpdir(), 'drydock-test-'));
let passed = 0;
let failed = 0;

if (!existsSync('node_modules/.package-lock.json')) execFileSync('npm', ['ci'], { stdio: 'inherit' });

/** Runs a program; its output goes through. @returns exit status */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    child.on('error', () => resolve(127));
    child.on('close', (code, signal) => resolve(signal ? 1 : code));
  });
}

async function step(name, body) {
  if (only && !only.includes(name)) return;
  console.log(`\n== ${name}`);
  const begun = Date.now();
  const before = failed;
  const ok = await body();
  if (typeof ok === 'boolean') {
    if (ok) passed++;
    else failed++;
  }
  console.log(`== ${name}: ${failed === before ? 'ok' : 'FAILED'} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

const node = process.execPath;
const bin = (name) => join('node_modules', '.bin', name);

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
await step('lint', async () => (await run(bin('biome'), ['ci', '--diagnostic-level=error'])) === 0);
await step('types', async () => (await run(node, ['scripts/types.mjs'])) === 0);
await step(
  'arch',
  async () => (await run(bin('depcruise'), ['src', 'workers', '--config', '.dependency-cruiser.cjs'])) === 0,
);
await step('build', async () => (await run(node, ['scripts/build.mjs'])) === 0);
await step('unit', async () => {
  const report = join(scratch, 'unit.json');
  const env = { ...process.env, ...(full ? { DRYDOCK_FULL: '1' } : {}) };
  const status = await run(
    bin('vitest'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { env },
  );
  if (!existsSync(report)) return false;
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  if (status !== 0 && result.numFailedTests === 0) failed++;
});
await step('scenarios', async () => {
  const report = join(scratch, 'scenarios.json');
  const target = `${node} ${join(process.cwd(), 'dist/drydock.js')} shell`;
  const prelude = 'for i in busybox debian $NEEDS; do docker pull -q $i; done; docker tag debian debian:bookworm-slim';
  await run(node, [
    'test/fidelity/fidelity.mjs',
    'check',
    '--target',
    target,
    '--prelude',
    prelude,
    '--timeout',
    '60',
    '--json',
    report,
    'test/fidelity/scenarios',
  ]);
  if (!existsSync(report)) return false;
  for (const row of JSON.parse(readFileSync(report, 'utf8'))) row.passed ? passed++ : failed++;
});
await step('e2e', async () => {
  if (!(await chromium())) return false;
  const report = join(scratch, 'e2e.json');
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  await run(bin('playwright'), ['test', '--reporter=line,json'], { env });
  if (!existsSync(report)) return false;
  const { stats } = JSON.parse(readFileSync(report, 'utf8'));
  passed += stats.expected + stats.flaky;
  failed += stats.unexpected;
  if (stats.expected === 0) failed++;
});

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** True where a Chromium is there; as root on Debian it is installed, elsewhere the way is said. */
async function chromium() {
  if (process.env.CHROMIUM && existsSync(process.env.CHROMIUM)) return true;
  for (const path of ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'])
    if (existsSync(path)) {
      process.env.CHROMIUM = path;
      return true;
    }
  const debian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (debian) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    process.env.CHROMIUM = '/usr/bin/chromium';
    return existsSync('/usr/bin/chromium');
  }
  console.error('No Chromium was found. Install one, or set CHROMIUM to its path: CHROMIUM=/path/to/chrome npm test');
  return false;
}
