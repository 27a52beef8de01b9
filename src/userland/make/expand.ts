import { matchGlob } from '../../lib/glob.ts';
import type { Wait } from '../../libc/io.ts';
import { isDir, listDir, normalizePath } from '../../libc/paths.ts';
import { type Make, MakeError, stemOf, type Variables } from './state.ts';

/** Variables that are looked at first: automatic ones and those of a target. */
export interface Scope {
  /** Inner first. */
  layers: readonly Variables[];
  /** `Makefile:3`, for messages. */
  at: string;
}

const DEPTH = 200;

export const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

export function lookUp(make: Make, scope: Scope, name: string) {
  for (const layer of scope.layers) {
    const found = layer.get(name);
    if (found) return found;
  }
  return make.variables.get(name);
}

/** Replaces variables and calls functions. @see GNU make manual, "How to Use Variables", "Functions" */
export function* expand(make: Make, text: string, scope: Scope, depth = 0): Wait<string> {
  if (!text.includes('$')) return text;
  if (make.sys.tick()) yield;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c !== '$') {
      out += c;
      continue;
    }
    const next = text[++i];
    if (next === undefined) out += '$';
    else if (next === '$') out += '$';
    else if (next === '(' || next === '{') {
      const end = closing(text, i);
      if (end < 0) throw new MakeError(`unterminated variable reference.`, scope.at);
      out += yield* reference(make, text.slice(i + 1, end), scope, depth);
      i = end;
    } else out += yield* variable(make, next, scope, depth);
  }
  return out;
}

/** Index of the bracket that closes the one at `open`. */
function closing(text: string, open: number): number {
  const [a, b] = text[open] === '(' ? ['(', ')'] : ['{', '}'];
  let level = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === a) level++;
    else if (text[i] === b && --level === 0) return i;
  }
  return -1;
}

function* variable(make: Make, name: string, scope: Scope, depth: number): Wait<string> {
  const found = lookUp(make, scope, name);
  if (!found) return '';
  if (!found.recursive) return found.value;
  if (depth > DEPTH) throw new MakeError(`Recursive variable '${name}' references itself (eventually).`, scope.at);
  return yield* expand(make, found.value, scope, depth + 1);
}

function* reference(make: Make, body: string, scope: Scope, depth: number): Wait<string> {
  const call = /^([a-z][a-z-]*)[ \t\n]+([\s\S]*)$/.exec(body);
  const run = call && FUNCTIONS[call[1]!];
  if (run) return yield* run(make, call[2]!, scope, depth);
  const colon = topLevel(body, ':');
  const equals = colon < 0 ? -1 : body.indexOf('=', colon);
  if (colon > 0 && equals > 0) {
    const name = yield* expand(make, body.slice(0, colon), scope, depth);
    const from = yield* expand(make, body.slice(colon + 1, equals), scope, depth);
    const to = yield* expand(make, body.slice(equals + 1), scope, depth);
    const value = yield* variable(make, name, scope, depth);
    return from.includes('%') ? patsubst(from, to, value) : patsubst(`%${from}`, `%${to}`, value);
  }
  return yield* variable(make, yield* expand(make, body, scope, depth), scope, depth);
}

