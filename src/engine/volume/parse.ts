import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Mount } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';
import { normalizePath } from '../../libc/paths.ts';
import type { MountRecord } from './mount-record.ts';

const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);
/** What is wrong with a `-v` has no kind of its own in the engine. */
const unclear = (message: string): ApiError => new ApiError('internal', message);

const PROPAGATION = new Set(['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared']);
const CONSISTENCY = new Set(['consistent', 'cached', 'delegated', 'default']);

/** What `-v` says: three parts at most. @throws ApiError in the words of the engine */
export function parseBind(spec: string, driver: string): MountRecord {
  const parts = spec.split(':');
  if (parts.length > 3 || parts[0] === '' || parts.at(-1) === '' || parts.includes(''))
    throw unclear(`invalid volume specification: '${spec}'`);
  const [first, second, third] = parts as [string, string?, string?];
  if (second === undefined) return record({ type: 'volume', source: '', target: first, mode: '', spec, driver });
  if (third === undefined && isMode(second, false)) throw unclear(`invalid volume specification: '${spec}'`);
  const type = first.startsWith('/') ? 'bind' : 'volume';
  const mode = third ?? '';
  if (mode !== '' && !isMode(mode, type === 'volume')) throw unclear(`invalid mode: ${mode}`);
  return record({ type, source: first, target: second, mode, spec, driver });
}

/** Whether a text is a list of options for a mount, each of a kind at most once. */
function isMode(mode: string, volume: boolean): boolean {
  const seen = { rw: 0, label: 0, propagation: 0, copy: 0, consistency: 0 };
  for (const option of mode.split(',')) {
    if (option === 'ro' || option === 'rw') seen.rw++;
    else if (option === 'z' || option === 'Z') seen.label++;
    else if (option === 'nocopy') seen.copy++;
    else if (PROPAGATION.has(option)) seen.propagation++;
    else if (CONSISTENCY.has(option)) seen.consistency++;
    else return false;
  }
  if (volume && seen.propagation > 0) return false;
  return Object.values(seen).every((count) => count <= 1);
}

interface Parsed {
  type: 'bind' | 'volume';
  source: string;
  target: string;
  mode: string;
  spec: string;
  driver: string;
}

function record(p: Parsed): MountRecord {
  const options = p.mode.split(',');
  const target = checkTarget(
    p.target,
    `invalid volume specification: '${p.spec}': invalid mount config for type "${p.type}": `,
    unclear,
  );
  const source = p.type === 'bind' ? normalizePath(p.source) : '';
  const rw = !options.includes('ro');
  const isBind = p.type === 'bind';
  const given: Partial<Mount> = isBind || p.source ? { Type: p.type, Source: p.source, Target: p.target } : {};
  if (!rw) given.ReadOnly = true;
  const mode = p.mode !== '' ? p.mode : !isBind && p.source !== '' ? 'z' : '';
  return {
    Source: source,
    Destination: target,
    RW: rw,
    Name: isBind ? '' : p.source,
    Driver: isBind ? '' : p.driver || 'local',
    Type: p.type,
    ...(mode === '' ? {} : { Relabel: mode }),
    ...(isBind ? { Propagation: options.find((o) => PROPAGATION.has(o)) ?? 'rprivate' } : {}),
    Spec: given,
    SkipMountpointCreation: false,
    ...(isBind ? {} : { CopyData: !options.includes('nocopy') }),
  };
}

/** @returns the clean path. @throws ApiError */
export function checkTarget(target: string, head: string, error = invalid): string {
  if (target === '') throw error(`${head}field Target must not be empty`);
  if (!target.startsWith('/')) throw error(`${head}invalid mount path: '${target}' mount path must be absolute`);
  const clean = normalizePath(target);
  if (clean === '/') throw error(`${head}invalid specification: destination can't be '/'`);
  return clean;
}

