/**
 * What Go's encoding/json says of a text that is no JSON (`invalid character '}' looking for beginning of value`).
 * @returns undefined where it is JSON
 */
export function goJsonProblem(text: string): string | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.space();
    scanner.value();
    scanner.space();
    if (!scanner.atEnd) scanner.refuse('after top-level value');
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.words;
    throw thrown;
  }
  return undefined;
}

class Problem {
  constructor(readonly words: string) {}
}

const MAX_DEPTH = 10_000;

class Scanner {
  #at = 0;
  #depth = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  refuse(where: string): never {
    if (this.atEnd) throw new Problem('unexpected end of JSON input');
    const c = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
    const quoted = c === "'" ? "'\\''" : c === '"' ? `'"'` : c === '\n' ? "'\\n'" : c === '\t' ? "'\\t'" : `'${c}'`;
    throw new Problem(`invalid character ${quoted} ${where}`);
  }

  space(): void {
    while (!this.atEnd && ' \t\r\n'.includes(this.#peek())) this.#at++;
  }

  value(): void {
    const c = this.#peek();
    if (c === '{') this.#members('}', 'object');
    else if (c === '[') this.#members(']', 'array');
    else if (c === '"') this.#string();
    else if (c === '-' || (c >= '0' && c <= '9')) this.#number();
    else if (c === 't') this.#literal('true');
    else if (c === 'f') this.#literal('false');
    else if (c === 'n') this.#literal('null');
    else this.refuse('looking for beginning of value');
  }

  #members(close: string, kind: 'object' | 'array'): void {
    if (++this.#depth > MAX_DEPTH) throw new Problem('exceeded max depth');
    this.#at++;
    this.space();
    if (this.#peek() === close) {
      this.#at++;
      this.#depth--;
      return;
    }
    for (;;) {
      if (kind === 'object') this.#key();
      this.value();
      this.space();
      if (this.#peek() === close) break;
      if (this.#peek() !== ',') this.refuse(kind === 'object' ? 'after object key:value pair' : 'after array element');
      this.#at++;
      this.space();
    }
    this.#at++;
    this.#depth--;
  }

  #key(): void {
    if (this.#peek() !== '"') this.refuse('looking for beginning of object key string');
    this.#string();
    this.space();
    if (this.#peek() !== ':') this.refuse('after object key');
    this.#at++;
    this.space();
  }

  #string(): void {
    for (this.#at++; this.#peek() !== '"'; this.#at++) {
      if (this.atEnd || this.#peek() < ' ') this.refuse('in string literal');
      if (this.#peek() !== '\\') continue;
      this.#at++;
      if (this.#peek() === 'u') {
        for (let i = 0; i < 4; i++) {
          this.#at++;
          if (!/^[0-9a-fA-F]$/.test(this.#peek())) this.refuse('in \\u hexadecimal character escape');
        }
      } else if (this.atEnd || !'"\\/bfnrt'.includes(this.#peek())) this.refuse('in string escape code');
    }
    this.#at++;
  }

  #digits(where: string): void {
    if (!/^[0-9]$/.test(this.#peek())) this.refuse(where);
    while (/^[0-9]$/.test(this.#peek())) this.#at++;
  }

  #number(): void {
    if (this.#peek() === '-') this.#at++;
    if (this.#peek() === '0') this.#at++;
    else this.#digits('in numeric literal');
    if (this.#peek() === '.') {
      this.#at++;
      this.#digits('after decimal point in numeric literal');
    }
    if (this.#peek() === 'e' || this.#peek() === 'E') {
      this.#at++;
      if (this.#peek() === '+' || this.#peek() === '-') this.#at++;
      this.#digits('in exponent of numeric literal');
    }
  }

  #literal(word: string): void {
    for (const letter of word) {
      if (this.#peek() !== letter) this.refuse(`in literal ${word} (expecting '${letter}')`);
      this.#at++;
    }
  }
}