/** The first `mark` that stands in no brackets. */
function topLevel(text: string, mark: string): number {
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(' || text[i] === '{') level++;
    else if (text[i] === ')' || text[i] === '}') level--;
    else if (level === 0 && text[i] === mark) return i;
  }
  return -1;
}

/** Splits arguments at commas; the last takes the rest. */
function split(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const out: string[] = [];
  let rest = text;
  while (out.length < most - 1) {
    const comma = topLevel(rest, ',');
    if (comma < 0) break;
    out.push(rest.slice(0, comma));
    rest = rest.slice(comma + 1);
  }
  return [...out, rest];
}

export function patsubst(pattern: string, replacement: string, text: string): string {
  return wordsOf(text)
    .map((word) => {
      const stem = stemOf(pattern, word);
      return stem === undefined ? word : pattern.includes('%') ? replacement.replace('%', () => stem) : replacement;
    })
    .join(' ');
}

type MakeFunction = (make: Make, text: string, scope: Scope, depth: number) => Wait<string>;

/** A function whose arguments are all expanded first. */
const plain = (count: number, body: (...args: string[]) => string): MakeFunction =>
  function* (make, text, scope, depth) {
    const args: string[] = [];
    for (const part of split(text, count)) args.push(yield* expand(make, part, scope, depth));
    while (args.length < count) args.push('');
    return body(...args);
  };

const perWord = (change: (word: string) => string | undefined): MakeFunction =>
  plain(1, (text) =>
    wordsOf(text)
      .map(change)
      .filter((word) => word !== undefined)
      .join(' '),
  );

const FUNCTIONS: Readonly<Record<string, MakeFunction>> = {
  subst: plain(3, (from, to, text) => (from === '' ? text + to : text.replaceAll(from, () => to))),
  patsubst: plain(3, (from, to, text) => patsubst(from.trim(), to.trim(), text)),
  strip: plain(1, (text) => wordsOf(text).join(' ')),
  findstring: plain(2, (find, text) => (text.includes(find) ? find : '')),
  filter: plain(2, (patterns, text) =>
    wordsOf(text)
      .filter((word) => wordsOf(patterns).some((p) => stemOf(p, word) !== undefined))
      .join(' '),
  ),
  'filter-out': plain(2, (patterns, text) =>
    wordsOf(text)
      .filter((word) => !wordsOf(patterns).some((p) => stemOf(p, word) !== undefined))
      .join(' '),
  ),
  sort: plain(1, (text) => [...new Set(wordsOf(text))].sort().join(' ')),
  word: plain(2, (n, text) => wordsOf(text)[Number(n) - 1] ?? ''),
  wordlist: plain(3, (from, to, text) =>
    wordsOf(text)
      .slice(Number(from) - 1, Number(to))
      .join(' '),
  ),
  words: plain(1, (text) => String(wordsOf(text).length)),
  firstword: plain(1, (text) => wordsOf(text)[0] ?? ''),
  lastword: plain(1, (text) => wordsOf(text).at(-1) ?? ''),
  dir: perWord((word) => (word.includes('/') ? word.slice(0, word.lastIndexOf('/') + 1) : './')),
  notdir: perWord((word) => word.slice(word.lastIndexOf('/') + 1) || undefined),
  suffix: perWord((word) => /\.[^./]*$/.exec(word)?.[0]),
  basename: perWord((word) => word.replace(/\.[^./]*$/, '')),
  addsuffix: plain(2, (suffix, text) =>
    wordsOf(text)
      .map((word) => word + suffix)
      .join(' '),
  ),
  addprefix: plain(2, (prefix, text) =>
    wordsOf(text)
      .map((word) => prefix + word)
      .join(' '),
  ),
  join: plain(2, (a, b) => {
    const [x, y] = [wordsOf(a), wordsOf(b)];
    return Array.from({ length: Math.max(x.length, y.length) }, (_, i) => (x[i] ?? '') + (y[i] ?? '')).join(' ');
  }),
  *if(make, text, scope, depth) {
    const [test, yes = '', no = ''] = split(text, 3);
    const chosen = (yield* expand(make, test!.trim(), scope, depth)) === '' ? no : yes;
    return yield* expand(make, chosen, scope, depth);
  },
  *or(make, text, scope, depth) {
    for (const part of split(text)) {
      const value = yield* expand(make, part.trim(), scope, depth);
      if (value !== '') return value;
    }
    return '';
  },
  *and(make, text, scope, depth) {
    let value = '';
    for (const part of split(text)) {
      value = yield* expand(make, part.trim(), scope, depth);
      if (value === '') return '';
    }
    return value;
  },
  *foreach(make, text, scope, depth) {
    const [name = '', list = '', body = ''] = split(text, 3);
    const variable = (yield* expand(make, name, scope, depth)).trim();
    const out: string[] = [];
    for (const word of wordsOf(yield* expand(make, list, scope, depth))) {
      const layer: Variables = new Map([[variable, { value: word, recursive: false, origin: 'automatic' }]]);
      out.push(yield* expand(make, body, { ...scope, layers: [layer, ...scope.layers] }, depth));
    }
    return out.join(' ');
  },
  *call(make, text, scope, depth) {
    const args: string[] = [];
    for (const part of split(text)) args.push(yield* expand(make, part, scope, depth));
    const name = args[0]!.trim();
    const builtin = FUNCTIONS[name];
    if (builtin) return yield* builtin(make, args.slice(1).join(','), scope, depth);
    const layer: Variables = new Map();
    for (let i = 0; i <= Math.max(9, args.length); i++)
      layer.set(String(i), { value: i === 0 ? name : (args[i] ?? ''), recursive: false, origin: 'automatic' });
    return yield* variable(make, name, { ...scope, layers: [layer, ...scope.layers] }, depth + 1);
  },
  *value(make, text, scope, depth) {
    return lookUp(make, scope, (yield* expand(make, text, scope, depth)).trim())?.value ?? '';
  },
  *origin(make, text, scope, depth) {
    return lookUp(make, scope, (yield* expand(make, text, scope, depth)).trim())?.origin ?? 'undefined';
  },
  *flavor(make, text, scope, depth) {
    const found = lookUp(make, scope, (yield* expand(make, text, scope, depth)).trim());
    return found ? (found.recursive ? 'recursive' : 'simple') : 'undefined';
  },
  *eval(make, text, scope, depth) {
    yield* make.evaluate(yield* expand(make, text, scope, depth), scope.at);
    return '';
  },
  *shell(make, text, scope, depth) {
    return yield* make.shell(yield* expand(make, text, scope, depth));
  },
  *info(make, text, scope, depth) {
    yield* make.out(`${yield* expand(make, text, scope, depth)}\n`);
    return '';
  },
  *warning(make, text, scope, depth) {
    yield* make.err(`${scope.at}: ${yield* expand(make, text, scope, depth)}\n`);
    return '';
  },
  *error(make, text, scope, depth) {
    throw new MakeError(`${yield* expand(make, text, scope, depth)}.`, scope.at);
  },
  *wildcard(make, text, scope, depth) {
    const out: string[] = [];
    for (const word of wordsOf(yield* expand(make, text, scope, depth))) out.push(...glob(make, word));
    return out.join(' ');
  },
  *realpath(make, text, scope, depth) {
    const words = wordsOf(yield* expand(make, text, scope, depth)).map((word) => absolute(make, word));
    return words.filter((path) => make.sys.access(path, 0) === 0).join(' ');
  },
  *abspath(make, text, scope, depth) {
    return wordsOf(yield* expand(make, text, scope, depth))
      .map((word) => absolute(make, word))
      .join(' ');
  },
};

function absolute(make: Make, path: string): string {
  const cwd = make.sys.getcwd();
  return normalizePath(path.startsWith('/') ? path : `${typeof cwd === 'string' ? cwd : ''}/${path}`);
}

/** Paths that a pattern matches, sorted; a word without wildcards where it exists. */
export function glob(make: Make, pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return make.sys.access(pattern, 0) === 0 ? [pattern] : [];
  let found = [pattern.startsWith('/') ? '/' : ''];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const part of parts) {
    const next: string[] = [];
    for (const base of found) {
      if (!/[*?[]/.test(part)) {
        if (make.sys.access(base + part, 0) === 0) next.push(`${base}${part}/`);
        continue;
      }
      const names = listDir(make.sys, base === '' ? '.' : base);
      for (const name of typeof names === 'number' ? [] : names.sort())
        if ((!name.startsWith('.') || part.startsWith('.')) && matchGlob(part, name)) next.push(`${base}${name}/`);
    }
    found = next;
  }
  const whole = found.map((path) => path.slice(0, -1));
  return pattern.endsWith('/') ? whole.filter((path) => isDir(make.sys, path)).map((path) => `${path}/`) : whole;
}
