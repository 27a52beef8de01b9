import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import { listDir } from '../../../libc/paths.ts';

/** apt's configuration: values by their name in lower case (`apt::get::assume-yes`), lists in their order. */
export class AptConfig {
  private readonly lists = new Map<string, string[]>();

  /** Sets a value, or appends it where the name ends with `::`. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    if (!key.endsWith('::')) {
      this.lists.set(key, [value]);
      return;
    }
    const list = this.lists.get(key.slice(0, -2));
    if (list) list.push(value);
    else this.lists.set(key.slice(0, -2), [value]);
  }

  get(name: string): string | undefined {
    return this.lists.get(name.toLowerCase())?.at(-1);
  }

  list(name: string): readonly string[] {
    return this.lists.get(name.toLowerCase()) ?? [];
  }

  /** A yes-or-no value. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.get(name)?.toLowerCase();
    if (value === undefined || value === '') return otherwise;
    return ['yes', 'true', 'with', 'on', 'enable', '1'].includes(value);
  }

  /** All values as `apt-config dump` shows them. */
  *entries(): Generator<[name: string, value: string, inList: boolean]> {
    for (const [name, values] of this.lists) for (const value of values) yield [name, value, values.length > 1];
  }

  /** Reads text in apt.conf's form: `A::B "c";` and `A { B "c"; };`. */
  parse(text: string): void {
    const tokens =
      text
        .replace(/^\s*(#(?!clear)|\/\/).*$/gm, '')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .match(/"[^"]*"|[{};]|[^\s{};"]+/g) ?? [];
    const scopes: string[] = [];
    let words: string[] = [];
    for (const token of tokens) {
      if (token === '{') {
        scopes.push(words.shift() ?? '');
        words = [];
      } else if (token === '}') {
        scopes.pop();
        words = [];
      } else if (token === ';') {
        this.statement(scopes, words);
        words = [];
      } else words.push(token);
    }
  }

  private statement(scopes: readonly string[], words: readonly string[]): void {
    const bare = (word: string): string => word.replace(/^"|"$/g, '');
    const [first, second] = words;
    if (first === undefined || first === '#clear') return;
    if (second !== undefined) this.set([...scopes, bare(first)].join('::'), bare(second));
    // a value alone in a scope is one more of a list
    else if (first.startsWith('"')) this.set(`${scopes.join('::')}::`, bare(first));
  }
}

/** Reads /etc/apt/apt.conf and apt.conf.d. */
export function* readConfig(sys: Sys): Wait<AptConfig> {
  const config = new AptConfig();
  const names = listDir(sys, '/etc/apt/apt.conf.d');
  const files = (typeof names === 'number' ? [] : names)
    .filter((name) => /^[A-Za-z0-9_-]+(\.conf)?$/.test(name))
    .sort()
    .map((name) => `/etc/apt/apt.conf.d/${name}`);
  for (const path of [...files, '/etc/apt/apt.conf']) {
    const bytes = yield* readFile(sys, path);
    if (typeof bytes !== 'number') config.parse(decode(bytes));
  }
  return config;
}
