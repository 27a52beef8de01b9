/** Leaves the command that runs, up to whoever catches this kind. */
export abstract class Unwind {
  readonly unwinds = true;
}

/** break and continue: how many loops are left to go. */
export class LoopUnwind extends Unwind {
  constructor(
    readonly kind: 'break' | 'continue',
    public levels: number,
  ) {
    super();
  }
}

/** return: out of the function or sourced file. */
export class ReturnUnwind extends Unwind {
  constructor(readonly status: number) {
    super();
  }
}

/** exit: the shell ends, after its EXIT trap. */
export class ExitUnwind extends Unwind {
  constructor(
    readonly status: number,
    /** Ended by an error of a special built-in or an expansion, which `command` and interactive shells survive. */
    readonly error = false,
  ) {
    super();
  }
}

/** An error that gives the current input line up, not the shell. */
export class DiscardUnwind extends Unwind {
  constructor(
    readonly status: number,
    /** It ends the text that eval or `-c` runs as well. */
    readonly deep = false,
  ) {
    super();
  }
}

/** Runs an assignment of a built-in or a loop: one that is refused fails it, after the message, and no more (bash). */
export function succeeds(assignment: () => void): boolean {
  try {
    assignment();
    return true;
  } catch (thrown) {
    if (!(thrown instanceof DiscardUnwind)) throw thrown;
    return false;
  }
}

/** Whether JavaScript's stack is full: recursion without end. Other RangeErrors are of memory, and the kernel's. */
export const isStackOverflow = (thrown: unknown): boolean =>
  thrown instanceof RangeError && /call stack/i.test(thrown.message);
