import { SIGINT } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { readAll, spawn, type Wait, waitpid } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { expand, lookUp, type Scope } from './expand.ts';
import type { Make, Recipe } from './state.ts';

/** What only a shell understands. */
const NEEDS_SHELL = /[#;"'*?[\]&|<>(){}$`^~!\\=\n%]/;
const BUILTINS = new Set(
  '. : alias bg break case cd command continue eval exec exit export fc fg for getopts hash if jobs login logout read readonly return set shift test times trap type ulimit umask unalias unset wait while'.split(
    ' ',
  ),
);

/** The environment of commands: what came in, command line variables, what is exported. */
export function* environmentOf(make: Make, scope: Scope): Wait<string[]> {
  const env = new Map(make.ctx.env);
  for (const [name, variable] of make.variables) {
    const wanted =
      variable.exported ??
      (make.exportAll || variable.origin === 'command line' || (variable.origin === 'environment' && true));
    if (!wanted || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || variable.origin === 'default' || name === 'SHELL')
      continue;
    env.set(
      name,
      variable.recursive && variable.origin !== 'environment'
        ? yield* expand(make, variable.value, scope)
        : variable.value,
    );
  }
  for (const [name, variable] of make.variables) if (variable.exported === false) env.delete(name);
  for (const layer of scope.layers)
    for (const [name, variable] of layer)
      if (variable.origin !== 'automatic' && (make.exportAll || variable.exported || env.has(name)))
        env.set(name, yield* expand(make, variable.value, scope));
  env.set('MAKELEVEL', String(Number(make.ctx.env.get('MAKELEVEL') ?? 0) + 1));
  env.set('MAKEFLAGS', make.variables.get('MAKEFLAGS')?.value ?? '');
  return [...env].map(([name, value]) => `${name}=${value}`);
}

/** The output of a command for $(shell …): newlines are blanks, those at the end go. */
export function* shellOutput(make: Make, command: string): Wait<string> {
  const { sys } = make;
  yield* make.ctx.stdout.flush();
  const ends = [0, 0];
  if (sys.pipe2(ends, 0o2000000) < 0) return '';
  const shell = make.variables.get('SHELL')?.value ?? '/bin/sh';
  const pid = yield* spawn(sys, shell, [shell, '-c', command], sys.envp, { dup2: [[ends[1]!, 1]] });
  sys.close(ends[1]!);
  const bytes = yield* readAll(sys, ends[0]!);
  sys.close(ends[0]!);
  const result = new WaitResult();
  if (pid > 0) yield* waitpid(sys, pid, 0, result);
  const status = pid < 0 ? 127 : wifexited(result.status) ? wexitstatus(result.status) : 128;
  make.variables.set('.SHELLSTATUS', { value: String(status), recursive: false, origin: 'override' });
  return typeof bytes === 'number' ? '' : decode(bytes).replace(/\n+$/, '').replace(/\n/g, ' ');
}

/** Runs one command. @returns its wait status, or -errno */
function* runCommand(make: Make, sys: Sys, text: string, scope: Scope): Wait<number> {
  const shell = (yield* expand(make, lookUp(make, scope, 'SHELL')?.value ?? '/bin/sh', scope)).trim() || '/bin/sh';
  const flags = (yield* expand(make, lookUp(make, scope, '.SHELLFLAGS')?.value ?? '-c', scope)).trim().split(/\s+/);
  const envp = yield* environmentOf(make, scope);
  const words = text.trim().split(/\s+/);
  const direct = shell === '/bin/sh' && !NEEDS_SHELL.test(text) && !BUILTINS.has(words[0]!);
  let pid: number;
  if (direct) {
    const path = searchPath(sys, words[0]!, make.ctx.env.get('PATH') ?? '/bin:/usr/bin');
    pid = path === undefined ? -2 : yield* spawn(sys, path, words, envp);
    if (pid === -8) pid = yield* spawn(sys, '/bin/sh', ['/bin/sh', path!, ...words.slice(1)], envp);
    if (pid < 0) {
      yield* make.err(`${make.name}: ${words[0]}: ${make.ctx.strerror(pid)}\n`);
      return 127 << 8;
    }
  } else {
    pid = yield* spawn(sys, shell, [shell, ...flags, text], envp);
    if (pid < 0) {
      yield* make.err(`${make.name}: ${shell}: ${make.ctx.strerror(pid)}\n`);
      return 127 << 8;
    }
  }
  const result = new WaitResult();
  yield* waitpid(sys, pid, 0, result);
  return result.status;
}

/** `Error 2`, `Interrupt`, `Killed`; undefined for success. */
function failure(status: number): string | undefined {
  if (wifexited(status)) return wexitstatus(status) === 0 ? undefined : `Error ${wexitstatus(status)}`;
  const names: Readonly<Record<number, string>> = {
    1: 'Hangup',
    2: 'Interrupt',
    3: 'Quit',
    6: 'Aborted',
    9: 'Killed',
    11: 'Segmentation fault',
    13: 'Broken pipe',
    15: 'Terminated',
  };
  return names[wtermsig(status)] ?? `Signal ${wtermsig(status)}`;
}

/** Runs a recipe's lines, each in a shell of its own. @returns false where one failed; 'nothing' where there was nothing to run */
export function* runRecipe(
  make: Make,
  sys: Sys,
  target: string,
  recipe: Recipe,
  scope: Scope,
): Wait<boolean | 'nothing'> {
  const { options, special } = make;
  let any = false;
  const lines = special.has('.ONESHELL') ? [recipe.lines.join('\n')] : recipe.lines;
  for (const [i, raw] of lines.entries()) {
    const at = `${recipe.file}:${recipe.line + lineOffset(recipe.lines, i)}`;
    const expanded = yield* expand(make, raw, { ...scope, at });
    // A variable of several lines (define) is several commands.
    for (const command of special.has('.ONESHELL') ? [expanded] : commandLines(expanded)) {
      const prefix = /^[\s@+-]*/.exec(command)![0];
      const text = command.slice(prefix.length);
      if (text.trim() === '') continue;
      any = true;
      const quiet =
        prefix.includes('@') || options.silent || special.has('.SILENT') || special.has(`.SILENT ${target}`);
      const ignore =
        prefix.includes('-') || options.ignoreErrors || special.has('.IGNORE') || special.has(`.IGNORE ${target}`);
      const always = prefix.includes('+') || /\$[({]MAKE[)}]/.test(raw);
      if (options.question && !always) return false;
      if (!quiet || options.dryRun) yield* make.out(`${text}\n`);
      if (options.dryRun && !always) continue;
      yield* make.ctx.stdout.flush();
      const status = yield* runCommand(make, sys, text, { ...scope, at });
      const why = failure(status);
      if (why === undefined) continue;
      const mark = ignore
        ? `${make.name}: [${at}: ${target}] ${why} (ignored)\n`
        : `${make.name}: *** [${at}: ${target}] ${why}\n`;
      yield* make.err(mark);
      if (!wifexited(status) && wtermsig(status) === SIGINT) return false;
      if (!ignore) return false;
    }
  }
  return any ? true : 'nothing';
}

const lineOffset = (lines: readonly string[], at: number): number =>
  lines.slice(0, at).reduce((sum, line) => sum + line.split('\n').length, 0);

/** Lines that no backslash joins. */
function commandLines(text: string): string[] {
  const out: string[] = [];
  for (const line of text.split('\n')) {
    const last = out.at(-1);
    if (last !== undefined && /(?:^|[^\\])(?:\\\\)*\\$/.test(last)) out[out.length - 1] = `${last}\n${line}`;
    else out.push(line);
  }
  return out;
}
