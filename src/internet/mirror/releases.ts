import type { Suite } from './apt-repository.ts';

/** A release of a distribution, as its archive has it. */
interface Release {
  codename: string;
  version?: string;
  title: string;
  /** Seconds since the Epoch. */
  released: number;
  /** Bytes of compressed indexes, as `apt-get update` shows them, of what was released and of what came later. */
  sizes: Suite['sizes'];
  updates?: Suite['sizes'];
}

/** Later than all releases that there are: 2025-10-01. */
const UPDATED = 1_759_276_800;

const day = (text: string): number => Date.parse(`${text}T12:00:00Z`) / 1000;
const mb = (count: number): number => Math.round(count * 1_000_000);

const UBUNTU: readonly Release[] = [
  {
    codename: 'noble',
    version: '24.04',
    title: 'Noble',
    released: 1_714_057_833,
    sizes: { main: mb(1.808), universe: mb(19.3) },
    updates: { main: mb(1.79), universe: mb(1.52) },
  },
  {
    codename: 'trusty',
    version: '14.04',
    title: 'Trusty',
    released: day('2014-05-08'),
    sizes: { main: mb(1.743), universe: mb(7.589) },
    updates: { main: mb(1.46), universe: mb(0.671) },
  },
  {
    codename: 'xenial',
    version: '16.04',
    title: 'Xenial',
    released: day('2016-04-21'),
    sizes: { main: mb(1.558), universe: mb(9.827) },
    updates: { main: mb(2.56), universe: mb(1.544) },
  },
  {
    codename: 'bionic',
    version: '18.04',
    title: 'Bionic',
    released: day('2018-04-26'),
    sizes: { main: mb(1.344), universe: mb(11.3) },
    updates: { main: mb(3.786), universe: mb(2.411) },
  },
  {
    codename: 'focal',
    version: '20.04',
    title: 'Focal',
    released: day('2020-04-23'),
    sizes: { main: mb(1.275), universe: mb(11.3) },
    updates: { main: mb(4.919), universe: mb(1.599) },
  },
  {
    codename: 'jammy',
    version: '22.04',
    title: 'Jammy',
    released: day('2022-04-21'),
    sizes: { main: mb(1.792), universe: mb(17.5) },
    updates: { main: mb(3.569), universe: mb(1.575) },
  },
  {
    codename: 'questing',
    version: '25.10',
    title: 'Questing',
    released: day('2025-10-09'),
    sizes: { main: mb(1.84), universe: mb(20.7) },
  },
  {
    codename: 'resolute',
    version: '26.04',
    title: 'Resolute',
    released: day('2026-04-23'),
    sizes: { main: mb(1.85), universe: mb(21) },
  },
];

const DEBIAN: readonly Release[] = [
  {
    codename: 'bookworm',
    version: '12',
    title: 'Debian 12 Bookworm',
    released: day('2023-06-10'),
    sizes: { main: mb(8.79) },
  },
  {
    codename: 'trixie',
    version: '13',
    title: 'Debian 13 Trixie',
    released: day('2025-08-09'),
    sizes: { main: mb(9.67) },
  },
  {
    codename: 'bullseye',
    version: '11',
    title: 'Debian 11 Bullseye',
    released: day('2021-08-14'),
    sizes: { main: mb(8.066) },
  },
  { codename: 'sid', title: 'Debian Unstable', released: UPDATED, sizes: { main: mb(10.1) } },
];

/** Releases that only archive.debian.org has. */
const PAST_DEBIAN: readonly Release[] = [
  {
    codename: 'buster',
    version: '10',
    title: 'Debian 10 Buster',
    released: day('2019-07-06'),
    sizes: { main: mb(7.909) },
  },
  {
    codename: 'stretch',
    version: '9',
    title: 'Debian 9 Stretch',
    released: day('2017-06-17'),
    sizes: { main: mb(7.082) },
  },
  {
    codename: 'jessie',
    version: '8',
    title: 'Debian 8 Jessie',
    released: day('2015-04-25'),
    sizes: { main: mb(6.818) },
  },
];

/** Releases that only old-releases.ubuntu.com has. */
const PAST_UBUNTU: readonly Release[] = [
  {
    codename: 'precise',
    version: '12.04',
    title: 'Precise',
    released: day('2012-04-26'),
    sizes: { main: mb(1.64), universe: mb(6.16) },
  },
  {
    codename: 'disco',
    version: '19.04',
    title: 'Disco',
    released: day('2019-04-18'),
    sizes: { main: mb(1.257), universe: mb(11.4) },
  },
];

/** Debian's names for what is not a name: oldstable and so on. */
const STATES: Readonly<Record<string, string>> = {
  trixie: 'stable',
  bookworm: 'oldstable',
  bullseye: 'oldoldstable',
  sid: 'unstable',
};

function ubuntuSuites({ codename, version, title, released, sizes, updates }: Release): Suite[] {
  const pocket = (name: string, words: string, date: number, has: Suite['has'], bytes: Suite['sizes']): Suite => ({
    folder: `${codename}${name}`,
    suite: `${codename}${name}`,
    codename,
    ...(version === undefined ? {} : { version }),
    description: `Ubuntu ${title} ${words}${version}`,
    components: ['main', 'restricted', 'universe', 'multiverse'],
    date,
    sizes: bytes ?? {},
    has,
  });
  return [
    pocket('', '', released, (pkg) => !pkg.update, sizes),
    pocket('-updates', 'Updates ', UPDATED, (pkg) => pkg.update, updates),
    pocket('-security', 'Security Updates ', UPDATED, (pkg) => pkg.update, updates),
    pocket('-backports', 'Backports ', UPDATED, () => false, undefined),
  ];
}

function debianSuite(release: Release, pocket: string, words: string, has: boolean): Suite {
  const { codename, version, title, released, sizes } = release;
  const free = ['main', 'contrib', 'non-free'];
  return {
    folder: `${codename}${pocket}`,
    suite: `${STATES[codename] ?? 'archived'}${pocket}`,
    codename: `${codename}${pocket}`,
    ...(version === undefined ? {} : { version }),
    description: `${title}${words}`,
    components: ['8', '9', '10', '11'].includes(version ?? '') ? free : [...free, 'non-free-firmware'],
    date: has ? released : UPDATED,
    sizes: has ? (sizes ?? {}) : {},
    has: () => has,
  };
}

const debianSuites = (release: Release): Suite[] =>
  release.codename === 'sid'
    ? [debianSuite(release, '', '', true)]
    : [
        debianSuite(release, '', '', true),
        debianSuite(release, '-updates', ' - Updates', false),
        debianSuite(release, '-backports', ' - Backports', false),
      ];

/** What security.debian.org has: `bookworm-security`; before Debian 11 it was `buster/updates`. */
const securitySuites = (release: Release): Suite[] =>
  ['-security', '/updates'].map((pocket) => debianSuite(release, pocket, ' Security Updates', false));

export const UBUNTU_SUITES = UBUNTU.flatMap(ubuntuSuites);
export const PAST_UBUNTU_SUITES = PAST_UBUNTU.flatMap(ubuntuSuites);
export const DEBIAN_SUITES = DEBIAN.flatMap(debianSuites);
export const PAST_DEBIAN_SUITES = PAST_DEBIAN.flatMap(debianSuites);
export const DEBIAN_SECURITY_SUITES = DEBIAN.filter(({ codename }) => codename !== 'sid').flatMap(securitySuites);
export const PAST_DEBIAN_SECURITY_SUITES = PAST_DEBIAN.flatMap(securitySuites);
