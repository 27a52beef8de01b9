/** A unit file: sections of assignments, each with all its values in order. */
export class UnitFile {
  readonly #sections: Map<string, Map<string, string[]>> = new Map();

  /** Adds what `text` says to what is there, as a drop-in does: an empty value forgets the earlier ones. @see systemd.syntax(7) */
  add(text: string): void {
    let section = '';
    const lines = text.replace(/\\\n[ \t]*(?:[#;][^\n]*\n)*/g, ' ').split('\n');
    for (const raw of lines) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';') || line.startsWith('\0')) continue;
      const head = /^\[(.+)\]$/.exec(line);
      if (head) {
        section = head[1]!;
        continue;
      }
      const equals = line.indexOf('=');
      if (equals > 0) this.#assign(section, line.slice(0, equals).trim(), line.slice(equals + 1).trim());
    }
  }

  #assign(section: string, key: string, value: string): void {
    let keys = this.#sections.get(section);
    if (!keys) {
      keys = new Map();
      this.#sections.set(section, keys);
    }
    if (value === '') keys.set(key, []);
    else keys.set(key, [...(keys.get(key) ?? []), value]);
  }

  has(section: string): boolean {
    return this.#sections.has(section);
  }

  /** The value that was given last. */
  get(section: string, key: string): string | undefined {
    return this.#sections.get(section)?.get(key)?.at(-1);
  }

  /** Every value of a key that may be given several times. */
  all(section: string, key: string): readonly string[] {
    return this.#sections.get(section)?.get(key) ?? [];
  }

  /** Every word of a list of unit names. */
  words(section: string, key: string): string[] {
    return this.all(section, key).flatMap((value) => value.split(/\s+/).filter((word) => word !== ''));
  }

  /** A truth value. @see systemd.syntax(7): 1, yes, true, on */
  flag(section: string, key: string, otherwise = false): boolean {
    const value = this.get(section, key);
    return value === undefined ? otherwise : /^(?:1|yes|y|true|t|on)$/i.test(value);
  }
}

const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
  weeks: 604_800_000,
};

/** A time span, `5min 20s`, `100ms`; a bare number is seconds. @returns milliseconds; Infinity for `infinity`, undefined for no span. @see systemd.time(7) */
export function timeSpan(text: string): number | undefined {
  if (text.trim() === 'infinity') return Number.POSITIVE_INFINITY;
  let total = 0;
  let rest = text.trim();
  if (rest === '') return undefined;
  while (rest !== '') {
    const part = /^(\d+(?:\.\d+)?)\s*([a-z]*)\s*/.exec(rest);
    if (!part) return undefined;
    const unit = part[2] === '' ? 1000 : UNITS[part[2]!];
    if (unit === undefined) return undefined;
    total += Number(part[1]) * unit;
    rest = rest.slice(part[0].length);
  }
  return total;
}

/**
 * Splits a command line or a list of assignments into words: quotes, C escapes. @see systemd.service(5), "COMMAND LINES"
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === '\\' && quote !== "'" && i + 1 < line.length) {
      const next = line[++i]!;
      word = (word ?? '') + (ESCAPES[next] ?? next);
    } else if (quote !== '') {
      if (c === quote) quote = '';
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (c === ' ' || c === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ' };
