import { isDirectory, Stat } from '../../../abi/stat.ts';
import { execve, type Wait } from '../../../libc/io.ts';
import type { Arrays, Builtin, Interpreter } from '../exec/interpreter.ts';
import { appletOf, searchAll, searchCommand } from '../exec/lookup.ts';
import { posixQuote, singleQuote } from '../expand/transform.ts';
import { reservedWords } from '../parse/parser.ts';
import { functionText } from '../parse/unparse.ts';
import { ExitUnwind } from '../state/unwind.ts';
import { specialError } from './flow.ts';
import { builtinOptions } from './options.ts';

const STANDARD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a name stands for, in the order in which the shell looks. */
type Meaning =
  | { kind: 'alias'; text: string }
  | { kind: 'keyword' }
  | { kind: 'function' }
  | { kind: 'builtin'; special: boolean }
  | { kind: 'file'; path: string; hashed: boolean };

function meanings(ip: Interpreter, name: string, all: boolean, noFunctions = false, forcePath = false): Meaning[] {
  const { shell } = ip;
  const out: Meaning[] = [];
  const more = (): boolean => all || out.length === 0;
  if (!forcePath) {
    const alias = shell.aliases.get(name);
    if (alias !== undefined && (!shell.bash || shell.shopts.expand_aliases)) out.push({ kind: 'alias', text: alias });
    if (more() && reservedWords(shell.bash).has(name)) out.push({ kind: 'keyword' });
    const builtin = ip.disabled.has(name) ? undefined : ip.builtins.get(name);
    if (more() && !shell.bash && builtin?.special) out.push({ kind: 'builtin', special: true });
    if (more() && !noFunctions && shell.functions.has(name)) out.push({ kind: 'function' });
    if (more() && builtin && (shell.bash || !builtin.special))
      out.push({ kind: 'builtin', special: builtin.special === true });
  }
  if (!more()) return out;
  if (name.includes('/')) {
    const st = new Stat();
    if (shell.sys.stat(name, st) === 0 && (!shell.bash || (!isDirectory(st.mode) && shell.sys.access(name, 1) === 0)))
      out.push({ kind: 'file', path: name, hashed: false });
    return out;
  }
  if (all) for (const path of searchAll(shell, name)) out.push({ kind: 'file', path, hashed: false });
  else {
    if (appletOf(shell, name) !== undefined) {
      out.push({ kind: 'file', path: name, hashed: false });
      return out;
    }
    const hashed = shell.hash.has(name);
    const path = hashed ? shell.hash.get(name)!.path : searchCommand(shell, name, undefined, false);
    if (typeof path === 'string' && (shell.personality !== 'dash' || shell.sys.access(path, 1) === 0))
      out.push({ kind: 'file', path, hashed });
  }
  return out;
}

function describe(ip: Interpreter, name: string, m: Meaning): string {
  const { shell } = ip;
  const { bash } = shell;
  switch (m.kind) {
    case 'alias':
      return bash ? `${name} is aliased to \`${m.text}'` : `${name} is an alias for ${m.text}`;
    case 'keyword':
      return bash ? `${name} is a shell keyword` : `${name} is a shell keyword`;
    case 'function':
      return bash
        ? `${name} is a function\n${functionText(name, shell.functions.get(name)!.body)}`
        : shell.personality === 'dash'
          ? `${name} is a shell function`
          : `${name} is a function`;
    case 'builtin':
      return `${name} is a ${m.special && (!bash || shell.options.posix) ? 'special ' : ''}shell builtin`;
    case 'file':
      if (bash) return m.hashed ? `${name} is hashed (${m.path})` : `${name} is ${m.path}`;
      return m.hashed && shell.personality === 'dash'
        ? `${name} is a tracked alias for ${m.path}`
        : `${name} is ${m.path}`;
  }
}

const kindWord = (m: Meaning): string => m.kind;

export const type: Builtin = {
  synopsis: 'type [-afptP] name [name ...]',
  run(ip, argv) {
    const { shell } = ip;
    if (!shell.bash) return typePosix(ip, argv.slice(1));
    const options = builtinOptions(shell, argv, 'afptP', type.synopsis!);
    if (!options) return 2;
    const { flags, at } = options;
    const has = (f: string): boolean => flags.includes(f);
    let status = 0;
    for (const name of argv.slice(at)) {
      const found = meanings(ip, name, has('a'), has('f'), has('P'));
      if (found.length === 0) {
        if (!has('t') && !has('p') && !has('P')) shell.builtinError(`${name}: not found`);
        status = 1;
        continue;
      }
      for (const m of found) {
        if (has('t')) shell.print(`${kindWord(m)}\n`);
        else if (has('p') || has('P')) {
          if (m.kind === 'file') shell.print(`${m.path}\n`);
        } else shell.print(`${describe(ip, name, m)}\n`);
        if (!has('a')) break;
      }
    }
    return status;
  },
};

function typePosix(ip: Interpreter, words: readonly string[]): number {
  const { shell } = ip;
  let status = 0;
  // ash takes options and then says as little as command -v
  const quiet = shell.personality === 'ash' && /^-./.test(words[0] ?? '');
  for (const name of quiet ? words.slice(1) : words) {
    const [m] = meanings(ip, name, false);
    if (quiet) {
      if (m)
        shell.print(
          m.kind === 'alias' ? `alias ${name}=${posixQuote(m.text)}\n` : `${m.kind === 'file' ? m.path : name}\n`,
        );
      else status = 127;
      continue;
    }
    if (m) shell.print(`${describe(ip, name, m)}\n`);
    else {
      shell.print(`${name}: not found\n`);
      status = 127;
    }
  }
  return status;
}

