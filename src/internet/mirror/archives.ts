import type { Key } from '../../lib/openpgp.ts';
import type { Archive, Suite } from './apt-repository.ts';
import { dockerPackages } from './docker-packages.ts';
import { type Package, readPackage } from './package.ts';

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

/** 2024-04-25 15:10:33, the release of Ubuntu 24.04; 2023-06-10 for Debian 12. */
const NOBLE = 1_714_057_833;
const BOOKWORM = 1_686_391_200;
const UPDATED = 1_759_276_800;

const rows = async (load: () => Promise<{ default: string[] }>): Promise<Package[]> =>
  (await load()).default.map(readPackage);

const COMPONENTS = ['main', 'restricted', 'universe', 'multiverse'];

/** Bytes of compressed indexes, as `apt-get update` showed them in October 2025. */
const RELEASE_SIZES = { main: 1_808_000, universe: 19_300_000 };
const UPDATE_SIZES = { main: 1_790_000, universe: 1_520_000 };
const SECURITY_SIZES = { main: 1_450_000, universe: 1_130_000 };

const noble = (
  pocket: string,
  description: string,
  date: number,
  has: Suite['has'],
  sizes: Suite['sizes'] = {},
): Suite => ({
  sizes,
  folder: `noble${pocket}`,
  suite: `noble${pocket}`,
  codename: 'noble',
  version: '24.04',
  description,
  components: COMPONENTS,
  date,
  has,
});

export const UBUNTU: Archive = {
  origin: 'Ubuntu',
  label: 'Ubuntu',
  maintainer: 'Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>',
  key: UBUNTU_KEY,
  suites: [
    noble('', 'Ubuntu Noble 24.04', NOBLE, (pkg) => !pkg.update, RELEASE_SIZES),
    noble('-updates', 'Ubuntu Noble Updates 24.04', UPDATED, (pkg) => pkg.update, UPDATE_SIZES),
    noble('-security', 'Ubuntu Noble Security Updates 24.04', UPDATED, (pkg) => pkg.update, SECURITY_SIZES),
    noble('-backports', 'Ubuntu Noble Backports 24.04', UPDATED, () => false),
  ],
  packages: () => rows(() => import('./ubuntu.json')),
};

const bookworm = (folder: string, suite: string, description: string, date: number, has: Suite['has']): Suite => ({
  sizes: { main: 8_790_000 },
  folder,
  suite,
  codename: folder,
  version: '12',
  description,
  components: ['main', 'contrib', 'non-free', 'non-free-firmware'],
  date,
  has,
});

const DEBIAN_PACKAGES = {
  maintainer: 'Debian Developers <debian-devel@lists.debian.org>',
  key: DEBIAN_KEY,
  packages: () => rows(() => import('./debian.json')),
};

export const DEBIAN: Archive = {
  ...DEBIAN_PACKAGES,
  origin: 'Debian',
  label: 'Debian',
  suites: [
    bookworm('bookworm', 'oldstable', 'Debian 12 Bookworm', BOOKWORM, () => true),
    bookworm('bookworm-updates', 'oldstable-updates', 'Debian 12 Bookworm - Updates', UPDATED, () => false),
    bookworm('bookworm-backports', 'oldstable-backports', 'Debian 12 Bookworm - Backports', UPDATED, () => false),
  ],
};

export const DEBIAN_SECURITY: Archive = {
  ...DEBIAN_PACKAGES,
  origin: 'Debian',
  label: 'Debian-Security',
  suites: [bookworm('bookworm-security', 'oldstable-security', 'Debian 12 Security Updates', UPDATED, () => false)],
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
