import { NeedMore, ParseFailure, type Trouble } from './failure.ts';
import type { Dialect } from './personality.ts';

const NAME_CHAR = new Uint8Array(128);
for (let c = 0; c < 128; c++) if (/\w/.test(String.fromCharCode(c))) NAME_CHAR[c] = 1;

export const isNameChar = (c: number): boolean => c < 128 && NAME_CHAR[c] === 1;
export const isNameStart = (c: number): boolean => c < 128 && NAME_CHAR[c] === 1 && !(c >= 48 && c <= 57);
export const isDigit = (c: number): boolean => c >= 48 && c <= 57;
/** Space, tab, newline and the operators' first characters end an unquoted word. */
export const isMeta = (c: number): boolean =>
  c === 32 || c === 9 || c === 10 || c === 59 || c === 38 || c === 124 || c === 60 || c === 62 || c === 40 || c === 41;

/** Settings that change while a script runs and that the next command is parsed by. */
export interface ParseSettings {
  readonly dialect: Dialect;
  extglob: boolean;
  /** Brace expansion is on. */
  braceexpand: boolean;
  aliases(): { get(name: string): string | undefined } | undefined;
  /** Words such as `declare` whose assignment-like arguments are assignments. */
  isDeclaration(command: string): boolean;
  /** Prints a warning on the way (a here-document that the end of the text ended). */
  warn(line: number, message: string): void;
}

/** The text that is parsed and a place in it. */
export class Scanner {
  pos = 0;
  line: number;
  /** What closes the constructs that are open, outermost first: hints for NeedMore. */
  closers: string[] = [];

  constructor(
    public src: string,
    readonly settings: ParseSettings,
    firstLine = 1,
    /** The source may grow: its end in the middle of a command is no error. */
    public growing = false,
  ) {
    this.line = firstLine;
  }

  get dialect(): Dialect {
    return this.settings.dialect;
  }

  code(ahead = 0): number {
    const at = this.pos + ahead;
    return at < this.src.length ? this.src.charCodeAt(at) : -1;
  }

  at(text: string): boolean {
    return this.src.startsWith(text, this.pos);
  }

  get ended(): boolean {
    return this.pos >= this.src.length;
  }

  /** Drops backslash-newline pairs that stand here. */
  skipContinuations(): void {
    while (this.code() === 92 && this.code(1) === 10) {
      this.pos += 2;
      this.line++;
      if (this.ended) this.wantMore();
    }
  }

  /** Takes a backslash-newline at `at` out of the text. */
  splice(at: number): void {
    this.src = this.src.slice(0, at) + this.src.slice(at + 2);
    this.line++;
    if (at >= this.src.length) this.wantMore();
  }

  wantMore(delimiter?: string): void {
    if (this.growing) throw new NeedMore(this.closers[0], delimiter);
  }

  fail(trouble: Trouble, line = this.line): never {
    if (trouble.kind === 'end' || trouble.kind === 'unterminated') {
      if (this.growing)
        throw new NeedMore(this.closers[0] ?? (trouble.kind === 'unterminated' ? trouble.delimiter : undefined));
    }
    throw new ParseFailure(trouble, line, this.pos);
  }

  /** Runs `body` while `closer` is what the innermost open construct waits for. */
  inside<T>(closer: string, body: () => T): T {
    this.closers.push(closer);
    const depth = this.closers.length;
    const result = body();
    this.closers.length = depth - 1;
    return result;
  }
}
