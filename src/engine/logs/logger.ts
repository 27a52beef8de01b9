import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';

export type StreamName = 'stdout' | 'stderr';

/** A line of output (or a piece of one that is too long). */
export interface LogEntry {
  stream: StreamName;
  /** With its line end, where it has one. */
  text: string;
  /** Seconds and nanoseconds since the Epoch. */
  sec: number;
  nsec: number;
}

/** Where a container's output is kept. */
export interface Logger {
  /** Adds entries, oldest first. */
  write(sys: Sys, entries: readonly LogEntry[]): Wait<void>;
  close(sys: Sys): void;
}

/** Log drivers that are known, with the options that each takes. */
export const LOG_DRIVERS: Readonly<Record<string, readonly string[]>> = {
  'json-file': ['max-file', 'max-size', 'compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag'],
  local: ['max-file', 'max-size', 'compress'],
  none: [],
};
