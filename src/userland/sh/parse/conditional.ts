import type { ConditionalExpression, Word } from './ast.ts';
import { ParseFailure } from './failure.ts';
import type { Parser } from './parser.ts';
import { Parts } from './parts.ts';
import type { Token } from './token.ts';
import { bareText, makeWord } from './word.ts';

const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/;
const BINARY = new Set(['==', '=', '!=', '=~', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

/** Reads the inside of `[[ … ]]` and its end. @see bash(1), Compound Commands */
export function conditionalExpression(parser: Parser): ConditionalExpression {
  const expression = or(parser);
  const end = parser.peek();
  if (!isEnd(end)) {
    if (end.type === 'end') parser.unexpected(end);
    const token = end.type === 'word' ? '' : `: unexpected token \`${end.text}'`;
    fail(parser, end, `syntax error in conditional expression${token}`);
  }
  parser.next();
  return expression;
}

const isEnd = (token: Token): boolean => token.word !== undefined && bareText(token.word) === ']]';

function skipNewlines(parser: Parser): void {
  while (parser.peek().type === 'newline') parser.next();
}

function or(parser: Parser): ConditionalExpression {
  let left = and(parser);
  for (;;) {
    skipNewlines(parser);
    if (!isOp(parser.peek(), '||')) return left;
    parser.next();
    left = { e: 'or', left, right: and(parser) };
  }
}

function and(parser: Parser): ConditionalExpression {
  let left = primary(parser);
  for (;;) {
    skipNewlines(parser);
    if (!isOp(parser.peek(), '&&')) return left;
    parser.next();
    left = { e: 'and', left, right: primary(parser) };
  }
}

const isOp = (token: Token, text: string): boolean => token.type === 'op' && token.text === text;

function primary(parser: Parser): ConditionalExpression {
  skipNewlines(parser);
  const token = parser.peek();
  if (isOp(token, '(')) {
    parser.next();
    const inner = grouped(parser);
    const close = parser.peek();
    if (!isOp(close, ')')) {
      if (close.type === 'end') parser.unexpected(close);
      fail(parser, close, `unexpected token \`${close.text}', expected \`)'`);
    }
    parser.next();
    return { e: 'group', inner };
  }
  if (token.type === 'end') parser.unexpected(token);
  if (token.type !== 'word') fail(parser, token, `unexpected token \`${token.text}' in conditional command`);
  const bare = bareText(token.word!);
  if (bare === '!') {
    parser.next();
    return { e: 'not', inner: primary(parser) };
  }
  // bash gives this up without a word
  if (bare === ']]') fail(parser, token, '');
  parser.next();
  if (bare !== undefined && UNARY.test(bare)) {
    const operand = parser.peek();
    if (operand.type === 'word' && !isEnd(operand)) {
      parser.next();
      return { e: 'unary', op: bare, word: operand.word! };
    }
    wrongOperand(parser, operand, 'unary');
  }
  const operator = binaryOperator(parser);
  if (operator === undefined) return { e: 'word', word: token.word! };
  const right = operand(parser, operator);
  return { e: 'binary', op: operator, left: token.word!, right };
}

function binaryOperator(parser: Parser): string | undefined {
  const token = parser.peek();
  if (token.type === 'redirect' && (token.text === '<' || token.text === '>') && token.fd === undefined) {
    parser.next();
    return token.text;
  }
  if (token.type === 'newline') fail(parser, token, `unexpected token \`newline', ${OPERATOR}`);
  if (token.type === 'op' && !['&&', '||', ')'].includes(token.text))
    fail(parser, token, `unexpected token \`${token.text}', ${OPERATOR}`);
  if (token.type !== 'word') return undefined;
  const text = bareText(token.word!);
  const op = text ?? token.text;
  if (!BINARY.has(op)) {
    if (text !== ']]') fail(parser, token, OPERATOR);
    return undefined;
  }
  parser.next();
  return op;
}

function operand(parser: Parser, operator: string): Word {
  if (operator === '=~') return regularExpression(parser);
  parser.skipBlanks();
  const token = parser.peek();
  if (token.type !== 'word' || isEnd(token)) wrongOperand(parser, token, 'binary');
  parser.unpeek();
  const { word } = parser.readWord(false, operator === '==' || operator === '=' || operator === '!=');
  return word;
}

/** The right side of `=~`: parentheses and bars belong to it; it ends at a blank outside parentheses. */
function regularExpression(parser: Parser): Word {
  parser.skipBlanks();
  const start = parser.pos;
  const parts = new Parts();
  let depth = 0;
  while (!parser.ended) {
    const c = parser.code();
    if (depth === 0 && (c === 32 || c === 9 || c === 10 || (c === 41 && depth === 0))) break;
    if (depth === 0 && c === 38 && parser.code(1) === 38) break;
    if (depth === 0 && c === 124 && parser.code(1) === 124) break;
    if (c === 40) depth++;
    if (c === 41) depth--;
    parser.wordCharacter(parts, c);
  }
  return makeWord(parts.take(), parser.src.slice(start, parser.pos));
}

const OPERATOR = 'conditional binary operator expected';

function fail(parser: Parser, token: Token, message: string): never {
  parser.fail({ kind: 'conditional', message }, token.line);
}

function wrongOperand(parser: Parser, token: Token, kind: 'unary' | 'binary'): never {
  if (token.type === 'end') parser.unexpected(token);
  fail(parser, token, `unexpected argument \`${token.text}' to conditional ${kind} operator`);
}

/** What stands in parentheses: what is wrong in it leaves their end missing as well. */
function grouped(parser: Parser): ConditionalExpression {
  try {
    return or(parser);
  } catch (thrown) {
    if (!(thrown instanceof ParseFailure) || thrown.trouble.kind !== 'conditional') throw thrown;
    throw new ParseFailure(
      { kind: 'conditional', message: `${thrown.trouble.message}\nexpected \`)'` },
      thrown.line,
      thrown.at,
    );
  }
}
