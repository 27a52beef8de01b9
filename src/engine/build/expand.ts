import { Glob } from '../../lib/glob.ts';
import { quote } from '../../lib/quote.ts';
import { DockerfileError } from './dockerfile-error.ts';

/** What a name stands for; undefined: it is not set. */
export type Lookup = (name: string) => string | undefined;

/**
 * Replaces variables in the argument of an instruction: `$NAME`, `${NAME}`, `${NAME:-w}`, `:+`, `:?`, without the colon,
 * `#`, `##`, `%`, `%%`, `/`, `//`. Quotes are taken out unless `keepQuotes`; in single quotes nothing is replaced.
 * @throws DockerfileError
 * @see docs.docker.com/reference/dockerfile, "Environment replacement"
 */
export function expand(text: string, lookup: Lookup, escape: string, how: ExpandOptions = {}): string {
  try {
    return new Expander(text, lookup, escape, how).run();
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    throw new DockerfileError(`failed to process ${quote(text)}: ${error.message}`);
  }
}

/** How variables are replaced. */
export interface ExpandOptions {
  /** Quotes and escapes stay as they are. */
  keepQuotes?: boolean;
  /** What has no value stays as it is written. */
  keepUnset?: boolean;
  /** Hears of a variable that has no value and no default. */
  missing?: ((name: string) => void) | undefined;
}

/** As `expand`, split into words at unquoted blanks (an unquoted variable's blanks split too). */
export function expandWords(text: string, lookup: Lookup, escape: string, how: ExpandOptions = {}): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const end = wordEnd(text, at, escape);
    const raw = text.slice(at, end);
    const value = expand(raw, lookup, escape, how);
    if (/^\$(\w+|\{[^}]*\})$/.test(raw)) words.push(...value.split(/\s+/).filter((w) => w !== ''));
    else words.push(value);
    at = end;
  }
  return words;
}

/** Where the word that begins at `at` ends. */
export function wordEnd(text: string, at: number, escape: string): number {
  let quote = '';
  let i = at;
  for (; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== '') {
      if (c === escape && quote === '"') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === escape) i++;
    else if (c === '$' && text[i + 1] === '{') {
      const close = text.indexOf('}', i);
      if (close > 0) i = close;
    } else if (/\s/.test(c)) break;
  }
  return Math.min(i, text.length);
}

class Expander {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly lookup: Lookup,
    private readonly escape: string,
    private readonly how: ExpandOptions,
  ) {}

  run(): string {
    return this.until('');
  }

  /** Reads to the end, or to `stop` on this level. */
  private until(stop: string): string {
    let out = '';
    while (this.at < this.text.length) {
      const c = this.text[this.at]!;
      if (c === stop) return out;
      if (c === "'" && !this.how.keepQuotes) out += this.single();
      else if (c === '"' && !this.how.keepQuotes) out += this.double();
      else if (c === '$') out += this.variable();
      else if (c === this.escape) {
        const next = this.text[this.at + 1];
        this.at += 2;
        out += next === undefined ? c : this.how.keepQuotes && next !== '$' ? c + next : next;
      } else {
        out += c;
        this.at++;
      }
    }
    if (stop !== '') throw new DockerfileError(`unexpected end of statement while looking for matching ${stop}`);
    return out;
  }

  private single(): string {
    const end = this.text.indexOf("'", this.at + 1);
    if (end < 0) throw new DockerfileError('unexpected end of statement while looking for matching single-quote');
    const out = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return out;
  }

  private double(): string {
    let out = '';
    this.at++;
    while (this.at < this.text.length) {
      const c = this.text[this.at]!;
      if (c === '"') {
        this.at++;
        return out;
      }
      if (c === '$') out += this.variable();
      else if (c === this.escape) {
        const next = this.text[this.at + 1];
        if (next !== '"' && next !== '$' && next !== this.escape) out += c;
        if (next !== undefined) out += next;
        this.at += 2;
      } else {
        out += c;
        this.at++;
      }
    }
    throw new DockerfileError('unexpected end of statement while looking for matching double-quote');
  }

  private variable(): string {
    const begin = this.at++;
    if (this.text[this.at] !== '{') {
      const m = /^(\w+|[@*#?$!-])/.exec(this.text.slice(this.at));
      if (!m) return '$';
      this.at += m[0].length;
      return this.value(m[0], begin);
    }
    this.at++;
    const m = /^(\w+|[@*#?$!-])/.exec(this.text.slice(this.at));
    if (!m) throw new DockerfileError('syntax error: bad substitution');
    const name = m[0];
    this.at += name.length;
    if (this.text[this.at] === '}') {
      this.at++;
      return this.value(name, begin);
    }
    const operator = /^(:[-+?]|[-+?]|##?|%%?|\/\/?)/.exec(this.text.slice(this.at))?.[0];
    if (operator === undefined) {
      const wrong = this.text.slice(this.at, this.at + (this.text[this.at] === ':' ? 2 : 1));
      throw new DockerfileError(`unsupported modifier (${wrong || '\ufffd'}) in substitution`);
    }
    this.at += operator.length;
    const word = this.until('}');
    this.at++;
    const value = this.lookup(name);
    // a default does not make it known
    if (value === undefined && /^\w/.test(name)) this.how.missing?.(name);
    if (value === undefined && this.how.keepUnset) return this.text.slice(begin, this.at);
    return apply(name, value, operator, word);
  }

  private value(name: string, begin: number): string {
    const value = this.lookup(name);
    if (value !== undefined) return value;
    if (/^\w/.test(name)) this.how.missing?.(name);
    return this.how.keepUnset ? this.text.slice(begin, this.at) : '';
  }
}

function apply(name: string, value: string | undefined, operator: string, word: string): string {
  const set = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  switch (operator.replace(':', '')) {
    case '-':
      return set ? value! : word;
    case '+':
      return set ? word : '';
    case '?':
      if (set) return value!;
      throw new DockerfileError(word === '' ? `${name}: parameter not set` : `${name}: ${word}`);
    case '#':
    case '##':
      return trim(value ?? '', word, true, operator === '##');
    case '%':
    case '%%':
      return trim(value ?? '', word, false, operator === '%%');
    default: {
      const slash = word.indexOf('/');
      const pattern = slash < 0 ? word : word.slice(0, slash);
      return replace(value ?? '', pattern, slash < 0 ? '' : word.slice(slash + 1), operator === '//');
    }
  }
}

/** Takes the shortest or longest match of `pattern` off one end. */
function trim(value: string, pattern: string, front: boolean, longest: boolean): string {
  const glob = new Glob(pattern);
  const lengths = Array.from({ length: value.length + 1 }, (_, i) => i);
  if (longest) lengths.reverse();
  for (const n of lengths)
    if (glob.match(front ? value.slice(0, n) : value.slice(value.length - n)))
      return front ? value.slice(n) : value.slice(0, value.length - n);
  return value;
}

function replace(value: string, pattern: string, by: string, all: boolean): string {
  if (pattern === '') return value;
  const glob = new Glob(pattern);
  let out = '';
  let i = 0;
  let done = false;
  while (i < value.length) {
    let length = 0;
    if (!done)
      for (let n = value.length - i; n > 0; n--)
        if (glob.match(value.slice(i, i + n))) {
          length = n;
          break;
        }
    if (length > 0) {
      out += by;
      i += length;
      done = !all;
    } else out += value[i++];
  }
  return out;
}
