import { goMatch } from './go-match.ts';
import { compileRegex, type Regex, RegexError } from './regex/regex.ts';

/** A pattern that the matcher does not take; the message is moby's. */
export class PatternError extends Error {}

/**
 * The lines of a .dockerignore as patterns: without comments and empty lines, relative to the context.
 * @see https://github.com/moby/patternmatcher ignorefile
 */
export function readIgnoreFile(text: string): string[] {
  const patterns: string[] = [];
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    let pattern = line.trim();
    if (pattern === '') continue;
    const inverted = pattern[0] === '!';
    if (inverted) pattern = pattern.slice(1).trim();
    if (pattern !== '') {
      pattern = cleanPath(pattern);
      if (pattern.length > 1 && pattern[0] === '/') pattern = pattern.slice(1);
    }
    patterns.push((inverted ? '!' : '') + pattern);
  }
  return patterns;
}

interface Pattern {
  exclusion: boolean;
  text: string;
  matches: (path: string) => boolean;
}

/**
 * What moby's patternmatcher decides: which paths of a build context are left out.
 * @see https://github.com/moby/patternmatcher
 */
export class PatternMatcher {
  private readonly patterns: Pattern[] = [];
  /** Whether there are patterns with `!`: then a directory that is left out may still have files that are not. */
  readonly hasExclusions: boolean;

  /** @throws PatternError `illegal exclusion pattern: "!"`, `syntax error in pattern` */
  constructor(patterns: readonly string[]) {
    for (const given of patterns) {
      const trimmed = given.trim();
      if (trimmed === '') continue;
      let text = cleanPath(trimmed);
      const exclusion = text[0] === '!';
      if (exclusion) {
        if (text.length === 1) throw new PatternError('illegal exclusion pattern: "!"');
        text = text.slice(1);
      }
      goMatch(text, '.');
      this.patterns.push({ exclusion, text, matches: compilePattern(text) });
    }
    this.hasExclusions = this.patterns.some((p) => p.exclusion);
  }

  /** Whether the path, or a directory that it is in, is matched: of several patterns the last that applies decides. */
  matches(path: string): boolean {
    const parts = path.split('/');
    const parents = parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('/'));
    let matched = false;
    for (const pattern of this.patterns) {
      if (pattern.exclusion !== matched) continue;
      if (pattern.matches(path) || parents.some((p) => p !== '' && pattern.matches(p))) matched = !pattern.exclusion;
    }
    return matched;
  }

  /** Whether below a directory that is left out there may be something that an exclusion brings back. */
  mayInclude(directory: string): boolean {
    return this.patterns.some((p) => {
      if (!p.exclusion) return false;
      const fixed = p.text.split('/');
      return directory
        .split('/')
        .every((part, i) => fixed[i] === undefined || /[*?[\\]/.test(fixed[i]!) || fixed[i] === part);
    });
  }
}

/** The test that a pattern stands for. */
function compilePattern(text: string): (path: string) => boolean {
  const chars = [...text];
  let kind: 'exact' | 'prefix' | 'suffix' | 'regexp' = 'exact';
  let source = '^';
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i]!;
    if (c === '*' && chars[i + 1] === '*') {
      const first = i === 0;
      i++;
      if (chars[i + 1] === '/') i++;
      if (i + 1 >= chars.length) {
        if (kind === 'exact') kind = 'prefix';
        else {
          source += '.*';
          kind = 'regexp';
        }
      } else {
        source += '(.*/)?';
        kind = 'regexp';
      }
      if (first) kind = 'suffix';
      continue;
    }
    if (c === '*' || c === '?') {
      source += c === '*' ? '[^/]*' : '[^/]';
      kind = 'regexp';
    } else if ('.+()|{}$'.includes(c)) source += `\\${c}`;
    else if (c === '\\') {
      i++;
      source += `\\${chars[i] ?? ''}`;
      kind = 'regexp';
    } else {
      if (c === '[' || c === ']') kind = 'regexp';
      source += c;
    }
  }
  if (kind === 'exact') return (path) => path === text;
  if (kind === 'prefix') return (path) => path.startsWith(text.slice(0, -2));
  if (kind === 'suffix') {
    const end = text.slice(2);
    return (path) => path.endsWith(end) || (end[0] === '/' && path === end.slice(1));
  }
  const regex = regexOf(`${source}$`);
  return (path) => regex.test(path);
}

function regexOf(source: string): Regex {
  const regex = compileRegex(source, { dialect: 'perl', dotAll: true });
  if (regex instanceof RegexError) throw new PatternError('syntax error in pattern');
  return regex;
}

/** Go's path.Clean. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (part !== '..' || !rooted) out.push(part);
  }
  const joined = (rooted ? '/' : '') + out.join('/');
  return joined || '.';
}
