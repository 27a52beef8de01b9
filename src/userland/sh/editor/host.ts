import type { Wait } from '../../../libc/io.ts';
import type { Bindings } from './bound.ts';
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
  /** What keys were bound to. */
  readonly bindings: Bindings;
  /** Runs a command that a key is bound to; it may change the line and the cursor (in characters). */
  execute(command: string, line: string, point: number): Wait<{ line: string; point: number }>;
}
