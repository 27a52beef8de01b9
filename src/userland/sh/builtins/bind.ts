import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import { FUNCTIONS, keyNames, keySequence, keysOf, shownKeys, takeBinding } from '../editor/bindings.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { builtinOptions } from './options.ts';

const USAGE =
  'bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]';

/** bind: shows and changes what keys do in the line editor. */
export const bind: Builtin = {
  synopsis: USAGE,
  *run(ip, argv) {
    const { shell } = ip;
    const options = builtinOptions(shell, argv, 'lpsvPSVXm:f:q:u:r:x:', USAGE);
    if (!options) return 2;
    if (!shell.options.emacs && !shell.options.vi) shell.builtinError('warning: line editing not enabled');
    const { flags, values, at } = options;
    const keymap = values.get('m');
    if (keymap !== undefined && !/^(emacs|emacs-standard|emacs-meta|emacs-ctlx)$/.test(keymap)) {
      shell.builtinError(`\`${keymap}': invalid keymap name`);
      return 1;
    }
    for (const flag of flags) if ('lpsvPSVX'.includes(flag)) list(ip, flag);
    const status = yield* change(ip, values);
    let last = status;
    for (const word of argv.slice(at)) {
      const wrong = takeBinding(ip.bindings, word);
      if (wrong === undefined) continue;
      shell.builtinError(wrong);
      last = 1;
    }
    if (ip.bindings.variable('editing-mode') === 'vi' && shell.options.emacs) {
      shell.options.emacs = false;
      shell.options.vi = true;
    }
    return last;
  },
};

function* change(ip: Interpreter, values: ReadonlyMap<string, string>): Wait<number> {
  const { shell, bindings } = ip;
  const file = values.get('f');
  if (file !== undefined && !(yield* readInputrc(ip, file))) {
    shell.builtinError(`${file}: cannot read: ${shell.strerror(-2)}`);
    return 1;
  }
  for (const letter of ['q', 'u']) {
    const name = values.get(letter);
    if (name === undefined) continue;
    if (!FUNCTIONS[name]) {
      shell.builtinError(`\`${name}': unknown function name`);
      return 1;
    }
    const keys = keysOf(bindings, name);
    if (letter === 'u') for (const key of keys) bindings.keys.set(key, { does: 'macro', text: '' });
    else if (keys.length === 0) {
      shell.print(`${name} is not bound to any keys.\n`);
      return 1;
    } else shell.print(`${name} can be invoked via ${keys.map((key) => `"${shownKeys(key)}"`).join(', ')}.\n`);
  }
  const removed = values.get('r');
  if (removed !== undefined) bindings.keys.set(keyNames(keySequence(removed)), { does: 'macro', text: '' });
  const command = values.get('x');
  if (command === undefined) return 0;
  const m = /^\s*"((?:[^"\\]|\\.)*)"\s*:?\s*([\s\S]*)$/.exec(command);
  if (!m) {
    shell.builtinError(`${command}: first non-whitespace character is not \`"'`);
    return 1;
  }
  bindings.keys.set(keyNames(keySequence(m[1]!)), { does: 'command', text: m[2]!.replace(/^"([\s\S]*)"$/, '$1') });
  return 0;
}

function list({ shell, bindings }: Interpreter, flag: string): void {
  const names = Object.keys(FUNCTIONS).sort();
  const of = (kind: 'macro' | 'command'): [string, string][] =>
    [...bindings.keys].flatMap(([key, b]) => (b.does === kind && b.text !== '' ? [[shownKeys(key), b.text]] : []));
  switch (flag) {
    case 'l':
      for (const name of names) shell.print(`${name}\n`);
      return;
    case 'p':
      for (const name of names) {
        const keys = keysOf(bindings, name);
        if (keys.length === 0) shell.print(`# ${name} (not bound)\n`);
        for (const key of keys) shell.print(`"${shownKeys(key)}": ${name}\n`);
      }
      return;
    case 'P':
      for (const name of names) {
        const keys = keysOf(bindings, name).map((key) => `"${shownKeys(key)}"`);
        shell.print(
          `${name} ${keys.length === 0 ? 'is not bound to any keys' : `can be found on ${keys.join(', ')}.`}\n`,
        );
      }
      return;
    case 's':
      for (const [key, text] of of('macro')) shell.print(`"${key}": "${text}"\n`);
      return;
    case 'S':
      for (const [key, text] of of('macro')) shell.print(`${key} outputs ${text}\n`);
      return;
    case 'X':
      for (const [key, text] of of('command')) shell.print(`"${key}": "${text}"\n`);
      return;
    case 'v':
      for (const [name, value] of bindings.variables()) shell.print(`set ${name} ${value}\n`);
      return;
    default:
      for (const [name, value] of bindings.variables()) shell.print(`${name} is set to \`${value}'\n`);
  }
}

/** Reads a file of bindings: `$if mode=…` and `$if term=…` count, `$include` too. @returns false where it cannot be read */
export function* readInputrc(ip: Interpreter, path: string, depth = 0): Wait<boolean> {
  const home = ip.shell.vars.get('HOME') ?? '/';
  const bytes = yield* readFile(ip.sys, path.replace(/^~(?=\/)/, home));
  if (typeof bytes === 'number') return false;
  const taken: boolean[] = [];
  for (const line of decode(bytes).split('\n')) {
    const directive = /^\s*\$(\w+)\s*(.*)$/.exec(line);
    if (directive) {
      const [, word, rest] = directive as unknown as [string, string, string];
      if (word === 'if') taken.push(holds(ip, rest.trim()));
      else if (word === 'else') taken.push(!taken.pop());
      else if (word === 'endif') taken.pop();
      else if (word === 'include' && !taken.includes(false) && depth < 10)
        yield* readInputrc(ip, rest.trim(), depth + 1);
      continue;
    }
    if (taken.includes(false) || /^\s*(?:#|$)/.test(line)) continue;
    takeBinding(ip.bindings, line);
  }
  return true;
}

/** The condition of `$if`. */
function holds({ shell }: Interpreter, condition: string): boolean {
  const m = /^(mode|term)\s*=\s*(\S+)$/.exec(condition);
  if (!m) return condition.toLowerCase() === 'bash';
  if (m[1] === 'mode') return m[2] === (shell.options.vi ? 'vi' : 'emacs');
  const term = shell.vars.get('TERM') ?? '';
  return term === m[2] || term.split('-')[0] === m[2];
}