export const command: Builtin = {
  synopsis: 'command [-pVv] command [arg ...]',
  declaration: false,
  run(ip, argv, arrays) {
    const { shell } = ip;
    const options = builtinOptions(shell, argv, 'pVv', command.synopsis!);
    if (!options) return 2;
    const { flags, at } = options;
    const words = argv.slice(at);
    if (words.length === 0) return 0;
    if (flags.includes('v') || flags.includes('V')) return lookUp(ip, words, flags);
    return runCommand(ip, words, flags.includes('p'), shifted(arrays, at));
  },
};

function shifted(arrays: Arrays, by: number): Arrays {
  if (arrays === undefined) return undefined;
  return new Map([...arrays].map(([at, a]) => [at - by, a]));
}

function lookUp(ip: Interpreter, words: readonly string[], flags: readonly string[]): number {
  const { shell } = ip;
  let status = shell.bash ? 1 : 0;
  for (const name of shell.bash ? words : words.slice(0, 1)) {
    const [m] = meanings(ip, name, false);
    if (!m) {
      if (flags.includes('V')) {
        if (shell.bash) shell.builtinError(`${name}: not found`);
        else shell.print(`${name}: not found\n`);
      }
      if (!shell.bash) status = 127;
      continue;
    }
    if (shell.bash) status = 0;
    if (flags.includes('V')) shell.print(`${describe(ip, name, m)}\n`);
    else if (m.kind === 'alias')
      shell.print(`alias ${name}=${shell.bash ? singleQuote(m.text) : posixQuote(m.text)}\n`);
    else if (m.kind === 'file') shell.print(`${m.path}\n`);
    else shell.print(`${name}\n`);
  }
  return status;
}

function* runCommand(ip: Interpreter, words: string[], standard: boolean, arrays: Arrays): Wait<number> {
  const { shell } = ip;
  const name = words[0]!;
  const builtin = ip.disabled.has(name) ? undefined : ip.builtins.get(name);
  if (builtin) {
    const { running, lenient } = shell;
    shell.running = name;
    try {
      const r = builtin.run(ip, words, arrays);
      return typeof r === 'number' ? r : yield* r;
    } catch (thrown) {
      // command takes from special built-ins that their errors end the shell
      if (!(thrown instanceof ExitUnwind) || !thrown.error) throw thrown;
      shell.lenient = lenient;
      return thrown.status;
    } finally {
      shell.running = running;
    }
  }
  let argv = words;
  if (standard && !name.includes('/')) {
    const found = searchCommand(shell, name, STANDARD_PATH, false);
    if (typeof found === 'string') argv = [found, ...words.slice(1)];
  }
  const { running } = shell;
  shell.running = '';
  // it is the built-in's status that counts for errexit
  shell.lenient++;
  try {
    return yield* ip.program(argv, ip.environment(), () => words.join(' '));
  } finally {
    shell.running = running;
    shell.lenient--;
  }
}

export const builtin: Builtin = {
  synopsis: 'builtin [shell-builtin [arg ...]]',
  run(ip, argv, arrays) {
    const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1);
    const name = words[0];
    if (name === undefined) return 0;
    const found = ip.builtins.get(name);
    if (!found || ip.disabled.has(name)) {
      ip.shell.builtinError(`${name}: not a shell builtin`);
      return 1;
    }
    ip.shell.running = name;
    return found.run(ip, words, shifted(arrays, argv.length - words.length));
  },
};

export const exec: Builtin = {
  special: true,
  keepsRedirections: true,
  synopsis: 'exec [-cl] [-a name] [command [argument ...]] [redirection ...]',
  run(ip, argv) {
    const { shell } = ip;
    const options = builtinOptions(
      shell,
      argv,
      shell.bash ? 'cla:' : shell.personality === 'ash' ? 'a:' : '',
      exec.synopsis!,
    );
    if (!options) return specialError(shell);
    const { flags, values, at } = options;
    const words = argv.slice(at);
    if (words.length === 0) return 0;
    return replaceProcess(ip, words, {
      clean: flags.includes('c'),
      login: flags.includes('l'),
      name: values.get('a'),
    });
  },
};

function* replaceProcess(
  ip: Interpreter,
  words: string[],
  how: { clean: boolean; login: boolean; name: string | undefined },
): Wait<number> {
  const { shell } = ip;
  const name = words[0]!;
  yield* shell.queue.flush();
  const path = name.includes('/') ? name : searchCommand(shell, name);
  let status = 127;
  if (typeof path === 'string') {
    const argv = [`${how.login ? '-' : ''}${how.name ?? name}`, ...words.slice(1)];
    const environment = ip.environmentOf(path, how.clean ? [] : ip.environment());
    ip.releaseSignals();
    const r = yield* execve(shell.sys, path, argv, environment);
    if (r === -8) {
      const self = [shell.sys.argv[0]!.replace(/^-/, ''), path, ...words.slice(1)];
      yield* execve(shell.sys, shell.sys.image.path, self, environment);
    }
    ip.restoreSignals();
    status = r === -2 ? 127 : 126;
    const words_ = ip.execWords(path, r);
    if (shell.bash) {
      shell.error(`${name}: ${words_}`);
      if (words_ !== 'cannot execute: required file not found')
        shell.builtinError(`${name}: cannot execute: ${shell.strerror(r)}`);
    } else shell.builtinError(`${name}: ${words_}`);
  } else if (shell.bash) shell.builtinError(`${name}: not found`);
  else shell.builtinError(`${name}: not found`);
  if (shell.interactive || (shell.bash && shell.shopts.execfail)) return status;
  throw new ExitUnwind(status);
}
