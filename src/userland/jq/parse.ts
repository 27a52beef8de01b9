/** A jq filter. */
export type Filter =
  | { kind: 'identity' }
  | { kind: 'recurse' }
  | { kind: 'literal'; value: unknown }
  | { kind: 'string'; parts: (string | Filter)[]; format: string | undefined }
  | { kind: 'format'; name: string }
  | { kind: 'index'; of: Filter; at: Filter }
  | { kind: 'slice'; of: Filter; from: Filter | undefined; to: Filter | undefined }
  | { kind: 'each'; of: Filter }
  | { kind: 'try'; body: Filter; handler: Filter | undefined }
  | { kind: 'pipe' | 'comma'; left: Filter; right: Filter }
  | { kind: 'binary'; op: string; left: Filter; right: Filter }
  | { kind: 'assign'; op: string; left: Filter; right: Filter }
  | { kind: 'negate'; of: Filter }
  | { kind: 'array'; of: Filter | undefined }
  | { kind: 'object'; entries: { key: Filter; value: Filter }[] }
  | { kind: 'if'; branches: { test: Filter; body: Filter }[]; otherwise: Filter | undefined }
  | { kind: 'reduce'; source: Filter; name: string; start: Filter; step: Filter }
  | { kind: 'foreach'; source: Filter; name: string; start: Filter; step: Filter; extract: Filter | undefined }
  | { kind: 'bind'; source: Filter; pattern: Pattern; body: Filter }
  | { kind: 'variable'; name: string }
  | { kind: 'call'; name: string; args: Filter[] }
  | { kind: 'define'; name: string; params: string[]; body: Filter; rest: Filter };

export type Pattern = { name: string } | { items: Pattern[] } | { fields: { key: string; value: Pattern }[] };

/** What is wrong with a program's text. */
export class JqSyntaxError extends Error {}

const TOKEN =
  /\s+|#[^\n]*|("(?:[^"\\]|\\.)*")|(\.\.|\?\/\/|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|[.[\](){}|,:;=<>+\-*/%?])|(\$__loc__|\$?[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_]\w*)*)|(\.[A-Za-z_]\w*)|(@[a-z0-9]+)|(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)/y;

interface Token {
  kind: 'string' | 'op' | 'word' | 'field' | 'format' | 'number' | 'end';
  text: string;
}

/** Cuts a string literal with its interpolations out of the text, nesting counted. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') {
    if (text[i] === '\\' && text[i + 1] === '(') {
      let depth = 1;
      i += 2;
      while (i < text.length && depth > 0) {
        if (text[i] === '"') i = stringEnd(text, i) - 1;
        else if (text[i] === '(') depth++;
        else if (text[i] === ')') depth--;
        i++;
      }
    } else i += text[i] === '\\' ? 2 : 1;
  }
  return i + 1;
}

function tokens(text: string): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === '"') {
      const end = stringEnd(text, at);
      if (end > text.length) throw new JqSyntaxError('unterminated string literal');
      out.push({ kind: 'string', text: text.slice(at + 1, end - 1) });
      at = end;
      continue;
    }
    const field = /^\.[A-Za-z_]\w*/.exec(text.slice(at));
    if (field) {
      out.push({ kind: 'field', text: field[0].slice(1) });
      at += field[0].length;
      continue;
    }
    const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/.exec(text.slice(at));
    if (number) {
      out.push({ kind: 'number', text: number[0] });
      at += number[0].length;
      continue;
    }
    TOKEN.lastIndex = at;
    const m = TOKEN.exec(text);
    if (!m) throw new JqSyntaxError('unexpected INVALID_CHARACTER');
    at = TOKEN.lastIndex;
    if (m[2] !== undefined) out.push({ kind: 'op', text: m[2] });
    else if (m[3] !== undefined) out.push({ kind: 'word', text: m[3] });
    else if (m[5] !== undefined) out.push({ kind: 'format', text: m[5] });
  }
  out.push({ kind: 'end', text: '' });
  return out;
}

