import { FieldBuilder, type FieldTarget } from './fields.ts';
import { quotePattern } from './pattern.ts';

/** Where the pieces of a word go: to fields, to one text, or to a pattern. */
export interface Sink {
  quoted(text: string): void;
  literal(text: string): void;
  split(text: string): void;
  /** Between two elements of `$@` and `$*`. */
  separate(quoted: boolean): void;
  /** `"$@"` stays in several fields here. */
  readonly many: boolean;
  /** Tildes behind `=` and `:` are expanded. */
  readonly assignment: boolean;
  /** It is the body of a here-document. */
  readonly document: boolean;
  /** Elements of `"${a[*]#x}"` become several fields, see {@link FieldBuilder.splitsJoined}. */
  splitsJoined?: boolean;
  joined?(values: readonly string[], joiner: string): void;
}

/** One text, quotes taken out: assignments, here-strings, redirections' names. */
export class TextSink implements Sink {
  text = '';
  readonly many = false;
  constructor(
    readonly assignment: boolean,
    readonly document = false,
  ) {}
  quoted(text: string): void {
    this.text += text;
  }
  literal(text: string): void {
    this.text += text;
  }
  split(text: string): void {
    this.text += text;
  }
  separate(): void {
    this.text += ' ';
  }
}

const quoteRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const quoteReplacement = (text: string): string => text.replace(/[&\\]/g, '\\$&');
/** `set -x` shows a backslash before each quoted character of a pattern. */
const quoteEach = (text: string): string => text.replace(/[\s\S]/gu, '\\$&');
const QUOTES = { pattern: quotePattern, regex: quoteRegex, replacement: quoteReplacement, shown: quoteEach } as const;

/** What a pattern is for. */
export type PatternKind = keyof typeof QUOTES;

/** A pattern, what was quoted in it quoted by backslashes. */
export class PatternSink implements Sink {
  text = '';
  readonly many = false;
  readonly assignment = false;
  readonly document = false;
  readonly #quote: (text: string) => string;
  constructor(kind: PatternKind) {
    this.#quote = QUOTES[kind];
  }
  quoted(text: string): void {
    this.text += this.#quote(text);
  }
  literal(text: string): void {
    this.text += text;
  }
  split(text: string): void {
    this.text += text;
  }
  separate(): void {
    this.text += ' ';
  }
}

/** The fields of a word. */
export class FieldSink extends FieldBuilder implements Sink {
  readonly many = true;
  readonly document = false;
  constructor(
    out: string[],
    target: FieldTarget,
    noglob: boolean,
    readonly assignment: boolean,
  ) {
    super(out, target, noglob);
  }
}

/** Elements that become one piece of a field, with spaces between them. */
export class JoiningSink implements Sink {
  readonly many = true;
  readonly document = false;
  readonly assignment: boolean;
  readonly #to: Sink;
  readonly #ifs: string;
  readonly #whole: boolean;

  /** `whole`: the elements are not split first. */
  constructor(to: Sink, ifs: string, whole: boolean) {
    this.#to = to;
    this.#ifs = ifs;
    this.#whole = whole;
    this.assignment = to.assignment;
  }
  quoted(text: string): void {
    this.#to.quoted(text);
  }
  literal(text: string): void {
    this.#to.literal(text);
  }
  split(text: string): void {
    if (this.#whole) this.#to.literal(text);
    else this.#to.literal([...text].map((c) => (this.#ifs.includes(c) ? ' ' : c)).join(''));
  }
  separate(): void {
    this.#to.literal(' ');
  }
}
