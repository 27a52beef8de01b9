import type { Sys } from '../../abi/sys.ts';
import { civilTime, daysFromCivil } from '../../lib/civil-time.ts';
import { matchGlob } from '../../lib/glob.ts';
import { strftime } from '../../lib/strftime.ts';
import type { Zone } from '../../lib/timezone.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type JournalRecord, journalDirectory, journalFiles, parseRecord } from './journal.ts';
import { timeSpan } from './unit-file.ts';

/** Which records are wanted; what is absent matches all. */
export interface JournalFilter {
  units?: readonly string[];
  identifiers?: readonly string[];
  /** Highest number of a priority, and lowest. */
  priority?: readonly [number, number];
  /** Milliseconds since the Epoch. */
  since?: number;
  until?: number;
  boot?: string;
  kernel?: boolean;
  pattern?: RegExp;
  /** `FIELD=value`; of one field any, of several all. */
  fields?: ReadonlyMap<string, readonly string[]>;
}

/** Milliseconds since the Epoch when the record was written. */
export const timeOf = (record: JournalRecord): number => Number(record.__REALTIME_TIMESTAMP) / 1000;

export function wanted(record: JournalRecord, filter: JournalFilter): boolean {
  const { units, identifiers, priority, since, until, boot, kernel, pattern, fields } = filter;
  if (units && !units.some((unit) => isOf(record, unit))) return false;
  if (identifiers && !identifiers.includes(record.SYSLOG_IDENTIFIER)) return false;
  if (priority && (Number(record.PRIORITY) > priority[0] || Number(record.PRIORITY) < priority[1])) return false;
  if (since !== undefined && timeOf(record) < since) return false;
  if (until !== undefined && timeOf(record) > until) return false;
  if (boot !== undefined && record._BOOT_ID !== boot) return false;
  if (kernel && record._TRANSPORT !== 'kernel') return false;
  if (pattern && !pattern.test(record.MESSAGE)) return false;
  if (fields)
    for (const [name, values] of fields)
      if (!values.includes((record as unknown as Record<string, string>)[name] ?? '')) return false;
  return true;
}

function isOf(record: JournalRecord, unit: string): boolean {
  if (!/[*?[]/.test(unit)) return record._SYSTEMD_UNIT === unit || record.UNIT === unit;
  return matchGlob(unit, record._SYSTEMD_UNIT ?? '') || matchGlob(unit, record.UNIT ?? '');
}

/** All records that are wanted, the oldest first. Charged against the slice. */
export function* readJournal(sys: Sys, filter: JournalFilter): Wait<JournalRecord[]> {
  const found: JournalRecord[] = [];
  for (const path of journalFiles(yield* journalDirectory(sys))) {
    const bytes = yield* readFile(sys, path);
    if (typeof bytes === 'number') continue;
    for (const line of decode(bytes).split('\n')) {
      if (sys.tick()) yield;
      const record = line === '' ? undefined : parseRecord(line);
      if (record && wanted(record, filter)) found.push(record);
    }
  }
  return found.sort((a, b) => timeOf(a) - timeOf(b));
}

export interface ShortStyle {
  zone: Zone;
  output: string;
  hostname: boolean;
  paint(code: string, text: string): string;
}

/** `Nov 25 13:20:01 host dockerd[123]: message`; further lines of a message stand below its first. */
export function shortLine(record: JournalRecord, style: ShortStyle): string {
  const at = timeOf(record);
  const sec = Math.floor(at / 1000);
  const micros = Number(record.__REALTIME_TIMESTAMP) % 1e6;
  const stamp = {
    'short-iso': () => strftime('%Y-%m-%dT%H:%M:%S%:z', sec, 0, style.zone),
    'short-precise': () => `${strftime('%b %d %H:%M:%S', sec, 0, style.zone)}.${String(micros).padStart(6, '0')}`,
    'short-iso-precise': () =>
      `${strftime('%Y-%m-%dT%H:%M:%S', sec, 0, style.zone)}.${String(micros).padStart(6, '0')}${strftime('%:z', sec, 0, style.zone)}`,
    'short-full': () => strftime('%a %Y-%m-%d %H:%M:%S %Z', sec, 0, style.zone),
    'short-unix': () => `${sec}.${String(micros).padStart(6, '0')}`,
    'short-monotonic': () => `[${(Number(record.__MONOTONIC_TIMESTAMP) / 1e6).toFixed(6).padStart(12)}]`,
  }[style.output];
  const pid = record._PID === undefined ? '' : `[${record._PID}]`;
  const head = `${stamp ? stamp() : strftime('%b %d %H:%M:%S', sec, 0, style.zone)}${style.hostname ? ` ${record._HOSTNAME}` : ''} ${record.SYSLOG_IDENTIFIER}${pid}: `;
  const priority = Number(record.PRIORITY);
  const colour = priority <= 3 ? '0;1;38;5;9' : priority === 4 ? '0;1;38;5;185' : priority === 5 ? '0;1;39' : '';
  const lines = record.MESSAGE.split('\n').map((line) => (colour === '' ? line : style.paint(colour, line)));
  return head + lines.join(`\n${' '.repeat(head.length)}`);
}

/**
 * A moment as `--since` takes it: `2026-11-25 10:00`, `10:00:30`, `today`, `yesterday`, `now`, `1 hour ago`, `-1h`, `@SECONDS`.
 * @returns milliseconds since the Epoch, or undefined. @see systemd.time(7)
 */
export function parseMoment(text: string, now: number, zone: Zone): number | undefined {
  const word = text.trim();
  const sec = Math.floor(now / 1000);
  const { offset } = zone.at(sec);
  const t = civilTime(sec, 0, offset);
  const midnight = daysFromCivil(t.year, t.month, t.day) * 86400 - offset;
  const named = { now: sec, today: midnight, yesterday: midnight - 86400, tomorrow: midnight + 86400 }[word];
  if (named !== undefined) return word === 'now' ? now : named * 1000;
  if (/^@\d+(\.\d+)?$/.test(word)) return Number(word.slice(1)) * 1000;
  const relative = /^([+-])(.+)$/.exec(word) ?? /^(.+?)\s+(ago|left)$/.exec(word);
  if (relative) {
    const back = relative[1] === '-' || relative[2] === 'ago';
    const span = timeSpan(relative[1] === '-' || relative[1] === '+' ? relative[2]! : relative[1]!);
    return span === undefined ? undefined : now + (back ? -span : span);
  }
  const match =
    /^(?:[A-Za-z]{3} )?(?:(\d{4})-(\d\d?)-(\d\d?))?(?:(?:^|[ T])(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?: ?(UTC|Z|[A-Z]{3,4}))?$/.exec(
      word,
    );
  if (!match || word === '') return undefined;
  const day =
    match[1] === undefined
      ? daysFromCivil(t.year, t.month, t.day)
      : daysFromCivil(Number(match[1]), Number(match[2]), Number(match[3]));
  const local = day * 86400 + Number(match[4] ?? 0) * 3600 + Number(match[5] ?? 0) * 60 + Number(match[6] ?? 0);
  return (local - (match[7] === 'UTC' || match[7] === 'Z' ? 0 : offset)) * 1000;
}
