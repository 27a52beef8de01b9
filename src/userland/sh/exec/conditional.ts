import type { Sys } from '../../../abi/sys.ts';
import { library, type Wait } from '../../../libc/io.ts';
import { fromByteText, toByteText } from '../expand/bytes.ts';
import type { Expander } from '../expand/expander.ts';
import type { ConditionalExpression, Word } from '../parse/ast.ts';
import { DiscardUnwind } from '../state/unwind.ts';
import { IndexedArray } from '../state/variable.ts';
import { compareFiles, fileTest } from './file-test.ts';
import { matchRegex, REGEX } from './regex.ts';

/** Steps that a part of a search for a regular expression counts for. */
const PART = 128;

/** `[[ … ]]` where nothing has to wait. @returns the status; undefined where something has to */
export function conditional(x: Expander, e: ConditionalExpression): number | undefined {
  if (!isPure(e)) return undefined;
  const r = evaluate(x, e);
  return r;
}

function isPure(e: ConditionalExpression): boolean {
  switch (e.e) {
    case 'word':
    case 'unary':
      return e.word.pure;
    case 'binary':
      // what matches is loaded when it is first needed
      return e.op !== '=~' && e.left.pure && e.right.pure;
    case 'not':
    case 'group':
      return isPure(e.inner);
    default:
      return isPure(e.left) && isPure(e.right);
  }
}

function evaluate(x: Expander, e: ConditionalExpression): number {
  switch (e.e) {
    case 'word':
      return x.text(e.word) === '' ? 1 : 0;
    case 'unary':
      return unary(x, e.op, x.text(e.word));
    case 'binary':
      return binary(x, e.op, x.text(e.left), rightSide(x, e.op, e.right));
    case 'not':
      return negate(evaluate(x, e.inner));
    case 'group':
      return evaluate(x, e.inner);
    case 'and': {
      const left = evaluate(x, e.left);
      return left === 0 ? evaluate(x, e.right) : left;
    }
    case 'or': {
      const left = evaluate(x, e.left);
      return left === 0 ? 0 : evaluate(x, e.right);
    }
  }
}

const negate = (status: number): number => (status === 0 ? 1 : status === 1 ? 0 : status);

function rightSide(x: Expander, op: string, word: Word): string {
  return op === '==' || op === '=' || op === '!=' ? x.pattern(word) : x.text(word);
}

/** What shows a term of `[[ … ]]` that is about to be evaluated. */
type Trace = ((text: string) => Wait<void>) | undefined;

/** `[[ … ]]` in general. */
export function* conditionalWait(x: Expander, e: ConditionalExpression, trace?: Trace, not = ''): Wait<number> {
  if (!trace && isPure(e)) return evaluate(x, e);
  switch (e.e) {
    case 'word':
    case 'unary': {
      const operand = yield* x.textWait(e.word);
      const op = e.e === 'word' ? '-n' : e.op;
      if (trace) yield* trace(`${not}${op} ${operand || "''"}`);
      return unary(x, op, operand);
    }
    case 'binary': {
      const left = yield* x.textWait(e.left);
      const { op } = e;
      const right =
        op === '==' || op === '=' || op === '!='
          ? yield* x.patternWait(e.right)
          : op === '=~'
            ? yield* x.patternWait(e.right, 'regex')
            : yield* x.textWait(e.right);
      if (trace) yield* trace(`${not}${left || "''"} ${op} ${shownRight(x, op, e.right, right) || "''"}`);
      return op === '=~' ? yield* regexMatch(x, left, right) : binary(x, op, left, right);
    }
    case 'not': {
      const inner = e.inner.e === 'group' || e.inner.e === 'and' || e.inner.e === 'or' ? '' : '! ';
      return negate(yield* conditionalWait(x, e.inner, trace, inner));
    }
    case 'group':
      return yield* conditionalWait(x, e.inner, trace);
    case 'and': {
      const left = yield* conditionalWait(x, e.left, trace);
      return left === 0 ? yield* conditionalWait(x, e.right, trace) : left;
    }
    case 'or': {
      const left = yield* conditionalWait(x, e.left, trace);
      return left === 0 ? 0 : yield* conditionalWait(x, e.right, trace);
    }
  }
}

