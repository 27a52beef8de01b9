// npm run bench [-- GROUP…] [--write]: measures speed and size against what is at hand and prints a table. Groups: page, files,
// shell, tools, engine, api, interrupt, hostile, memory. `--write` puts the table into docs/bench.md. Exit status 1 where a target was missed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('--'));
const wants = (group) => wanted.length === 0 || wanted.includes(group);
const PREAMBLE = `Written by \`npm run bench -- --write\`. Where the partner is at hand (bash, a bare xterm.js page, an engine behind
DOCKER_HOST) both sides run in turn on the same machine and their smallest times are compared; "recorded" figures of the
partner come from another machine, so those ratios are rough. A case without a target is there to be compared with itself.`;
const HEADLESS = ['files', 'shell', 'tools', 'engine', 'api', 'interrupt', 'hostile', 'memory'];

if (!existsSync('dist/index.html') || !existsSync('public/blobs/index.json'))
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });

const groups = [];
if (wants('page')) {
  const { runPage } = await import('../test/bench/page.mjs');
  try {
    groups.push({ group: 'page', rows: await runPage(root) });
  } catch (error) {
    groups.push({ group: 'page', failed: error.message });
  }
}
if (HEADLESS.some(wants)) groups.push(...(await headless()));

const rows = groups.flatMap(({ group, rows = [], failed }) =>
  failed ? [{ name: group, anchor: '', ours: failed.split('\n')[0], ratio: '', target: 'runs', ok: false }] : rows,
);
const table = tableOf(rows);
const load = loadavg()[0] ?? 0;
const host = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, load ${load.toFixed(1)} at the end`;
console.log(`\n${host}\n\n${table}`);
if (words.includes('--write')) {
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync('docs/bench.md', `# Speed and size\n\n${PREAMBLE}\n\nMeasured ${date}: ${host}.\n\n${table}`);
}
const missed = rows.filter(({ ok }) => ok === false).length;
console.log(`${rows.filter(({ ok }) => ok).length} targets met, ${missed} missed`);
process.exit(missed === 0 ? 0 : 1);

/** The cases that need no browser, in one process of their own. */
async function headless() {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: 'test/bench/main.ts',
      outDir: folder,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'bench.mjs', codeSplitting: false } },
    },
    ssr: { noExternal: true, target: 'node' },
  });
  const env = { ...process.env, DRYDOCK_BLOBS: join(root, 'public/blobs') };
  const args = ['--expose-gc', join(folder, 'bench.mjs'), ...wanted.filter((word) => HEADLESS.includes(word))];
  const { stdout } = spawnSync(process.execPath, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
  rmSync(folder, { recursive: true, force: true });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{"group"'))
    .map((line) => JSON.parse(line));
}

function tableOf(all) {
  const head = ['case', 'anchor', 'ours', 'ratio', 'target', 'met'];
  const mark = (ok) => (ok === undefined ? '' : ok ? 'yes' : 'NO');
  const cells = all.map(({ name, anchor, ours, ratio = '', target, ok }) => [
    name.replaceAll('|', '\\|'),
    anchor,
    ours,
    ratio,
    target,
    mark(ok),
  ]);
  const widths = head.map((title, at) => Math.max(3, title.length, ...cells.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |\n`;
  return line(head) + line(widths.map((width) => '-'.repeat(width))) + cells.map(line).join('');
}
