import type { Wait } from '../../../libc/io.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { ArithmeticError } from '../expand/arithmetic-parse.ts';
import type { Shell } from '../state/shell.ts';
import { succeeds } from '../state/unwind.ts';
import { isName } from '../state/variables.ts';
import { specialError } from './flow.ts';
import { builtinOptions } from './options.ts';
import { printf as format } from './printf-format.ts';

export const getopts: Builtin = {
  synopsis: 'getopts optstring name [arg ...]',
  run({ shell }, argv) {
    if (argv[1] === '--') argv.splice(1, 1);
    if (argv.length < 3) {
      if (shell.bash) shell.queue.put(2, 'getopts: usage: getopts optstring name [arg ...]\n');
      else
        shell.builtinError(
          shell.personality === 'dash' ? 'Usage: getopts optstring var [arg...]' : 'usage: getopts optstring var [arg]',
        );
      return 2;
    }
    const [, optstring, name] = argv as [string, string, string];
    const words = argv.length > 3 ? argv.slice(3) : shell.params;
    return nextOption(shell, optstring, name, words);
  },
};

function nextOption(shell: Shell, optstring: string, name: string, words: readonly string[]): number {
  const quiet = optstring.startsWith(':');
  let index = shell.bash ? Number(shell.vars.get('OPTIND') ?? '1') || 1 : shell.optind;
  let { getoptsAt } = shell;
  const put = (value: string): number => {
    // dash and ash count the argument that is being read already
    shell.vars.set('OPTIND', String(index + (!shell.bash && getoptsAt > 0 ? 1 : 0)));
    shell.optind = index;
    shell.getoptsAt = getoptsAt;
    if (!shell.bash && value !== '?' && value !== ':' && shell.vars.get('OPTARG') === undefined)
      shell.vars.set('OPTARG', '');
    if (!isName(name)) {
      shell.builtinError(shell.bash ? `\`${name}': not a valid identifier` : `${name}: bad variable name`);
      return shell.bash ? 1 : specialError(shell);
    }
    return succeeds(() => shell.assign(name, value)) ? 0 : 2;
  };
  const finish = (): number => {
    getoptsAt = 0;
    if (shell.vars.get('OPTARG') !== undefined) shell.vars.unset('OPTARG');
    put('?');
    return 1;
  };
  const word = words[index - 1];
  if (getoptsAt === 0) {
    if (word === undefined || word.length < 2 || word[0] !== '-') {
      if (index > words.length + 1) index = words.length + 1;
      return finish();
    }
    if (word === '--') {
      index++;
      return finish();
    }
    getoptsAt = 1;
  } else if (word === undefined || getoptsAt >= word.length) {
    getoptsAt = 0;
    return finish();
  }
  const letter = word![getoptsAt++]!;
  const known = letter === ':' ? -1 : optstring.indexOf(letter);
  const last = getoptsAt >= word!.length;
  if (known < 0) {
    if (last) {
      index++;
      getoptsAt = 0;
    }
    if (quiet) shell.assign('OPTARG', letter);
    else {
      shell.vars.unset('OPTARG');
      complain(shell, 'illegal', letter);
    }
    return put('?');
  }
  if (optstring[known + 1] !== ':') {
    if (last) {
      index++;
      getoptsAt = 0;
    }
    shell.vars.unset('OPTARG');
    return put(letter);
  }
  const rest = word!.slice(getoptsAt);
  index++;
  getoptsAt = 0;
  if (rest !== '') {
    shell.assign('OPTARG', rest);
    return put(letter);
  }
  const value = words[index - 1];
  if (value === undefined) {
    if (quiet) {
      shell.assign('OPTARG', letter);
      return put(':');
    }
    shell.vars.unset('OPTARG');
    complain(shell, 'argument', letter);
    return put('?');
  }
  index++;
  shell.assign('OPTARG', value);
  return put(letter);
}

function complain(shell: Shell, what: 'illegal' | 'argument', letter: string): void {
  if (shell.bash) {
    if (shell.vars.get('OPTERR') === '0') return;
    const text = what === 'illegal' ? `illegal option -- ${letter}` : `option requires an argument -- ${letter}`;
    shell.queue.put(2, `${shell.name}: ${text}\n`);
  } else {
    const text = what === 'illegal' ? `Illegal option -${letter}` : `No arg for -${letter} option`;
    shell.queue.put(2, `${text}\n`);
  }
}

export const letBuiltin: Builtin = {
  synopsis: 'let arg [arg ...]',
  run({ shell }, argv) {
    const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1);
    if (words.length === 0) {
      shell.builtinError('expression expected');
      return 1;
    }
    let value: number | bigint = 0;
    for (const word of words) {
      try {
        value = shell.evaluator.evaluate(word);
      } catch (thrown) {
        if (!(thrown instanceof ArithmeticError)) throw thrown;
        shell.evaluator.reset();
        if (!shell.bash) {
          shell.arithmeticError(thrown, word);
          shell.abandon();
        }
        shell.arithmeticError(thrown, word, 'let: ');
        return 1;
      }
    }
    return value ? 0 : 1;
  },
};

