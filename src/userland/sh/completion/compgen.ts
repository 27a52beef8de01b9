import { SIGNAL_NAMES } from '../../../abi/signal.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import { decode } from '../../../lib/utf8.ts';
import { Accounts } from '../../../libc/accounts.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import type { Interpreter } from '../exec/interpreter.ts';
import { expandPathname } from '../expand/pathname.ts';
import { quotePattern } from '../expand/pattern.ts';
import { reservedWords } from '../parse/parser.ts';
import { SHOPT_DEFAULTS } from '../state/options.ts';
import type { Shell } from '../state/shell.ts';
import { EXPORT } from '../state/variable.ts';

/** What `complete` was told of a command. */
export interface CompletionSpec {
  actions: Set<string>;
  options: Set<string>;
  words: string | undefined;
  fn: string | undefined;
  command: string | undefined;
  glob: string | undefined;
  filter: string | undefined;
  prefix: string;
  suffix: string;
}

/** The specs of a shell, by command; `-D`, `-E` and `-I` under these names. */
export function completionsOf(shell: Shell): Map<string, CompletionSpec> {
  return shell.completions as Map<string, CompletionSpec>;
}

/** The candidates that a spec gives for `word`. `prepare` sets what a function sees and gives its arguments. */
export function* generate(
  ip: Interpreter,
  spec: CompletionSpec,
  word: string,
  prepare: () => string[],
): Wait<string[]> {
  const { shell } = ip;
  const out: string[] = [];
  for (const action of spec.actions) out.push(...(yield* byAction(ip, action, word)));
  if (spec.glob !== undefined) out.push(...globbed(ip, spec.glob));
  if (spec.words !== undefined) {
    const fields: string[] = [];
    const parsed = yield* ip.splitWords(spec.words);
    for (const field of parsed) if (field.startsWith(word)) fields.push(field);
    out.push(...fields);
  }
  if (spec.fn !== undefined) {
    const fn = shell.functions.get(spec.fn);
    if (fn) {
      const args = prepare();
      shell.vars.unset('COMPREPLY');
      const { status } = shell;
      const r = ip.callFunction(fn, [spec.fn, ...args]);
      if (typeof r !== 'number') yield* r;
      shell.status = status;
      const reply = shell.vars.find('COMPREPLY');
      out.push(...(reply?.array?.values() ?? (reply?.value ? [reply.value] : [])));
    }
  }
  if (spec.command !== undefined) {
    const { text } = yield* ip.captureText(
      `${spec.command} ${prepare()
        .map((a) => `'${a.replaceAll("'", "'\\''")}'`)
        .join(' ')}`,
    );
    out.push(...text.split('\n').filter((l) => l !== ''));
  }
  let kept = out;
  if (spec.filter !== undefined) {
    const negated = spec.filter.startsWith('!');
    const source = (negated ? spec.filter.slice(1) : spec.filter).replaceAll('&', quotePattern(word));
    const pattern = shell.patterns.compile(source, { extglob: shell.shopts.extglob!, nocase: false });
    kept = kept.filter((c) => pattern.matches(c) === negated);
  }
  kept = kept.map((c) => spec.prefix + c + spec.suffix);
  if (kept.length === 0 && spec.options.has('dirnames')) kept = yield* byAction(ip, 'directory', word);
  if (spec.options.has('plusdirs')) kept.push(...(yield* byAction(ip, 'directory', word)));
  return kept;
}

/** Names in the file that HOSTFILE names, or in /etc/hosts. */
export function* hostNames(ip: Interpreter): Wait<string[]> {
  const bytes = yield* readFile(ip.sys, ip.shell.vars.get('HOSTFILE') || '/etc/hosts');
  if (typeof bytes === 'number') return [];
  return decode(bytes)
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').split(/\s+/).slice(1))
    .filter((name) => name !== '');
}

function globbed(ip: Interpreter, pattern: string): string[] {
  return expandPathname(ip.sys, pattern, ip.shell.patterns, {
    extglob: ip.shell.shopts.extglob!,
    nocase: false,
    dotglob: false,
    globstar: false,
    skipDots: true,
  });
}

function* byAction(ip: Interpreter, action: string, word: string): Wait<string[]> {
  const { shell } = ip;
  const starting = (names: Iterable<string>): string[] => [...names].filter((n) => n.startsWith(word)).sort();
  switch (action) {
    case 'alias':
      return starting(shell.aliases.keys());
    case 'arrayvar':
      return starting(
        shell.vars
          .entries()
          .filter(([, v]) => v.array || v.assoc)
          .map(([n]) => n),
      );
    case 'builtin':
      return starting([...ip.builtins.keys()]);
    case 'enabled':
      return starting([...ip.builtins.keys()].filter((n) => !ip.disabled.has(n)));
    case 'disabled':
      return starting(ip.disabled);
    case 'function':
      return starting(shell.functions.keys());
    case 'keyword':
      return starting(reservedWords(true));
    case 'variable':
      return starting(
        shell.vars
          .entries()
          .filter(([, v]) => !v.unset)
          .map(([n]) => n),
      );
    case 'export':
      return starting(
        shell.vars
          .entries()
          .filter(([, v]) => v.flags & EXPORT && !v.unset)
          .map(([n]) => n),
      );
    case 'shopt':
      return starting(Object.keys(SHOPT_DEFAULTS));
    case 'setopt':
      return starting(Object.keys(shell.options));
    case 'signal':
      return starting(SIGNAL_NAMES.map((n) => (n === 'EXIT' ? n : `SIG${n}`)));
    case 'helptopic':
      return starting(ip.builtins.keys());
    case 'hostname':
      return starting(new Set(yield* hostNames(ip)));
    case 'job':
      return starting(ip.jobs.jobs.map((j) => j.text.split(' ')[0]!));
    case 'user':
      return (yield* new Accounts(ip.sys).users()).map((u) => u.name).filter((n) => n.startsWith(word));
    case 'group':
      return (yield* new Accounts(ip.sys).groups()).map((g) => g.name).filter((n) => n.startsWith(word));
    case 'command': {
      const names = new Set<string>([
        ...starting(shell.aliases.keys()),
        ...starting(reservedWords(true)),
        ...starting(shell.functions.keys()),
        ...starting(ip.builtins.keys()),
      ]);
      for (const dir of (shell.vars.get('PATH') ?? '').split(':'))
        for (const path of globbed(ip, `${quotePattern(dir)}/${quotePattern(word)}*`))
          if (shell.sys.access(path, 1) === 0) names.add(path.slice(path.lastIndexOf('/') + 1));
      return [...names];
    }
    case 'directory':
    case 'file': {
      const found = globbed(ip, `${quotePattern(word)}*`);
      if (action === 'file') return found;
      const st = new Stat();
      return found.filter((name) => shell.sys.stat(name, st) === 0 && isDirectory(st.mode));
    }
    default:
      return [];
  }
}
