import type { Sys } from '../abi/sys.ts';
import { parsePosixZone, UTC, type Zone, zoneByName } from '../lib/timezone.ts';
import { decode } from '../lib/utf8.ts';
import { readFile, type Wait } from './io.ts';

/** The zone that $TZ names, else the system's (/etc/localtime as a link, /etc/timezone), else UTC. @see tzset(3) */
export function* localZone(sys: Sys, env: ReadonlyMap<string, string>): Wait<Zone> {
  const tz = env.get('TZ');
  if (tz !== undefined) return named(tz.replace(/^:/, '')) ?? UTC;
  const link = sys.readlink('/etc/localtime');
  const at = typeof link === 'string' ? link.indexOf('zoneinfo/') : -1;
  if (at >= 0) return named((link as string).slice(at + 9)) ?? UTC;
  const file = yield* readFile(sys, '/etc/timezone');
  return typeof file === 'number' ? UTC : (named(decode(file).trim()) ?? UTC);
}

const named = (name: string): Zone | undefined => (name === '' ? UTC : (zoneByName(name) ?? parsePosixZone(name)));