/** A pattern as `set -x` shows it: each quoted character behind a backslash. */
function shownRight(x: Expander, op: string, word: Word, right: string): string {
  if (op !== '==' && op !== '=' && op !== '!=') return right;
  if (!word.pure) return right;
  return x.pattern(word, 'shown');
}

const truth = (value: boolean): number => (value ? 0 : 1);

/** The unary operators that test and `[[` share. */
export function unary(x: Expander, op: string, operand: string): number {
  const { shell } = x;
  switch (op) {
    case '-z':
      return truth(operand === '');
    case '-n':
      return truth(operand !== '');
    case '-v':
      return truth(isSet(x, operand));
    case '-o':
      return truth((shell.options as unknown as Record<string, boolean>)[operand] === true);
    case '-R': {
      const variable = shell.vars.own(operand);
      return truth(variable !== undefined && (variable.flags & 32) !== 0 && variable.value !== undefined);
    }
    case '-t':
      return truth(shell.sys.isatty(Number(operand) || 0));
    default:
      return truth(fileTest(shell.sys, op, operand));
  }
}

function isSet(x: Expander, operand: string): boolean {
  const { shell } = x;
  const m = /^(\w+)\[(.*)\]$/s.exec(operand);
  if (!m) {
    if (/^\d+$/.test(operand)) return shell.param(operand) !== undefined;
    const variable = shell.vars.find(operand);
    if (variable?.array) return variable.array.get(0) !== undefined;
    if (variable?.assoc) return variable.assoc.get('0') !== undefined;
    return variable !== undefined && !variable.unset;
  }
  const variable = shell.vars.find(m[1]!);
  if (m[2] === '@' || m[2] === '*') return variable !== undefined && !variable.unset;
  return shell.element(m[1]!, m[2]!) !== undefined;
}

function binary(x: Expander, op: string, left: string, right: string): number {
  const { shell } = x;
  switch (op) {
    case '=':
    case '==':
    case '!=': {
      const { bytes } = shell;
      const options = { extglob: true, nocase: shell.shopts.nocasematch! };
      const pattern = shell.patterns.compile(bytes ? toByteText(right) : right, options);
      return truth(pattern.matches(bytes ? toByteText(left) : left) === (op !== '!='));
    }
    case '<':
      return truth(left < right);
    case '>':
      return truth(left > right);
    case '-nt':
    case '-ot':
    case '-ef':
      return truth(compareFiles(shell.sys as Sys, op, left, right));
    default: {
      let a: number | bigint;
      let b: number | bigint;
      try {
        const evaluated = (text: string): number | bigint => shell.evaluate(text === '' ? '0' : text);
        [a, b] = shell.named('[[: ', () => [evaluated(left), evaluated(right)] as const);
      } catch (thrown) {
        if (thrown instanceof DiscardUnwind) return 1;
        throw thrown;
      }
      switch (op) {
        case '-eq':
          return truth(a === b);
        case '-ne':
          return truth(a !== b);
        case '-lt':
          return truth(a < b);
        case '-le':
          return truth(a <= b);
        case '-gt':
          return truth(a > b);
        default:
          return truth(a >= b);
      }
    }
  }
}

function* regexMatch(x: Expander, text: string, source: string): Wait<number> {
  const { shell } = x;
  const regex = yield* library(shell.sys, REGEX);
  if (typeof regex === 'number') {
    shell.error(shell.strerror(regex));
    return 2;
  }
  const { bytes } = shell;
  const groups = yield* matchRegex(
    regex,
    bytes ? toByteText(source) : source,
    bytes ? toByteText(text) : text,
    shell.shopts.nocasematch!,
    function* () {
      if (!shell.sys.tick(PART)) return;
      yield;
      yield* x.substitutions.heedInterrupt();
    },
  );
  if (groups === undefined) return 2;
  const variable = shell.vars.edit('BASH_REMATCH');
  variable.array = IndexedArray.of(bytes ? (groups ?? []).map(fromByteText) : (groups ?? []));
  variable.value = undefined;
  return truth(groups !== null);
}
