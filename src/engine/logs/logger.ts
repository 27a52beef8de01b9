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
  /** @returns 0 or more, or -errno */
  open(sys: Sys): Wait<number>;
  /** Adds entries, oldest first. */
  write(sys: Sys, entries: readonly LogEntry[]): Wait<void>;
  close(sys: Sys): void;
}

/** An entry as it is read: its time stays text until somebody asks. */
export interface ReadEntry {
  stream: StreamName;
  text: string;
  /** RFC 3339 with nanoseconds. */
  time: string;
  attrs?: Record<string, string>;
}

/** How a driver's file is read. */
export interface LogFormat {
  /** The whole entries that bytes begin with; `used`: bytes that they take. */
  split(bytes: Uint8Array): { entries: ReadEntry[]; used: number };
  /** Where, in the end of a file, its last `count` entries begin; undefined where they begin before it. */
  tailStart(bytes: Uint8Array, count: number): number | undefined;
}
