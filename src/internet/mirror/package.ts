/** A package of a distribution, out of a row of its table. */
export interface Package {
  name: string;
  version: string;
  /** `amd64` or `all`. */
  arch: string;
  component: string;
  section: string;
  priority: 'required' | 'important' | 'standard' | 'optional';
  essential: boolean;
  multiArch: 'same' | 'foreign' | 'allowed' | undefined;
  /** It came after the release: it lies in the update and security suites. */
  update: boolean;
  /** Bytes of the archive, and KiB of what it brings. */
  size: number;
  installed: number;
  /** `a|b,c` */
  depends: string;
  recommends: string;
  provides: string;
  conflicts: string;
  source: string;
  summary: string;
  /** Absolute paths. */
  files: readonly string[];
}

const PLACES: Readonly<Record<string, string>> = {
  b: '/usr/bin/',
  s: '/usr/sbin/',
  g: '/usr/games/',
  l: '/usr/lib/x86_64-linux-gnu/',
  u: '/usr/lib/systemd/system/',
  i: '/etc/init.d/',
};

const MULTI = { m: 'same', f: 'foreign', a: 'allowed' } as const;
const PRIORITY = { r: 'required', i: 'important', s: 'standard' } as const;

/**
 * Reads a row: name, version, flags, section, size, installed size, depends, recommends, provides, conflicts, source,
 * summary and files, apart by tabs. Flags: r, i, s (priority), E (essential), m, f, a (Multi-Arch), A (arch all),
 * u (an update). A file is a path, or `b:NAME` for one of /usr/bin and so on.
 */
export function readPackage(row: string): Package {
  const f = row.split('\t');
  const at = (index: number): string => f[index] ?? '';
  const flags = at(2);
  const flag = <T>(table: Readonly<Record<string, T>>): T | undefined =>
    table[[...flags].find((letter) => letter in table) ?? ''];
  const slash = at(3).indexOf('/');
  return {
    name: at(0),
    version: at(1),
    arch: flags.includes('A') ? 'all' : 'amd64',
    component: slash < 0 ? 'main' : at(3).slice(0, slash),
    section: at(3).slice(slash + 1),
    priority: flag(PRIORITY) ?? 'optional',
    essential: flags.includes('E'),
    multiArch: flag(MULTI),
    update: flags.includes('u'),
    size: Number(at(4)),
    installed: Number(at(5)),
    depends: at(6),
    recommends: at(7),
    provides: at(8),
    conflicts: at(9),
    source: at(10) || at(0),
    summary: at(11),
    files: at(12)
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => (name[1] === ':' && PLACES[name[0]!] ? PLACES[name[0]!] + name.slice(2) : name)),
  };
}
