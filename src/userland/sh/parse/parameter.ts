import type { ParameterOperator, ParameterPart, Part, Word } from './ast.ts';
import { Parts, tildePart } from './parts.ts';
import { isDigit, isNameChar, isNameStart } from './scanner.ts';
import { makeWord } from './word.ts';
import type { WordLexer } from './word-lexer.ts';

const SPECIAL = '@*#?-$!';

/** Reads `${…}`, which stands at the lexer's place. */
export function parameter(lexer: WordLexer, quoted: boolean): ParameterPart {
  const opened = lexer.line;
  const start = lexer.pos + 2;
  lexer.pos = start;
  lexer.closers.push('}');
  lexer.skipContinuations();
  const part = body(lexer, quoted, opened);
  lexer.closers.pop();
  part.source = lexer.src.slice(start, lexer.pos - 1);
  const operands = [part.word, part.word2, typeof part.index === 'object' ? part.index : undefined];
  part.pure = operands.every((word) => word === undefined || word.pure);
  return part;
}

function empty(name: string): ParameterPart {
  return {
    k: 'param',
    name,
    index: undefined,
    indirect: false,
    op: '',
    colon: false,
    word: undefined,
    word2: undefined,
    source: '',
    braced: true,
    pure: true,
  };
}

function body(lexer: WordLexer, quoted: boolean, opened: number): ParameterPart {
  const extended = lexer.dialect.extended;
  let length = false;
  let indirect = false;
  if (lexer.code() === 35 && isLength(lexer)) {
    length = true;
    lexer.pos++;
  } else if (extended && lexer.code() === 33 && startsParameter(lexer.code(1)) && !endsName(lexer, 1)) {
    indirect = true;
    lexer.pos++;
  }
  const name = readName(lexer);
  if (name === undefined) return bad(lexer, opened);
  const part = empty(name);
  part.indirect = indirect;
  if (extended && lexer.code() === 91 && isNameStart(name.charCodeAt(0))) readIndex(lexer, part);
  if (length) {
    if (lexer.code() !== 125) return bad(lexer, opened);
    lexer.pos++;
    part.op = 'length';
    return part;
  }
  if (lexer.code() === 125) {
    lexer.pos++;
    if (indirect && (part.index === '@' || part.index === '*')) {
      part.op = 'keys';
      part.indirect = false;
    }
    return part;
  }
  // ${!#x} and ${!?x} are nothing
  if (indirect && (name === '#' || name === '?')) return bad(lexer, opened);
  if (indirect && part.index === undefined && (lexer.at('*}') || lexer.at('@}'))) {
    part.op = 'names';
    part.index = lexer.src[lexer.pos] as '*' | '@';
    part.indirect = false;
    lexer.pos += 2;
    return part;
  }
  return operation(lexer, part, quoted, opened) ?? bad(lexer, opened);
}

/** At `#`: whether `${#…}` asks for a length and is not the parameter `#` itself. */
function isLength(lexer: WordLexer): boolean {
  const next = lexer.code(1);
  if (next === 125) return false;
  if (isNameChar(next)) return true;
  if (next === 42 || next === 64) return true;
  // ${#?} ${#-} ${##} ${#$} ${#!}
  return next !== -1 && SPECIAL.includes(String.fromCharCode(next)) && lexer.code(2) === 125;
}

const startsParameter = (c: number): boolean => isNameChar(c) || (c !== -1 && SPECIAL.includes(String.fromCharCode(c)));

/** `${!}` and `${!-x}`: the parameter `!`, no indirection. */
function endsName(lexer: WordLexer, ahead: number): boolean {
  const c = lexer.code(ahead);
  if (isNameChar(c)) return false;
  const after = lexer.code(ahead + 1);
  // ${!-} and ${!$} are indirections, ${!-x} is not
  return (c === 45 || c === 36 || c === 33) && after !== 125;
}

