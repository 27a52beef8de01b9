import { O_APPEND, O_CLOEXEC, O_CREAT, O_WRONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { formatRfc3339Nano } from '../../lib/go-time.ts';
import { ramInBytes } from '../../lib/units.ts';
import { encode } from '../../lib/utf8.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import type { LogEntry, Logger, StreamName } from './logger.ts';

/** One line of the file. */
interface Row {
  log: string;
  stream: string;
  attrs?: Record<string, string>;
  time: string;
}

/** The driver json-file: a JSON document a line, in ID-json.log; with max-size, older ones in ID-json.log.1 and so on. */
export class JsonFile implements Logger {
  readonly #path: string;
  readonly #attrs: Record<string, string> | undefined;
  readonly #maxSize: number;
  readonly #maxFile: number;
  #fd = -1;
  #size = 0;
  #stampSec = -1;
  #stampNsec = -1;
  #stamp = '';

  constructor(path: string, options: Readonly<Record<string, string>>, attrs: Record<string, string> | undefined) {
    this.#path = path;
    this.#attrs = attrs;
    this.#maxSize = options['max-size'] ? ramInBytes(options['max-size']) : -1;
    this.#maxFile = options['max-file'] ? Number(options['max-file']) : 1;
  }

  *open(sys: Sys): Wait<number> {
    this.#fd = yield* open(sys, this.#path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640);
    const st = new Stat();
    this.#size = this.#fd >= 0 && sys.fstat(this.#fd, st) === 0 ? st.size : 0;
    return this.#fd;
  }

  *write(sys: Sys, entries: readonly LogEntry[]): Wait<void> {
    let text = '';
    for (const entry of entries) {
      text += this.#line(entry);
      if (this.#maxSize > 0 && this.#size + text.length >= this.#maxSize) {
        yield* this.#append(sys, text);
        text = '';
        yield* this.#rotate(sys);
      }
    }
    yield* this.#append(sys, text);
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

  *#append(sys: Sys, text: string): Wait<void> {
    if (text === '' || this.#fd < 0) return;
    const bytes = encode(text);
    yield* writeAll(sys, this.#fd, bytes);
    this.#size += bytes.length;
  }

  *#rotate(sys: Sys): Wait<void> {
    sys.close(this.#fd);
    for (let n = this.#maxFile - 1; n > 1; n--) sys.rename(`${this.#path}.${n - 1}`, `${this.#path}.${n}`);
    if (this.#maxFile > 1) sys.rename(this.#path, `${this.#path}.1`);
    else sys.truncate(this.#path, 0);
    yield* this.open(sys);
  }

  close(sys: Sys): void {
    if (this.#fd >= 0) sys.close(this.#fd);
    this.#fd = -1;
  }
}

const HTML = /[<>&\u2028\u2029]/;

/** Go's encoder writes these so. */
const escapeHtml = (json: string): string =>
  HTML.test(json)
    ? json.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : json;

/** An entry as it is read: its time stays text until somebody asks. */
export interface ReadEntry {
  stream: StreamName;
  text: string;
  /** RFC 3339 with nanoseconds. */
  time: string;
  attrs?: Record<string, string>;
}

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
