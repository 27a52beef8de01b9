import type { Assignment, Word } from './ast.ts';

export type TokenType = 'word' | 'op' | 'redirect' | 'newline' | 'end';

export interface Token {
  type: TokenType;
  /** Operator, or the word's source. */
  text: string;
  word: Word | undefined;
  assignment: Assignment | undefined;
  /** Number or `{name}` before a redirection. */
  fd: number | undefined;
  variable: string | undefined;
  line: number;
  start: number;
}
