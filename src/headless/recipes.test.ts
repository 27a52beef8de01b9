import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readElf } from '../lib/elf.ts';
import { TarReader } from '../lib/tar.ts';
import { readRecipes, referencesOf } from './recipes.ts';

function imagesWith(files: Record<string, unknown>): string {
  const root = mkdtempSync(join(tmpdir(), 'drydock-images-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

const hub = (repository: string, tags: string[], more: object = {}): object => ({
  repository,
  description: '',
  stars: 1,
  tags,
  ...more,
});

const IMAGES = {
  'app/Dockerfile': 'FROM base:1\nENV APP_VERSION=2\nADD rootfs.tar /\n',
  'app/start.sh': '#!/bin/sh\n',
  'app/rootfs.manifest': 'version app 2\nx 755 100 /bin/app\n',
  'app/hub.json': hub('library/app', ['latest', '2'], {
    variants: [{ tags: ['1', '1.0'], from: 'base', env: { APP_VERSION: '1' }, versions: { app: '1' } }],
  }),
  'base/Dockerfile': 'FROM scratch\n',
  'base/hub.json': hub('library/base', ['latest']),
  'base/old/Dockerfile': 'FROM scratch\n',
  'base/old/hub.json': hub('library/base', ['1']),
};

test('an image comes after what it is FROM, by any of its names', () => {
  const recipes = readRecipes(imagesWith(IMAGES), 0);
  expect(recipes.map(({ name }) => name)).toEqual(['base:old', 'app', 'base', 'app:1']);
  expect(referencesOf(recipes[3]!)).toEqual(['app:1', 'app:1', 'app:1.0']);
});

test('a variant has another base, other variables and programs of another version', () => {
  const variant = readRecipes(imagesWith(IMAGES), 0).find(({ name }) => name === 'app:1')!;
  expect(variant.dockerfile).toBe('FROM base\nENV APP_VERSION=1\nADD rootfs.tar /\n');
  expect(variant.hub.tags).toEqual(['1', '1.0']);
  expect([...variant.files.keys()].sort()).toEqual(['rootfs.tar', 'start.sh']);
  const events = new TarReader().push(variant.files.get('rootfs.tar')!.data);
  const data = events.find((event) => event.type === 'data');
  expect(data?.type === 'data' && readElf(data.bytes)).toMatchObject({ program: 'app', version: '1' });
});

test('a variable that the Dockerfile does not set is an error', () => {
  const wrong = {
    ...IMAGES,
    'app/hub.json': hub('library/app', ['latest'], { variants: [{ tags: ['1'], env: { X: '1' } }] }),
  };
  expect(() => readRecipes(imagesWith(wrong), 0)).toThrow('no line ENV X=');
});

test('a release has what its folder lacks from the folder above', () => {
  const recipes = readRecipes(
    imagesWith({
      'tool/Dockerfile': 'FROM scratch\n',
      'tool/hub.json': hub('library/tool', ['latest']),
      'tool/entry.sh': 'new',
      'tool/more.sh': 'more',
      'tool/1/Dockerfile': 'FROM scratch\n',
      'tool/1/hub.json': hub('library/tool', ['1']),
      'tool/1/entry.sh': 'old',
    }),
    0,
  );
  const files = recipes.map(({ name, files: context }) => [
    name,
    ...[...context].map(([path, { data }]) => `${path}=${new TextDecoder().decode(data)}`).sort(),
  ]);
  expect(files).toEqual([
    ['tool', 'entry.sh=new', 'more.sh=more'],
    ['tool:1', 'entry.sh=old', 'more.sh=more'],
  ]);
});
