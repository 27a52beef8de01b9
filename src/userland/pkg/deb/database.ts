import { O_CREAT, O_RDWR } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { formatDeb822, type Paragraph, parseDeb822 } from '../../../lib/deb822.ts';
import { decode } from '../../../lib/utf8.ts';
import { open, readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { listDir, mkdirp } from '../../../libc/paths.ts';

export const ADMIN = '/var/lib/dpkg';
export const INFO = `${ADMIN}/info`;

export type Want = 'unknown' | 'install' | 'hold' | 'deinstall' | 'purge';
export type State =
  | 'not-installed'
  | 'config-files'
  | 'half-installed'
  | 'unpacked'
  | 'half-configured'
  | 'triggers-awaited'
  | 'triggers-pending'
  | 'installed';

/** A package that dpkg knows: its control data, what is wanted, what is. */
export interface Known {
  name: string;
  /** `libc6:amd64` where several architectures may be installed side by side, else the name. */
  full: string;
  version: string;
  arch: string;
  want: Want;
  state: State;
  fields: Paragraph;
}

/** The name under which a package's files lie in info/. */
export const fullName = (fields: Paragraph): string => {
  const name = fields.get('Package') ?? '';
  return fields.get('Multi-Arch') === 'same' ? `${name}:${fields.get('Architecture')}` : name;
};

/** Reads a paragraph of the status file. */
export function knownOf(fields: Paragraph): Known {
  const [want = 'unknown', , state = 'not-installed'] = (fields.get('Status') ?? '').split(' ');
  return {
    name: fields.get('Package') ?? '',
    full: fullName(fields),
    version: fields.get('Version') ?? '',
    arch: fields.get('Architecture') ?? '',
    want: want as Want,
    state: state as State,
    fields,
  };
}

export const isInstalled = (pkg: Known | undefined): pkg is Known =>
  pkg !== undefined && pkg.state !== 'config-files' && pkg.state !== 'not-installed';

/** Order of the fields of a status paragraph that stand before all others. */
const FIRST = [
  'Package',
  'Essential',
  'Status',
  'Priority',
  'Section',
  'Installed-Size',
  'Maintainer',
  'Architecture',
  'Multi-Arch',
  'Source',
  'Version',
  'Replaces',
  'Provides',
  'Depends',
  'Pre-Depends',
  'Recommends',
  'Suggests',
  'Breaks',
  'Conflicts',
  'Conffiles',
];

/** dpkg's database: /var/lib/dpkg/status and the lists in /var/lib/dpkg/info. */
export class Database {
  readonly packages = new Map<string, Known>();

  private constructor(readonly sys: Sys) {}

  /** @returns an empty database where there is no status file */
  static *read(sys: Sys): Wait<Database> {
    const database = new Database(sys);
    const bytes = yield* readFile(sys, `${ADMIN}/status`);
    if (typeof bytes === 'number') return database;
    for (const fields of parseDeb822(decode(bytes))) {
      const pkg = knownOf(fields);
      if (pkg.name !== '') database.packages.set(pkg.name, pkg);
    }
    return database;
  }

  /** A package by `name` or `name:arch`. */
  get(name: string): Known | undefined {
    const colon = name.indexOf(':');
    const pkg = this.packages.get(colon < 0 ? name : name.slice(0, colon));
    return colon < 0 || pkg?.arch === name.slice(colon + 1) ? pkg : undefined;
  }

  installed(name: string): Known | undefined {
    const pkg = this.get(name);
    return isInstalled(pkg) ? pkg : undefined;
  }

  /** All names in the order of the alphabet. */
  sorted(): Known[] {
    return [...this.packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  set(fields: Paragraph, want: Want, state: State): Known {
    fields.set('Status', `${want} ok ${state}`);
    const pkg = knownOf(fields);
    this.packages.set(pkg.name, pkg);
    return pkg;
  }

  mark(pkg: Known, want: Want, state: State): void {
    pkg.want = want;
    pkg.state = state;
    pkg.fields.set('Status', `${want} ok ${state}`);
  }

  forget(name: string): void {
    this.packages.delete(name);
  }

  /** Writes the status file; the old one becomes status-old. */
  *write(): Wait<number> {
    const text = this.sorted()
      .map((pkg) => `${formatDeb822(inOrder(pkg.fields))}\n`)
      .join('');
    mkdirp(this.sys, ADMIN, 0o755);
    const r = yield* writeFile(this.sys, `${ADMIN}/status-new`, text, 0o644);
    if (r < 0) return r;
    this.sys.unlink(`${ADMIN}/status-old`);
    this.sys.link(`${ADMIN}/status`, `${ADMIN}/status-old`);
    return this.sys.rename(`${ADMIN}/status-new`, `${ADMIN}/status`);
  }

  /** The paths that a package brought, directories too. */
  *files(pkg: Known): Wait<string[]> {
    const bytes = yield* readFile(this.sys, `${INFO}/${pkg.full}.list`);
    return typeof bytes === 'number'
      ? []
      : decode(bytes)
          .split('\n')
          .filter((line) => line !== '');
  }

  /** Who has which path. */
  *owners(): Wait<Map<string, Known[]>> {
    const owners = new Map<string, Known[]>();
    for (const pkg of this.sorted()) {
      for (const path of yield* this.files(pkg)) {
        const list = owners.get(path);
        if (list) list.push(pkg);
        else owners.set(path, [pkg]);
      }
      if (this.sys.tick()) yield;
    }
    return owners;
  }

  /** Names of a package's files in info/, without the package's name and the dot. */
  infoNames(pkg: Known): string[] {
    const names = listDir(this.sys, INFO);
    if (typeof names === 'number') return [];
    return names
      .filter((name) => name.startsWith(`${pkg.full}.`) && !name.slice(pkg.full.length + 1).includes('.'))
      .map((name) => name.slice(pkg.full.length + 1))
      .sort();
  }
}

function inOrder(fields: Paragraph): [string, string][] {
  const out: [string, string][] = [];
  for (const name of FIRST) {
    const value = fields.get(name);
    if (value !== undefined) out.push([name, value]);
  }
  for (const [name, value] of fields) if (!FIRST.includes(name)) out.push([name, value]);
  return out;
}

/** Why a lock was not had. */
export interface LockFailure {
  path: string;
  /** -EACCES and the like, or 0: somebody has it. */
  errno: number;
  holder: { pid: number; name: string } | undefined;
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Takes a lock for as long as the process lives. @returns its descriptor, or why not */
export function* takeLock(sys: Sys, path: string): Wait<number | LockFailure> {
  const fd = yield* open(sys, path, O_RDWR | O_CREAT, 0o640);
  if (fd < 0) return { path, errno: fd, holder: undefined };
  sys.fcntl(fd, 2, 1);
  if (sys.flock(fd, LOCK_EX | LOCK_NB) === 0) return fd;
  sys.close(fd);
  return { path, errno: 0, holder: yield* holderOf(sys, path) };
}

/** The process that has a file open. */
function* holderOf(sys: Sys, path: string): Wait<LockFailure['holder']> {
  const pids = listDir(sys, '/proc');
  for (const pid of typeof pids === 'number' ? [] : pids) {
    if (!/^\d+$/.test(pid) || Number(pid) === sys.getpid()) continue;
    const fds = listDir(sys, `/proc/${pid}/fd`);
    if (typeof fds === 'number') continue;
    if (!fds.some((fd) => sys.readlink(`/proc/${pid}/fd/${fd}`) === path)) continue;
    const name = yield* readFile(sys, `/proc/${pid}/comm`);
    return { pid: Number(pid), name: typeof name === 'number' ? '' : decode(name).trim() };
  }
  return undefined;
}
