import { splitCsv } from '../../../lib/csv.ts';
import { GoError } from '../../../lib/go-value.ts';
import { ramInBytes } from '../../../lib/units.ts';
import { parseBool } from './bool.ts';

/** mount.Mount of the API. */
export interface Mount {
  Type: string;
  Source?: string;
  Target?: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: {
    Propagation?: string;
    NonRecursive?: boolean;
    CreateMountpoint?: boolean;
    ReadOnlyNonRecursive?: boolean;
    ReadOnlyForceRecursive?: boolean;
  };
  VolumeOptions?: {
    NoCopy?: boolean;
    Labels?: Record<string, string>;
    Subpath?: string;
    DriverConfig?: { Name?: string; Options?: Record<string, string> };
  };
  ImageOptions?: { Subpath?: string };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

/** Parses `--mount type=bind,src=…,dst=…`. @throws GoError */
export function parseMount(raw: string, cwd: string): Mount {
  if (raw === '') throw new GoError('EOF');
  const mount: Mount = { Type: 'volume' };
  for (const field of splitCsv(raw)) {
    const equals = field.indexOf('=');
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    if (equals < 0) {
      if (key === 'readonly' || key === 'ro') mount.ReadOnly = true;
      else if (key === 'volume-nocopy') (mount.VolumeOptions ??= {}).NoCopy = true;
      else if (key === 'bind-nonrecursive') (mount.BindOptions ??= {}).NonRecursive = true;
      else throw new GoError(`invalid field '${field}' must be a key=value pair`);
      continue;
    }
    setField(mount, key, field.slice(equals + 1), field, cwd);
  }
  check(mount);
  return mount;
}

function setField(mount: Mount, key: string, value: string, field: string, cwd: string): void {
  const bind = () => (mount.BindOptions ??= {});
  const volume = () => (mount.VolumeOptions ??= {});
  const flag = (): boolean => {
    const is = parseBool(value);
    if (is === undefined) throw new GoError(`invalid value for ${key}: ${value}`);
    return is;
  };
  switch (key) {
    case 'type':
      mount.Type = value.toLowerCase();
      break;
    case 'source':
    case 'src':
      mount.Source = value === '.' || value.startsWith('./') || value.startsWith('../') ? join(cwd, value) : value;
      break;
    case 'target':
    case 'dst':
    case 'destination':
      mount.Target = value;
      break;
    case 'readonly':
    case 'ro':
      mount.ReadOnly = flag();
      break;
    case 'consistency':
      mount.Consistency = value.toLowerCase();
      break;
    case 'bind-propagation':
      bind().Propagation = value.toLowerCase();
      break;
    case 'bind-nonrecursive':
      bind().NonRecursive = flag();
      break;
    case 'bind-recursive':
      recursive(bind(), value);
      break;
    case 'volume-subpath':
      volume().Subpath = value;
      break;
    case 'volume-nocopy':
      volume().NoCopy = flag();
      break;
    case 'volume-label':
      pair((volume().Labels ??= {}), value);
      break;
    case 'volume-driver':
      (volume().DriverConfig ??= {}).Name = value;
      break;
    case 'volume-opt':
      pair(((volume().DriverConfig ??= {}).Options ??= {}), value);
      break;
    case 'image-subpath':
      (mount.ImageOptions ??= {}).Subpath = value;
      break;
    case 'tmpfs-size':
      (mount.TmpfsOptions ??= {}).SizeBytes = size(key, value);
      break;
    case 'tmpfs-mode':
      (mount.TmpfsOptions ??= {}).Mode = mode(key, value);
      break;
    default:
      throw new GoError(`unexpected key '${key}' in '${field}'`);
  }
}

function recursive(bind: NonNullable<Mount['BindOptions']>, value: string): void {
  const is = parseBool(value);
  if (is === false || value === 'disabled') bind.NonRecursive = true;
  else if (value === 'writable') bind.ReadOnlyNonRecursive = true;
  else if (value === 'readonly') bind.ReadOnlyForceRecursive = true;
  else if (value !== 'enabled' && is !== true) {
    throw new GoError(
      `invalid value for bind-recursive: ${value} (must be "enabled", "disabled", "writable", or "readonly")`,
    );
  }
}

function pair(target: Record<string, string>, value: string): void {
  const equals = value.indexOf('=');
  target[equals < 0 ? value : value.slice(0, equals)] = equals < 0 ? '' : value.slice(equals + 1);
}

function size(key: string, value: string): number {
  try {
    return ramInBytes(value);
  } catch {
    throw new GoError(`invalid value for ${key}: ${value}`);
  }
}

function mode(key: string, value: string): number {
  if (!/^[0-7]+$/.test(value)) throw new GoError(`invalid value for ${key}: ${value}`);
  return Number.parseInt(value, 8);
}

function check(mount: Mount): void {
  if (mount.Type === '') throw new GoError('type is required');
  if (!mount.Target) throw new GoError('target is required');
  const wrong = (options: string, type: string): GoError =>
    new GoError(`cannot mix '${options}-*' options with mount type '${type}'`);
  if (mount.VolumeOptions && mount.Type !== 'volume') throw wrong('volume', mount.Type);
  if (mount.BindOptions && mount.Type !== 'bind') throw wrong('bind', mount.Type);
  if (mount.TmpfsOptions && mount.Type !== 'tmpfs') throw wrong('tmpfs', mount.Type);
  if (mount.ImageOptions && mount.Type !== 'image') throw wrong('image', mount.Type);
  const bind = mount.BindOptions;
  if (bind?.ReadOnlyNonRecursive && !mount.ReadOnly) {
    throw new GoError("option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction");
  }
  if (bind?.ReadOnlyForceRecursive) {
    if (!mount.ReadOnly)
      throw new GoError("option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction");
    if (bind.Propagation !== 'rprivate') {
      throw new GoError(
        "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
      );
    }
  }
}

/** filepath.Abs. */
export function join(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** An advanced `--network name=x,alias=y`, or its plain name. */
export interface NetworkAttachment {
  Target: string;
  Aliases: string[];
  Links: string[];
  IPv4Address: string;
  IPv6Address: string;
  LinkLocalIPs: string[];
  MacAddress: string;
  DriverOpts: Record<string, string>;
  GwPriority: number;
}

export const plainNetwork = (name: string): NetworkAttachment => ({
  Target: name,
  Aliases: [],
  Links: [],
  IPv4Address: '',
  IPv6Address: '',
  LinkLocalIPs: [],
  MacAddress: '',
  DriverOpts: {},
  GwPriority: 0,
});

/** Parses `--network`. @throws GoError */
export function parseNetwork(raw: string): NetworkAttachment {
  const network = plainNetwork('');
  const long = /\w+=\w+(,\w+=\w+)*/.test(raw);
  if (!long) return plainNetwork(raw);
  for (const field of splitCsv(raw)) {
    const equals = field.indexOf('=');
    if (equals <= 0) throw new GoError(`invalid field ${field}`);
    const key = field.slice(0, equals).trim().toLowerCase();
    const value = field
      .slice(equals + 1)
      .trim()
      .toLowerCase();
    if (key === 'name') network.Target = value;
    else if (key === 'alias') network.Aliases.push(value);
    else if (key === 'ip') network.IPv4Address = value;
    else if (key === 'ip6') network.IPv6Address = value;
    else if (key === 'mac-address') network.MacAddress = value;
    else if (key === 'link-local-ip') network.LinkLocalIPs.push(value);
    else if (key === 'driver-opt') driverOption(network, value);
    else if (key === 'gw-priority') {
      if (!/^[+-]?\d+$/.test(value)) throw new GoError(`invalid gw-priority (${value}): invalid syntax`);
      network.GwPriority = Number(value);
    } else throw new GoError(`invalid field key ${key}`);
  }
  if (network.Target === '') throw new GoError('network name/id is not specified');
  return network;
}

function driverOption(network: NetworkAttachment, value: string): void {
  const at = value.indexOf('=');
  if (at < 0) throw new GoError('invalid key value pair format in driver options');
  network.DriverOpts[value.slice(0, at)] = value.slice(at + 1);
}
