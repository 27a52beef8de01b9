/** A mistake in the configuration: what nginx says after `[emerg] `, the place included. */
export class ConfigError {
  constructor(readonly message: string) {}
}

/** One statement's words, how it ended, and the line of its end. */
export interface Statement {
  words: string[];
  end: ';' | '{' | '}' | 'eof';
  line: number;
}

const SPACE = /[ \t\r\n]/;

/**
 * Splits configuration text into statements, as the file is read: a mistake is thrown when it is reached.
 * @param place `file` of messages; undefined for `-g`, whose words have no file
 */
export class Tokens {
  #at = 0;
  line = 1;

  constructor(
    readonly text: string,
    readonly place: string | undefined,
  ) {}

  /** A mistake at the line that was read last. */
  fail(message: string): ConfigError {
    return new ConfigError(
      this.place === undefined ? `${message} in command line` : `${message} in ${this.place}:${this.line}`,
    );
  }

  #cutShort(): ConfigError {
    return this.fail(
      this.place === undefined
        ? 'unexpected end of parameter, expecting ";"'
        : 'unexpected end of file, expecting ";" or "}"',
    );
  }

  #next(): string | undefined {
    const c = this.text[this.#at];
    if (c === undefined) return undefined;
    this.#at++;
    if (c === '\n') this.line++;
    return c;
  }

  /** The next statement. @throws ConfigError */
  statement(): Statement {
    const words: string[] = [];
    for (;;) {
      const c = this.#skipSpace();
      if (c === undefined) {
        if (words.length > 0) throw this.#cutShort();
        return { words, end: 'eof', line: this.line };
      }
      if (c === ';' || c === '{') {
        if (words.length === 0) throw this.fail(`unexpected "${c}"`);
        return { words, end: c, line: this.line };
      }
      if (c === '}') {
        if (words.length > 0) throw this.fail('unexpected "}"');
        return { words, end: '}', line: this.line };
      }
      words.push(c === '"' || c === "'" ? this.#quoted(c) : this.#bare(c));
    }
  }

  #skipSpace(): string | undefined {
    for (;;) {
      const c = this.#next();
      if (c === '#') {
        for (let d = this.#next(); d !== undefined && d !== '\n'; d = this.#next());
        continue;
      }
      if (c === undefined || !SPACE.test(c)) return c;
    }
  }

  #quoted(quote: string): string {
    let raw = '';
    for (;;) {
      const c = this.#next();
      if (c === undefined) throw this.#cutShort();
      if (c === quote) break;
      raw += c;
      if (c === '\\') raw += this.#next() ?? '';
    }
    const after = this.text[this.#at];
    if (after !== undefined && !SPACE.test(after) && !';{)'.includes(after)) throw this.fail(`unexpected "${after}"`);
    return unescape(raw);
  }

  #bare(first: string): string {
    let raw = first;
    if (first === '\\') raw += this.#next() ?? '';
    for (;;) {
      const c = this.text[this.#at];
      if (c === undefined) throw this.#cutShort();
      if (SPACE.test(c) || c === ';' || (c === '{' && !raw.endsWith('$'))) break;
      this.#next();
      raw += c;
      if (c === '\\') raw += this.#next() ?? '';
    }
    return unescape(raw);
  }
}

/** `\"`, `\'` and `\\` stand for the character, `\t`, `\r` and `\n` for control characters; others keep the backslash. */
const unescape = (raw: string): string =>
  raw.replace(/\\(["'\\trn])/g, (_, c: string) => (c === 't' ? '\t' : c === 'r' ? '\r' : c === 'n' ? '\n' : c));
