import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs/adr')).map((name) => `docs/adr/${name}`),
];

describe.each(documents)('%s', (name) => {
  const text = read(name);

  test('names only files that are there', () => {
    const paths = [...text.matchAll(/\b(?:src|workers|scripts|images|test)\/[\w./-]*\w/g)]
      .map(([path]) => path)
      .filter((path) => !/[A-Z]{3}/.test(path));
    expect([...new Set(paths)].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('links only to documents that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|srcset)="([^"]+)"/g)].map(
      ([, link, image]) => link ?? image ?? '',
    );
    const folder = join(root, name, '..');
    expect(links.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
  });
});

test('the table of rooms in ARCHITECTURE.md is the one that is checked', () => {
  const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
    forbidden: { name: string; comment?: string }[];
  };
  const checked = forbidden
    .filter(({ name, comment }) => name.endsWith('-imports') && comment !== undefined)
    .map(({ comment }) => comment!.replace(' may import: ', ' | ').replace(/nothing$/, '–'));
  const [, table = ''] = /^\| room \| may import \|\n.*\n((?:\|.*\n)*)/m.exec(read('ARCHITECTURE.md')) ?? [];
  const told = [...table.matchAll(/^\| (.*) \|$/gm)].map(([, row]) => row);
  expect(told).toEqual(checked);
});

test('every room has a README', () => {
  const rooms = readdirSync(join(root, 'src')).filter((room) => readdirSync(join(root, 'src', room)).length > 0);
  expect(rooms.filter((room) => !existsSync(join(root, 'src', room, 'README.md')))).toEqual([]);
});
