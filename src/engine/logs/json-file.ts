import type { Sys } from '../../abi/sys.ts';
import { formatRfc3339Nano } from '../../lib/go-time.ts';
import { decode, encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import type { LogEntry, LogFormat, Logger, ReadEntry } from './logger.ts';
import { RotatingFile, type Rotation } from './rotating-file.ts';

/** One line of the file. */
interface Row {
  log: string;
  stream: string;
  attrs?: Record<string, string>;
  time: string;
}

/** The driver json-file: a JSON document a line, in ID-json.log; with max-size, older ones in ID-json.log.1 and so on. */
export class JsonFile implements Logger {
  readonly #file: RotatingFile;
  readonly #attrs: Record<string, string> | undefined;
  #stampSec = -1;
  #stampNsec = -1;
  #stamp = '';

  constructor(path: string, rotation: Rotation, attrs: Record<string, string> | undefined) {
    this.#file = new RotatingFile(path, rotation);
    this.#attrs = attrs;
  }

  open(sys: Sys): Wait<number> {
    return this.#file.open(sys);
  }

  *write(sys: Sys, entries: readonly LogEntry[]): Wait<void> {
    let text = '';
    for (const entry of entries) {
      if (this.#file.isFull(text.length)) {
        yield* this.#file.append(sys, encode(text));
        text = '';
        yield* this.#file.rotate(sys);
      }
      text += this.#line(entry);
    }
    yield* this.#file.append(sys, encode(text));
  }

  #line(entry: LogEntry): string {
    const attrs = this.#attrs ? `"attrs":${JSON.stringify(this.#attrs)},` : '';
    // the lines of one piece of output have one time
    if (entry.sec !== this.#stampSec || entry.nsec !== this.#stampNsec) {
      this.#stampSec = entry.sec;
      this.#stampNsec = entry.nsec;
      this.#stamp = formatRfc3339Nano(entry.sec, entry.nsec);
    }
    const log = escapeHtml(JSON.stringify(entry.text));
    return `{"log":${log},"stream":"${entry.stream}",${attrs}"time":"${this.#stamp}"}\n`;
  }

  close(sys: Sys): void {
    this.#file.close(sys);
  }
}

const LF = 10;

/** Lines of JSON; one that is damaged (cut off by a power cut) is left out. */
export const JSON_LINES: LogFormat = {
  split(bytes) {
    const last = bytes.lastIndexOf(LF);
    if (last < 0) return { entries: [], used: 0 };
    const entries: ReadEntry[] = [];
    for (const line of decode(bytes.subarray(0, last)).split('\n')) {
      const entry = parseRow(line);
      if (entry) entries.push(entry);
    }
    return { entries, used: last + 1 };
  },
  tailStart(bytes, count) {
    let at = bytes.length - 1;
    for (let left = count; left > 0; left--) {
      at = at > 0 ? bytes.lastIndexOf(LF, at - 1) : -1;
      if (at < 0) return undefined;
    }
    return at + 1;
  },
};

const HTML = /[<>&\u2028\u2029]/;

/** Go's encoder writes these so. */
const escapeHtml = (json: string): string =>
  HTML.test(json)
    ? json.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : json;

const HEAD = '{"log":"';
const STREAM = '","stream":"';
const TIME = '","time":"';

/** Reads a line of the file. @returns undefined where it is damaged (cut off by a power cut) */
export function parseRow(line: string): ReadEntry | undefined {
  return parsePlain(line) ?? parseAny(line);
}

/** The usual line, without escapes but the line end's. */
function parsePlain(line: string): ReadEntry | undefined {
  if (!line.startsWith(HEAD)) return undefined;
  const slash = line.indexOf('\\', HEAD.length);
  const end = line.indexOf('"', HEAD.length);
  const whole = slash === end - 2 && line.charCodeAt(slash + 1) === 110;
  if (!whole && slash >= 0 && slash < end) return undefined;
  if (!line.startsWith(STREAM, end)) return undefined;
  const at = end + STREAM.length;
  const close = line.indexOf('"', at);
  if (!line.startsWith(TIME, close) || !line.endsWith('"}')) return undefined;
  const text = whole ? `${line.slice(HEAD.length, slash)}\n` : line.slice(HEAD.length, end);
  const stream = line.charCodeAt(at + 3) === 111 ? 'stdout' : 'stderr';
  return { stream, text, time: line.slice(close + TIME.length, -2) };
}

function parseAny(line: string): ReadEntry | undefined {
  try {
    const row = JSON.parse(line) as Row;
    return {
      stream: row.stream === 'stderr' ? 'stderr' : 'stdout',
      text: row.log,
      time: row.time,
      ...(row.attrs ? { attrs: row.attrs } : {}),
    };
  } catch {
    return undefined;
  }
}
