/** What stands in the way of a parse; the personality words it (messages.ts). `array`: in an array literal, which bash reads apart. */
export type Trouble =
  /** A token that the grammar does not allow here. `expecting`: the word that dash and ash name. */
  | { kind: 'unexpected'; token: string; expecting: string | undefined; array?: true }
  /** The text ended inside a command. */
  | { kind: 'end'; expecting: string | undefined; opener: string | undefined }
  /** The text ended inside a quote or a substitution that `delimiter` would close; `opened` is its line. */
  | { kind: 'unterminated'; delimiter: string; opened: number; array?: true }
  | { kind: 'bad-substitution'; text: string }
  | { kind: 'bad-name'; name: string }
  | { kind: 'conditional'; message: string }
  | { kind: 'message'; message: string };

/** Thrown by the parser: wrong grammar at `line`. */
export class ParseFailure {
  constructor(
    readonly trouble: Trouble,
    readonly line: number,
    /** Offset in the source where it was found. */
    readonly at: number,
  ) {}
}

/**
 * Thrown by the parser where its source ended in the middle of a command and may still grow. `closer` is a text that
 * has to come before the command can be complete, if one is known.
 */
export class NeedMore {
  constructor(
    readonly closer: string | undefined,
    /** The whole line must be this (here-document). */
    readonly delimiter: string | undefined = undefined,
  ) {}
}