const BINARY: readonly { ops: readonly string[]; right?: true }[] = [
  { ops: ['//'], right: true },
  { ops: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='] },
  { ops: ['or'] },
  { ops: ['and'] },
  { ops: ['==', '!=', '<', '<=', '>', '>='] },
  { ops: ['+', '-'] },
  { ops: ['*', '/', '%'] },
];
const KEYWORDS = [
  'then',
  'elif',
  'else',
  'end',
  'as',
  'and',
  'or',
  'catch',
  'def',
  'reduce',
  'foreach',
  'if',
  'try',
  'label',
];

class Parser {
  #tokens: Token[];
  #at = 0;
  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  get #now(): Token {
    return this.#tokens[this.#at]!;
  }

  #is(text: string): boolean {
    return (this.#now.kind === 'op' || this.#now.kind === 'word') && this.#now.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) this.#fail();
  }

  #fail(): never {
    const { kind, text } = this.#now;
    throw new JqSyntaxError(
      kind === 'end'
        ? 'unexpected end of file'
        : kind === 'op'
          ? `unexpected '${text}'`
          : kind === 'field'
            ? 'unexpected FIELD'
            : kind === 'number'
              ? 'unexpected LITERAL'
              : `unexpected ${KEYWORDS.includes(text) ? text : 'IDENT'}`,
    );
  }

  #atEnd(): boolean {
    return this.#now.kind === 'end';
  }

  program(): Filter {
    if (this.#atEnd()) return { kind: 'identity' };
    const filter = this.pipe();
    if (!this.#atEnd()) this.#fail();
    return filter;
  }

  pipe(): Filter {
    if (this.#is('def')) {
      const { name, params, body } = this.#definition();
      return {
        kind: 'define',
        name,
        params,
        body,
        rest: this.#now.kind === 'end' ? { kind: 'identity' } : this.pipe(),
      };
    }
    const left = this.#comma();
    if (this.#take('as')) {
      const pattern = this.#pattern();
      this.#need('|');
      return { kind: 'bind', source: left, pattern, body: this.pipe() };
    }
    return this.#take('|') ? { kind: 'pipe', left, right: this.pipe() } : left;
  }

  #definition(): { name: string; params: string[]; body: Filter } {
    this.#need('def');
    const name = this.#word();
    const params: string[] = [];
    if (this.#take('(')) {
      do params.push(this.#word());
      while (this.#take(';'));
      this.#need(')');
    }
    this.#need(':');
    const body = this.pipe();
    this.#need(';');
    return { name, params, body };
  }

  #word(): string {
    if (this.#now.kind !== 'word') this.#fail();
    return this.#tokens[this.#at++]!.text;
  }

  #pattern(): Pattern {
    if (this.#take('[')) {
      const items: Pattern[] = [];
      do items.push(this.#pattern());
      while (this.#take(','));
      this.#need(']');
      return { items };
    }
    if (this.#take('{')) {
      const fields: { key: string; value: Pattern }[] = [];
      do {
        const token = this.#tokens[this.#at++]!;
        if (token.text.startsWith('$')) {
          const name = token.text.slice(1);
          fields.push({ key: name, value: this.#take(':') ? this.#pattern() : { name } });
        } else {
          this.#need(':');
          fields.push({ key: token.text, value: this.#pattern() });
        }
      } while (this.#take(','));
      this.#need('}');
      return { fields };
    }
    const name = this.#word();
    if (!name.startsWith('$')) this.#fail();
    return { name: name.slice(1) };
  }

  #comma(): Filter {
    let left = this.#binary(0);
    while (this.#take(',')) left = { kind: 'comma', left, right: this.#binary(0) };
    return left;
  }

  #binary(level: number): Filter {
    const row = BINARY[level];
    if (!row) return this.#postfix();
    let left = this.#binary(level + 1);
    for (;;) {
      const op = row.ops.find((candidate) => this.#is(candidate));
      if (op === undefined) return left;
      this.#at++;
      const right = row.right ? this.#binary(level) : this.#binary(level + (level === 1 ? 0 : 1));
      left = level === 1 ? { kind: 'assign', op, left, right } : { kind: 'binary', op, left, right };
    }
  }

  #postfix(): Filter {
    let of = this.#term();
    for (;;) {
      if (this.#now.kind === 'field')
        of = { kind: 'index', of, at: { kind: 'literal', value: this.#tokens[this.#at++]!.text } };
      else if (this.#is('.') && this.#tokens[this.#at + 1]?.kind === 'string') {
        this.#at++;
        of = { kind: 'index', of, at: this.#string(undefined) };
      } else if (this.#is('.') && this.#tokens[this.#at + 1]?.text === '[') this.#at++;
      else if (this.#take('[')) of = this.#bracket(of);
      else if (this.#take('?')) of = { kind: 'try', body: of, handler: undefined };
      else if (this.#is('as') && KEYWORDS.includes('as')) {
        const save = this.#at;
        this.#at++;
        const pattern = this.#pattern();
        if (!this.#take('|')) {
          this.#at = save;
          return of;
        }
        return { kind: 'bind', source: of, pattern, body: this.pipe() };
      } else return of;
    }
  }

  #bracket(of: Filter): Filter {
    if (this.#take(']')) return { kind: 'each', of };
    if (this.#take(':')) {
      const to = this.pipe();
      this.#need(']');
      return { kind: 'slice', of, from: undefined, to };
    }
    const first = this.pipe();
    if (this.#take(':')) {
      const to = this.#is(']') ? undefined : this.pipe();
      this.#need(']');
      return { kind: 'slice', of, from: first, to };
    }
    this.#need(']');
    return { kind: 'index', of, at: first };
  }

  #string(format: string | undefined): Filter {
    const text = this.#tokens[this.#at++]!.text;
    const parts: (string | Filter)[] = [];
    let plain = '';
    for (let i = 0; i < text.length; ) {
      if (text[i] !== '\\') plain += text[i++];
      else if (text[i + 1] === '(') {
        let depth = 1;
        let j = i + 2;
        while (depth > 0) {
          if (text[j] === '"') j = stringEnd(text, j) - 1;
          else if (text[j] === '(') depth++;
          else if (text[j] === ')') depth--;
          j++;
        }
        parts.push(plain, new Parser(text.slice(i + 2, j - 1)).program());
        plain = '';
        i = j;
      } else if (text[i + 1] === 'u') {
        plain += String.fromCharCode(Number.parseInt(text.slice(i + 2, i + 6), 16));
        i += 6;
      } else {
        plain += { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[text[i + 1]!] ?? text[i + 1];
        i += 2;
      }
    }
    parts.push(plain);
    return { kind: 'string', parts, format };
  }

  #term(): Filter {
    const token = this.#now;
    if (token.kind === 'number') {
      this.#at++;
      return { kind: 'literal', value: Number(token.text) };
    }
    if (token.kind === 'string') return this.#string(undefined);
    if (token.kind === 'format') {
      this.#at++;
      return this.#now.kind === 'string' ? this.#string(token.text) : { kind: 'format', name: token.text };
    }
    if (token.kind === 'field') {
      this.#at++;
      return { kind: 'index', of: { kind: 'identity' }, at: { kind: 'literal', value: token.text } };
    }
    if (this.#take('..')) return { kind: 'recurse' };
    if (this.#take('.')) {
      if (this.#now.kind === 'string') return { kind: 'index', of: { kind: 'identity' }, at: this.#string(undefined) };
      return { kind: 'identity' };
    }
    if (this.#take('-')) return { kind: 'negate', of: this.#postfix() };
    if (this.#take('(')) {
      const inner = this.pipe();
      this.#need(')');
      return inner;
    }
    if (this.#take('[')) {
      if (this.#take(']')) return { kind: 'array', of: undefined };
      const of = this.pipe();
      this.#need(']');
      return { kind: 'array', of };
    }
    if (this.#take('{')) return this.#object();
    if (this.#is('if')) return this.#if();
    if (this.#take('try')) {
      const body = this.#postfix();
      return { kind: 'try', body, handler: this.#take('catch') ? this.#postfix() : undefined };
    }
    if (this.#is('reduce') || this.#is('foreach')) return this.#fold();
    if (this.#is('def')) return this.pipe();
    if (token.kind !== 'word' || KEYWORDS.includes(token.text)) this.#fail();
    this.#at++;
    if (token.text.startsWith('$')) return { kind: 'variable', name: token.text.slice(1) };
    if (token.text === 'null') return { kind: 'literal', value: null };
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
    const args: Filter[] = [];
    if (this.#take('(')) {
      do args.push(this.pipe());
      while (this.#take(';'));
      this.#need(')');
    }
    return { kind: 'call', name: token.text, args };
  }

  #object(): Filter {
    const entries: { key: Filter; value: Filter }[] = [];
    while (!this.#take('}')) {
      const token = this.#now;
      let key: Filter;
      let value: Filter | undefined;
      if (this.#take('(')) {
        key = this.pipe();
        this.#need(')');
      } else if (token.kind === 'string') {
        key = this.#string(undefined);
        value = { kind: 'index', of: { kind: 'identity' }, at: key };
      } else if (token.kind === 'word' || token.kind === 'number') {
        this.#at++;
        const name = token.text.replace(/^\$/, '');
        key = { kind: 'literal', value: name };
        value = token.text.startsWith('$')
          ? { kind: 'variable', name }
          : { kind: 'index', of: { kind: 'identity' }, at: key };
      } else this.#fail();
      if (this.#take(':')) {
        value = this.#binaryValue();
      } else if (value === undefined) this.#fail();
      entries.push({ key, value: value! });
      if (!this.#take(',') && !this.#is('}')) this.#fail();
    }
    return { kind: 'object', entries };
  }

  /** The value of an object's entry: no comma, but a pipe. */
  #binaryValue(): Filter {
    const left = this.#binary(0);
    return this.#take('|') ? { kind: 'pipe', left, right: this.#binaryValue() } : left;
  }

  #if(): Filter {
    const branches: { test: Filter; body: Filter }[] = [];
    let otherwise: Filter | undefined;
    this.#at++;
    for (;;) {
      const test = this.pipe();
      this.#need('then');
      branches.push({ test, body: this.pipe() });
      if (this.#take('elif')) continue;
      if (this.#take('else')) otherwise = this.pipe();
      this.#need('end');
      return { kind: 'if', branches, otherwise };
    }
  }

  #fold(): Filter {
    const kind = this.#word() as 'reduce' | 'foreach';
    const source = this.#term();
    let of = source;
    while (this.#now.kind === 'field' || this.#is('[')) {
      if (this.#take('[')) of = this.#bracket(of);
      else of = { kind: 'index', of, at: { kind: 'literal', value: this.#tokens[this.#at++]!.text } };
    }
    this.#need('as');
    const pattern = this.#pattern();
    if (!('name' in pattern)) this.#fail();
    this.#need('(');
    const start = this.pipe();
    this.#need(';');
    const step = this.pipe();
    const extract = kind === 'foreach' && this.#take(';') ? this.pipe() : undefined;
    this.#need(')');
    if (kind === 'reduce') return { kind, source: of, name: pattern.name, start, step };
    return { kind, source: of, name: pattern.name, start, step, extract };
  }
}

/** @throws JqSyntaxError */
export function parseJq(text: string): Filter {
  return new Parser(text).program();
}
