import type { Wait } from '../../../libc/io.ts';
import { type CompletionSpec, completionsOf, generate } from '../completion/compgen.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { singleQuote } from '../expand/transform.ts';
import { IndexedArray } from '../state/variable.ts';
import { builtinOptions } from './options.ts';

const LETTER_ACTIONS: Readonly<Record<string, string>> = {
  a: 'alias',
  b: 'builtin',
  c: 'command',
  d: 'directory',
  e: 'export',
  f: 'file',
  g: 'group',
  j: 'job',
  k: 'keyword',
  s: 'service',
  u: 'user',
  v: 'variable',
};
const ACTIONS = new Set([
  ...Object.values(LETTER_ACTIONS),
  'arrayvar',
  'binding',
  'disabled',
  'enabled',
  'function',
  'helptopic',
  'hostname',
  'running',
  'setopt',
  'shopt',
  'signal',
  'stopped',
]);
const OPTIONS = new Set([
  'bashdefault',
  'default',
  'dirnames',
  'filenames',
  'noquote',
  'nosort',
  'nospace',
  'plusdirs',
]);

const COMPGEN =
  'compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]';
const COMPLETE =
  'complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]';

interface Parsed {
  spec: CompletionSpec;
  flags: string[];
  words: string[];
}

/** Reads the options that compgen and complete share. @returns a status after the message of a wrong one */
function parse(ip: Interpreter, argv: readonly string[], usage: string, more: string): Parsed | number {
  const { shell } = ip;
  const options = builtinOptions(shell, argv, `abcdefgjksuvo:A:G:W:F:C:X:P:S:${more}`, usage);
  if (!options) return 2;
  const { flags, values, at } = options;
  const spec: CompletionSpec = {
    actions: new Set(),
    options: new Set(),
    words: values.get('W'),
    fn: values.get('F'),
    command: values.get('C'),
    glob: values.get('G'),
    filter: values.get('X'),
    prefix: values.get('P') ?? '',
    suffix: values.get('S') ?? '',
  };
  for (const flag of flags) {
    const action = LETTER_ACTIONS[flag];
    if (action) spec.actions.add(action);
  }
  for (let i = 1; i < at; i++) {
    const word = argv[i]!;
    if (word === '-A') {
      if (!ACTIONS.has(argv[i + 1]!)) {
        shell.builtinError(`${argv[i + 1]}: invalid action name`);
        return 2;
      }
      spec.actions.add(argv[i + 1]!);
    }
    if (word === '-o') {
      if (!OPTIONS.has(argv[i + 1]!)) {
        shell.builtinError(`${argv[i + 1]}: invalid option name`);
        return 2;
      }
      spec.options.add(argv[i + 1]!);
    }
  }
  return { spec, flags, words: argv.slice(at) };
}

export const compgen: Builtin = {
  synopsis: COMPGEN,
  run: (ip, argv) => compgenBuiltin(ip, argv),
};

function* compgenBuiltin(ip: Interpreter, argv: string[]): Wait<number> {
  const parsed = parse(ip, argv, COMPGEN, '');
  if (typeof parsed === 'number') return parsed;
  const word = parsed.words[0] ?? '';
  if (parsed.spec.fn !== undefined) {
    ip.shell.builtinError('warning: -F option may not work as you expect');
  }
  const found = yield* generate(ip, parsed.spec, word, () => {
    // there is no line that it is about
    const { vars } = ip.shell;
    vars.setArray('COMP_WORDS', new IndexedArray());
    vars.set('COMP_CWORD', '-1');
    vars.set('COMP_LINE', '');
    vars.set('COMP_POINT', '0');
    return ['compgen', word, ''];
  });
  for (const candidate of found) ip.shell.print(`${candidate}\n`);
  return found.length > 0 ? 0 : 1;
}

/** A spec as `complete -p` prints it. */
function specText(spec: CompletionSpec): string {
  const letters = Object.entries(LETTER_ACTIONS);
  let out = 'complete';
  for (const option of [...spec.options].sort()) out += ` -o ${option}`;
  for (const action of spec.actions) {
    const letter = letters.find(([, a]) => a === action)?.[0];
    out += letter ? ` -${letter}` : ` -A ${action}`;
  }
  if (spec.glob !== undefined) out += ` -G ${singleQuote(spec.glob)}`;
  if (spec.words !== undefined) out += ` -W ${singleQuote(spec.words)}`;
  if (spec.prefix !== '') out += ` -P ${singleQuote(spec.prefix)}`;
  if (spec.suffix !== '') out += ` -S ${singleQuote(spec.suffix)}`;
  if (spec.filter !== undefined) out += ` -X ${singleQuote(spec.filter)}`;
  if (spec.fn !== undefined) out += ` -F ${spec.fn}`;
  if (spec.command !== undefined) out += ` -C ${singleQuote(spec.command)}`;
  return out;
}

export const complete: Builtin = {
  synopsis: COMPLETE,
  run(ip, argv) {
    const { shell } = ip;
    const parsed = parse(ip, argv, COMPLETE, 'prDEI');
    if (typeof parsed === 'number') return parsed;
    const { spec, flags, words } = parsed;
    const specs = completionsOf(shell);
    const names = [...words, ...flags.filter((f) => f === 'D' || f === 'E' || f === 'I').map((f) => `-${f}`)];
    if (flags.includes('r')) {
      if (names.length === 0) specs.clear();
      let status = 0;
      for (const name of names) {
        if (specs.delete(name)) continue;
        shell.builtinError(`${name}: no completion specification`);
        status = 1;
      }
      return status;
    }
    if (flags.includes('p') || argv.length === 1) {
      let status = 0;
      for (const name of names.length > 0 ? names : specs.keys()) {
        const found = specs.get(name);
        if (found) shell.print(`${specText(found)} ${name}\n`);
        else {
          shell.builtinError(`${name}: no completion specification`);
          status = 1;
        }
      }
      return status;
    }
    if (names.length === 0) {
      shell.queue.put(2, `complete: usage: ${COMPLETE}\n`);
      return 2;
    }
    for (const name of names) specs.set(name, spec);
    return 0;
  },
};

export const compopt: Builtin = {
  synopsis: 'compopt [-o|+o option] [-DEI] [name ...]',
  run(ip, argv) {
    const { shell } = ip;
    const specs = completionsOf(shell);
    const changes: [string, boolean][] = [];
    const names: string[] = [];
    for (let i = 1; i < argv.length; i++) {
      const word = argv[i]!;
      if (word === '-o' || word === '+o') changes.push([argv[++i] ?? '', word === '-o']);
      else if (/^-[DEI]$/.test(word)) names.push(word);
      else names.push(word);
    }
    for (const [option] of changes) {
      if (OPTIONS.has(option)) continue;
      shell.builtinError(`${option}: invalid option name`);
      return 2;
    }
    if (names.length === 0) {
      shell.builtinError('not currently executing completion function');
      return 1;
    }
    let status = 0;
    for (const name of names) {
      const spec = specs.get(name);
      if (!spec) {
        shell.builtinError(`${name}: no completion specification`);
        status = 1;
        continue;
      }
      for (const [option, on] of changes) {
        if (on) spec.options.add(option);
        else spec.options.delete(option);
      }
    }
    return status;
  },
};
