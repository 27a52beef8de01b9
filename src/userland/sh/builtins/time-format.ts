import { strftime } from '../../../lib/strftime.ts';
import { parsePosixZone, UTC, zoneByName } from '../../../lib/timezone.ts';

/** strftime(3) in the zone that a TZ value names. @param seconds since the Epoch */
export function formatTime(format: string, seconds: number, zone: string): string {
  return strftime(format, seconds, 0, zoneByName(zone.replace(/^:/, '')) ?? parsePosixZone(zone) ?? UTC);
}
