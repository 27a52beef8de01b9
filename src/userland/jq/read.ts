import type { Json } from './values.ts';

/** Reads a stream of JSON texts. @returns the values, or the words of what is wrong */
export function readJsonText(text: string): Json[] | string {
  const reader = new Reader(text);
  const out: Json[] = [];
  for (;;) {
    reader.blank();
    if (reader.at >= text.length) return out;
    const value = reader.value();
    if (value === undefined) return reader.error();
    out.push(value);
  }
}

/** A parser whose positions can be told, so that several values may follow one another. */
export class Reader {
  at = 0;
  #words = '';
  constructor(readonly text: string) {}

  blank(): void {
    while (/[ \t\r\n\ufeff]/.test(this.text[this.at] ?? '')) this.at++;
  }

  error(): string {
    const before = this.text.slice(0, this.at);
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n') - 1;
    return this.at >= this.text.length
      ? `Unfinished JSON term at EOF at line ${line}, column ${column}`
      : `${this.#words || 'Invalid numeric literal'} at line ${line}, column ${column}`;
  }

  #fail(words: string): undefined {
    this.#words = words;
    return undefined;
  }

  value(): Json | undefined {
    this.blank();
    const c = this.text[this.at];
    if (c === '{') return this.#object();
    if (c === '[') return this.#array();
    if (c === '"') return this.#string();
    const m = /^(?:-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|true|false|null|nan)(?![\w.])/.exec(
      this.text.slice(this.at, this.at + 400),
    );
    if (!m) {
      const junk = /^[^\s[\]{}:,"]+/.exec(this.text.slice(this.at, this.at + 400));
      if (junk) this.at += Math.min(junk[0].length + 1, this.text.length - this.at - 1);
      return this.#fail(junk ? 'Invalid numeric literal' : 'Expected JSON value');
    }
    this.at += m[0].length;
    if (m[0] === 'true' || m[0] === 'false') return m[0] === 'true';
    if (m[0] === 'null' || m[0] === 'nan') return null;
    return Number(m[0]);
  }

  #string(): string | undefined {
    const m = /"(?:[^"\\]|\\[\s\S])*"/y;
    m.lastIndex = this.at;
    const found = m.exec(this.text);
    if (!found) {
      this.at = this.text.length;
      return this.#fail('Unfinished string');
    }
    this.at = m.lastIndex;
    try {
      return JSON.parse(
        found[0].replace(/[\x00-\x1f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16).padStart(2, '0')}`),
      ) as string;
    } catch {
      return this.#fail('Invalid escape');
    }
  }

  #badKey(another: boolean): undefined {
    const junk = /^[^\s[\]{}:,"]+/.exec(this.text.slice(this.at, this.at + 400));
    if (!junk) {
      this.at++;
      return this.#fail(another ? 'Expected another key-value pair' : 'Object keys must be strings');
    }
    this.at = Math.min(this.at + junk[0].length + 1, this.text.length - 1);
    return this.#fail('Invalid numeric literal');
  }

  #array(): Json[] | undefined {
    const out: Json[] = [];
    this.at++;
    this.blank();
    if (this.text[this.at] === ']') {
      this.at++;
      return out;
    }
    for (;;) {
      const value = this.value();
      if (value === undefined) return undefined;
      out.push(value);
      this.blank();
      const c = this.text[this.at];
      if (c !== ',' && c !== ']') return this.#fail('Expected separator between values');
      this.at++;
      if (c === ']') return out;
    }
  }

  #object(): Map<string, Json> | undefined {
    const out = new Map<string, Json>();
    this.at++;
    this.blank();
    if (this.text[this.at] === '}') {
      this.at++;
      return out;
    }
    for (;;) {
      this.blank();
      if (this.text[this.at] !== '"') return this.#badKey(out.size > 0);
      const key = this.#string();
      if (key === undefined) return undefined;
      this.blank();
      if (this.text[this.at] !== ':') return this.#fail('Objects must consist of key:value pairs');
      this.at++;
      const value = this.value();
      if (value === undefined) return undefined;
      out.set(key, value);
      this.blank();
      const c = this.text[this.at];
      if (c !== ',' && c !== '}') return this.#fail('Expected separator between values');
      this.at++;
      if (c === '}') return out;
    }
  }
}
