#!/usr/bin/env node
// What clients of a real engine ask, asked of the simulated one (`drydock serve`).
//
//   run.mjs [BUNDLE]     default: dist/drydock.js
//
// With $REAL_ENGINE_SOCKET the answers of both engines are compared (api-diff.mjs); it needs the image busybox. $CLIENT_SUITES is a folder
// with scripts `run-NAME.sh SOCKET OUTDIR` that print `N passed, M failed`, and baseline/NAME.txt with the names of the tests that a real
// engine passes: each of those has to pass here. What is not there is left out. The last line is `N passed, M failed`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const bundle = resolve(process.argv[2] ?? join(here, '../../dist/drydock.js'));
const SUITES = ['docker-py', 'testcontainers', 'image-clients'];
/** How long a suite may take, milliseconds. */
const PATIENCE = 40 * 60_000;
const scratch = mkdtempSync(join(tmpdir(), 'drydock-clients-'));
let passed = 0;
let failed = 0;

/** Runs `body` with the socket of a new machine. */
async function serving(body) {
  const socket = join(scratch, 'docker.sock');
  const serve = spawn(process.execPath, [bundle, 'serve', '--socket', socket], { stdio: 'ignore' });
  try {
    for (let i = 0; i < 200 && !existsSync(socket); i++) await new Promise((r) => setTimeout(r, 50));
    curl(socket, 'images/create?fromImage=busybox&tag=latest');
    body(socket);
  } finally {
    serve.kill();
    rmSync(socket, { force: true });
  }
}

const curl = (socket, path) =>
  spawnSync('curl', [
    '-s',
    '--retry',
    '20',
    '--retry-all-errors',
    '--unix-socket',
    socket,
    '-X',
    'POST',
    `http://d/${path}`,
  ]);

const { REAL_ENGINE_SOCKET: real, CLIENT_SUITES: suites } = process.env;
if (real)
  await serving((socket) => {
    const run = spawnSync(process.execPath, [join(here, 'api-diff.mjs'), real, socket], {
      encoding: 'utf8',
      timeout: PATIENCE,
    });
    console.log(run.stdout);
    const counts = /(\d+) passed, (\d+) failed\n$/.exec(run.stdout);
    passed += Number(counts?.[1] ?? 0);
    failed += Number(counts?.[2] ?? 1);
  });
for (const name of suites ? SUITES : []) {
  const script = join(suites, `run-${name}.sh`);
  const baseline = join(suites, 'baseline', `${name}.txt`);
  if (!existsSync(script) || !existsSync(baseline)) continue;
  await serving((socket) => {
    const out = join(scratch, name);
    spawnSync('bash', [script, socket, out], {
      encoding: 'utf8',
      timeout: PATIENCE,
      env: { ...process.env, NO_SWARM: '1' },
    });
    const names = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
    const done = new Set(names(join(out, 'passed.txt')));
    const missed = names(baseline).filter((test) => !done.has(test));
    passed += names(baseline).length - missed.length;
    failed += missed.length;
    console.log(`${name}: ${names(baseline).length - missed.length} of ${names(baseline).length}`);
    for (const test of missed) console.log(`  FAILED ${test}`);
  });
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