export const printf: Builtin = {
  synopsis: 'printf [-v var] format [arguments]',
  run({ shell }, argv) {
    let at = 1;
    let variable: string | undefined;
    if (shell.bash) {
      const options = builtinOptions(shell, argv, 'v:', printf.synopsis!);
      if (!options) return 2;
      at = options.at;
      variable = options.values.get('v');
      if (variable !== undefined && !/^[A-Za-z_]\w*(\[.*\])?$/s.test(variable)) {
        shell.builtinError(`\`${variable}': not a valid identifier`);
        return 2;
      }
    } else if (argv[1] === '--') at = 2;
    else if (shell.personality === 'dash' && /^-./.test(argv[1] ?? '')) {
      shell.builtinError(`Illegal option ${argv[1]!.slice(0, 2)}`);
      return 2;
    }
    const text = argv[at];
    if (text === undefined) {
      if (shell.bash) shell.queue.put(2, `printf: usage: ${printf.synopsis}\n`);
      else if (shell.personality === 'dash') shell.builtinError('usage: printf format [arg ...]');
      else shell.appletError('usage: printf FORMAT [ARGUMENT...]');
      return 2;
    }
    const kind = shell.personality === 'ash' ? 'busybox' : shell.personality;
    const result = format(
      text,
      argv.slice(at + 1),
      kind,
      {
        now: () => shell.sys.now(0),
        started: () => shell.sys.now(0) - (shell.sys.now(1) - shell.startTime),
        zone: () => shell.vars.get('TZ') ?? 'UTC0',
      },
      shell.bash && shell.bytes,
    );
    // what is printed stays in the buffer until the end, messages do not
    for (const message of result.messages) {
      if (shell.personality === 'ash') shell.appletError(message);
      else shell.builtinError(message);
    }
    if (variable !== undefined) {
      const m = /^(\w+)\[([\s\S]*)\]$/.exec(variable);
      const stored = succeeds(() => {
        if (m) shell.assignElement(m[1]!, shell.expandSubscript(m[2]!), result.text);
        else shell.assign(variable, result.text);
      });
      if (!stored) return 1;
    } else shell.print(result.text);
    return result.status;
  },
};

export const caller: Builtin = {
  synopsis: 'caller [expr]',
  run({ shell }, argv) {
    if (shell.calls.length === 0) return 1;
    const n = Number(argv[1] ?? '0');
    const frame = shell.calls.at(-1 - n);
    if (!frame) return 1;
    const outer = shell.calls.at(-2 - n);
    const source = outer?.source ?? (shell.commandString || shell.readsStdin ? 'NULL' : shell.name);
    if (argv[1] === undefined) shell.print(`${frame.callLine} ${source}\n`);
    else {
      if (!outer && (shell.commandString || shell.readsStdin)) return 1;
      shell.print(`${frame.callLine} ${outer?.name ?? 'main'} ${source}\n`);
    }
    return 0;
  },
};

export const logout: Builtin = {
  synopsis: 'logout [n]',
  run(ip, argv) {
    if (!ip.shell.login) {
      ip.shell.builtinError("not login shell: use `exit'");
      return 1;
    }
    return ip.builtins.get('exit')!.run(ip, argv, undefined);
  },
};

export const help: Builtin = {
  synopsis: 'help [-dms] [pattern ...]',
  *run(ip, argv) {
    const { shell } = ip;
    const patterns = argv.slice(1).filter((w) => !/^-[dms]+$/.test(w));
    const all = yield* described(ip);
    if (patterns.length === 0) {
      shell.print(
        `GNU bash, version ${shell.vars.get('BASH_VERSION') ?? ''} (${shell.vars.get('MACHTYPE') ?? ''})\nThese shell commands are built in.  Type \`help name' for the synopsis of \`name'.\n\n`,
      );
      for (const [, b] of all) shell.print(` ${b.synopsis}\n`);
      return 0;
    }
    let status = 0;
    for (const pattern of patterns) {
      const found = all.filter(
        ([name]) =>
          name === pattern ||
          name.startsWith(pattern) ||
          shell.patterns.compile(pattern, { extglob: false, nocase: false }).matches(name),
      );
      const exact = found.filter(([name]) => name === pattern);
      if (found.length === 0) {
        shell.builtinError(
          `no help topics match \`${pattern}'.  Try \`help help' or \`man -k ${pattern}' or \`info ${pattern}'.`,
        );
        status = 1;
      }
      for (const [name, b] of exact.length > 0 ? exact : found) shell.print(`${name}: ${b.synopsis}\n`);
    }
    return status;
  },
};

/** The built-ins that `help` knows, by name. */
function* described(ip: Interpreter): Wait<[string, Builtin][]> {
  const all: [string, Builtin][] = [];
  for (const [name, builtin] of ip.builtins) {
    const whole = builtin.whole ? yield* builtin.whole(ip) : builtin;
    if (whole?.synopsis !== undefined) all.push([name, whole]);
  }
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}
