import { O_DIRECTORY, O_RDONLY } from '../../../abi/flags.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import { Accounts } from '../../../libc/accounts.ts';
import type { Wait } from '../../../libc/io.ts';
import { cellsOf } from '../editor/buffer.ts';
import type { Completion } from '../editor/completing.ts';
import type { Interpreter } from '../exec/interpreter.ts';
import { reservedWords } from '../parse/parser.ts';
import { cobraCandidates, hasCobra } from './cobra.ts';
import { hostNames } from './compgen.ts';
import { specCandidates } from './specs.ts';

/** The line before the cursor, cut where the command that is typed begins. */
export interface CompletionLine {
  /** Words before the one that is completed, quotes taken out. */
  words: string[];
  /** The word so far, as typed and without quotes. */
  typed: string;
  word: string;
  /** The quote that is open in it, or ''. */
  quote: string;
  /** Where it begins in the text. */
  start: number;
}

const BREAKS = new Set([...' \t\n;&|()<>']);

/** Cuts the text before the cursor into words as the shell would. */
export function parseLine(before: string): CompletionLine {
  let words: string[] = [];
  let start = -1;
  let word = '';
  let quote = '';
  const end = (): void => {
    if (start >= 0) words.push(word);
    start = -1;
    word = '';
  };
  for (let i = 0; i < before.length; i++) {
    const c = before[i]!;
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"' && i + 1 < before.length) word += before[++i];
      else word += c;
      continue;
    }
    if (BREAKS.has(c)) {
      end();
      if (';&|('.includes(c) || c === '\n') words = [];
      continue;
    }
    if (start < 0) start = i;
    if (c === '"' || c === "'") quote = c;
    else if (c === '\\' && i + 1 < before.length) word += before[++i];
    else word += c;
  }
  if (start < 0) start = before.length;
  return {
    words: words.filter((w, i) => i > 0 || !/^[A-Za-z_]\w*=/.test(w)),
    typed: before.slice(start),
    word,
    quote,
    start,
  };
}

/** Candidates with what is shown of each. */
export interface Candidates {
  words: string[];
  labels?: string[];
  /** Names of files: directories get a slash, special characters a backslash. */
  files?: boolean;
  nospace?: boolean;
}

/** Finds what the word before the cursor may become. */
export function* complete(ip: Interpreter, before: string): Wait<Completion | undefined> {
  const line = parseLine(before);
  const found = yield* candidatesOf(ip, line);
  if (found.words.length === 0) return undefined;
  const { sys } = ip;
  const st = new Stat();
  const isDir = (name: string): boolean =>
    found.files === true && sys.stat(expandTilde(ip, name), st) === 0 && isDirectory(st.mode);
  const order = [...new Set(found.words)].sort((a, b) => (a < b ? -1 : 1));
  const labels = found.labels
    ? order.map((word) => found.labels![found.words.indexOf(word)]!)
    : order.map((word) => (found.files ? shownName(word) + (isDir(word) ? '/' : '') : word));
  const quoted = order.map((word) => quoteWord(word, line.quote, found.files === true));
  return {
    from: cellsOf(before.slice(0, line.start)).length,
    candidates: quoted,
    labels,
    suffix: (candidate) => {
      const word = order[quoted.indexOf(candidate)]!;
      if (isDir(word)) return ip.bindings.isOn('mark-directories') ? '/' : '';
      const close = line.quote === '' ? '' : line.quote;
      return found.nospace || (word.startsWith('${') && !word.endsWith('}')) ? close : `${close} `;
    },
  };
}

const shownName = (path: string): string => path.slice(path.replace(/\/$/, '').lastIndexOf('/') + 1);

function quoteWord(word: string, quote: string, files: boolean): string {
  if (quote === "'") return `'${word}`;
  if (quote === '"') return `"${word.replace(/["$`\\]/g, '\\$&')}`;
  return files ? word.replace(/[\s'"\\|&;()<>!{}*[\]?$`#]/g, '\\$&') : word;
}

function expandTilde(ip: Interpreter, word: string): string {
  if (word === '~' || word.startsWith('~/')) return (ip.shell.vars.get('HOME') ?? '~') + word.slice(1);
  return word;
}

