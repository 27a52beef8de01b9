#!/usr/bin/env node
// Command lines of the docker CLI with what the real one answers.
//
//   compare.mjs diff   FILE...   run each line with the real CLI and with ours, show where they differ
//   compare.mjs record FILE...   write what the real CLI answers to FILE.jsonl
//
// Both talk to the simulated engine: the real one through `drydock serve`, ours in the machine of `drydock shell`; so all that can
// differ is the CLI. It needs Linux, root (a mount namespace of its own, where /root is empty and /var/run/docker.sock is the
// simulated engine's), a bundle ($DRYDOCK, default dist/drydock.js) and the real program ($DOCKER).
//
// A file NAME.txt holds a shell line per row; `#` begins a comment, `#!` a line that is run before and not compared. A row of a record,
// NAME.jsonl, is [line, status, stdout, stderr], with what changes from run to run hidden by normalize(); a text alone is a line that
// only prepares. A record is made again from itself. recorded.test.ts compares ours with the records.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { normalize } from './normalize.mjs';
import { parseAnswers, parseLines, scriptOf } from './script.mjs';

const bundle = resolve(process.env.DRYDOCK ?? fileURLToPath(new URL('../../dist/drydock.js', import.meta.url)));
const docker = process.env.DOCKER ?? '/usr/bin/docker';

/** Runs a script with the real CLI and the simulated engine. */
async function real(script) {
  const scratch = mkdtempSync(join(tmpdir(), 'drydock-cli-'));
  const socket = join(scratch, 'docker.sock');
  const serve = spawn(process.execPath, [bundle, 'serve', '--socket', socket], { stdio: 'ignore' });
  try {
    for (let i = 0; i < 200 && !existsSync(socket); i++) await new Promise((r) => setTimeout(r, 50));
    const inside = `set -e; mkdir -p "$1"/{run,root/.bin,tmp}; touch "$1/run/docker.sock" "$1/root/.bin/docker"
      mount --bind "$2" "$1/root/.bin/docker"; mount --bind "$1/docker.sock" "$1/run/docker.sock"
      mount --rbind "$1/root" /root; mount --rbind "$1/run" /var/run; mount --rbind "$1/tmp" /tmp; cd /root
      exec env -i HOME=/root USER=root LC_ALL=C.UTF-8 PATH=/root/.bin:/usr/sbin:/usr/bin:/sbin:/bin bash -s`;
    const args = ['--mount', '--propagation', 'slave', 'bash', '-c', inside, 'real', scratch, docker];
    const { stdout, stderr } = spawnSync('unshare', args, {
      input: script,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: 560_000,
    });
    if (stderr) console.error(stderr.slice(0, 2000));
    return stdout;
  } finally {
    serve.kill();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function ours(script) {
  const { stdout, stderr } = spawnSync(process.execPath, [bundle, 'shell'], {
    input: script,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 300_000,
  });
  if (stderr) console.error(stderr.slice(0, 2000));
  return stdout;
}

/** Prints what differs of two texts: the lines that do, and of long ones only the place. */
function show(what, a, b) {
  if (a === b) return;
  const [left, right] = [a.split('\n'), b.split('\n')];
  while (left.length > 0 && right.length > 0 && left[0] === right[0]) [left.shift(), right.shift()];
  while (left.length > 0 && right.length > 0 && left.at(-1) === right.at(-1)) [left.pop(), right.pop()];
  const mark = (sign, lines, others) => lines.map((line, i) => `    ${what} ${sign} ${place(line, others[i] ?? '')}`);
  console.log([...mark('-', left, right), ...mark('+', right, left)].join('\n'));
}

function place(line, other) {
  if (line.length < 160) return line;
  let at = 0;
  while (at < line.length && line[at] === other[at]) at++;
  return `…${line.slice(Math.max(0, at - 40), at + 160)}…`;
}

const [mode, ...files] = process.argv.slice(2);
let different = 0;
for (const file of files) {
  const lines = parseLines(readFileSync(file, 'utf8'), file.endsWith('.jsonl'));
  const script = scriptOf(lines);
  const expected = parseAnswers(await real(script)).map(normalize);
  const tested = lines.filter((line) => line.tested);
  if (mode === 'record') {
    const rows = lines.map((line) =>
      line.tested ? [line.text, ...(expected[tested.indexOf(line)] ?? [])] : line.text,
    );
    writeFileSync(file.replace(/\.(txt|jsonl)$/, '.jsonl'), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
    console.log(`${file}: ${tested.length} lines, ${tested.length - expected.length} without an answer`);
    continue;
  }
  const answers = parseAnswers(ours(script)).map(normalize);
  tested.forEach(({ text }, i) => {
    const [a, b] = [expected[i] ?? [-1, '', ''], answers[i] ?? [-1, '', '']];
    if (JSON.stringify(a) === JSON.stringify(b)) return;
    different++;
    console.log(`${text}`);
    show('status', String(a[0]), String(b[0]));
    show('stdout', a[1], b[1]);
    show('stderr', a[2], b[2]);
  });
  console.log(`${file}: ${tested.length} lines, ${different} differ`);
}
process.exitCode = different === 0 ? 0 : 1;
