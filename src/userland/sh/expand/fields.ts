import { hasPattern, quotePattern } from './pattern.ts';

/** What the builder asks when a field that looks like a pattern is complete. */
export interface FieldTarget {
  readonly ifs: string;
  readonly extglob: boolean;
  /** Empty elements of an unquoted `$@` stay where IFS begins with no white space (bash). */
  readonly keepsEmpty: boolean;
  /** Appends the names that match, or the field itself. */
  glob(pattern: string, text: string, out: string[]): void;
}

/** True where something but quoting stands in the pattern: backslashes alone make none. */
function isActive(pattern: string, extglob: boolean): boolean {
  const plain = pattern.replace(/\\[\s\S]/g, '');
  return /[*?]|\[[\s\S]*\]/.test(plain) || (extglob && /[+@!]\(/.test(plain));
}

/**
 * Collects the fields that a word becomes: unquoted results of expansions are split at IFS as they come, quoted text is
 * kept from splitting and from being a pattern.
 */
export class FieldBuilder {
  #text = '';
  /** The field as a pattern, kept once something in it is active. */
  #pattern: string | undefined;
  /** The field exists even if it is empty. */
  #present = false;
  /** White space of IFS has just ended a field: a delimiter that follows belongs to it. */
  #afterBlank = false;

  constructor(
    readonly out: string[],
    readonly target: FieldTarget,
    readonly noglob: boolean,
  ) {}

  quoted(text: string): void {
    this.#present = true;
    this.#afterBlank = false;
    this.#text += text;
    if (this.#pattern !== undefined) this.#pattern += quotePattern(text);
  }

  /** Unquoted text of the word itself: a pattern maybe, never split. */
  literal(text: string): void {
    if (text === '') return;
    this.#present = true;
    this.#afterBlank = false;
    if (this.#pattern !== undefined) this.#pattern += text;
    else if (!this.noglob && hasPattern(text, this.target.extglob)) this.#pattern = quotePattern(this.#text) + text;
    this.#text += text;
  }

  /** The unquoted result of an expansion. */
  split(text: string): void {
    const { ifs } = this.target;
    if (text === '') return;
    if (ifs === '') {
      this.literal(text);
      return;
    }
    if (ifs === ' \t\n' && this.#pattern === undefined && (this.noglob || !hasPattern(text, this.target.extglob))) {
      this.#splitPlain(text);
      return;
    }
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!;
      if (!ifs.includes(c)) continue;
      if (i > from) this.literal(text.slice(from, i));
      if (c === ' ' || c === '\t' || c === '\n') {
        if (this.#present) {
          this.end();
          this.#afterBlank = true;
        }
      } else if (this.#afterBlank) this.#afterBlank = false;
      else {
        this.#present = true;
        this.end();
      }
      from = i + 1;
    }
    if (from < text.length) this.literal(from === 0 ? text : text.slice(from));
  }

  /** Splits at blanks a text without patterns. */
  #splitPlain(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c !== 32 && c !== 10 && c !== 9) continue;
      if (this.#present) {
        this.#text += text.slice(from, i);
        this.end();
        this.#afterBlank = true;
      } else if (i > from) {
        this.out.push(text.slice(from, i));
        this.#afterBlank = true;
      }
      from = i + 1;
    }
    if (from < text.length) this.literal(from === 0 ? text : text.slice(from));
  }

  /** Ends the field, if there is one. */
  end(): void {
    if (!this.#present) return;
    if (this.#pattern !== undefined && isActive(this.#pattern, this.target.extglob))
      this.target.glob(this.#pattern, this.#text, this.out);
    else this.out.push(this.#text);
    this.#text = '';
    this.#pattern = undefined;
    this.#present = false;
    this.#afterBlank = false;
  }

  /** Ends the field between two elements of `$@`. */
  separate(quoted: boolean): void {
    // between unquoted ones stands the first character of IFS: one that is no white space keeps empty elements
    const delimits =
      !quoted && this.target.keepsEmpty && this.target.ifs !== '' && !' \t\n'.includes(this.target.ifs[0]!);
    if (quoted || delimits) this.#present = true;
    this.end();
  }

  get present(): boolean {
    return this.#present;
  }

  /** Within double quotes that have a `$@` as well bash splits what joined the elements of `"${a[*]#x}"`. */
  splitsJoined = false;

  /** Puts quoted elements with `joiner` between them, which splits where it is of IFS. */
  joined(values: readonly string[], joiner: string): void {
    const splits = joiner !== '' && this.target.ifs.includes(joiner);
    for (let i = 0; i < values.length; i++) {
      if (i > 0 && !splits) this.quoted(joiner);
      else if (i > 0) {
        if (!' \t\n'.includes(joiner)) this.#present = true;
        this.end();
      }
      if (values[i] !== '') this.quoted(values[i]!);
    }
  }
}
