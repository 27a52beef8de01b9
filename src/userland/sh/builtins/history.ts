import { O_APPEND, O_CREAT, O_RDONLY, O_WRONLY } from '../../../abi/flags.ts';
import { decode } from '../../../lib/utf8.ts';
import { open, readFile, type Wait, writeAll, writeFile } from '../../../libc/io.ts';
import type { History } from '../editor/history.ts';
import { expandHistory } from '../editor/history-expansion.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { builtinOptions } from './options.ts';
import { formatTime } from './time-format.ts';

const USAGE = 'history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]';

export const history: Builtin = {
  synopsis: USAGE,
  run: (ip, argv) => historyBuiltin(ip, argv),
};

function show(ip: Interpreter, history: History, from: number): void {
  const format = ip.shell.vars.get('HISTTIMEFORMAT');
  const zone = ip.shell.vars.get('TZ') ?? 'UTC0';
  for (let i = Math.max(0, from); i < history.length; i++) {
    const entry = history.entries[i]!;
    const stamp = format === undefined ? '' : entry.time === undefined ? '??' : formatTime(format, entry.time, zone);
    ip.shell.print(`${String(history.base + i).padStart(5)}  ${stamp}${entry.text}\n`);
  }
}

function* historyBuiltin(ip: Interpreter, argv: string[]): Wait<number> {
  const { shell } = ip;
  const { history } = ip;
  if (!shell.bash) {
    for (let i = 0; i < history.length; i++) shell.print(`${String(i).padStart(4)} ${history.at(i)}\n`);
    return 0;
  }
  const options = builtinOptions(shell, argv, 'acd:nrwps', USAGE);
  if (!options) return 2;
  const { flags, values, at } = options;
  const words = argv.slice(at);
  if (flags.includes('c')) history.clear();
  if (values.has('d')) return remove(ip, values.get('d')!);
  if (flags.includes('p')) {
    for (const word of words) {
      const expanded = expandHistory(word, history);
      if ('error' in expanded) {
        shell.builtinError(`${expanded.error.replace(/: event not found$/, '')}: history expansion failed`);
        return 1;
      }
      shell.print(`${expanded.text}\n`);
    }
    return 0;
  }
  if (flags.includes('s')) {
    history.add(words.join(' '));
    return 0;
  }
  const file = words[0] ?? shell.vars.get('HISTFILE');
  if (flags.includes('a') || flags.includes('w') || flags.includes('r') || flags.includes('n')) {
    if (file === undefined) return 1;
    return yield* transfer(ip, flags, file);
  }
  if (flags.includes('c')) return 0;
  const count = words[0];
  if (count !== undefined && !/^-?\d+$/.test(count)) {
    shell.builtinError(`${count}: numeric argument required`);
    return 1;
  }
  show(ip, history, count === undefined ? 0 : history.length - Math.abs(Number(count)));
  return 0;
}

function remove(ip: Interpreter, text: string): number {
  const { history, shell } = ip;
  const m = /^(-?\d+)(?:-(-?\d+))?$/.exec(text);
  if (!m) {
    shell.builtinError(`${text}: history position out of range`);
    return 1;
  }
  const index = (n: number): number => (n < 0 ? history.length + n : n - history.base);
  const from = index(Number(m[1]));
  const to = m[2] === undefined ? from : index(Number(m[2]));
  if (from < 0 || to >= history.length || from > to) {
    shell.builtinError(`${text}: history position out of range`);
    return 1;
  }
  for (let i = to; i >= from; i--) history.delete(i);
  return 0;
}

function* transfer(ip: Interpreter, flags: readonly string[], file: string): Wait<number> {
  const { shell, history } = ip;
  const stamps = shell.vars.get('HISTTIMEFORMAT') !== undefined;
  let r = 0;
  if (flags.includes('w')) {
    r = yield* writeFile(shell.sys, file, history.save(0, stamps), 0o600);
    history.loaded = history.length;
  } else if (flags.includes('a')) {
    const fd = yield* open(shell.sys, file, O_WRONLY | O_CREAT | O_APPEND, 0o600);
    r = fd;
    if (fd >= 0) {
      r = yield* writeAll(shell.sys, fd, history.save(history.loaded, stamps));
      shell.sys.close(fd);
      history.loaded = history.length;
    }
  } else {
    const bytes = yield* readFile(shell.sys, file);
    if (typeof bytes === 'number') r = bytes;
    else history.load(decode(bytes));
  }
  if (r >= 0) return 0;
  shell.builtinError(
    `${file}: cannot ${flags.includes('r') || flags.includes('n') ? 'read' : 'create'}: ${shell.strerror(r)}`,
  );
  return 1;
}

