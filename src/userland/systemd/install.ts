import { ENOENT } from '../../abi/errno.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { basename, listDir, mkdirp } from '../../libc/paths.ts';
import { CONFIG_DIRECTORY, instanceOf, loadUnit, templateOf, UNIT_DIRECTORIES } from './unit-load.ts';

export type FileState = 'enabled' | 'disabled' | 'static' | 'masked' | 'alias' | 'indirect' | 'not-found';

/** A change to the links in /etc/systemd/system. */
export interface Change {
  kind: 'symlink' | 'unlink';
  path: string;
  target: string;
}

/** What `systemctl is-enabled` says of a unit file. */
export function* fileState(sys: Sys, name: string): Wait<FileState> {
  const unit = yield* loadUnit(sys, name);
  if (unit.load === 'masked') return 'masked';
  if (unit.path === '') return 'not-found';
  if (unit.id !== name && instanceOf(name) === undefined) return 'alias';
  if (linksTo(sys, name).length > 0) return 'enabled';
  const { file } = unit;
  if (file.words('Install', 'Alias').some((alias) => isLink(sys, `${CONFIG_DIRECTORY}/${alias}`))) return 'enabled';
  if (file.words('Install', 'WantedBy').length > 0 || file.words('Install', 'RequiredBy').length > 0) return 'disabled';
  if (file.words('Install', 'Alias').length > 0) return 'disabled';
  return file.words('Install', 'Also').length > 0 ? 'indirect' : 'static';
}

const isLink = (sys: Sys, path: string): boolean => typeof sys.readlink(path) === 'string';

/** Links of a unit in the .wants and .requires directories of /etc and /run. */
function linksTo(sys: Sys, name: string): string[] {
  const found: string[] = [];
  for (const root of [CONFIG_DIRECTORY, '/run/systemd/system']) {
    const entries = listDir(sys, root);
    if (typeof entries === 'number') continue;
    for (const entry of entries.sort())
      if (/\.(?:wants|requires)$/.test(entry) && isLink(sys, `${root}/${entry}/${name}`))
        found.push(`${root}/${entry}/${name}`);
  }
  return found;
}

/** Makes the links that [Install] of a unit names, and those of the units in Also=. @returns what was changed, or the path of a file that is in the way */
export function* enableUnit(
  sys: Sys,
  name: string,
  seen: Set<string> = new Set(),
): Wait<Change[] | 'not-found' | 'masked'> {
  if (seen.has(name)) return [];
  seen.add(name);
  const unit = yield* loadUnit(sys, name);
  if (unit.load === 'masked') return 'masked';
  if (unit.path === '') return 'not-found';
  const changes: Change[] = [];
  const { file } = unit;
  const link = (path: string): void => {
    if (sys.readlink(path) === unit.path) return;
    mkdirp(sys, path.slice(0, path.lastIndexOf('/')), 0o755);
    sys.unlink(path);
    if (sys.symlink(unit.path, path) === 0) changes.push({ kind: 'symlink', path, target: unit.path });
  };
  for (const alias of file.words('Install', 'Alias')) link(`${CONFIG_DIRECTORY}/${alias}`);
  for (const target of file.words('Install', 'WantedBy')) link(`${CONFIG_DIRECTORY}/${target}.wants/${name}`);
  for (const target of file.words('Install', 'RequiredBy')) link(`${CONFIG_DIRECTORY}/${target}.requires/${name}`);
  for (const also of file.words('Install', 'Also')) {
    const more = yield* enableUnit(sys, also, seen);
    if (typeof more !== 'string') changes.push(...more);
  }
  return changes;
}

/** Removes the links of a unit. */
export function* disableUnit(sys: Sys, name: string, seen: Set<string> = new Set()): Wait<Change[] | 'not-found'> {
  if (seen.has(name)) return [];
  seen.add(name);
  const unit = yield* loadUnit(sys, name);
  if (unit.load === 'not-found') return 'not-found';
  const paths = linksTo(sys, name);
  for (const alias of unit.file.words('Install', 'Alias'))
    if (isLink(sys, `${CONFIG_DIRECTORY}/${alias}`)) paths.push(`${CONFIG_DIRECTORY}/${alias}`);
  const changes: Change[] = [];
  for (const path of paths) if (sys.unlink(path) === 0) changes.push({ kind: 'unlink', path, target: '' });
  for (const also of unit.file.words('Install', 'Also')) {
    const more = yield* disableUnit(sys, also, seen);
    if (typeof more !== 'string') changes.push(...more);
  }
  return changes;
}

/** Links a unit's name to /dev/null. @returns the change, none where it is masked, or the path of a file of that name in /etc */
export function maskUnit(sys: Sys, name: string, runtime: boolean): Change[] | string {
  const path = `${runtime ? '/run/systemd/system' : CONFIG_DIRECTORY}/${name}`;
  const link = sys.readlink(path);
  if (link === '/dev/null') return [];
  if (link !== -ENOENT && typeof link === 'number') return path;
  if (typeof link === 'string') sys.unlink(path);
  mkdirp(sys, path.slice(0, path.lastIndexOf('/')), 0o755);
  return sys.symlink('/dev/null', path) === 0 ? [{ kind: 'symlink', path, target: '/dev/null' }] : [];
}

export function unmaskUnit(sys: Sys, name: string): Change[] {
  const changes: Change[] = [];
  for (const root of [CONFIG_DIRECTORY, '/run/systemd/system']) {
    const path = `${root}/${name}`;
    if (sys.readlink(path) === '/dev/null' && sys.unlink(path) === 0)
      changes.push({ kind: 'unlink', path, target: '' });
  }
  return changes;
}

/** Names of all unit files in the load path, instances of no template, sorted. */
export function unitFiles(sys: Sys): string[] {
  const names = new Set<string>();
  for (const directory of UNIT_DIRECTORIES) {
    const entries = listDir(sys, directory);
    if (typeof entries === 'number') continue;
    for (const entry of entries)
      if (/\.(?:service|socket|target|timer|mount|slice|path)$/.test(entry) && templateOf(entry) === undefined)
        names.add(basename(entry));
  }
  return [...names].sort();
}
