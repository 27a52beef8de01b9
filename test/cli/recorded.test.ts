import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nodeWorld } from '../../src/headless/world.ts';
import { loginEnvironment, Machine } from '../../src/machine/index.ts';
import { normalize } from './normalize.mjs';
import { parseAnswers, parseLines, scriptOf } from './script.mjs';

// Command lines of docker with what the real CLI answered (compare.mjs). Those of a folder's files that do not depend on each other
// are sampled; DRYDOCK_FULL=1 runs all.

/** Files whose lines stand alone, and each how many of them is tried. */
const SAMPLED: Readonly<Record<string, number>> = {
  'errors.jsonl': 9,
  'flags.jsonl': 15,
  'help.jsonl': 5,
  'create.jsonl': 5,
};
const SEED = 3;
const full = process.env.DRYDOCK_FULL === '1';
const folder = new URL('records/', import.meta.url);

/** Runs a script on a host of its own. @returns what it wrote */
async function run(script: string): Promise<string> {
  const machine = await Machine.boot({ ...nodeWorld('virtual', false), host: 'ubuntu' });
  await machine.socketAnswers('/var/run/docker.sock');
  const pieces: Uint8Array[] = [];
  const output = machine.output((bytes) => {
    pieces.push(bytes.slice());
    return bytes.length;
  });
  const input = machine.input();
  input.end();
  const started = machine.kernel.start('/bin/bash', {
    argv: ['bash', '-c', script],
    envp: loginEnvironment(undefined),
    cwd: '/root',
    files: [input, output, output],
  });
  if (typeof started === 'number') throw new Error(`bash: ${started}`);
  await machine.ended(started);
  machine.kernel.shutdown();
  return Buffer.concat(pieces).toString('utf8');
}

describe.each(readdirSync(folder).filter((name) => name.endsWith('.jsonl')))('%s', (name) => {
  test('as the real CLI', { timeout: 300_000 }, async () => {
    const every = full ? 1 : (SAMPLED[name] ?? 1);
    let at = SEED;
    const lines = parseLines(readFileSync(new URL(name, folder), 'utf8'), true).filter(
      (line) => !line.tested || at++ % every === 0,
    );
    const tested = lines.filter((line) => line.tested);
    const answers = parseAnswers(await run(scriptOf(lines))).map(normalize);
    expect(tested.length).toBeGreaterThan(10);
    expect(tested.map(({ text }, i) => [text, ...(answers[i] ?? [])])).toEqual(
      tested.map(({ text, answer }) => [text, ...(answer ?? [])]),
    );
  });
});