export const fc: Builtin = {
  synopsis: 'fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]',
  run: (ip, argv) => fcBuiltin(ip, argv),
};

function* fcBuiltin(ip: Interpreter, argv: string[]): Wait<number> {
  const { shell, history } = ip;
  // -5 is an operand
  const cut = argv.findIndex((w, i) => i > 0 && /^-\d+$/.test(w));
  const optionPart = cut < 0 ? argv : argv.slice(0, cut);
  const options = builtinOptions(shell, optionPart, 'e:lnrs', fc.synopsis!);
  if (!options) return 2;
  const { flags, values, at } = options;
  const words = argv.slice(at);
  // the fc command itself is the last entry of an interactive shell
  const top = shell.interactive ? history.length - 1 : history.length;
  if (flags.includes('s') || values.get('e') === '-') return yield* again(ip, words, top);
  const index = (spec: string): number => {
    if (/^-\d+$/.test(spec)) return Math.max(0, top + Number(spec));
    if (/^\d+$/.test(spec)) return Math.min(Math.max(0, Number(spec) - history.base), top - 1);
    return history.search(top, (text) => text.startsWith(spec));
  };
  const list = flags.includes('l');
  let first = words[0] === undefined ? (list ? Math.max(0, top - 16) : top - 1) : index(words[0]);
  let last = words[1] === undefined ? (words[0] === undefined || list ? top - 1 : first) : index(words[1]);
  if (first < 0 || last < 0) {
    if (history.length === 0 && list) return 0;
    shell.builtinError('no command found');
    return 1;
  }
  let reverse = flags.includes('r');
  if (first > last) {
    [first, last] = [last, first];
    reverse = !reverse;
  }
  const indices = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  if (reverse) indices.reverse();
  if (list) {
    for (const i of indices)
      shell.print(flags.includes('n') ? `\t ${history.at(i)}\n` : `${history.base + i}\t ${history.at(i)}\n`);
    return 0;
  }
  return yield* edit(
    ip,
    indices.map((i) => history.at(i)!),
    values.get('e'),
  );
}

function* again(ip: Interpreter, words: readonly string[], top: number): Wait<number> {
  const { shell, history } = ip;
  const changes = words.filter((w) => w.includes('='));
  const spec = words.find((w) => !w.includes('='));
  const at =
    spec === undefined
      ? top - 1
      : /^-?\d+$/.test(spec)
        ? spec.startsWith('-')
          ? top + Number(spec)
          : Number(spec) - history.base
        : history.search(top, (t) => t.startsWith(spec));
  let text = history.at(at);
  if (text === undefined) {
    shell.builtinError('no command found');
    return 1;
  }
  for (const change of changes) {
    const equals = change.indexOf('=');
    text = text.replaceAll(change.slice(0, equals), () => change.slice(equals + 1));
  }
  shell.queue.put(2, `${text}\n`);
  if (shell.interactive) history.entries[history.length - 1]!.text = text;
  return yield* ip.runText(text, '', shell.line);
}

function* edit(ip: Interpreter, lines: readonly string[], editor: string | undefined): Wait<number> {
  const { shell } = ip;
  const program = editor ?? shell.vars.get('FCEDIT') ?? shell.vars.get('EDITOR') ?? 'vi';
  const b = new Uint8Array(4);
  shell.sys.getrandom(b);
  const file = `/tmp/bash-fc.${[...b].map((n) => (n % 36).toString(36)).join('')}`;
  yield* writeFile(shell.sys, file, lines.map((l) => `${l}\n`).join(''), 0o600);
  const status = yield* ip.runText(`${program} ${file}`, '', shell.line);
  if (status !== 0) {
    shell.sys.unlink(file);
    return 1;
  }
  const fd = yield* open(shell.sys, file, O_RDONLY);
  const text = fd < 0 ? '' : yield* ip.readAllText(fd);
  shell.sys.unlink(file);
  shell.queue.put(2, text);
  return yield* ip.runText(text, '', 1);
}
