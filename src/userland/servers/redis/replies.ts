import { toBinary } from './bytes.ts';

/** An answer as a client reads it. */
export type Answer =
  | { type: 'status' | 'error' | 'bulk' | 'double'; text: string }
  | { type: 'integer'; text: string }
  | { type: 'nil' }
  | { type: 'array'; items: Answer[] };

/** Reads answers (RESP2) from a server's bytes. */
export class Answers {
  #text = '';
  #at = 0;

  push(bytes: Uint8Array): void {
    this.#text = this.#text.slice(this.#at) + toBinary(bytes);
    this.#at = 0;
  }

  /** @returns the next whole answer; undefined where it has not come yet */
  next(): Answer | undefined {
    const begin = this.#at;
    const answer = this.#read();
    if (!answer) this.#at = begin;
    return answer;
  }

  #read(): Answer | undefined {
    const end = this.#text.indexOf('\r\n', this.#at);
    if (end < 0) return undefined;
    const mark = this.#text[this.#at];
    const rest = this.#text.slice(this.#at + 1, end);
    this.#at = end + 2;
    if (mark === '+') return { type: 'status', text: rest };
    if (mark === '-') return { type: 'error', text: rest };
    if (mark === ':') return { type: 'integer', text: rest };
    const length = Number(rest);
    if (length < 0) return { type: 'nil' };
    if (mark === '$') {
      if (this.#text.length < this.#at + length + 2) return undefined;
      const text = this.#text.slice(this.#at, this.#at + length);
      this.#at += length + 2;
      return { type: 'bulk', text };
    }
    const items: Answer[] = [];
    for (let i = 0; i < length; i++) {
      const item = this.#read();
      if (!item) return undefined;
      items.push(item);
    }
    return { type: 'array', items };
  }
}

/** A bulk string as redis-cli quotes it. @see redis sds.c, sdscatrepr */
function quoted(text: string): string {
  let out = '"';
  for (const c of text) {
    const code = c.charCodeAt(0);
    const short = (
      { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\x07': '\\a', '\\': '\\\\', '"': '\\"' } as Record<
        string,
        string
      >
    )[c];
    out += short ?? (code < 32 || code > 126 ? `\\x${code.toString(16).padStart(2, '0')}` : c);
  }
  return `${out}"`;
}

/** An answer as redis-cli shows it on a terminal. @see redis redis-cli.c, cliFormatReplyTTY */
export function formatForTerminal(answer: Answer, prefix = ''): string {
  switch (answer.type) {
    case 'status':
      return `${answer.text}\n`;
    case 'error':
      return `(error) ${answer.text}\n`;
    case 'integer':
      return `(integer) ${answer.text}\n`;
    case 'double':
      return `(double) ${answer.text}\n`;
    case 'bulk':
      return `${quoted(answer.text)}\n`;
    case 'nil':
      return '(nil)\n';
    case 'array': {
      if (answer.items.length === 0) return '(empty array)\n';
      const width = String(answer.items.length).length;
      const inner = `${prefix}${' '.repeat(width + 2)}`;
      return answer.items
        .map((item, i) => `${i === 0 ? '' : prefix}${String(i + 1).padStart(width)}) ${formatForTerminal(item, inner)}`)
        .join('');
    }
  }
}

/** An answer as redis-cli writes it into a pipe. @see redis redis-cli.c, cliFormatReplyRaw */
export function formatRaw(answer: Answer): string {
  switch (answer.type) {
    case 'nil':
      return '';
    case 'array':
      return answer.items.map((item) => formatRaw(item)).join('\n');
    case 'error':
      return `${answer.text}\n`;
    default:
      return answer.text;
  }
}