function* candidatesOf(ip: Interpreter, line: CompletionLine): Wait<Candidates> {
  const { word } = line;
  const dollar = /^(.*\$\{?)(\w*)$/s.exec(word);
  if (dollar && line.quote !== "'") {
    const close = dollar[1]!.endsWith('{') ? '}' : '';
    return {
      words: ip.shell.vars
        .names()
        .filter((n) => n.startsWith(dollar[2]!))
        .map((n) => dollar[1]! + n + close),
    };
  }
  if (/^~[^/]*$/.test(word)) {
    const users = yield* new Accounts(ip.sys).users();
    return { words: users.map((u) => `~${u.name}`).filter((u) => u.startsWith(word)), nospace: true };
  }
  const host = /^(.*@)([^/@]*)$/s.exec(word);
  if (host && ip.shell.shopts.hostcomplete) {
    const names = (yield* hostNames(ip)).filter((name) => name.startsWith(host[2]!));
    if (names.length > 0) return { words: names.map((name) => host[1]! + name) };
  }
  if (line.words.length === 0)
    return word.includes('/') ? { words: files(ip, word, true), files: true } : commands(ip, word);
  if (ip.shell.bash) {
    const spec = yield* specCandidates(ip, line);
    if (spec) return spec;
  }
  const command = line.words[0]!;
  if (hasCobra(command)) {
    const found = yield* cobraCandidates(ip, line);
    if (found) return found.filenames ? { words: files(ip, word, false), files: true } : found;
  }
  if (command === 'cd' || command === 'pushd' || command === 'rmdir' || command === 'mkdir') {
    const all = files(ip, word, false);
    const st = new Stat();
    const dirs = all.filter((name) => ip.sys.stat(expandTilde(ip, name), st) === 0 && isDirectory(st.mode));
    return { words: dirs, files: true };
  }
  const builtins = ['type', 'which', 'command', 'sudo', 'man', 'exec', 'nohup', 'time', 'env', 'xargs', 'watch'];
  if (builtins.includes(command) && line.words.length === 1 && !word.includes('/')) return commands(ip, word);
  const value = /^[^=]*[=:](.*)$/s.exec(word);
  if (value && files(ip, word, false).length === 0) {
    const head = word.slice(0, word.length - value[1]!.length);
    return { words: files(ip, value[1]!, false).map((name) => head + name), files: true };
  }
  return { words: files(ip, word, false), files: true };
}

function commands(ip: Interpreter, prefix: string): Candidates {
  const { shell } = ip;
  const names = new Set<string>();
  const take = (all: Iterable<string>): void => {
    for (const name of all) if (name.startsWith(prefix)) names.add(name);
  };
  take(shell.aliases.keys());
  take(shell.functions.keys());
  take(ip.builtins.keys());
  if (prefix !== '') take(reservedWords(shell.bash));
  for (const dir of (shell.vars.get('PATH') ?? '').split(':')) {
    for (const name of list(ip, dir === '' ? '.' : dir))
      if (name.startsWith(prefix) && !names.has(name) && shell.sys.access(`${dir || '.'}/${name}`, 1) === 0)
        names.add(name);
  }
  const words = [...names];
  if (words.length === 0) return { words: files(ip, prefix, true), files: true };
  return { words };
}

function list(ip: Interpreter, dir: string): string[] {
  const fd = ip.sys.open(dir, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return [];
  const names: string[] = [];
  for (;;) {
    const entries = ip.sys.getdents(fd);
    if (typeof entries === 'number' || entries.length === 0) break;
    for (const e of entries) if (e.name !== '.' && e.name !== '..') names.push(e.name);
  }
  ip.sys.close(fd);
  return names;
}

/** Names of files that begin as `prefix` does. */
export function files(ip: Interpreter, prefix: string, executable: boolean): string[] {
  const slash = prefix.lastIndexOf('/') + 1;
  const dir = prefix.slice(0, slash);
  const base = prefix.slice(slash);
  const st = new Stat();
  const same = ip.bindings.isOn('completion-ignore-case')
    ? (name: string): boolean => name.toLowerCase().startsWith(base.toLowerCase())
    : (name: string): boolean => name.startsWith(base);
  return list(ip, expandTilde(ip, dir) || '.')
    .filter((name) => same(name) && (base.startsWith('.') || !name.startsWith('.')))
    .map((name) => dir + name)
    .filter((path) => {
      if (!executable) return true;
      const full = expandTilde(ip, path);
      return ip.sys.stat(full, st) === 0 && (isDirectory(st.mode) || ip.sys.access(full, 1) === 0);
    });
}