function readName(lexer: WordLexer): string | undefined {
  const c = lexer.code();
  let end = lexer.pos;
  if (isNameStart(c)) {
    for (;;) {
      while (end < lexer.src.length && isNameChar(lexer.src.charCodeAt(end))) end++;
      if (!lexer.src.startsWith('\\\n', end)) break;
      lexer.splice(end);
    }
  } else if (isDigit(c)) while (end < lexer.src.length && isDigit(lexer.src.charCodeAt(end))) end++;
  else if (c !== -1 && SPECIAL.includes(String.fromCharCode(c))) end++;
  else return undefined;
  const name = lexer.src.slice(lexer.pos, end);
  lexer.pos = end;
  lexer.skipContinuations();
  return name;
}

function readIndex(lexer: WordLexer, part: ParameterPart): void {
  lexer.pos++;
  if (lexer.at('@]') || lexer.at('*]')) {
    part.index = lexer.src[lexer.pos] as '@' | '*';
    lexer.pos += 2;
    return;
  }
  part.index = lexer.subscript();
}

function operation(lexer: WordLexer, part: ParameterPart, quoted: boolean, opened: number): ParameterPart | undefined {
  const { dialect } = lexer;
  let op = lexer.src[lexer.pos] ?? '';
  const next = lexer.src[lexer.pos + 1] ?? '';
  if (op === ':' && '-=?+'.includes(next) && next !== '') {
    part.colon = true;
    op = next;
    lexer.pos++;
  }
  if ('-=?+'.includes(op) && op !== '') {
    lexer.pos++;
    part.op = op as ParameterOperator;
    part.word = operand(lexer, quoted ? 'quoted' : 'word', '', opened);
    lexer.pos++;
    return part;
  }
  if (op === '#' || op === '%') {
    const twice = next === op;
    lexer.pos += twice ? 2 : 1;
    part.op = (twice ? op + op : op) as ParameterOperator;
    part.word = operand(lexer, 'word', '', opened);
    lexer.pos++;
    return part;
  }
  if (op === '/' && dialect.replace) return replacement(lexer, part, next, quoted, opened);
  if (op === ':' && dialect.substring && !(next === '}' && dialect.extended)) {
    lexer.pos++;
    part.op = ':';
    // ash takes the brace of \${x:} for the offset's first character
    if (next === '}') lexer.pos++;
    part.word = operand(lexer, 'arith', ':', opened);
    if (lexer.code() === 58) {
      lexer.pos++;
      part.word2 = operand(lexer, 'arith', '', opened);
    }
    lexer.pos++;
    return part;
  }
  if (dialect.extended && (op === '^' || op === ',' || op === '~')) {
    const twice = next === op;
    lexer.pos += twice ? 2 : 1;
    part.op = (twice ? op + op : op) as ParameterOperator;
    part.word = lexer.code() === 125 ? undefined : operand(lexer, 'word', '', opened);
    lexer.pos++;
    return part;
  }
  if (dialect.extended && op === '@') {
    const known = /[UuLQEPAKak]/.test(next) && lexer.src[lexer.pos + 2] === '}';
    lexer.pos++;
    part.op = '@';
    part.word = known ? makeWord([{ k: 'squote', text: next, pure: true }], next) : operand(lexer, 'word', '', opened);
    if (known) lexer.pos++;
    else part.word = makeWord([{ k: 'squote', text: '', pure: true }], '');
    lexer.pos++;
    return part;
  }
  return undefined;
}

