/** How the reading of a line was ended. */
export type Entered =
  | { kind: 'line'; text: string }
  /** Ctrl-D on an empty line, or the terminal is gone. */
  | { kind: 'eof' }
  /** Ctrl-C */
  | { kind: 'interrupt' }
  /** A signal ends the shell. */
  | { kind: 'ended' };
