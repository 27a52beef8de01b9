import { AwkSyntaxError } from './ast.ts';

export interface Token {
  /** 'num', 'str', 'regex', 'name', 'func' (a name with `(` right after it), 'builtin', 'word' (keyword), 'op', 'newline', 'end' */
  kind: 'num' | 'str' | 'regex' | 'name' | 'func' | 'builtin' | 'word' | 'op' | 'newline' | 'end';
  text: string;
  value: number;
  line: number;
}

const WORDS = new Set(
  'BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf'.split(
    ' ',
  ),
);
const BUILTINS = new Set(
  'length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush'.split(
    ' ',
  ),
);
const GAWK = new Set('gensub strftime systime mktime and or xor lshift rshift compl asort asorti strtonum'.split(' '));
const OPERATORS = [
  '**=',
  '>>',
  '&&',
  '||',
  '==',
  '<=',
  '>=',
  '!=',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '!~',
  '**',
];
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Escapes of a string literal, and of the values of -v and operands. */
export function unescapeAwk(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g, (all, octal, hex, c) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (c === '\n') return '';
    return ESCAPES[c] ?? all;
  });
}

/** Cuts a program into tokens. `gawk`: its functions are known. */
export class Lexer {
  private at = 0;
  private line = 1;
  private before: Token | undefined;

  constructor(
    private readonly text: string,
    private readonly functions: 'posix' | 'busybox' | 'gawk',
  ) {}

  private token(kind: Token['kind'], text: string, value = 0): Token {
    this.before = { kind, text, value, line: this.line };
    return this.before;
  }

  next(): Token {
    const { text } = this;
    for (;;) {
      const c = text[this.at];
      if (c === ' ' || c === '\t' || c === '\r') this.at++;
      else if (c === '\\' && /^\\\r?\n/.test(text.slice(this.at, this.at + 3))) {
        this.at = text.indexOf('\n', this.at) + 1;
        this.line++;
      } else if (c === '#') {
        while (this.at < text.length && text[this.at] !== '\n') this.at++;
      } else break;
    }
    if (this.at >= text.length) return this.token('end', '');
    const c = text[this.at]!;
    if (c === '\n') {
      this.at++;
      const token = this.token('newline', '\n');
      this.line++;
      return token;
    }
    const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(
      text.slice(this.at, this.at + 40),
    );
    if (number) {
      this.at += number[0].length;
      return this.token('num', number[0], Number(number[0]));
    }
    const word = /^[A-Za-z_]\w*/.exec(text.slice(this.at, this.at + 200))?.[0];
    if (word) {
      this.at += word.length;
      if (WORDS.has(word)) return this.token('word', word === 'func' ? 'function' : word);
      if (
        BUILTINS.has(word) ||
        (this.functions !== 'posix' && GAWK.has(word)) ||
        word === 'systime' ||
        word === 'strftime' ||
        word === 'mktime'
      )
        return this.token('builtin', word);
      return this.token(text[this.at] === '(' ? 'func' : 'name', word);
    }
    if (c === '"') return this.string();
    if (c === '/' && this.regexMayStand()) return this.regex();
    for (const op of OPERATORS)
      if (text.startsWith(op, this.at) && !(this.functions === 'posix' && op.startsWith('**'))) {
        this.at += op.length;
        return this.token('op', op === '**' ? '^' : op === '**=' ? '^=' : op);
      }
    this.at++;
    if ('{}()[];,+-*/%^!<>|?:~$='.includes(c)) return this.token('op', c);
    throw new AwkSyntaxError(this.line, c, `unexpected character '${c}'`);
  }

  private string(): Token {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== '"') {
      if (this.text[end] === '\n')
        throw new AwkSyntaxError(
          this.line,
          undefined,
          `runaway string constant "${this.text.slice(this.at + 1, end)} ...`,
        );
      if (this.text[end] === '\\') end++;
      end++;
    }
    if (end >= this.text.length)
      throw new AwkSyntaxError(this.line, undefined, `runaway string constant "${this.text.slice(this.at + 1)} ...`);
    const raw = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    const token = this.token('str', unescapeAwk(raw));
    this.line += raw.split('\n').length - 1;
    return token;
  }

  private regexMayStand(): boolean {
    const b = this.before;
    if (!b) return true;
    if (b.kind === 'num' || b.kind === 'str' || b.kind === 'name' || b.kind === 'builtin') return false;
    return !(
      b.kind === 'op' &&
      (b.text === ')' || b.text === ']' || b.text === '$' || b.text === '++' || b.text === '--')
    );
  }

  private regex(): Token {
    let end = this.at + 1;
    let bracket = false;
    for (; end < this.text.length; end++) {
      const c = this.text[end];
      if (c === '\n') break;
      if (c === '\\') end++;
      else if (bracket)
        bracket = c !== ']' || /^\[\^?$/.test(this.text.slice(this.text.lastIndexOf('[', end - 1), end));
      else if (c === '[') bracket = true;
      else if (c === '/') break;
    }
    if (this.text[end] !== '/')
      throw new AwkSyntaxError(
        this.line,
        undefined,
        `runaway regular expression /${this.text.slice(this.at + 1, end)} ...`,
      );
    const source = this.text.slice(this.at + 1, end).replaceAll('\\/', '/');
    this.at = end + 1;
    return this.token('regex', source);
  }
}
