import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';

interface Rule {
  not: boolean;
  directory: boolean;
  /** Of the path below `base`, or of its last part. */
  test: RegExp;
  whole: boolean;
  base: string;
}

/** Patterns of .gitignore files. @see gitignore(5) */
export class Ignore {
  readonly #rules: Rule[] = [];

  /** Reads a file of patterns that hold below `base` (`''` or `dir/`). */
  *load(sys: Sys, path: string, base: string): Wait<void> {
    const bytes = yield* readFile(sys, path);
    if (typeof bytes !== 'number') this.add(decode(bytes), base);
  }

  add(text: string, base: string): void {
    for (const raw of text.split('\n')) {
      let line = raw.replace(/\r$/, '').replace(/(?<!\\)\s+$/, '');
      if (line === '' || line.startsWith('#')) continue;
      const not = line.startsWith('!');
      if (not) line = line.slice(1);
      line = line.replace(/^\\([#!])/, '$1');
      const directory = line.endsWith('/');
      if (directory) line = line.slice(0, -1);
      const whole = line.includes('/');
      this.#rules.push({ not, directory, whole, base, test: wildcard(line.replace(/^\//, '')) });
    }
  }

  /** True where `path` itself is to be ignored; its folders are asked for before. */
  ignores(path: string, directory: boolean): boolean {
    for (let i = this.#rules.length - 1; i >= 0; i--) {
      const rule = this.#rules[i]!;
      if (!path.startsWith(rule.base) || (rule.directory && !directory)) continue;
      const rest = path.slice(rule.base.length);
      if (rule.test.test(rule.whole ? rest : rest.slice(rest.lastIndexOf('/') + 1))) return !rule.not;
    }
    return false;
  }
}

function wildcard(pattern: string): RegExp {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (pattern.startsWith('**/', i)) {
      out += '(?:.*/)?';
      i += 2;
    } else if (pattern.startsWith('**', i)) {
      out += '.*';
      i++;
    } else if (c === '*') out += '[^/]*';
    else if (c === '?') out += '[^/]';
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0) out += '\\[';
      else {
        out += `[${pattern
          .slice(i + 1, end)
          .replace(/^!/, '^')
          .replace(/\\/g, '\\\\')}]`;
        i = end;
      }
    } else if (c === '\\' && i + 1 < pattern.length) out += pattern[++i]!.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    else out += c.replace(/[.+^${}()|\]\\]/g, '\\$&');
  }
  return new RegExp(`^${out}$`);
}
