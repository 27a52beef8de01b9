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

const COMPONENTS = ['main', 'universe'];

/**
 * A release with its index sizes in megabytes, of main and universe: of what was released, and of what came later.
 * @param version '' for what is never released
 * @param day or time, as Date.parse reads it; noon of a day
 */
function release(
  codename: string,
  version: string,
  day: string,
  sizes: readonly number[],
  updates?: readonly number[],
): Release {
  const bytes = (list: readonly number[]): Suite['sizes'] =>
    Object.fromEntries(list.map((size, at) => [COMPONENTS[at], Math.round(size * 1_000_000)]));
  return {
    codename,
    ...(version && { version }),
    title: codename.replace(/^./, (letter) => letter.toUpperCase()),
    released: Date.parse(day.includes('T') ? day : `${day}T12:00:00Z`) / 1000,
    sizes: bytes(sizes),
    ...(updates && { updates: bytes(updates) }),
  };
}

const UBUNTU: readonly Release[] = [
  release('noble', '24.04', '2024-04-25T15:10:33Z', [1.808, 19.3], [1.79, 1.52]),
  release('trusty', '14.04', '2014-05-08', [1.743, 7.589], [1.46, 0.671]),
  release('xenial', '16.04', '2016-04-21', [1.558, 9.827], [2.56, 1.544]),
  release('bionic', '18.04', '2018-04-26', [1.344, 11.3], [3.786, 2.411]),
  release('focal', '20.04', '2020-04-23', [1.275, 11.3], [4.919, 1.599]),
  release('jammy', '22.04', '2022-04-21', [1.792, 17.5], [3.569, 1.575]),
  release('questing', '25.10', '2025-10-09', [1.84, 20.7]),
  release('resolute', '26.04', '2026-04-23', [1.85, 21]),
];

const DEBIAN: readonly Release[] = [
  release('bookworm', '12', '2023-06-10', [8.79]),
  release('trixie', '13', '2025-08-09', [9.67]),
  release('bullseye', '11', '2021-08-14', [8.066]),
  release('sid', '', '2025-10-01T00:00:00Z', [10.1]),
];

/** Releases that only archive.debian.org has. */
const PAST_DEBIAN: readonly Release[] = [
  release('buster', '10', '2019-07-06', [7.909]),
  release('stretch', '9', '2017-06-17', [7.082]),
  release('jessie', '8', '2015-04-25', [6.818]),
];

/** Releases that only old-releases.ubuntu.com has. */
const PAST_UBUNTU: readonly Release[] = [
  release('precise', '12.04', '2012-04-26', [1.64, 6.16]),
  release('disco', '19.04', '2019-04-18', [1.257, 11.4]),
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
    description: `${version === undefined ? 'Debian Unstable' : `Debian ${version} ${title}`}${words}`,
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
