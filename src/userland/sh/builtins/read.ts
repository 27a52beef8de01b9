import { EINTR } from '../../../abi/errno.ts';
import { POLLIN, SEEK_CUR } from '../../../abi/flags.ts';
import { cloneTermios, ECHO, ICANON, TCSANOW, type Termios } from '../../../abi/termios.ts';
import { byteLength, decode } from '../../../lib/utf8.ts';
import { HeldMemory } from '../../../libc/held-memory.ts';
import { poll, type Wait } from '../../../libc/io.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { LineReader, type ReadLine } from '../exec/line-reader.ts';
import { charCount } from '../expand/parameter.ts';
import { ELEMENT } from '../state/element.ts';
import type { Shell } from '../state/shell.ts';
import { succeeds } from '../state/unwind.ts';
import { IndexedArray } from '../state/variable.ts';
import { isName } from '../state/variables.ts';
import { builtinOptions } from './options.ts';

const USAGE =
  'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]';

/** A line that was read, each character with whether a backslash quoted it. */
interface Quoted {
  text: string;
  /** Places in `text` that were quoted. */
  quoted: Set<number> | undefined;
}

export const read: Builtin = {
  synopsis: USAGE,
  run: (ip, argv) => readQuickly(ip.shell, argv) ?? readBuiltin(ip, argv),
};

/**
 * The plain case, `read [-r] name…` of a short line of a file, at once.
 * @returns undefined (nothing was read) where it is not that case
 */
function readQuickly(shell: Shell, argv: readonly string[]): number | undefined {
  const raw = argv[1] === '-r';
  const names = argv.slice(raw ? 2 : 1);
  if (names.length === 0 || (shell.bash && shell.vars.get('TMOUT') !== undefined)) return undefined;
  for (const name of names) if (!isName(name)) return undefined;
  const { sys, readBuffer } = shell;
  if (sys.lseek(0, 0, SEEK_CUR) < 0) return undefined;
  const n = sys.read(0, readBuffer);
  if (n <= 0) return n === 0 ? emptied(shell, names) : undefined;
  const end = readBuffer.indexOf(10);
  if (end < 0 || end >= n || special(readBuffer, end, raw)) {
    sys.lseek(0, -n, SEEK_CUR);
    return undefined;
  }
  if (end + 1 < n) sys.lseek(0, end + 1 - n, SEEK_CUR);
  assignFields(shell, names, { text: decode(readBuffer, 0, end), quoted: undefined }, undefined);
  return 0;
}

/** At the end of the input all names are empty. */
function emptied(shell: Shell, names: readonly string[]): number {
  for (const name of names) shell.assign(name, '');
  return 1;
}

function special(bytes: Uint8Array, end: number, raw: boolean): boolean {
  for (let i = 0; i < end; i++) if (bytes[i] === 0 || (bytes[i] === 92 && !raw)) return true;
  return false;
}

