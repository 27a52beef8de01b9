import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { makeElf } from '../../lib/elf.ts';
import { describeProgram, loadUserland, programNames } from '../index.ts';
import archives from './archives.json' with { type: 'json' };
import awk from './awk.json' with { type: 'json' };
import banners from './banners.json' with { type: 'json' };
import capabilities from './capabilities.json' with { type: 'json' };
import compress from './compress.json' with { type: 'json' };
import coreutils from './coreutils.json' with { type: 'json' };
import coreutilsFiles from './coreutils-files.json' with { type: 'json' };
import diff from './diff.json' with { type: 'json' };
import fresh from './fresh.json' with { type: 'json' };
import grep from './grep.json' with { type: 'json' };
import misc from './misc.json' with { type: 'json' };
import pr from './pr.json' with { type: 'json' };
import sed from './sed.json' with { type: 'json' };
import smallTools from './small-tools.json' with { type: 'json' };
import ssh from './ssh.json' with { type: 'json' };
import tar from './tar.json' with { type: 'json' };

/** Command, stdout, stderr and status of GNU grep 3.8, sed 4.9, tar 1.34, diffutils 3.8, mawk 1.3.4 and busybox 1.35 on Debian 12. */
type Row = [command: string, stdout: string, stderr: string, status: number];

/** Where the lines of fresh folders were recorded. */
const UTF8 = { PATH: '/usr/bin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

async function boot(): Promise<TestKernel> {
  const programs: Record<string, ReturnType<typeof loadUserland>> = {};
  for (const name of new Set([...(await programNames()), 'bash', 'dash', 'busybox']))
    programs[name] = loadUserland(name);
  await Promise.all(Object.values(programs));
  const files: Record<string, { content: Uint8Array; mode: number } | string> = {
    '/tmp/w/': '',
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
    '/etc/group': 'root:x:0:\nnogroup:x:65534:\n',
    '/etc/hosts': '127.0.0.1 localhost\n',
  };
  const link = (name: string, program: string): void => {
    files[`/bin/${name}`] = { content: makeElf({ program, version: '1', flavour: 'glibc' }), mode: 0o755 };
  };
  link('sh', 'dash');
  files['/bin/busybox'] = {
    content: makeElf({ program: 'busybox', version: '1.35.0', flavour: 'glibc' }),
    mode: 0o755,
  };
  for (const name of await programNames()) {
    for (const path of (await describeProgram(name))?.at ?? []) {
      const base = path.slice(path.lastIndexOf('/') + 1);
      if (!(base in programs)) link(base, name);
    }
  }
  return await bootTestKernel({
    programs,
    files,
    *setUp(sys) {
      sys.mkdir('/usr', 0o755);
      sys.symlink('/bin', '/usr/bin');
      sys.symlink('/bin', '/usr/games');
    },
  });
}

test.each([
  ['grep', grep],
  ['sed', sed],
  ['awk', awk],
  ['tar', tar],
  ['diff', diff],
  ['join, column and getopt', misc],
])('%s: as recorded', async (_, rows) => {
  const k = await boot();
  for (const [command, stdout, stderr, status] of rows as Row[]) {
    const r = await k.run('/bin/bash', ['bash', '-c', command], { cwd: '/tmp/w' });
    expect([command, r.stdout, r.stderr, r.status]).toEqual([command, stdout, stderr, status]);
  }
  expect(k.panics).toEqual([]);
});

test.each([
  ['sed, grep, awk, coreutils and xargs', fresh],
  ['bzip2, xz and zstd', compress],
  ['archives', archives],
  ['pr', pr],
  ['ssh and scp', ssh],
  ['capsh, getcap and setcap', capabilities],
  ['figlet and cowsay', banners],
  ['coreutils: files', coreutilsFiles],
  ['coreutils: texts', coreutils],
  ['csplit, dircolors, namei, look, taskset, prlimit, cal and others', smallTools],
])('%s, each line in a fresh folder: as recorded', async (_, rows) => {
  const k = await boot();
  for (const [command, stdout, stderr, status] of rows as Row[]) {
    await k.run('/bin/bash', ['bash', '-c', 'rm -rf /tmp/w/d; mkdir /tmp/w/d'], { cwd: '/tmp/w' });
    const r = await k.run('/bin/bash', ['bash', '-c', command], { cwd: '/tmp/w/d', env: UTF8 });
    expect([command, r.stdout, r.stderr, r.status]).toEqual([command, stdout, stderr, status]);
  }
  expect(k.panics).toEqual([]);
});
