import { toBinary } from './bytes.ts';

/** Longest line of an inline request or a length, bytes. */
const LINE_MAX = 65_536;
const BULK_MAX = 512 * 1024 * 1024;
const COUNT_MAX = 1024 * 1024;

/** A client's stream is no request: what it is told before the connection is closed. */
export class ProtocolError extends Error {}

/** Reads requests from a client's bytes: arrays of bulk strings, and lines as one types them into telnet. */
export class Requests {
  #text = '';
  #at = 0;

  push(bytes: Uint8Array): void {
    this.#text = this.#text.slice(this.#at) + toBinary(bytes);
    this.#at = 0;
  }

  /** @returns the words of the next request (none for an empty line); undefined where it has not come yet. @throws ProtocolError */
  next(): string[] | undefined {
    const begin = this.#at;
    const words = this.#text[begin] === '*' ? this.#array() : this.#inline();
    if (words === undefined) this.#at = begin;
    return words;
  }

  #line(): string | undefined {
    const end = this.#text.indexOf('\n', this.#at);
    if (end < 0) {
      if (this.#text.length - this.#at > LINE_MAX) throw new ProtocolError('too big inline request');
      return undefined;
    }
    const line = this.#text.slice(this.#at, end).replace(/\r$/, '');
    this.#at = end + 1;
    return line;
  }

  #inline(): string[] | undefined {
    const line = this.#line();
    if (line === undefined) return undefined;
    const words = splitWords(line);
    if (!words) throw new ProtocolError('unbalanced quotes in request');
    return words;
  }

  #array(): string[] | undefined {
    const head = this.#line();
    if (head === undefined) return undefined;
    const count = Number(head.slice(1));
    if (!Number.isInteger(count) || count > COUNT_MAX) throw new ProtocolError('invalid multibulk length');
    const words: string[] = [];
    for (let i = 0; i < count; i++) {
      const size = this.#line();
      if (size === undefined) return undefined;
      if (size[0] !== '$') throw new ProtocolError(`expected '$', got '${size[0] ?? ''}'`);
      const length = Number(size.slice(1));
      if (!Number.isInteger(length) || length < 0 || length > BULK_MAX) throw new ProtocolError('invalid bulk length');
      if (this.#text.length < this.#at + length + 2) return undefined;
      words.push(this.#text.slice(this.#at, this.#at + length));
      this.#at += length + 2;
    }
    return words;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/** The words of a line with quotes and escapes; undefined where a quote is not closed. @see redis sds.c, sdssplitargs */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let i = 0;
  for (;;) {
    while (i < line.length && /\s/.test(line[i]!)) i++;
    if (i >= line.length) return words;
    let word = '';
    while (i < line.length && !/\s/.test(line[i]!)) {
      const quote = line[i]!;
      if (quote !== '"' && quote !== "'") {
        word += line[i++];
        continue;
      }
      i++;
      while (i < line.length && line[i] !== quote) {
        if (line[i] !== '\\' || i + 1 >= line.length) word += line[i++];
        else if (quote === "'") {
          word += line[i + 1] === "'" ? "'" : '\\';
          i += line[i + 1] === "'" ? 2 : 1;
        } else {
          const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(i + 1, i + 4));
          word += hex ? String.fromCharCode(Number.parseInt(hex[1]!, 16)) : (ESCAPES[line[i + 1]!] ?? line[i + 1]!);
          i += hex ? 4 : 2;
        }
      }
      if (i >= line.length || (i + 1 < line.length && !/\s/.test(line[i + 1]!))) return undefined;
      i++;
    }
    words.push(word);
  }
}
