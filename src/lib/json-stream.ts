import { decode } from './utf8.ts';

/** A stream that is not JSON. */
export class JsonStreamError extends Error {}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A document longer than this is refused. */
const DOCUMENT_MAX = 256 * 1024 * 1024;

/**
 * Finds JSON documents one after another in a stream of bytes (progress, events, JSON lines), whatever stands between
 * them: nothing, blanks or line ends.
 */
export class JsonStream {
  private pieces: Uint8Array[] = [];
  private size = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** In a number or word at top level, which only a separator ends. */
  private inScalar = false;

  /**
   * Takes the next bytes. @returns the documents that are complete now
   * @throws JsonStreamError where a document is no JSON
   */
  push(bytes: Uint8Array): unknown[] {
    const documents: unknown[] = [];
    let start = this.isOpen() ? 0 : -1;
    for (let i = 0; i < bytes.length; i++) {
      const b = bytes[i]!;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (b === BACKSLASH) this.escaped = true;
        else if (b === QUOTE) {
          this.inString = false;
          if (this.depth === 0) {
            documents.push(this.finish(bytes.subarray(start, i + 1)));
            start = -1;
          }
        }
        continue;
      }
      const isBlank = b === 0x20 || b === 0x0a || b === 0x0d || b === 0x09;
      const isOpening = b === 0x7b || b === 0x5b;
      if (this.inScalar && (isBlank || isOpening || b === QUOTE)) {
        documents.push(this.finish(bytes.subarray(start, i)));
        this.inScalar = false;
        start = -1;
      }
      if (isBlank && this.depth === 0) continue;
      if (start < 0) start = i;
      if (b === QUOTE) this.inString = true;
      else if (isOpening) this.depth++;
      else if (b === 0x7d || b === 0x5d) {
        this.depth--;
        if (this.depth <= 0) {
          documents.push(this.finish(bytes.subarray(start, i + 1)));
          this.depth = 0;
          this.inScalar = false;
          start = -1;
        }
      } else if (this.depth === 0) this.inScalar = true;
    }
    if (start >= 0) this.keep(bytes.subarray(start));
    return documents;
  }

  /** The stream is over. @returns the last document, if it was a bare number or word. @throws JsonStreamError `unexpected EOF` */
  end(): unknown[] {
    if (this.inScalar) {
      this.inScalar = false;
      return [this.finish(new Uint8Array(0))];
    }
    if (this.isOpen()) throw new JsonStreamError('unexpected EOF');
    return [];
  }

  private isOpen(): boolean {
    return this.depth > 0 || this.inString || this.inScalar;
  }

  private keep(bytes: Uint8Array): void {
    this.size += bytes.length;
    if (this.size > DOCUMENT_MAX) throw new JsonStreamError('JSON document too large');
    this.pieces.push(new Uint8Array(bytes));
  }

  private finish(last: Uint8Array): unknown {
    const whole = new Uint8Array(this.size + last.length);
    let at = 0;
    for (const piece of this.pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    whole.set(last, at);
    this.pieces = [];
    this.size = 0;
    try {
      return JSON.parse(decode(whole));
    } catch (error) {
      throw new JsonStreamError(error instanceof Error ? error.message : String(error));
    }
  }
}
