import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { civilTime } from '../../../lib/civil-time.ts';
import { formatRfc3339Nano } from '../../../lib/go-time.ts';
import { type Wait, writeAll } from '../../../libc/io.ts';

export type Level = 'debug' | 'info' | 'warning' | 'error' | 'fatal';
export type Fields = Readonly<Record<string, string | number>>;

const ORDER: readonly Level[] = ['debug', 'info', 'warning', 'error', 'fatal'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As logrus writes a value: bare where no character needs quotes. @see logrus text_formatter.go, needsQuoting */
function shown(value: string | number): string {
  const text = String(value);
  return text !== '' && /^[A-Za-z0-9\-._/@^+]*$/.test(text) ? text : JSON.stringify(text);
}

const quoted = (text: string): string => text.replace(/[\\"]/g, '\\$&');

/** The log of the registry: logrus' text or JSON on stderr, and an access log on stdout. */
export class Log {
  readonly #from: number;

  constructor(
    level: string,
    readonly json: boolean,
    readonly fields: Fields,
  ) {
    const at = ORDER.indexOf((level === 'warn' ? 'warning' : level) as Level);
    this.#from = at < 0 ? 1 : at;
  }

  *write(sys: Sys, level: Level, message: string, fields: Fields = {}): Wait<void> {
    if (ORDER.indexOf(level) < this.#from) return;
    const ms = sys.now(CLOCK_REALTIME);
    const seconds = Math.floor(ms / 1000);
    const time = formatRfc3339Nano(seconds, Math.round((ms - seconds * 1000) * 1e6));
    const all = Object.entries({ ...this.fields, ...fields }).sort(([a], [b]) => (a < b ? -1 : 1));
    const line = this.json
      ? JSON.stringify({ ...Object.fromEntries(all), level, msg: message, time })
      : `time=${JSON.stringify(time)} level=${level} msg=${shown(message)}${all.map(([k, v]) => ` ${k}=${shown(v)}`).join('')}`;
    yield* writeAll(sys, 2, `${line}\n`);
  }

  /** One line of Apache's combined format. */
  *access(
    sys: Sys,
    client: string,
    line: string,
    status: number,
    written: number,
    referer: string,
    agent: string,
  ): Wait<void> {
    const t = civilTime(Math.floor(sys.now(CLOCK_REALTIME) / 1000));
    const two = (n: number): string => String(n).padStart(2, '0');
    const when = `${two(t.day)}/${MONTHS[t.month - 1]}/${t.year}:${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000`;
    const host = client.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    yield* writeAll(
      sys,
      1,
      `${host} - - [${when}] "${line}" ${status} ${written} "${quoted(referer)}" "${quoted(agent)}"\n`,
    );
  }
}
