import { expect, test } from 'vitest';
import { readElf } from '../lib/elf.ts';
import { TarReader } from '../lib/tar.ts';
import { decode, encode } from '../lib/utf8.ts';
import { packRootfs } from './pack.ts';
import { type RootfsFolder, readRootfs } from './rootfs.ts';

const folder = (manifest: string, files: Record<string, string> = {}): RootfsFolder => ({
  manifest,
  file: (path) => (files[path] === undefined ? undefined : encode(files[path]!)),
  files: () => Object.keys(files),
});

test('a manifest and its files make the entries of a tree', () => {
  const entries = readRootfs(() =>
    folder(
      '# comment\nflavour musl\nversion busybox v1.37.0\nd 755 /etc\nf 640 0:42 9 /etc/shadow\nl /bin usr/bin\nx 755 800000 /usr/bin/busybox busybox\nh /usr/bin/sh /usr/bin/busybox\nc 666 1:3 /dev/null\n',
      { '/etc/motd': 'hello\n' },
    ),
  );
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  expect(byPath.get('/etc/shadow')).toMatchObject({ mode: 0o100640, uid: 0, gid: 42, size: 9 });
  expect(decode(byPath.get('/etc/motd')!.data!)).toBe('hello\n');
  expect(byPath.get('/bin')).toMatchObject({ mode: 0o120777, target: 'usr/bin' });
  expect(readElf(byPath.get('/usr/bin/busybox')!.data!)).toEqual({
    program: 'busybox',
    version: 'v1.37.0',
    flavour: 'musl',
  });
  expect(byPath.get('/dev/null')!.device).toEqual({ major: 1, minor: 3 });
  expect(entries.at(-1)!.link).toBe('/usr/bin/busybox');
});

test('an included folder comes first, later lines replace', () => {
  const entries = readRootfs((name) =>
    name === '' ? folder('include ../base\nd 700 /etc\n') : folder('d 755 /etc\nd 755 /tmp\n'),
  );
  expect(entries.map((entry) => [entry.path, entry.mode & 0o777])).toEqual([
    ['/etc', 0o700],
    ['/tmp', 0o755],
  ]);
});

test('a version that is said before an include holds in what is included', () => {
  const base = folder('version bash 5.2\nversion curl 8.5\nx 755 9 /bin/bash\nx 755 9 /bin/curl\n');
  const entries = readRootfs((name) => (name === '' ? folder('version bash 4.3\ninclude ../base\n') : base));
  expect(entries.map((entry) => readElf(entry.data!)!.version)).toEqual(['4.3', '8.5']);
});

test('what a line takes away is gone with all below it, and with nothing beside it', () => {
  const base = folder('d 755 /etc/apt\nf 644 3 /etc/apt/x\nf 644 3 /etc/apt.conf\n', { '/etc/apt/y': 'y' });
  const entries = readRootfs((name) => (name === '' ? folder('include ../base\nr /etc/apt\n') : base));
  expect(entries.map((entry) => entry.path)).toEqual(['/etc/apt.conf']);
});

test('a wrong line is named', () => {
  expect(() => readRootfs(() => folder('d 755 /a\nq what\n'))).toThrow('rootfs.manifest line 2: q what');
});

test('an archive of a tree is small, whatever the sizes in it are', () => {
  const tar = packRootfs(
    readRootfs(() => folder('flavour glibc\nx 755 50000000 /usr/bin/big tool\n')),
    1_700_000_000,
  );
  expect(tar.length).toBeLessThan(8192);
  const headers = new TarReader().push(tar).filter((event) => event.type === 'header');
  expect(headers.map((event) => event.type === 'header' && [event.header.name, event.header.size])).toEqual([
    ['usr/bin/big', 50_000_000],
  ]);
});
