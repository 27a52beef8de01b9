import type { Sys } from '../abi/sys.ts';
import { type Wait, writeAll } from '../libc/io.ts';
import { stamp } from './clock.ts';

export type Level = 'debug' | 'info' | 'warning' | 'error';
type Fields = Readonly<Record<string, string>>;

const ORDER: readonly string[] = ['debug', 'info', 'warning', 'error', 'fatal'];
const ALIASES: Readonly<Record<string, string>> = { warn: 'warning', trace: 'debug', panic: 'fatal' };

/** The daemon's own log, as logrus writes it to stderr: `time="…" level=info msg="…" key=value`, or JSON. */
export class DaemonLog {
  format: 'text' | 'json' = 'text';
  /** What is less important is left out. */
  level = 'info';

  *line(sys: Sys, level: Level, message: string, fields: Fields = {}): Wait<void> {
    const least = this.level.toLowerCase();
    if (ORDER.indexOf(level) < ORDER.indexOf(ALIASES[least] ?? least)) return;
    const text = this.format === 'json' ? jsonLine(sys, level, message, fields) : textLine(sys, level, message, fields);
    yield* writeAll(sys, 2, text);
  }
}

function textLine(sys: Sys, level: Level, message: string, fields: Fields): string {
  const more = Object.entries(fields)
    .map(([key, value]) => ` ${key}=${/^[\w./@^+-]+$/.test(value) ? value : JSON.stringify(value)}`)
    .join('');
  return `time="${stamp(sys)}" level=${level} msg=${JSON.stringify(message)}${more}\n`;
}

function jsonLine(sys: Sys, level: Level, message: string, fields: Fields): string {
  const all: Record<string, string> = { ...fields, level, msg: message, time: stamp(sys) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted)}\n`;
}
