import type { Shell } from '../state/shell.ts';

/** A command that ends in `line` has been read and is about to run. ash counts only the simple commands that run. */
export function readTo(shell: Shell, line: number): void {
  shell.baseLine = line;
  if (shell.personality !== 'ash') shell.line = line;
}
