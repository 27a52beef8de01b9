import { EACCES, ENOENT, ENOEXEC } from '../../abi/errno.ts';
import { SIG_DFL, SIG_IGN, signalNumber } from '../../abi/signal.ts';
import { execve } from '../../libc/io.ts';
import { isUtf8 } from '../../libc/locale.ts';
import { searchPath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

/** Splits the text of -S: blanks separate, quotes and backslashes as in a shell, `${NAME}` is expanded. */
function splitString(text: string, env: ReadonlyMap<string, string>): string[] {
  const out: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (/\s/.test(c)) {
      if (word !== undefined) out.push(word);
      word = undefined;
    } else if (c === '#' && word === undefined) break;
    else if (c === "'") {
      const end = text.indexOf("'", i + 1);
      word = (word ?? '') + text.slice(i + 1, end < 0 ? text.length : end);
      i = end < 0 ? text.length : end;
    } else if (c === '"') {
      word ??= '';
      for (i++; i < text.length && text[i] !== '"'; i++) {
        if (text[i] === '\\' && i + 1 < text.length) i++;
        word += text[i];
      }
    } else if (c === '\\' && i + 1 < text.length) {
      const e = text[++i]!;
      if (e === 'c') break;
      if (e === '_') {
        if (word !== undefined) out.push(word);
        word = undefined;
      } else word = (word ?? '') + ({ n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' }[e] ?? e);
    } else if (c === '$' && text[i + 1] === '{') {
      const end = text.indexOf('}', i);
      word = (word ?? '') + (env.get(text.slice(i + 2, end)) ?? '');
      i = end;
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) out.push(word);
  return out;
}

export default program({
  name: 'env',
  at: ['/usr/bin/env'],
  spec: 'GNU coreutils 9.4 env(1)',
  version: '(GNU coreutils) 9.4',
  writeErrorStatus: 125,
  usage: '[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
  about: 'Set each NAME to VALUE in the environment and run COMMAND.',
  options: {
    ignoreEnvironment: { short: 'i', help: 'start with an empty environment' },
    null: { short: '0', help: 'end each output line with NUL, not newline' },
    unset: { short: 'u', arg: 'NAME', many: true, help: 'remove variable from the environment' },
    chdir: { short: 'C', arg: 'DIR', busybox: false, help: 'change working directory to DIR' },
    splitString: { short: 'S', arg: 'S', busybox: false, help: 'process and split S into separate arguments' },
    blockSignal: { arg: 'SIG', optional: true, busybox: false, help: 'block delivery of SIG signal(s) to COMMAND' },
    defaultSignal: {
      arg: 'SIG',
      optional: true,
      busybox: false,
      help: 'reset handling of SIG signal(s) to the default',
    },
    ignoreSignal: { arg: 'SIG', optional: true, busybox: false, help: 'set handling of SIG signal(s) to do nothing' },
    debug: { short: 'v', busybox: false, help: 'print verbose information for each processing step' },
  },
  stopAtOperand: true,
  usageStatus: 125,
  busybox: {
    at: '/usr/bin/env',
    usage: '[-i0] [-u NAME]... [-] [NAME=VALUE]... [PROG ARGS]',
    help: 'Print current environment or run PROG after setting up environment\n\n\t-, -i\tStart with empty environment\n\t-0\tNUL terminated output\n\t-u NAME\tRemove variable from environment\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    let args = opts.splitString === undefined ? ctx.args : [...splitString(opts.splitString, ctx.env), ...ctx.args];
    let clean = opts.ignoreEnvironment;
    if (args[0] === '-') {
      clean = true;
      args = args.slice(1);
    }
    const env = new Map(clean ? [] : ctx.env);
    for (const pair of clean ? [] : sys.envp) if (pair.startsWith('=')) env.set('', pair.slice(1));
    for (const name of opts.unset) {
      if (name === '' || name.includes('='))
        return yield* ctx.die(`cannot unset ${localeQuote(name)}: ${ctx.strerror(22)}`, 125);
      env.delete(name);
    }
    let at = 0;
    for (; at < args.length && args[at]!.includes('='); at++) {
      const equals = args[at]!.indexOf('=');
      env.set(args[at]!.slice(0, equals), args[at]!.slice(equals + 1));
    }
    const envp = [...env].map(([name, value]) => `${name}=${value}`);
    const command = args.slice(at);
    if (command.length === 0) {
      if (opts.chdir !== undefined) return yield* ctx.usage('must specify command with --chdir (-C)');
      for (const pair of envp) yield* ctx.stdout.write(pair + (opts.null ? '\0' : '\n'));
      return 0;
    }
    if (opts.debug) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(
        `executing: ${command[0]}\n${command.map((word, i) => `   arg[${i}]= ${localeQuote(word)}\n`).join('')}`.replaceAll(
          /[\u2018\u2019]/g,
          (mark) => (isUtf8(ctx.env) ? mark : "'"),
        ),
      );
    }
    if (opts.null) return yield* ctx.usage(ctx.form === 'gnu' ? 'cannot specify --null (-0) with command' : undefined);
    if (opts.chdir !== undefined) {
      const r = sys.chdir(opts.chdir);
      if (r < 0) return yield* ctx.die(`cannot change directory to ${shellQuote(opts.chdir)}: ${ctx.strerror(r)}`, 125);
    }
    for (const [list, handler] of [
      [opts.defaultSignal, SIG_DFL],
      [opts.ignoreSignal, SIG_IGN],
    ] as const)
      for (const name of list?.split(',') ?? []) {
        const signal = signalNumber(name);
        if (signal === undefined && name !== '') return yield* ctx.usage(`${localeQuote(name)}: invalid signal`);
        if (signal !== undefined && signal > 0) sys.sigaction(signal, handler);
      }
    const name = command[0]!;
    const path = searchPath(sys, name, env.get('PATH') ?? '/usr/bin:/bin');
    let r = path === undefined ? -ENOENT : yield* execve(sys, path, command, envp);
    if (r === -ENOEXEC) r = yield* execve(sys, '/bin/sh', ['/bin/sh', path!, ...command.slice(1)], envp);
    const status = r === -ENOENT ? 127 : 126;
    if (ctx.form === 'busybox') return yield* ctx.die(`can't execute '${name}': ${ctx.strerror(r)}`, status);
    yield* ctx.warn(`${r === -EACCES || r === -ENOENT ? `‘${name}’` : `‘${name}’`}: ${ctx.strerror(r)}`);
    if (r === -ENOENT && name.includes(' ')) yield* ctx.warn('use -[v]S to pass options in shebang lines');
    return status;
  },
});
