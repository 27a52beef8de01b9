import type { Wait } from '../../../libc/io.ts';
import type { Completion } from './completing.ts';
import type { History } from './history.ts';

/** What the line editor asks of the shell around it. */
export interface EditorHost {
  complete(before: string): Wait<Completion | undefined>;
  /** Signals that came (SIGWINCH, SIGHUP…): true ends the reading. */
  signal(): Wait<boolean>;
  readonly history: History;
  /** `vi` or `emacs`. */
  mode(): 'emacs' | 'vi';
  bracketedPaste: boolean;
  /** The words of a line (M-.). */
  words(line: string): string[];
  /** What M-# puts before a line. */
  comment: string;
}