function* readBuiltin(ip: Interpreter, argv: string[]): Wait<number> {
  const { shell } = ip;
  const letters = shell.bash ? 'ersa:d:i:n:N:p:t:u:' : shell.personality === 'dash' ? 'p:r' : 'd:n:p:rst:u:';
  const options = builtinOptions(shell, argv, letters, USAGE);
  if (!options) return 2;
  const { flags, values, at } = options;
  const names = argv.slice(at);
  for (const name of names) {
    if (isName(name) || (shell.bash && /^[A-Za-z_]\w*\[.*\]$/s.test(name))) continue;
    if (shell.bash) shell.builtinError(`\`${name}': not a valid identifier`);
    else if (shell.personality === 'dash') shell.builtinError(`${name}: bad variable name`);
    else shell.appletError(`read: '${name}': bad variable name`);
    return shell.personality === 'dash' ? 2 : 1;
  }
  if (shell.personality === 'dash' && names.length === 0) {
    shell.builtinError('arg count');
    return 2;
  }
  const fdText = values.get('u') ?? '0';
  if (!/^\d+$/.test(fdText)) {
    shell.builtinError(shell.bash ? `${fdText}: invalid file descriptor specification` : 'invalid file descriptor');
    return shell.bash ? 1 : 2;
  }
  const fd = Number(fdText);
  let timeout: number | undefined;
  const given = values.get('t') ?? (shell.bash ? shell.vars.get('TMOUT') : undefined);
  if (given !== undefined) {
    if (!/^\d*\.?\d*$/.test(given) || given === '' || given === '.') {
      if (values.has('t')) {
        shell.builtinError(shell.bash ? `${given}: invalid timeout specification` : 'invalid timeout');
        return shell.bash ? 1 : 2;
      }
    } else timeout = Number(given) * 1000;
  }
  if (values.has('t') && timeout === 0) {
    const fds = [{ fd, events: POLLIN, revents: 0 }];
    return (yield* poll(shell.sys, fds, 0)) > 0 ? 0 : 1;
  }
  if (timeout === 0) timeout = undefined;
  const limitText = values.get('N') ?? values.get('n');
  let limit: number | undefined;
  if (limitText !== undefined) {
    if (!/^\d+$/.test(limitText)) {
      shell.builtinError(shell.bash ? `${limitText}: invalid number` : 'invalid count');
      return shell.bash ? 1 : 2;
    }
    limit = Number(limitText);
    if (limit === 0 && shell.bash) {
      assignFields(shell, names, { text: '', quoted: undefined }, values.get('a'));
      return 0;
    }
  }
  if (shell.sys.fcntl(fd, 1) < 0) {
    if (shell.bash) shell.builtinError(`${fd}: invalid file descriptor: ${shell.strerror(9)}`);
    return 1;
  }
  const tty = shell.sys.isatty(fd);
  const prompt = values.get('p');
  if (prompt !== undefined && (tty || !shell.bash)) {
    shell.queue.put(2, prompt);
    yield* shell.queue.flush();
  }
  if (flags.includes('e') && tty && ip.readLine) {
    const text = yield* ip.readLine(prompt ?? '');
    if (text === undefined) return 1;
    assignFields(shell, names, { text, quoted: undefined }, values.get('a'));
    return 0;
  }
  const saved =
    tty && (flags.includes('s') || limit !== undefined || values.has('d'))
      ? quiet(shell, fd, flags.includes('s'), limit !== undefined || values.has('d'))
      : undefined;
  try {
    return yield* readInto(ip, fd, flags, values, names, limit, timeout);
  } finally {
    if (saved) shell.sys.tcsetattr(fd, TCSANOW, saved);
  }
}

/** Turns echo or line mode off. @returns the settings as they were */
function quiet(shell: Shell, fd: number, silent: boolean, raw: boolean): Termios | undefined {
  const termios = shell.sys.tcgetattr(fd);
  if (typeof termios === 'number') return undefined;
  const changed = cloneTermios(termios);
  if (silent) changed.lflag &= ~ECHO;
  if (raw) changed.lflag &= ~ICANON;
  shell.sys.tcsetattr(fd, TCSANOW, changed);
  return termios;
}

function* readInto(
  ip: Interpreter,
  fd: number,
  flags: readonly string[],
  values: ReadonlyMap<string, string>,
  names: readonly string[],
  limit: number | undefined,
  timeout: number | undefined,
): Wait<number> {
  const { shell } = ip;
  const exact = values.has('N');
  const d = values.get('d');
  const delimiter = d === undefined ? 10 : d === '' ? 0 : d.charCodeAt(0) & 0xff;
  const raw = flags.includes('r');
  const reader = new LineReader(shell, fd);
  const deadline = timeout === undefined ? undefined : shell.sys.now(1) + timeout;
  let source = '';
  let status = 0;
  const count = (): number => {
    const text = raw || !shell.bash ? source : unescaped(source).text;
    return shell.bytes ? byteLength(text) : charCount(text);
  };
  for (;;) {
    const left = deadline === undefined ? undefined : Math.max(0, deadline - shell.sys.now(1));
    const line: ReadLine | number = yield* reader.read({
      delimiter,
      exact,
      bytes: shell.bytes && shell.bash,
      ...(limit === undefined ? {} : { limit: Math.max(1, limit - count()) }),
      ...(left === undefined ? {} : { timeout: left }),
    });
    if (typeof line === 'number') {
      if (line === -EINTR) {
        if (ip.traps.pending.length > 0) {
          const signal = ip.traps.pending[0]!;
          yield* ip.runPending();
          return 128 + signal;
        }
        continue;
      }
      shell.builtinError(`read error: ${shell.bash ? `${fd}: ` : ''}${shell.strerror(line)}`);
      return 1;
    }
    source += delimiter !== 0 ? line.text.replaceAll('\0', '') : line.text;
    if (line.ended) status = 1;
    else if (line.timedOut) status = shell.bash ? 142 : 1;
    else if (line.delimited && !raw && /(?:^|[^\\])(?:\\\\)*\\$/.test(source)) {
      // the delimiter is quoted: a newline continues the line, another one belongs to it
      source += String.fromCharCode(delimiter);
      continue;
    } else if (!line.delimited && limit !== undefined && count() < limit) continue;
    break;
  }
  const result: Quoted = raw ? { text: source, quoted: undefined } : unescaped(source);
  if (exact && values.get('a') === undefined) {
    shell.assign(names[0] ?? 'REPLY', result.text);
    for (const name of names.slice(1)) shell.assign(name, '');
    return status;
  }
  if (shell.personality === 'ash' && result.quoted && names.length > 0) {
    const fields = splitLikeAsh(result, shell.ifs, names.length);
    names.forEach((name, i) => {
      shell.assign(name, fields[i] ?? '');
    });
    return status;
  }
  return succeeds(() => assignFields(shell, names, result, values.get('a'))) ? status : 1;
}

