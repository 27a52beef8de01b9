import { O_DIRECTORY, O_RDONLY } from '../../../abi/flags.ts';
import { isDirectory, isSymlink, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import { toByteText } from './bytes.ts';
import { hasPattern, type Pattern, type PatternCache, unquotePattern } from './pattern.ts';

export interface PathnameOptions {
  extglob: boolean;
  nocase: boolean;
  /** `*` matches a leading dot. */
  dotglob: boolean;
  globstar: boolean;
  /** `.` and `..` are never matched, even by a pattern with a leading dot (bash 5.2's globskipdots). */
  skipDots: boolean;
  /** A character is a byte. */
  bytes?: boolean;
}

/**
 * Pathname expansion. It yields now and then: there may be many files.
 * @returns the names that match, sorted by code point; none where nothing does
 * @see POSIX 2.13.3
 */
export function* expandPathnameWait(
  sys: Sys,
  pattern: string,
  patterns: PatternCache,
  options: PathnameOptions,
): Wait<string[]> {
  const parts = splitPath(pattern);
  const found: string[] = [];
  const walker = new Walker(sys, patterns, options, found);
  if (parts[0] === '') yield* walker.walk('/', parts.slice(1));
  else yield* walker.walk('', parts);
  return found.sort(byCodePoint);
}

/** As `expandPathnameWait`, in one go. */
export function expandPathname(sys: Sys, pattern: string, patterns: PatternCache, options: PathnameOptions): string[] {
  const work = expandPathnameWait(sys, pattern, patterns, options);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Splits at slashes outside brackets and groups; '' first for an absolute path. */
function splitPath(pattern: string): string[] {
  const out: string[] = [];
  let from = 0;
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') i++;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === '/' && depth <= 0) {
      out.push(pattern.slice(from, i));
      while (pattern[i + 1] === '/') i++;
      from = i + 1;
    }
  }
  out.push(pattern.slice(from));
  return out;
}

/** Steps that a directory and a file count for. */
const DIRECTORY = 8;
const FILE = 2;

class Walker {
  readonly #st = new Stat();

  constructor(
    readonly sys: Sys,
    readonly patterns: PatternCache,
    readonly options: PathnameOptions,
    readonly found: string[],
  ) {}

  /** Matches `parts` below `base`, which is '' or ends in a slash. */
  *walk(base: string, parts: string[]): Wait<void> {
    if (this.sys.tick(DIRECTORY)) yield;
    const part = parts[0]!;
    const rest = parts.slice(1);
    if (part === '' && rest.length === 0) {
      // a trailing slash: directories only
      if (base !== '' && this.sys.stat(base, this.#st) === 0 && isDirectory(this.#st.mode)) this.found.push(base);
      return;
    }
    if (!hasPattern(part, this.options.extglob) || (/^[^*?[]*$/.test(part) && !/[?*+@!]\(/.test(part))) {
      const name = base + unquotePattern(part);
      if (rest.length === 0) {
        if (this.sys.lstat(name, this.#st) === 0) this.found.push(name);
      } else yield* this.walk(`${name}/`, rest);
      return;
    }
    if (part === '**' && this.options.globstar) {
      yield* this.#recursive(base, rest);
      return;
    }
    const pattern = this.patterns.compile(this.options.bytes ? toByteText(part) : part, this.options);
    for (const name of this.#matching(base, pattern)) {
      if (rest.length === 0) this.found.push(base + name);
      else if (this.#isDir(base + name)) yield* this.walk(`${base}${name}/`, rest);
      if (this.sys.tick(FILE)) yield;
    }
  }

  #isDir(path: string): boolean {
    return this.sys.stat(path, this.#st) === 0 && isDirectory(this.#st.mode);
  }

  #matching(base: string, pattern: Pattern): string[] {
    const dots = this.options.dotglob || pattern.dotted;
    return this.#names(base).filter((name) => {
      if (name.startsWith('.')) {
        if (!dots) return false;
        if ((name === '.' || name === '..') && (this.options.skipDots || !pattern.dotted)) return false;
      }
      return pattern.matches(this.options.bytes ? toByteText(name) : name);
    });
  }

  #names(base: string): string[] {
    const fd = this.sys.open(base === '' ? '.' : base, O_RDONLY | O_DIRECTORY);
    if (fd < 0) return [];
    const names: string[] = [];
    for (;;) {
      const entries = this.sys.getdents(fd);
      if (typeof entries === 'number' || entries.length === 0) break;
      for (const entry of entries) names.push(entry.name);
    }
    this.sys.close(fd);
    return names;
  }

  /** `**`: this directory and all below it, symbolic links not followed. */
  *#recursive(base: string, rest: string[]): Wait<void> {
    if (rest.length === 0) {
      if (base !== '') this.found.push(base);
    } else if (rest[0] === '**') {
      yield* this.#recursive(base, rest.slice(1));
      return;
    } else yield* this.walk(base, rest);
    for (const name of this.#names(base)) {
      if (name === '.' || name === '..' || (name.startsWith('.') && !this.options.dotglob)) continue;
      const path = base + name;
      if (this.sys.tick(FILE)) yield;
      if (this.sys.lstat(path, this.#st) !== 0) continue;
      const { mode } = this.#st;
      if (isDirectory(mode)) {
        if (rest.length === 0) {
          this.found.push(path);
          yield* this.#below(`${path}/`);
        } else yield* this.#recursive(`${path}/`, rest);
      } else if (rest.length === 0) this.found.push(path);
      else if (isSymlink(mode) && rest.length > 1 && rest[0] !== '') continue;
    }
  }

  *#below(base: string): Wait<void> {
    for (const name of this.#names(base)) {
      if (name === '.' || name === '..' || (name.startsWith('.') && !this.options.dotglob)) continue;
      const path = base + name;
      this.found.push(path);
      if (this.sys.tick(FILE)) yield;
      if (this.sys.lstat(path, this.#st) === 0 && isDirectory(this.#st.mode)) yield* this.#below(`${path}/`);
    }
  }
}
