import { ENOENT } from '../../abi/errno.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { basename, listDir } from '../../libc/paths.ts';
import { UnitFile } from './unit-file.ts';

/** Where unit files are looked for, the first that has one wins. @see systemd.unit(5), "UNIT FILE LOAD PATH" */
export const UNIT_DIRECTORIES: readonly string[] = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

/** Where the administrator's links are. */
export const CONFIG_DIRECTORY = '/etc/systemd/system';

/** What is on the disk about a unit. */
export interface UnitDefinition {
  /** Its true name, where it was asked for by an alias. */
  id: string;
  load: 'loaded' | 'not-found' | 'masked' | 'bad-setting';
  /** The unit file; '' where there is none. */
  path: string;
  dropIns: string[];
  file: UnitFile;
  /** Words of what is wrong with a bad setting. */
  problem?: string;
}

/** A name as users type it: without a type it is a service. */
export const unitName = (name: string): string =>
  /\.(?:service|socket|target|timer|mount|slice|scope|path|device|swap|automount)$/.test(name)
    ? name
    : `${name}.service`;

/** The part between @ and the type: `1` of `getty@1.service`. */
export function instanceOf(name: string): string | undefined {
  const match = /^[^@]+@(.+)\.[a-z]+$/.exec(name);
  return match?.[1];
}

/** The template of an instance: `getty@.service` of `getty@1.service`. */
export const templateOf = (name: string): string | undefined =>
  instanceOf(name) === undefined ? undefined : name.replace(/@.+(\.[a-z]+)$/, '@$1');

/** Replaces specifiers. @see systemd.unit(5), "SPECIFIERS" */
export function specifiers(text: string, name: string, host: string): string {
  const stem = name.replace(/\.[a-z]+$/, '');
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    n: name,
    N: stem,
    p: stem.replace(/@.*/, ''),
    i: instanceOf(name) ?? '',
    I: instanceOf(name) ?? '',
    H: host,
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    T: '/tmp',
    V: '/var/tmp',
    h: '/root',
    u: 'root',
    U: '0',
    g: 'root',
    G: '0',
    s: '/bin/sh',
  };
  return text.replace(/%([a-zA-Z%])/g, (all, letter: string) => values[letter] ?? all);
}

/** The file of a unit in the load path: the path, 'masked' for a link to /dev/null, or undefined. */
function fragment(sys: Sys, name: string): { path: string; alias?: string } | 'masked' | undefined {
  for (const directory of UNIT_DIRECTORIES) {
    const path = `${directory}/${name}`;
    const link = sys.readlink(path);
    if (typeof link === 'string') {
      if (link === '/dev/null') return 'masked';
      const target = basename(link);
      if (target !== name && templateOf(name) !== target) return { path, alias: target };
      if (sys.access(path, 0) === 0) return { path: link.startsWith('/') ? link : path };
      continue;
    }
    if (link !== -ENOENT) return { path };
  }
  return undefined;
}

/** Reads a unit and its drop-ins from the disk. */
export function* loadUnit(sys: Sys, asked: string): Wait<UnitDefinition> {
  let id = asked;
  const file = new UnitFile();
  let found = fragment(sys, id);
  for (let hops = 0; typeof found === 'object' && found.alias !== undefined && hops < 8; hops++) {
    id = found.alias;
    found = fragment(sys, id);
  }
  const template = templateOf(id);
  if (found === undefined && template) found = fragment(sys, template);
  if (found === 'masked') return { id, load: 'masked', path: '/dev/null', dropIns: [], file };
  if (found === undefined) return { id, load: 'not-found', path: '', dropIns: [], file };
  const bytes = yield* readFile(sys, found.path);
  if (typeof bytes === 'number') return { id, load: 'not-found', path: '', dropIns: [], file };
  file.add(decode(bytes));
  const dropIns = yield* addDropIns(sys, template ? [template, id] : [id], file);
  const problem = id.endsWith('.service') ? serviceProblem(file) : undefined;
  return problem === undefined
    ? { id, load: 'loaded', path: found.path, dropIns, file }
    : { id, load: 'bad-setting', path: found.path, dropIns, file, problem };
}

function serviceProblem(file: UnitFile): string | undefined {
  const oneshot = file.get('Service', 'Type') === 'oneshot';
  if (file.all('Service', 'ExecStart').length > 0) return undefined;
  if (oneshot && file.all('Service', 'ExecStop').length > 0) return undefined;
  return 'Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.';
}

function* addDropIns(sys: Sys, names: readonly string[], file: UnitFile): Wait<string[]> {
  const found = new Map<string, string>();
  for (const directory of [...UNIT_DIRECTORIES].reverse())
    for (const name of names) {
      const folder = `${directory}/${name}.d`;
      const entries = listDir(sys, folder);
      if (typeof entries === 'number') continue;
      for (const entry of entries) if (entry.endsWith('.conf')) found.set(entry, `${folder}/${entry}`);
    }
  const paths: string[] = [];
  for (const entry of [...found.keys()].sort()) {
    const path = found.get(entry)!;
    const bytes = yield* readFile(sys, path);
    if (typeof bytes === 'number') continue;
    file.add(decode(bytes));
    paths.push(path);
  }
  return paths;
}

/** Units that want `name`'s start by a link in NAME.wants or NAME.requires. */
export function linkedUnits(sys: Sys, name: string, kind: 'wants' | 'requires'): string[] {
  const all = new Set<string>();
  for (const directory of UNIT_DIRECTORIES) {
    const entries = listDir(sys, `${directory}/${name}.${kind}`);
    if (typeof entries !== 'number') for (const entry of entries) all.add(entry);
  }
  return [...all].sort();
}
