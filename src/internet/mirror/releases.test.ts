import { expect, test } from 'vitest';
import { HOSTS } from '../hosts.ts';
import {
  DEBIAN_SECURITY_SUITES,
  DEBIAN_SUITES,
  PAST_DEBIAN_SECURITY_SUITES,
  PAST_DEBIAN_SUITES,
  PAST_UBUNTU_SUITES,
  UBUNTU_SUITES,
} from './releases.ts';

const ALL = [
  UBUNTU_SUITES,
  PAST_UBUNTU_SUITES,
  DEBIAN_SUITES,
  PAST_DEBIAN_SUITES,
  DEBIAN_SECURITY_SUITES,
  PAST_DEBIAN_SECURITY_SUITES,
];

test('no suite stands twice in an archive, and sizes are whole bytes', () => {
  for (const suites of ALL) {
    const folders = suites.map((suite) => suite.folder);
    expect(new Set(folders).size).toBe(folders.length);
    for (const size of suites.flatMap((suite) => Object.values(suite.sizes ?? {})))
      expect(Number.isInteger(size)).toBe(true);
  }
});

test('a release that is past is in its archive alone', () => {
  const now = [...UBUNTU_SUITES, ...DEBIAN_SUITES].map((suite) => suite.codename);
  for (const { codename } of [...PAST_UBUNTU_SUITES, ...PAST_DEBIAN_SUITES]) expect(now).not.toContain(codename);
  const names = new Set(HOSTS.flatMap((host) => host.names));
  for (const host of ['archive.debian.org', 'old-releases.ubuntu.com']) expect(names).toContain(host);
});
