import type { Regex } from '../../lib/regex/regex.ts';

/** An address of a command. */
export type Address =
  | { kind: 'line'; n: number }
  | { kind: 'last' }
  | { kind: 'step'; first: number; step: number }
  /** `undefined`: the empty expression, the last one that was used. */
  | { kind: 'regex'; regex: Regex | undefined }
  | { kind: 'plus'; n: number }
  | { kind: 'multiple'; n: number };

/** A piece of what `s` puts in place of the match. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'group'; group: number }
  /** \U \L \E \u \l */
  | { kind: 'case'; how: 'U' | 'L' | 'E' | 'u' | 'l' };

export interface Substitution {
  regex: Regex | undefined;
  pieces: Piece[];
  global: boolean;
  /** Which occurrence, from 1. */
  number: number;
  print: number;
  evaluate: boolean;
  file: string | undefined;
}

export interface Command {
  name: string;
  from: Address | undefined;
  to: Address | undefined;
  not: boolean;
  /** Text of a, i, c; file of r, R, w, W; label; number of l, L, q, Q. */
  text: string;
  number: number | undefined;
  sub: Substitution | undefined;
  map: ReadonlyMap<string, string> | undefined;
  /** Where `{` goes on when it does not apply, where b, t, T jump: an index of the script. */
  target: number;
}

/** An error in a script, in the words of each implementation. */
export class ScriptError {
  constructor(
    readonly gnu: string,
    readonly busybox: string,
    /** Exit status of the GNU program. */
    readonly status = 1,
  ) {}
}
