/** The tokens of Go's text/template. `char` is any other printable ASCII character inside of an action. */
export type TokenType =
  | 'eof'
  | 'error'
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'string'
  | 'rawString'
  | 'charConstant'
  | 'number'
  | 'bool'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'dot'
  | 'nil'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'leftParen'
  | 'rightParen'
  | 'char'
  | 'keyword';

export interface Token {
  type: TokenType;
  value: string;
  /** Index in the source. */
  pos: number;
  line: number;
}

const KEYWORDS = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']);
const SPACE = ' \t\r\n';
const isSpace = (c: string | undefined): boolean => c !== undefined && c !== '' && SPACE.includes(c);
const isAlphaNumeric = (c: string): boolean => /^[\p{L}\p{Nd}_]$/u.test(c);

/** The tokens of a template; the last one is `eof` or `error` (its value is the message). */
export function lexTemplate(source: string): Token[] {
  return new Lexer(source).run();
}

class Lexer {
  private readonly tokens: Token[] = [];
  private readonly source: string;
  private pos = 0;
  private start = 0;
  private line = 1;
  private parens = 0;

  constructor(source: string) {
    this.source = source;
  }

  run(): Token[] {
    while (this.text()) {
      // text and one action at a time
    }
    return this.tokens;
  }

  private emit(type: TokenType): void {
    const value = this.source.slice(this.start, this.pos);
    this.tokens.push({ type, value, pos: this.start, line: this.line });
    this.skip();
  }

  private skip(): void {
    for (let i = this.start; i < this.pos; i++) if (this.source[i] === '\n') this.line++;
    this.start = this.pos;
  }

  private fail(message: string): false {
    for (let i = this.start; i < this.pos; i++) if (this.source[i] === '\n') this.line++;
    this.tokens.push({ type: 'error', value: message, pos: this.start, line: this.line });
    return false;
  }

