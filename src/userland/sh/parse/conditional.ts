import type { ConditionalExpression, Word } from './ast.ts';
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
  if (!(end.word && bareText(end.word) === ']]')) trouble(parser, end);
  parser.next();
  return expression;
}

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
    const inner = or(parser);
    const close = parser.peek();
    if (!isOp(close, ')')) trouble(parser, close);
    parser.next();
    return { e: 'group', inner };
  }
  if (token.type !== 'word') trouble(parser, token);
  const bare = bareText(token.word!);
  if (bare === '!') {
    parser.next();
    return { e: 'not', inner: primary(parser) };
  }
  if (bare === ']]') trouble(parser, token);
  parser.next();
  if (bare !== undefined && UNARY.test(bare)) {
    const operand = parser.peek();
    if (operand.type === 'word' && bareText(operand.word!) !== ']]') {
      parser.next();
      return { e: 'unary', op: bare, word: operand.word! };
    }
    trouble(parser, operand, bare);
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
  if (token.type !== 'word') return undefined;
  const text = bareText(token.word!);
  const op = text ?? token.text;
  if (!BINARY.has(op)) {
    if (text !== ']]') {
      parser.fail({ kind: 'conditional', message: 'conditional binary operator expected' }, token.line);
    }
    return undefined;
  }
  parser.next();
  return op;
}

function operand(parser: Parser, operator: string): Word {
  if (operator === '=~') return regularExpression(parser);
  parser.skipBlanks();
  const token = parser.peek();
  if (token.type !== 'word') trouble(parser, token, operator);
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

function trouble(parser: Parser, token: Token, operator?: string): never {
  if (token.type === 'end') parser.unexpected(token);
  if (operator !== undefined) {
    const message =
      operator.startsWith('-') && operator.length === 2
        ? `unexpected argument \`${token.text}' to conditional unary operator`
        : `unexpected argument \`${token.text}' to conditional binary operator`;
    parser.fail({ kind: 'conditional', message }, token.line);
  }
  parser.fail({ kind: 'conditional', message: `unexpected token \`${token.text}', conditional` }, token.line);
}
