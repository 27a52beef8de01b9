import { inetd } from '../src/internet/inetd.ts';
import { readPackage } from '../src/internet/mirror/package.ts';
import { makeMirror, type Stock } from '../src/internet/mirror/site.ts';
import { loadHash } from '../src/lib/hash.ts';
import { busybox } from '../src/userland/busybox.ts';
import { describeProgram, loadUserland } from '../src/userland/index.ts';
import { netlink } from '../src/userland/net/testnet.ts';
import { bootTestKernel, type TestKernel, type TestKernelOptions } from './kernel-harness.ts';

/** Rows of tables: name, version, flags, section, size, installed, depends, recommends, provides, conflicts, source, summary, files. */
export interface MirrorTables {
  debian?: readonly string[];
  alpine?: readonly string[];
  centos?: readonly string[];
}

const HOSTS = [
  'deb.debian.org',
  'dl-cdn.alpinelinux.org',
  'mirror.centos.org',
  'mirrorlist.centos.org',
  'download.docker.com',
];

/** A small machine that is a mirror of distributions itself: its names lead to 127.0.0.1. */
export async function bootMirror(
  tables: MirrorTables,
  programs: readonly string[],
  options: TestKernelOptions = {},
): Promise<TestKernel> {
  const [sha256, md5, sha1] = await Promise.all([loadHash('sha256'), loadHash('md5'), loadHash('sha1')]);
  const stock: Stock = {
    hashes: { sha256, md5 },
    sha1,
    packages: new Map([['debian', (tables.debian ?? []).map(readPackage)]]),
    alpine: (tables.alpine ?? []).map(readPackage),
    centos: (tables.centos ?? []).map(readPackage),
  };
  const loaded = Object.fromEntries(programs.map((name) => [name, loadUserland(name)]));
  await Promise.all(Object.values(loaded));
  const applets = new Map<string, Parameters<typeof busybox>[0] extends ReadonlyMap<string, infer E> ? E : never>();
  for (const name of ['ls', 'cat']) applets.set(name, (await describeProgram(name))!.entry);
  const k = await bootTestKernel({
    ...options,
    programs: {
      ...loaded,
      busybox: busybox(applets),
      mirror: makeMirror(stock),
      inetd: inetd('/bin/mirror', [80, 443]),
      ...options.programs,
    },
    files: {
      '/etc/hosts': HOSTS.map((name) => `127.0.0.1 ${name}\n`).join(''),
      '/usr/bin/': '',
      '/usr/sbin/': '',
      '/var/lib/dpkg/status': '',
      ...options.files,
    },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
      for (const name of [...programs, 'sh']) {
        sys.symlink(`/bin/${name === 'sh' ? 'dash' : name}`, `/usr/bin/${name}`);
        if (name === 'sh') sys.symlink('/bin/dash', '/bin/sh');
      }
      sys.spawn('/bin/inetd', ['inetd'], []);
      if (options.setUp) yield* options.setUp(sys);
    },
  });
  await k.settle();
  return k;
}