/** Takes quoting backslashes out, and the newlines that they quote. */
function unescaped(source: string): Quoted {
  let text = '';
  let quoted: Set<number> | undefined;
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== '\\') {
      text += source[i];
      continue;
    }
    const next = source[++i];
    if (next === undefined || next === '\n') continue;
    quoted ??= new Set();
    quoted.add(text.length);
    text += next;
  }
  return { text, quoted };
}

function store(shell: Shell, name: string, value: string): void {
  const m = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(name);
  if (m) shell.assignElement(m[1]!, shell.expandSubscript(m[2]!), value);
  else shell.assign(name, value);
}

/** Splits the line at IFS and gives the names their parts, the last one the rest. */
function assignFields(shell: Shell, names: readonly string[], line: Quoted, array: string | undefined): void {
  const { ifs } = shell;
  if (array !== undefined) {
    const { fields, rest } = splitFields(line, ifs, Number.POSITIVE_INFINITY);
    if (rest !== undefined) fields.push(rest);
    shell.vars.setArray(array, IndexedArray.of(fields));
    return;
  }
  if (names.length === 0) {
    shell.assign('REPLY', line.text);
    return;
  }
  const { fields, rest } = splitFields(line, ifs, names.length - 1);
  names.forEach((name, i) => {
    store(shell, name, i < names.length - 1 ? (fields[i] ?? '') : (rest ?? ''));
  });
}

/**
 * A line with quoted characters as busybox splits it: a quoted character does not begin a word, so that blanks behind it
 * are still those before the word.
 */
function splitLikeAsh({ text, quoted }: Quoted, ifs: string, count: number): string[] {
  const fields: string[] = [];
  let field = '';
  /** 1: no word has begun; 2: one delimiter that is no blank may come before it. */
  let waiting = 1;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted!.has(i)) {
      field += c;
      continue;
    }
    const delimiter = ifs.includes(c);
    if (waiting > 0 && delimiter) {
      if (isBlank(c)) continue;
      if (--waiting === 1) continue;
    }
    waiting = 0;
    if (delimiter && fields.length < count - 1) {
      fields.push(field);
      field = '';
      waiting = isBlank(c) ? 2 : 1;
      continue;
    }
    field += c;
  }
  // quoted blanks go as well
  let end = field.length;
  while (end > 0 && isBlank(field[end - 1]!) && ifs.includes(field[end - 1]!)) end--;
  fields.push(field.slice(0, end));
  return fields;
}

const isBlank = (c: string): boolean => c === ' ' || c === '\t' || c === '\n';

/** The first `count` fields, and what is left after them (its blanks at both ends taken off). */
function splitFields(line: Quoted, ifs: string, count: number): { fields: string[]; rest: string | undefined } {
  const { text, quoted } = line;
  if (ifs === ' \t\n' && !quoted) return splitAtBlanks(text, count);
  const white = (i: number): boolean => isBlank(text[i]!) && ifs.includes(text[i]!) && !quoted?.has(i);
  const delimiter = (i: number): boolean => ifs.includes(text[i]!) && !quoted?.has(i);
  const fields: string[] = [];
  let i = 0;
  while (i < text.length && white(i)) i++;
  while (fields.length < count && i < text.length) {
    const from = i;
    while (i < text.length && !delimiter(i)) i++;
    fields.push(text.slice(from, i));
    if (i >= text.length) return { fields, rest: undefined };
    while (i < text.length && white(i)) i++;
    if (i < text.length && delimiter(i) && !white(i)) {
      i++;
      while (i < text.length && white(i)) i++;
    }
  }
  if (i >= text.length) return { fields, rest: undefined };
  let end = text.length;
  while (end > i && white(end - 1)) end--;
  // a single field with one delimiter behind it loses that delimiter
  if (end > i && delimiter(end - 1) && !white(end - 1)) {
    let inner = false;
    for (let j = i; j < end - 1; j++) if (delimiter(j)) inner = true;
    if (!inner) {
      end--;
      while (end > i && white(end - 1)) end--;
    }
  }
  return { fields, rest: text.slice(i, end) };
}