/** What `--mount` says. @throws ApiError in the words of the engine */
export function parseMount(sys: Sys, m: Mount): MountRecord {
  const head = `invalid mount config for type "${m.Type}": `;
  if (!['bind', 'volume', 'tmpfs', 'image', 'npipe', 'cluster'].includes(m.Type))
    throw invalid(`${head}mount type unknown`);
  const target = checkTarget(m.Target ?? '', head);
  const base: MountRecord = {
    Source: '',
    Destination: target,
    RW: !m.ReadOnly,
    Name: '',
    Driver: '',
    Type: m.Type as MountRecord['Type'],
    Spec: m,
    SkipMountpointCreation: false,
  };
  switch (m.Type) {
    case 'bind':
      return { ...base, ...bindFields(sys, m, head) };
    case 'volume':
      if (!isLocal(m.VolumeOptions?.Subpath ?? ''))
        throw invalid(`${head}subpath must be a relative path within the volume`);
      if (m.BindOptions) throw invalid(`BindOptions must not be specified on mount type ${quote(m.Type)}`);
      if (m.Source?.startsWith('/'))
        throw invalid(`${head}invalid mount path: '${m.Source}' mount path must be absolute`);
      return {
        ...base,
        Name: m.Source ?? '',
        Driver: m.VolumeOptions?.DriverConfig?.Name || 'local',
        Relabel: 'z',
        CopyData: !m.VolumeOptions?.NoCopy && !m.VolumeOptions?.Subpath,
      };
    case 'tmpfs':
      if (m.Source) throw invalid(`${head}field Source must not be specified`);
      return base;
    default:
      throw invalid(`${head}mount type unknown`);
  }
}

function bindFields(sys: Sys, m: Mount, head: string): Partial<MountRecord> {
  if (!m.Source) throw invalid(`${head}field Source must not be empty`);
  if (m.VolumeOptions) throw invalid(`${head}field VolumeOptions must not be specified`);
  if (!m.Source.startsWith('/')) throw invalid(`${head}invalid mount path: '${m.Source}' mount path must be absolute`);
  const propagation = m.BindOptions?.Propagation || 'rprivate';
  if (!PROPAGATION.has(propagation)) throw invalid(`${head}invalid propagation mode: ${propagation}`);
  if (!m.BindOptions?.CreateMountpoint && sys.stat(m.Source, new Stat()) < 0)
    throw invalid(`${head}bind source path does not exist: ${m.Source}`);
  return {
    Source: normalizePath(m.Source),
    Propagation: propagation,
    SkipMountpointCreation: !m.BindOptions?.CreateMountpoint,
  };
}

/** Whether a path neither begins at the root nor leads out of where it begins. */
function isLocal(path: string): boolean {
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return false;
  }
  return !path.startsWith('/');
}

/** Options of a tmpfs that mount(2) takes. */
const TMPFS_FLAGS = new Set([
  'ro',
  'rw',
  'suid',
  'nosuid',
  'dev',
  'nodev',
  'exec',
  'noexec',
  'sync',
  'async',
  'dirsync',
  'remount',
  'mand',
  'nomand',
  'atime',
  'noatime',
  'diratime',
  'nodiratime',
  'bind',
  'rbind',
  'unbindable',
  'runbindable',
  'private',
  'rprivate',
  'shared',
  'rshared',
  'slave',
  'rslave',
  'relatime',
  'norelatime',
  'strictatime',
  'nostrictatime',
  'defaults',
]);
const TMPFS_VALUES = new Set(['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol']);

/** Options of `--tmpfs PATH:OPTIONS` over the usual ones. @throws ApiError `invalid tmpfs option "x"` */
export function tmpfsOptions(text: string): string[] {
  let options = ['noexec', 'nosuid', 'nodev', 'rprivate'];
  for (const option of text === '' ? [] : text.split(',')) {
    const [name = '', value] = option.split('=');
    const known = value === undefined ? TMPFS_FLAGS.has(name) : TMPFS_VALUES.has(name);
    if (!known) throw invalid(`invalid tmpfs option "${option}"`);
    const opposite = name.startsWith('no') ? name.slice(2) : `no${name}`;
    options = options.filter((o) => o !== opposite && o !== name);
    options.push(option);
  }
  return options;
}
