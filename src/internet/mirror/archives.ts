import type { Key } from '../../lib/openpgp.ts';
import type { Archive } from './apt-repository.ts';
import { dockerPackages } from './docker-packages.ts';
import { type Package, readPackage } from './package.ts';
import {
  DEBIAN_SECURITY_SUITES,
  DEBIAN_SUITES,
  PAST_DEBIAN_SECURITY_SUITES,
  PAST_DEBIAN_SUITES,
  PAST_UBUNTU_SUITES,
  UBUNTU_SUITES,
} from './releases.ts';

export const UBUNTU_KEY: Key = {
  fingerprint: 'F6ECB3762474EDA9D21B7022871920D1991BC93C',
  user: 'Ubuntu Archive Automatic Signing Key (2018) <ftpmaster@ubuntu.com>',
};
export const DEBIAN_KEY: Key = {
  fingerprint: 'B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8',
  user: 'Debian Archive Automatic Signing Key (12/bookworm) <ftpmaster@debian.org>',
};
export const DOCKER_KEY: Key = {
  fingerprint: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
  user: 'Docker Release (CE deb) <docker@docker.com>',
};

const UPDATED = 1_759_276_800;

const rows = async (load: () => Promise<{ default: string[] }>): Promise<Package[]> =>
  (await load()).default.map(readPackage);

const UBUNTU_PACKAGES = {
  origin: 'Ubuntu',
  label: 'Ubuntu',
  maintainer: 'Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>',
  key: UBUNTU_KEY,
  packages: () => rows(() => import('./ubuntu.json')),
};

const DEBIAN_PACKAGES = {
  origin: 'Debian',
  label: 'Debian',
  maintainer: 'Debian Developers <debian-devel@lists.debian.org>',
  key: DEBIAN_KEY,
  packages: () => rows(() => import('./debian.json')),
};

/** All releases of a distribution have the packages of one of them. */
export const UBUNTU: Archive = { ...UBUNTU_PACKAGES, suites: UBUNTU_SUITES };
export const PAST_UBUNTU: Archive = { ...UBUNTU_PACKAGES, suites: PAST_UBUNTU_SUITES };
export const DEBIAN: Archive = { ...DEBIAN_PACKAGES, suites: DEBIAN_SUITES };
export const PAST_DEBIAN: Archive = { ...DEBIAN_PACKAGES, suites: PAST_DEBIAN_SUITES };
export const DEBIAN_SECURITY: Archive = {
  ...DEBIAN_PACKAGES,
  label: 'Debian-Security',
  suites: DEBIAN_SECURITY_SUITES,
};
export const PAST_DEBIAN_SECURITY: Archive = {
  ...DEBIAN_PACKAGES,
  label: 'Debian-Security',
  suites: PAST_DEBIAN_SECURITY_SUITES,
};

/** Docker's own packages for a distribution: a suite a release. */
export const dockerArchive = (distribution: 'ubuntu' | 'debian', suites: readonly string[]): Archive => ({
  origin: 'Docker',
  label: 'Docker CE',
  maintainer: 'Docker <support@docker.com>',
  key: DOCKER_KEY,
  suites: suites.map((codename) => ({
    folder: codename,
    suite: codename,
    codename,
    description: `Docker CE for ${distribution}`,
    components: ['stable', 'test', 'nightly'],
    date: UPDATED,
    has: (pkg) => pkg.version.endsWith(codename) || pkg.version.includes(`~${codename}`),
  })),
  packages: () => suites.flatMap((codename) => dockerPackages(distribution, codename)),
});
