import { CliError } from '../../errors.ts';
import type { DeviceRequest } from '../../flags/gpus.ts';

interface DeviceMapping {
  PathOnHost: string;
  PathInContainer: string;
  CgroupPermissions: string;
}

export interface Devices {
  mappings: DeviceMapping[];
  /** What stands for devices by the names of the Container Device Interface. */
  requests: DeviceRequest[];
}

/** `vendor.com/class=name` */
const QUALIFIED = /^[a-zA-Z]([\w.-]*\w)?\/[a-zA-Z]([\w.-]*\w)?=\w([\w.:-]*\w)?$/;

const isMode = (text: string): boolean =>
  text !== '' && /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;

/** `--device`. @throws CliError */
export function devicesOf(list: readonly string[]): Devices {
  const names = list.filter((device) => QUALIFIED.test(device));
  const request = { Driver: 'cdi', Count: 0, DeviceIDs: names, Capabilities: null, Options: null };
  return {
    mappings: list.filter((device) => !QUALIFIED.test(device)).map(mappingOf),
    requests: names.length === 0 ? [] : [request],
  };
}

function mappingOf(spec: string): DeviceMapping {
  const parts = spec.split(':');
  const [host = ''] = parts;
  if (parts.length > 3 || host === '') throw new CliError(`bad format for path: ${spec}`);
  let inside = host;
  let permissions = 'rwm';
  if (parts.length === 3) [, inside = '', permissions = ''] = parts;
  else if (parts.length === 2) {
    if (isMode(parts[1]!)) permissions = parts[1]!;
    else inside = parts[1]!;
  }
  if (!isMode(permissions)) throw new CliError(`bad mode specified: ${permissions}`);
  if (!inside.startsWith('/')) throw new CliError(`${inside} is not an absolute path`);
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: permissions };
}