function replacement(
  lexer: WordLexer,
  part: ParameterPart,
  next: string,
  quoted: boolean,
  opened: number,
): ParameterPart {
  part.op = '/';
  lexer.pos++;
  if (next === '/' || next === '#' || next === '%') {
    part.op = `/${next}` as ParameterOperator;
    lexer.pos++;
  }
  if (lexer.dialect.personality === 'ash' && !quoted && /^(['"])\/\1/.test(lexer.src.slice(lexer.pos, lexer.pos + 3))) {
    // ash ends the pattern at a slash in quotes: nothing is left of it
    part.word = makeWord([{ k: 'squote', text: '', pure: true }], '');
    lexer.pos += 3;
    part.word2 = operand(lexer, 'word', '', opened);
    lexer.pos++;
    return part;
  }
  part.word = operand(lexer, 'pattern', '/', opened, part.op === '/' || part.op === '//');
  if (lexer.code() === 47) {
    lexer.pos++;
    part.word2 = operand(lexer, quoted ? 'replacement' : 'word', '', opened);
  }
  lexer.pos++;
  return part;
}

/** Reads an operand up to the `}` that closes, or a character of `stops`, which is not consumed. */
function operand(
  lexer: WordLexer,
  mode: 'word' | 'quoted' | 'arith' | 'pattern' | 'replacement',
  stops: string,
  opened: number,
  /** A stop at the very beginning is none. */
  later = false,
): Word {
  const start = lexer.pos;
  const parts = new Parts();
  let depth = 0;
  let questions = 0;
  for (;;) {
    if (lexer.ended) lexer.fail({ kind: 'unterminated', delimiter: '}', opened });
    const c = lexer.code();
    if (mode === 'arith') {
      if (c === 40) depth++;
      if (c === 41) depth--;
      if (c === 63) questions++;
      if (c === 58 && (depth > 0 || questions > 0)) {
        if (depth === 0) questions--;
        parts.add(':');
        lexer.pos++;
        continue;
      }
    }
    if (c === 125) break;
    if (stops !== '' && stops.charCodeAt(0) === c && (!later || lexer.pos > start)) break;
    if (mode === 'replacement' && c === 126 && lexer.pos === start && lexer.dialect.extended) {
      const m = /^~([A-Za-z0-9._+-]*)(?=[/}:])/.exec(lexer.src.slice(lexer.pos, lexer.pos + 64));
      if (m) {
        parts.push(tildePart(m[1]!, false));
        lexer.pos += m[0].length;
        continue;
      }
    }
    if (mode === 'quoted') quotedOperandCharacter(lexer, parts, c);
    else if (mode === 'replacement' && c === 39) {
      parts.push({ k: 'squote', text: quote(lexer), pure: true });
    } else if (mode === 'word' || mode === 'pattern' || mode === 'replacement') {
      const behindColon =
        mode === 'word' && lexer.src.charCodeAt(lexer.pos - 1) === 58 && parts.pendingText.endsWith(':');
      const replaced = mode === 'replacement' && !lexer.dialect.extended;
      if (c === 126 && !replaced && (lexer.pos === start || behindColon)) {
        const m = /^~([A-Za-z0-9._+-]*)(?=[/}:])/.exec(lexer.src.slice(lexer.pos, lexer.pos + 64));
        if (m) {
          const beforeColon = !lexer.dialect.extended && lexer.src[lexer.pos + m[0].length] === ':';
          parts.push(tildePart(m[1]!, behindColon || beforeColon ? 'operand' : false));
          lexer.pos += m[0].length;
          continue;
        }
      }
      if ((c === 60 || c === 62) && lexer.code(1) === 40 && lexer.dialect.processSubstitution)
        lexer.processSubstitution(parts);
      else lexer.wordCharacter(parts, c);
    } else lexer.wordCharacter(parts, c);
  }
  return makeWord(parts.take(), lexer.src.slice(start, lexer.pos));
}

function quote(lexer: WordLexer): string {
  lexer.pos++;
  return lexer.singleQuoted();
}

/** Within `"${x-…}"`: as in double quotes, but inner double quotes quote again and `\}` is a brace. */
function quotedOperandCharacter(lexer: WordLexer, parts: Parts, c: number): void {
  if (c === 34) {
    const inner: Part = lexer.doubleQuoted();
    parts.push(inner);
    return;
  }
  const m = c === 39 && lexer.dialect.extended ? /^'[^'"$`]*'/.exec(lexer.src.slice(lexer.pos, lexer.pos + 500)) : null;
  if (m) {
    parts.push({ k: 'squote', text: m[0], pure: true });
    lexer.pos += m[0].length;
    return;
  }
  lexer.quotedCharacter(parts, '"}');
}

/** A substitution that is no such: skipped to its `}`; an error when it is expanded. */
function bad(lexer: WordLexer, opened: number): ParameterPart {
  const rest = new Parts();
  while (lexer.code() !== 125) {
    if (lexer.ended) lexer.fail({ kind: 'unterminated', delimiter: '}', opened });
    lexer.wordCharacter(rest, lexer.code());
  }
  lexer.pos++;
  const part = empty('');
  part.op = 'bad';
  return part;
}
