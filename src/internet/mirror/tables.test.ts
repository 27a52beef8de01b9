import { expect, test } from 'vitest';
import { loadHash } from '../../lib/hash.ts';
import { HOSTS } from '../hosts.ts';
import alpine from './alpine.json' with { type: 'json' };
import { dockerCentos } from './centos.ts';
import centos from './centos7.json' with { type: 'json' };
import { DebDigests, debPieces, makeDeb } from './deb.ts';
import debian from './debian.json' with { type: 'json' };
import { dockerPackages } from './docker-packages.ts';
import { type Package, readPackage } from './package.ts';
import ubuntu from './ubuntu.json' with { type: 'json' };
import { VENDOR_HOSTS, vendorArchive } from './vendors.ts';

const list = (text: string): string[] => text.split(',').filter((word) => word !== '');

/** Dependencies that no package of the tables is or provides. */
function unmet(packages: readonly Package[], all: readonly Package[]): string[] {
  const there = new Set(all.flatMap((pkg) => [pkg.name, ...list(pkg.provides)]));
  return packages.flatMap((pkg) =>
    list(pkg.depends)
      .filter((group) => !group.split('|').some((name) => there.has(name)))
      .map((group) => `${pkg.name}: ${group}`),
  );
}

test.each([
  ['debian', debian],
  ['ubuntu', ubuntu],
  ['alpine', alpine],
  ['centos7', centos],
])('%s: every dependency can be met, no name stands twice', (name, rows) => {
  const packages = rows.map(readPackage);
  expect(unmet(packages, packages)).toEqual([]);
  if (name !== 'centos7') expect(new Set(packages.map((pkg) => pkg.name)).size).toBe(packages.length);
  for (const pkg of packages) expect([pkg.name, pkg.version, pkg.summary]).not.toContain('');
});

test("every vendor's host has a name, and its packages need only what is there", () => {
  const names = new Set(HOSTS.flatMap((host) => host.names));
  const all = ubuntu.map(readPackage);
  for (const host of VENDOR_HOSTS) {
    expect([host, names.has(host)]).toEqual([host, true]);
    const own = vendorArchive(host, 'stable')!.packages();
    expect(unmet(own, [...all, ...own])).toEqual([]);
  }
});

test("Docker's packages need only what is there", () => {
  const [u, d] = [ubuntu.map(readPackage), debian.map(readPackage)];
  const [du, dd] = [dockerPackages('ubuntu', 'noble'), dockerPackages('debian', 'bookworm')];
  expect(unmet(du, [...u, ...du])).toEqual([]);
  expect(unmet(dd, [...d, ...dd])).toEqual([]);
  expect(unmet(dockerCentos(), [...centos.map(readPackage), ...dockerCentos()])).toEqual([]);
});

test('an archive is as large as the table says, and its digest is that of its bytes', async () => {
  const [sha256, md5] = [await loadHash('sha256'), await loadHash('md5')];
  const digests = new DebDigests(sha256);
  for (const name of ['git', 'curl', 'tzdata', 'ca-certificates']) {
    const pkg = debian.map(readPackage).find((one) => one.name === name)!;
    const deb = makeDeb(pkg, { maintainer: 'x' }, md5);
    const hash = sha256.create();
    let size = 0;
    for (const piece of debPieces(deb)) {
      hash.update(piece);
      size += piece.length;
    }
    expect(size).toBe(deb.size);
    expect(Math.abs(size - pkg.size)).toBeLessThan(20_000);
    expect(digests.of(deb)).toBe(hash.digestHex());
  }
});
