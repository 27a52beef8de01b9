import { type HclBlock, type HclBody, HclError, type HclExpression, type HclRange } from './hcl-syntax.ts';

const OPERATORS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Reads a file in HashiCorp's configuration language. @throws HclError @see hashicorp/hcl hclsyntax/spec.md */
export function parseHcl(text: string): HclBody {
  const parser = new Parser(text);
  return parser.body('');
}

/** Reads a text as the inside of a quoted template: `a-${b}`. @throws HclError */
export function parseHclTemplate(text: string): HclExpression {
  return new Parser(text).template('');
}

const UNCLOSED = 'Unclosed configuration block';

class Parser {
  #at = 0;

  constructor(readonly text: string) {}

  #range(from: number, to = this.#at): HclRange {
    const before = this.text.slice(0, from);
    const line = before.split('\n').length;
    const column = from - before.lastIndexOf('\n');
    return { line, column, endColumn: column + Math.max(1, to - from) };
  }

  #fail(summary: string, detail: string, from = this.#at, to = from + 1): never {
    const range = this.#range(from, to);
    // a line end is the token that is wrong: it reaches to the next line
    if (this.text[from] === '\n') Object.assign(range, { endLine: range.line + 1, endColumn: 1 });
    throw new HclError(summary, detail, range);
  }

  /** Skips blanks and comments; line ends too, if asked. */
  #skip(lines: boolean): void {
    for (;;) {
      const m = lines ? /(?:[ \t\r\n]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)/y : /(?:[ \t]+|\r(?=\n)|\/\*[\s\S]*?\*\/)/y;
      m.lastIndex = this.#at;
      const found = m.exec(this.text);
      if (!found) return;
      this.#at = m.lastIndex;
    }
  }

  #match(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.#at;
    const m = sticky.exec(this.text);
    if (!m) return undefined;
    this.#at = sticky.lastIndex;
    return m[0];
  }

  #take(token: string): boolean {
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string, summary: string, detail: string): void {
    this.#skip(true);
    if (!this.#take(token)) this.#fail(summary, detail);
  }

  #identifier(): string | undefined {
    return this.#match(/[A-Za-z_\u00a0-\uffff][\w\u00a0-\uffff-]*/);
  }

  body(end: string): HclBody {
    const body: HclBody = { attributes: new Map(), blocks: [] };
    for (;;) {
      this.#skip(true);
      if (end !== '' && this.#take(end)) return body;
      if (this.#at >= this.text.length) {
        if (end === '') return body;
        this.#fail(
          UNCLOSED,
          'There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.',
        );
      }
      this.#item(body);
    }
  }

  #item(body: HclBody): void {
    const from = this.#at;
    const quoted = this.text[this.#at] === '"' ? this.#string() : undefined;
    const name = quoted ?? this.#identifier();
    if (name === undefined)
      this.#fail('Argument or block definition required', 'An argument or block definition is required here.');
    const range = this.#range(from);
    this.#skip(false);
    if (this.text[this.#at] === '=' && this.text[this.#at + 1] !== '=') {
      this.#at++;
      if (body.attributes.has(name))
        throw new HclError(
          'Attribute redefined',
          `The argument "${name}" was already set. Each argument may be set only once.`,
          range,
        );
      body.attributes.set(name, this.expression(false));
      this.#skip(false);
      this.#match(/#[^\n]*|\/\/[^\n]*/);
      if (this.#at < this.text.length && !/[\n}]/.test(this.text[this.#at]!) && !this.text.startsWith('\r\n', this.#at))
        this.#fail('Missing newline after argument', 'An argument definition must end with a newline.');
      return;
    }
    const labels: string[] = [];
    for (;;) {
      this.#skip(false);
      if (this.text[this.#at] === '"') labels.push(this.#string());
      else {
        const label = this.#identifier();
        if (label === undefined) break;
        labels.push(label);
      }
    }
    if (labels.length === 0 && /^(\r?\n|$)/.test(this.text.slice(this.#at)))
      this.#fail(
        'Argument or block definition required',
        'An argument or block definition is required here. To set an argument, use the equals sign "=" to introduce the argument value.',
        from,
        this.#at,
      );
    if (!this.#take('{'))
      this.#fail(
        'Invalid block definition',
        'Either a quoted string block label or an opening brace ("{") is expected here.',
      );
    body.blocks.push({ type: name, labels, body: this.#block(), at: this.#range(this.#at - 1) });
  }

  /** The inside of a block, which may be one argument on the same line. */
  #block(): HclBody {
    const open = this.#at - 1;
    this.#skip(false);
    this.#match(/#[^\n]*|\/\/[^\n]*/);
    if (/[\n\r}]/.test(this.text[this.#at] ?? '\n')) {
      try {
        return this.body('}');
      } catch (error) {
        if (!(error instanceof HclError) || error.summary !== UNCLOSED) throw error;
        throw new HclError(error.summary, error.detail, this.#range(open, open + 1));
      }
    }
    const body: HclBody = { attributes: new Map(), blocks: [] };
    this.#item(body);
    this.#skip(false);
    if (!this.#take('}'))
      this.#fail(
        'Invalid single-argument block definition',
        "An argument definition on the same line as its containing block creates a single-line block definition, which must also be closed on the same line. Place the block's closing brace immediately after the argument definition.",
      );
    return body;
  }

  /** A quoted text without templates. */
  #string(): string {
    const from = this.#at;
    this.#at++;
    const parts = this.template('"');
    this.#at++;
    if (parts.kind === 'literal') return String(parts.value);
    throw new HclError(
      'Invalid string literal',
      'Template sequences are not allowed in this string.',
      this.#range(from),
    );
  }

  expression(lines = true): HclExpression {
    this.#skip(lines);
    const from = this.#at;
    const test = this.#binary(0);
    this.#skip(this.#depth > 0);
    if (!this.#take('?')) return test;
    const yes = this.expression();
    this.#expect(
      ':',
      'Missing false expression in conditional',
      'The conditional operator (...?...:...) requires a false expression, delimited by a colon.',
    );
    const no = this.expression();
    return { kind: 'conditional', test, yes, no, at: this.#range(from) };
  }

  #binary(level: number): HclExpression {
    const operators = OPERATORS[level];
    if (!operators) return this.#unary();
    const from = this.#at;
    let left = this.#binary(level + 1);
    for (;;) {
      this.#skip(this.#depth > 0);
      const comment = /^\/[/*]/.test(this.text.slice(this.#at, this.#at + 2));
      const operator = comment ? undefined : operators.find((o) => this.text.startsWith(o, this.#at));
      if (operator === undefined) return left;
      this.#at += operator.length;
      this.#skip(true);
      const right = this.#binary(level + 1);
      left = { kind: 'binary', operator, left, right, at: this.#range(from) };
    }
  }

  /** How many brackets are open: within them line ends are blanks. */
  #depth = 0;

  #unary(): HclExpression {
    const from = this.#at;
    for (const operator of ['!', '-'])
      if (this.text[this.#at] === operator && this.text[this.#at + 1] !== '=') {
        this.#at++;
        this.#skip(true);
        return { kind: 'unary', operator, of: this.#unary(), at: this.#range(from) };
      }
    return this.#postfix(this.#primary(), from);
  }

  #postfix(start: HclExpression, from: number): HclExpression {
    let at = start;
    for (;;) {
      if (this.text.startsWith('.*', this.#at) || this.text.startsWith('[*]', this.#at)) {
        this.#at += this.text[this.#at] === '.' ? 2 : 3;
        const rest: HclExpression[] = [];
        for (let key = this.#accessor(); key; key = this.#accessor()) rest.push(key);
        at = { kind: 'splat', of: at, rest, at: this.#range(from) };
        continue;
      }
      const key = this.#accessor();
      if (!key) return at;
      at = { kind: 'index', of: at, key, at: this.#range(from) };
    }
  }

  /** `.name`, `.0`, `[key]` */
  #accessor(): HclExpression | undefined {
    const from = this.#at;
    if (this.text[this.#at] === '.' && /[\w]/.test(this.text[this.#at + 1] ?? '')) {
      this.#at++;
      const name = this.#match(/\d+/) ?? this.#identifier() ?? '';
      return { kind: 'literal', value: /^\d+$/.test(name) ? Number(name) : name, at: this.#range(from) };
    }
    if (this.text[this.#at] !== '[') return undefined;
    this.#at++;
    this.#depth++;
    const key = this.expression();
    this.#depth--;
    this.#expect(']', 'Missing close bracket on index', 'The index operator must end with a closing bracket ("]").');
    return key;
  }

  #primary(): HclExpression {
    const from = this.#at;
    const c = this.text[this.#at] ?? '';
    if (c === '"') {
      this.#at++;
      const template = this.template('"');
      this.#at++;
      return { ...template, at: this.#range(from) };
    }
    if (this.text.startsWith('<<', this.#at)) return this.#heredoc();
    const number = this.#match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/);
    if (number !== undefined) return { kind: 'literal', value: Number(number), at: this.#range(from) };
    if (c === '(') {
      this.#at++;
      this.#depth++;
      const inner = this.expression();
      this.#depth--;
      this.#expect(')', 'Unbalanced parentheses', 'Expected a closing parenthesis to terminate the expression.');
      return inner;
    }
    if (c === '[') return this.#list(from);
    if (c === '{') return this.#object(from);
    const name = this.#identifier();
    if (name === undefined)
      this.#fail('Invalid expression', 'Expected the start of an expression, but found an invalid expression token.');
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', at: this.#range(from) };
    if (name === 'null') return { kind: 'literal', value: null, at: this.#range(from) };
    if (this.text[this.#at] !== '(') return { kind: 'variable', name, at: this.#range(from) };
    this.#at++;
    const { items, spread } = this.#items(')');
    return { kind: 'call', name, args: items, spread, at: this.#range(from, from + name.length) };
  }

  /** Expressions with commas between, up to a bracket. */
  #items(end: string): { items: HclExpression[]; spread: boolean } {
    const items: HclExpression[] = [];
    let spread = false;
    this.#depth++;
    for (;;) {
      this.#skip(true);
      if (this.#take(end)) break;
      items.push(this.expression());
      this.#skip(true);
      if (this.#take('...')) spread = true;
      this.#skip(true);
      if (this.#take(',')) continue;
      if (this.#take(end)) break;
      this.#fail('Missing item separator', 'Expected a comma to mark the beginning of the next item.');
    }
    this.#depth--;
    return { items, spread };
  }

  #list(from: number): HclExpression {
    this.#at++;
    const loop = this.#for(from, ']', false);
    if (loop) return loop;
    return { kind: 'list', items: this.#items(']').items, at: this.#range(from) };
  }

  #object(from: number): HclExpression {
    this.#at++;
    const loop = this.#for(from, '}', true);
    if (loop) return loop;
    const items: [HclExpression, HclExpression][] = [];
    const depth = this.#depth;
    this.#depth = 0;
    for (;;) {
      this.#skip(true);
      if (this.#take('}')) break;
      const at = this.#at;
      const name = this.#match(/[A-Za-z_][\w-]*(?=\s*[=:](?!=))/);
      const key: HclExpression =
        name === undefined ? this.expression() : { kind: 'literal', value: name, at: this.#range(at) };
      this.#skip(true);
      if (!this.#take('=') && !this.#take(':'))
        this.#fail('Missing attribute value', 'Expected an attribute value, introduced by an equals sign ("=").');
      items.push([key, this.expression()]);
      this.#skip(false);
      this.#match(/#[^\n]*|\/\/[^\n]*/);
      this.#take(',');
    }
    this.#depth = depth;
    return { kind: 'object', items, at: this.#range(from) };
  }

  /** `for k, v in LIST : VALUE if TEST` */
  #for(from: number, end: string, object: boolean): HclExpression | undefined {
    this.#skip(true);
    if (this.#match(/for(?=\s)/) === undefined) return undefined;
    this.#depth++;
    const names: string[] = [];
    for (;;) {
      this.#skip(true);
      names.push(
        this.#identifier() ??
          this.#fail("Invalid 'for' expression", "For expression requires variable name after 'for'."),
      );
      this.#skip(true);
      if (!this.#take(',')) break;
    }
    if (this.#match(/in(?=[\s([{"])/) === undefined)
      this.#fail("Invalid 'for' expression", "For expression requires the 'in' keyword after its name declarations.");
    const of = this.expression();
    this.#expect(':', "Invalid 'for' expression", "For expression requires a colon after the 'in' clause.");
    let value = this.expression();
    let key: HclExpression | undefined;
    this.#skip(true);
    if (object && this.#take('=>')) {
      key = value;
      value = this.expression();
      this.#skip(true);
    }
    const group = this.#take('...');
    this.#skip(true);
    const test = this.#match(/if(?=[\s(!])/) === undefined ? undefined : this.expression();
    this.#depth--;
    this.#expect(end, "Invalid 'for' expression", "Extra characters after the end of the 'for' expression.");
    return { kind: 'for', names, of, key, value, test, group, object, at: this.#range(from) };
  }

  #heredoc(): HclExpression {
    const from = this.#at;
    const head = this.#match(/<<-?[A-Za-z_][\w-]*\r?\n/);
    if (head === undefined)
      this.#fail('Invalid expression', 'Expected the start of an expression, but found an invalid expression token.');
    const indented = head[2] === '-';
    const name = head.replace(/^<<-?/, '').trim();
    const lines: string[] = [];
    for (;;) {
      const end = this.text.indexOf('\n', this.#at);
      const line = this.text.slice(this.#at, end < 0 ? undefined : end).replace(/\r$/, '');
      if (line.trim() === name) {
        this.#at += line.length;
        break;
      }
      if (end < 0) this.#fail('Unterminated template string', 'No closing marker was found for the string.', from);
      lines.push(line);
      this.#at = end + 1;
    }
    const indent = indented
      ? Math.min(...lines.filter((l) => l.trim() !== '').map((l) => /^\s*/.exec(l)![0].length))
      : 0;
    const text = lines.map((line) => `${line.slice(Number.isFinite(indent) ? indent : 0)}\n`).join('');
    return { ...new Parser(text).template('', true), at: this.#range(from) };
  }

  /** The inside of a quoted text, up to (not with) its end. */
  template(end: string, raw = false): HclExpression {
    const from = this.#at;
    const parts: HclExpression[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ kind: 'literal', value: text, at: this.#range(from) });
      text = '';
    };
    while (this.#at < this.text.length && (end === '' || this.text[this.#at] !== end)) {
      const c = this.text[this.#at]!;
      if (this.text.startsWith('$${', this.#at) || this.text.startsWith('%%{', this.#at)) {
        text += `${c}{`;
        this.#at += 3;
      } else if (this.text.startsWith('${', this.#at)) {
        flush();
        parts.push(this.#interpolation());
      } else if (c === '\\' && !raw && end !== '') text += this.#escape();
      else if (c === '\n' && end !== '')
        this.#fail(
          'Invalid multi-line string',
          'Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the "heredoc" multi-line template syntax.',
        );
      else {
        text += c;
        this.#at++;
      }
    }
    if (end !== '' && this.#at >= this.text.length)
      this.#fail('Unterminated template string', 'No closing marker was found for the string.', from);
    flush();
    if (parts.length === 0) return { kind: 'literal', value: '', at: this.#range(from) };
    if (parts.length === 1) return parts[0]!;
    return { kind: 'template', parts, at: this.#range(from) };
  }

  #interpolation(): HclExpression {
    this.#at += 2;
    this.#take('~');
    this.#depth++;
    const inner = this.expression();
    this.#depth--;
    this.#skip(true);
    this.#take('~');
    if (!this.#take('}'))
      this.#fail(
        'Extra characters after interpolation expression',
        'Expected a closing brace to end the interpolation expression, but found extra characters.',
      );
    return inner;
  }

  #escape(): string {
    const c = this.text[this.#at + 1] ?? '';
    this.#at += 2;
    const plain: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
    if (plain[c] !== undefined) return plain[c];
    const digits = c === 'u' ? 4 : c === 'U' ? 8 : 0;
    const hex = this.text.slice(this.#at, this.#at + digits);
    if (digits === 0 || !/^[0-9a-fA-F]+$/.test(hex))
      this.#fail(
        'Invalid escape sequence',
        `The symbol ${JSON.stringify(c)} is not a valid escape sequence selector.`,
        this.#at - 2,
        this.#at,
      );
    this.#at += digits;
    return String.fromCodePoint(Number.parseInt(hex, 16));
  }
}
