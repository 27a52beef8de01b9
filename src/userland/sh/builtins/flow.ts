import type { Wait } from '../../../libc/io.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import type { Shell } from '../state/shell.ts';
import { ExitUnwind, ReturnUnwind } from '../state/unwind.ts';
import { builtinOptions } from './options.ts';

export const colon: Builtin = { special: true, synopsis: ':', run: () => 0 };
export const yes: Builtin = { synopsis: 'true', run: () => 0 };
export const no: Builtin = { synopsis: 'false', run: () => 1 };

const INT_MAX = 2147483647;

/** A number that a special built-in takes; undefined after its message. */
function numeric(shell: Shell, text: string): number | undefined {
  const n = /^\s*[-+]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (shell.bash ? !Number.isNaN(n) : n >= 0 && !(shell.personality === 'dash' && n > INT_MAX)) return n;
  if (shell.bash) shell.builtinError(`${text}: numeric argument required`);
  else shell.builtinError(`Illegal number: ${text}`);
  return undefined;
}

/** Ends a shell that is not interactive, as an error of a special built-in does (dash, ash). */
export function specialError(shell: Shell, status = 2): number {
  if (!shell.bash) shell.abandon();
  return status;
}

export const exit: Builtin = {
  special: true,
  synopsis: 'exit [n]',
  run(ip, argv) {
    const { shell } = ip;
    if (shell.interactive && shell.subshellLevel === 0) {
      if (shell.bash) shell.queue.put(2, shell.login ? 'logout\n' : 'exit\n');
      if (ip.stoppedJobsWarned()) return 1;
    }
    let first = 1;
    if (argv[1] === '--') first++;
    if (argv.length > first + 1 && shell.bash && numeric(shell, argv[first]!) !== undefined) {
      shell.builtinError('too many arguments');
      return 1;
    }
    if (argv[first] === undefined) throw new ExitUnwind((shell.trapStatus ?? shell.status) & 0xff);
    const n = numeric(shell, argv[first]!);
    if (n === undefined) throw new ExitUnwind(2);
    throw new ExitUnwind(n & 0xff);
  },
};

export const returns: Builtin = {
  special: true,
  synopsis: 'return [n]',
  run({ shell }, argv) {
    if (shell.bash && shell.calls.length === 0) {
      shell.builtinError("can only `return' from a function or sourced script");
      return 2;
    }
    let status = shell.status;
    const first = argv[1] === '--' ? 2 : 1;
    if (argv[first] !== undefined) {
      const n = numeric(shell, argv[first]!);
      if (n === undefined) {
        if (!shell.bash) return specialError(shell);
        throw new ReturnUnwind(2);
      }
      status = n & 0xff;
    }
    // in a function's own text nothing has to be unwound
    if (
      shell.traceDepth === 0 &&
      shell.trapStatus === undefined &&
      shell.calls.length > 0 &&
      shell.calls.at(-1)!.name !== 'source'
    ) {
      shell.returning = true;
      return status;
    }
    throw new ReturnUnwind(status);
  },
};

function loop(kind: 'break' | 'continue'): Builtin {
  return {
    special: true,
    synopsis: `${kind} [n]`,
    run(ip, argv) {
      const { shell } = ip;
      if (shell.loopDepth === 0) {
        if (shell.bash) shell.builtinError("only meaningful in a `for', `while', or `until' loop");
        return 0;
      }
      let levels = 1;
      if (argv[1] !== undefined) {
        const n = numeric(shell, argv[1]!);
        if (n === undefined) {
          if (shell.bash) throw new ExitUnwind(128);
          return specialError(shell);
        }
        if (n < 1) {
          if (shell.bash) {
            shell.builtinError(`${argv[1]}: loop count out of range`);
            return ip.leaveLoop('break', shell.loopDepth);
          }
          shell.builtinError(`Illegal number: ${argv[1]}`);
          return specialError(shell);
        }
        levels = n;
        if (argv.length > 2 && shell.bash) {
          shell.builtinError('too many arguments');
          throw new ExitUnwind(1, true);
        }
      }
      return ip.leaveLoop(kind, levels);
    },
  };
}
export const breaks = loop('break');
export const continues = loop('continue');

export const evaluates: Builtin = {
  special: true,
  synopsis: 'eval [arg ...]',
  run(ip, argv) {
    if (ip.shell.bash && argv[1]?.startsWith('-')) {
      const options = builtinOptions(ip.shell, argv, '', evaluates.synopsis!);
      if (!options) return 2;
      argv.splice(1, options.at - 1);
    } else if (argv[1] === '--') argv.splice(1, 1);
    const text = argv.length === 2 ? argv[1]! : argv.slice(1).join(' ');
    if (text === '') return 0;
    return evaluate(ip, text);
  },
};

function* evaluate(ip: Interpreter, text: string): Wait<number> {
  const { shell } = ip;
  const { line } = shell;
  shell.traceDepth++;
  try {
    return yield* ip.runText(text, 'eval: ', shell.personality === 'dash' ? 1 : line);
  } finally {
    shell.traceDepth--;
    shell.line = line;
  }
}

export const shift: Builtin = {
  special: true,
  synopsis: 'shift [n]',
  run({ shell }, argv) {
    let n = 1;
    if (argv.length > 2 && shell.bash) {
      shell.builtinError('too many arguments');
      throw new ExitUnwind(1, true);
    }
    if (argv[1] !== undefined) {
      const given = numeric(shell, argv[1]!);
      if (given === undefined) return specialError(shell, 1);
      n = given;
    }
    if (n < 0) {
      shell.builtinError(`${n}: shift count out of range`);
      return 1;
    }
    if (n > shell.params.length) {
      if (shell.personality === 'dash') {
        shell.builtinError("can't shift that many");
        return specialError(shell);
      }
      if (shell.bash && shell.shopts.shift_verbose) shell.builtinError(`${argv[1] ?? 1}: shift count out of range`);
      return 1;
    }
    shell.params = shell.params.slice(n);
    return 0;
  },
};
