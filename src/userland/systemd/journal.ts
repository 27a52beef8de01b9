import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';

/** Sockets of the journal. @see systemd-journald.service(8) */
export const STDOUT_SOCKET = '/run/systemd/journal/stdout';
export const NATIVE_SOCKET = '/run/systemd/journal/socket';
export const DEV_LOG = '/run/systemd/journal/dev-log';

/** One record: the fields that `journalctl -o json` shows. @see systemd.journal-fields(7) */
export interface JournalRecord {
  /** Microseconds since the Epoch. */
  __REALTIME_TIMESTAMP: string;
  /** Microseconds since boot. */
  __MONOTONIC_TIMESTAMP: string;
  MESSAGE: string;
  /** 0 (emerg) … 7 (debug). */
  PRIORITY: string;
  SYSLOG_IDENTIFIER: string;
  _PID?: string;
  _UID?: string;
  _COMM?: string;
  /** The unit whose process wrote it. */
  _SYSTEMD_UNIT?: string;
  /** The unit that it tells of. */
  UNIT?: string;
  _TRANSPORT: string;
  _BOOT_ID: string;
  _HOSTNAME: string;
}

/** Names of priorities. @see syslog(3) */
export const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

/** The machine's id (/etc/machine-id), 32 digits; zeros where it has none. */
export function* machineId(sys: Sys): Wait<string> {
  const bytes = yield* readFile(sys, '/etc/machine-id');
  const text = typeof bytes === 'number' ? '' : decode(bytes).trim();
  return /^[0-9a-f]{32}$/.test(text) ? text : '0'.repeat(32);
}

/** The directory of the journal. */
export function* journalDirectory(sys: Sys): Wait<string> {
  return `/var/log/journal/${yield* machineId(sys)}`;
}

/** Files of the journal, the older first. They hold a record a line, as JSON. */
export const journalFiles = (directory: string): string[] => [
  `${directory}/system@1.journal`,
  `${directory}/system.journal`,
];

/** The record of one line; undefined where it is damaged. */
export function parseRecord(line: string): JournalRecord | undefined {
  try {
    return JSON.parse(line) as JournalRecord;
  } catch {
    return undefined;
  }
}

/** The id of this boot, 32 digits. */
export function* bootId(sys: Sys): Wait<string> {
  const bytes = yield* readFile(sys, '/proc/sys/kernel/random/boot_id');
  return typeof bytes === 'number' ? '0'.repeat(32) : decode(bytes).trim().replaceAll('-', '');
}
