/** A system call that a traced process made, when it was over. */
export interface TracedCall {
  /** The process, as the tracer sees it; the task in it. */
  pid: number;
  tid: number;
  /** Name in the table of calls: a method of Sys. */
  name: string;
  /** As they were given; buffers and results in them are those of the process: do not change them. */
  args: readonly unknown[];
  /** A value, or -errno; undefined where the call did not come back (exit, execve that succeeded). */
  result: unknown;
  /** Milliseconds of the real-time clock. */
  time: number;
}

/** Who looks at another process' system calls (ptrace(2)). */
export interface Tracer {
  /** Children are traced too. */
  follow: boolean;
  /** Called within the process' call; must return at once. */
  call(call: TracedCall): void;
  /** The process is over, with a status of wait(2); as quick. */
  ended(pid: number, status: number, time: number): void;
}