  private peek(): string {
    const code = this.source.codePointAt(this.pos);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  /** Text up to the next action, and that action. @returns false at the end */
  private text(): boolean {
    const { source } = this;
    const left = source.indexOf('{{', this.pos);
    const end = left < 0 ? source.length : left;
    const trimsLeft = left >= 0 && source[left + 2] === '-' && isSpace(source[left + 3]);
    let textEnd = end;
    if (trimsLeft) while (textEnd > this.start && isSpace(source[textEnd - 1])) textEnd--;
    this.pos = textEnd;
    if (this.pos > this.start) this.emit('text');
    this.pos = end;
    this.skip();
    if (left < 0) {
      this.tokens.push({ type: 'eof', value: '', pos: this.pos, line: this.line });
      return false;
    }
    const after = left + 2 + (trimsLeft ? 2 : 0);
    if (source.startsWith('/*', after)) return this.comment(after);
    this.pos = left + 2;
    this.emit('left');
    this.pos = after;
    this.skip();
    this.parens = 0;
    return this.action();
  }

  private comment(at: number): boolean {
    const close = this.source.indexOf('*/', at + 2);
    if (close < 0) return this.fail('unclosed comment');
    let next = close + 2;
    const trims = isSpace(this.source[next]) && this.source.startsWith('-}}', next + 1);
    if (trims) next += 2;
    if (!this.source.startsWith('}}', next)) return this.fail('comment ends before closing delimiter');
    this.pos = next + 2;
    if (trims) this.trimRight();
    this.skip();
    return true;
  }

  private trimRight(): void {
    while (isSpace(this.source[this.pos])) this.pos++;
  }

  /** 0: no right delimiter here; otherwise its length. */
  private rightDelimiter(): number {
    if (isSpace(this.source[this.pos]) && this.source.startsWith('-}}', this.pos + 1)) return 4;
    return this.source.startsWith('}}', this.pos) ? 2 : 0;
  }

  /** All of an action. @returns false after an error */
  private action(): boolean {
    for (;;) {
      const right = this.rightDelimiter();
      if (right > 0) {
        if (this.parens > 0) return this.fail('unclosed left paren');
        this.pos += right - 2;
        this.skip();
        this.pos += 2;
        this.emit('right');
        if (right === 4) this.trimRight();
        this.skip();
        return true;
      }
      if (!this.inside()) return false;
    }
  }

  private inside(): boolean {
    const c = this.peek();
    if (c === '') return this.fail('unclosed action');
    if (isSpace(c)) return this.space();
    this.pos += c.length;
    switch (c) {
      case '=':
        this.emit('assign');
        return true;
      case ':':
        if (this.peek() !== '=') return this.fail('expected :=');
        this.pos++;
        this.emit('declare');
        return true;
      case '|':
        this.emit('pipe');
        return true;
      case '"':
        return this.quoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.quoted("'", 'charConstant', 'unterminated character constant');
      case '`': {
        const close = this.source.indexOf('`', this.pos);
        if (close < 0) return this.fail('unterminated raw quoted string');
        this.pos = close + 1;
        this.emit('rawString');
        return true;
      }
      case '$':
        return this.fieldOrVariable('variable');
      case '.':
        if (!/^[0-9]$/.test(this.peek())) return this.fieldOrVariable('field');
        return this.number();
      case '(':
        this.parens++;
        this.emit('leftParen');
        return true;
      case ')':
        this.parens--;
        if (this.parens < 0) return this.fail('unexpected right paren');
        this.emit('rightParen');
        return true;
      default:
        return this.other(c);
    }
  }

  private other(c: string): boolean {
    if (/^[-+0-9]$/.test(c)) return this.number();
    if (isAlphaNumeric(c)) return this.identifier();
    if (c >= ' ' && c <= '~') {
      this.emit('char');
      return true;
    }
    return this.fail(`unrecognized character in action: ${describe(c)}`);
  }

  private space(): boolean {
    // A space before `-}}` belongs to the delimiter.
    while (isSpace(this.source[this.pos]) && this.rightDelimiter() !== 4) this.pos++;
    this.emit('space');
    return true;
  }

  private quoted(mark: string, type: TokenType, message: string): boolean {
    for (; this.pos < this.source.length; this.pos++) {
      const c = this.source[this.pos];
      if (c === '\n') break;
      if (c === '\\') {
        this.pos++;
        if (this.pos >= this.source.length || this.source[this.pos] === '\n') break;
      } else if (c === mark) {
        this.pos++;
        this.emit(type);
        return true;
      }
    }
    return this.fail(message);
  }

  private atTerminator(): boolean {
    const c = this.peek();
    return c === '' || isSpace(c) || '.,|:)('.includes(c) || this.source.startsWith('}}', this.pos);
  }

  private word(): void {
    for (let c = this.peek(); c !== '' && isAlphaNumeric(c); c = this.peek()) this.pos += c.length;
  }

  private fieldOrVariable(type: 'field' | 'variable'): boolean {
    if (this.atTerminator()) {
      this.emit(type === 'variable' ? 'variable' : 'dot');
      return true;
    }
    this.word();
    if (!this.atTerminator()) return this.fail(`bad character ${describe(this.peek())}`);
    this.emit(type);
    return true;
  }

  private identifier(): boolean {
    this.word();
    if (!this.atTerminator()) return this.fail(`bad character ${describe(this.peek())}`);
    const text = this.source.slice(this.start, this.pos);
    if (KEYWORDS.has(text)) this.emit('keyword');
    else if (text === 'nil') this.emit('nil');
    else this.emit(text === 'true' || text === 'false' ? 'bool' : 'identifier');
    return true;
  }

  private number(): boolean {
    this.pos = this.start;
    const shape =
      /^[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/;
    this.pos += shape.exec(this.source.slice(this.start, this.start + 400))![0].length;
    const c = this.peek();
    if (c !== '' && isAlphaNumeric(c)) {
      this.pos += c.length;
      return this.fail(`bad number syntax: "${this.source.slice(this.start, this.pos)}"`);
    }
    this.emit('number');
    return true;
  }
}

/** Go's %#U. */
function describe(c: string): string {
  if (c === '') return 'U+FFFFFFFFFFFFFFFF';
  const code = `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(c) ? `${code} '${c}'` : code;
}