const isBlankAt = (text: string, i: number): boolean => {
  const c = text.charCodeAt(i);
  return c === 32 || c === 9 || c === 10;
};

/** `splitFields` by the usual IFS. */
function splitAtBlanks(text: string, count: number): { fields: string[]; rest: string | undefined } {
  const fields: string[] = [];
  const { length } = text;
  let i = 0;
  while (i < length && isBlankAt(text, i)) i++;
  while (fields.length < count && i < length) {
    const from = i;
    while (i < length && !isBlankAt(text, i)) i++;
    fields.push(text.slice(from, i));
    while (i < length && isBlankAt(text, i)) i++;
  }
  if (i >= length) return { fields, rest: undefined };
  let end = length;
  while (end > i && isBlankAt(text, end - 1)) end--;
  return { fields, rest: text.slice(i, end) };
}

const MAPFILE = 'mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]';

function mapfileBuiltin(name: string): Builtin {
  return {
    synopsis: MAPFILE.replace('mapfile', name),
    run: (ip, argv) => readArray(ip, argv),
  };
}
export const mapfile = mapfileBuiltin('mapfile');
export const readarray = mapfileBuiltin('readarray');

/** Options of mapfile that are numbers, and what bash calls them. */
const MAPFILE_NUMBERS = [
  ['u', 'file descriptor specification'],
  ['n', 'line count'],
  ['O', 'array origin'],
  ['s', 'line count'],
  ['c', 'callback quantum'],
] as const;

function* readArray(ip: Interpreter, argv: string[]): Wait<number> {
  const { shell } = ip;
  const options = builtinOptions(shell, argv, 'd:n:O:s:tu:C:c:', MAPFILE);
  if (!options) return 2;
  const { flags, values, at } = options;
  const name = argv[at] ?? 'MAPFILE';
  if (!isName(name)) {
    shell.builtinError(`\`${name}': not a valid identifier`);
    return 1;
  }
  for (const [letter, what] of MAPFILE_NUMBERS) {
    const text = values.get(letter);
    if (text === undefined || (/^\d+$/.test(text) && !(letter === 'c' && Number(text) === 0))) continue;
    shell.builtinError(`${text}: invalid ${what}`);
    return 1;
  }
  if (shell.vars.find(name)?.assoc) {
    shell.builtinError(`${name}: not an indexed array`);
    return 1;
  }
  const number = (letter: string, otherwise: number): number => Number(values.get(letter) ?? otherwise) || 0;
  const fd = number('u', 0);
  if (shell.sys.fcntl(fd, 1) < 0) {
    shell.builtinError(`${fd}: invalid file descriptor: ${shell.strerror(9)}`);
    return 1;
  }
  const d = values.get('d');
  const delimiter = d === undefined ? 10 : d === '' ? 0 : d.charCodeAt(0) & 0xff;
  const strip = flags.includes('t');
  const origin = number('O', 0);
  const array = values.has('O') ? (shell.vars.find(name)?.array?.clone() ?? new IndexedArray()) : new IndexedArray();
  const count = number('n', 0);
  const quantum = number('c', 5000);
  let skip = number('s', 0);
  let index = origin;
  const reader = new LineReader(shell, fd);
  const memory = new HeldMemory(shell.sys);
  while (count === 0 || index - origin < count) {
    const line: ReadLine | number = yield* reader.read({ delimiter });
    if (typeof line === 'number' || (line.ended && line.text === '')) break;
    if (skip > 0) skip--;
    else {
      const whole = line.text.replace(/\0[\s\S]*$/, '');
      const text = line.ended || strip || delimiter === 0 ? whole : whole + String.fromCharCode(delimiter);
      const callback = values.get('C');
      if (callback !== undefined && (index - origin + 1) % quantum === 0)
        yield* ip.runText(`${callback} ${index} '${text.replaceAll("'", "'\\''")}'`, 'mapfile: ');
      array.set(index++, text);
      yield* memory.grow(ELEMENT + text.length);
    }
    if (line.ended) break;
  }
  memory.release();
  return succeeds(() => shell.vars.setArray(name, array)) ? 0 : 1;
}
