import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { externalCases } from '../external.ts';

// What was recorded from a real engine and real shells and is not part of this repository: `npm run test:full` runs it.

const root = fileURLToPath(new URL('../..', import.meta.url));
const drydock = `${process.execPath} ${join(root, 'dist/drydock.js')} shell`;
const folder = process.env.DRYDOCK_FULL === '1' ? externalCases() : undefined;
const HOURS = 3_600_000;
const PRELUDE =
  'for i in busybox debian $NEEDS; do docker pull -q $i; done; docker tag debian debian:bookworm-slim';

/** Runs a Node program to its end, whatever its status. */
function node(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}

function scenariosOf(at: string): string[] {
  if (!existsSync(at)) return [];
  return readdirSync(at).flatMap((name) => {
    const path = join(at, name);
    return statSync(path).isDirectory() ? scenariosOf(path) : name.endsWith('.t') ? [path] : [];
  });
}

const scratch = mkdtempSync(join(tmpdir(), 'drydock-cases-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const scenarios = folder === undefined ? [] : scenariosOf(join(folder, 'fidelity/scenarios'));

describe.skipIf(scenarios.length === 0)('scenarios of a real engine', () => {
  const found = new Map<string, object[]>();
  beforeAll(async () => {
    const report = join(scratch, 'scenarios.json');
    const options = ['--target', drydock, '--prelude', PRELUDE, '--timeout', '60', '--quiet', '--json', report];
    await node([join(root, 'test/fidelity/fidelity.mjs'), 'check', ...options, ...scenarios]);
    for (const row of JSON.parse(readFileSync(report, 'utf8')) as { file: string; failures: object[] }[])
      found.set(row.file, row.failures);
  }, HOURS);

  test.each(scenarios.map((path) => [relative(folder ?? '', path), path]))('%s', (_, path) => {
    expect(found.get(path)).toEqual([]);
  });
});

const runner = join(folder ?? '', 'conformance/shell-cases.mjs');

describe.skipIf(folder === undefined || !existsSync(runner))('cases of real shells', () => {
  test.each([
    ['bash', 'docker run -i --rm debian bash -s'],
    ['dash', 'docker run -i --rm debian bash -s'],
    ['ash', 'docker run -i --rm busybox sh -s'],
  ])('%s', async (shell, command) => {
    const report = join(scratch, `${shell}.json`);
    const cases = join(folder ?? '', 'conformance/shell-cases.json');
    await node([runner, '--target', `${drydock} -c "${command}"`, '--shell', shell, '--json', report, cases]);
    const failures = JSON.parse(readFileSync(report, 'utf8')) as { id: string }[];
    expect(failures.map(({ id }) => id)).toEqual([]);
  }, HOURS);
});
