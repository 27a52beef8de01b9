import { library } from '../../../libc/io.ts';
import { unary } from '../exec/conditional.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { matchRegexNow, REGEX, type Regex } from '../exec/regex.ts';
import { smallInteger } from '../expand/template.ts';
import type { Shell } from '../state/shell.ts';
import { TestError } from './test-error.ts';
import { evaluateTest, type TestHost } from './test-expression.ts';

/** @param regex for ash's `[[`, which has patterns too */
function run(ip: Interpreter, args: readonly string[], regex?: Regex): number {
  const { shell } = ip;
  const host: TestHost = {
    kind: shell.personality,
    sys: shell.sys,
    shellTest: (op, operand) => unary(ip.expander, op, operand) === 0,
  };
  if (regex) {
    host.matches = (text, pattern) => shell.patterns.compile(pattern, { extglob: false, nocase: false }).matches(text);
    host.regex = (text, pattern) => {
      const groups = matchRegexNow(regex, pattern, text, false);
      if (groups === undefined) throw new TestError('');
      return groups !== null;
    };
  }
  try {
    return evaluateTest(args, host);
  } catch (thrown) {
    if (!(thrown instanceof TestError)) throw thrown;
    // a regular expression that is none is not talked about
    if (thrown.message !== '') say(shell, thrown.message);
    return 2;
  }
}

function say(shell: Shell, message: string): void {
  if (shell.personality === 'ash') shell.appletError(message);
  else shell.builtinError(message);
}

/** The three-word comparisons that loops use, without more ado; undefined where it is none of them. */
function quick(argv: readonly string[]): number | undefined {
  const op = argv[2]!;
  if (op.charCodeAt(0) === 45 && op.length === 3) {
    const a = argv[1]!;
    const b = argv[3]!;
    const x = integer(a);
    const y = integer(b);
    if (x === undefined || y === undefined) return undefined;
    switch (op) {
      case '-lt':
        return x < y ? 0 : 1;
      case '-le':
        return x <= y ? 0 : 1;
      case '-gt':
        return x > y ? 0 : 1;
      case '-ge':
        return x >= y ? 0 : 1;
      case '-eq':
        return x === y ? 0 : 1;
      case '-ne':
        return x !== y ? 0 : 1;
      default:
        return undefined;
    }
  }
  if (op === '=') return argv[1] === argv[3] ? 0 : 1;
  if (op === '!=') return argv[1] !== argv[3] ? 0 : 1;
  return undefined;
}

function integer(text: string): number | undefined {
  if (text.charCodeAt(0) !== 45) return smallInteger(text);
  const value = smallInteger(text.slice(1));
  return value === undefined ? undefined : -value;
}

export const test: Builtin = {
  synopsis: 'test [expr]',
  run(ip, argv) {
    if (argv.length === 4) {
      const r = quick(argv);
      if (r !== undefined) return r;
    }
    return run(ip, argv.slice(1));
  },
};

export const bracket: Builtin = {
  synopsis: '[ arg... ]',
  run(ip, argv) {
    const last = argv.length - 1;
    if (argv[last] !== ']') {
      say(ip.shell, ip.shell.bash ? "missing `]'" : 'missing ]');
      return 2;
    }
    if (last === 4) {
      const r = quick(argv);
      if (r !== undefined) return r;
    }
    return run(ip, argv.slice(1, last));
  },
};

/** ash's `[[`: a test whose `==` takes patterns. */
export const doubleBracket: Builtin = {
  *run(ip, argv) {
    if (argv.at(-1) !== ']]') {
      say(ip.shell, 'missing ]]');
      return 2;
    }
    const regex = yield* library(ip.sys, REGEX);
    if (typeof regex === 'number') {
      say(ip.shell, ip.shell.strerror(regex));
      return 2;
    }
    return run(ip, argv.slice(1, -1), regex);
  },
};
