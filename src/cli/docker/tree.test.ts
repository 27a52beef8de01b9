import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { externalCases } from '../../../test/external.ts';
import { COMMANDS } from './index.gen.ts';
import { CommandTree } from './tree.ts';

interface Declared {
  usage: string;
  aliases?: string[];
  flags: { name: string; shorthand: string | null; type: string; default: string | null; global?: boolean }[];
}

const tree = new CommandTree();
const folder = externalCases();

describe.skipIf(folder === undefined)('commands.json declares what the real client has', () => {
  const real = folder
    ? (JSON.parse(readFileSync(join(folder, 'docker-cli-28.5.2.json'), 'utf8')) as Record<string, Declared>)
    : {};
  const own = (name: string): string => name.replace(/^docker ?/, '');

  test('the same commands', () => {
    expect([...tree.commands.keys()].sort()).toEqual(Object.keys(real).map(own).sort());
  });

  test.each(Object.keys(real))('%s', (name) => {
    const { usage, aliases = [], flags } = real[name]!;
    const spec = tree.find(own(name))!;
    expect(spec.line === undefined ? `${name} ${spec.usage}`.trim() : `docker ${spec.line}`).toBe(usage.trimEnd());
    expect(spec.aliases.map((a) => `docker ${a}`)).toEqual(aliases);
    expect(spec.flags.map((f) => [f.name, f.short || null, f.type, f.default ?? null, f.global])).toEqual(
      flags.map((f) => [f.name, f.shorthand, f.type, f.default, f.global ?? false]),
    );
    for (const flag of spec.flags) expect(flag.about).not.toBe('');
  });
});

test('each module is a command', () => {
  for (const path of Object.keys(COMMANDS)) expect(tree.find(path)?.path).toBe(path);
});

test('other spellings lead to the same command', () => {
  expect(tree.find('container list')).toBe(tree.find('ps'));
  expect(tree.find('buildx b')?.path).toBe('build');
  expect(tree.find('container nosuch')).toBeUndefined();
});
