import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import { SIGALRM } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';

/** Limits of time by SIGALRM: a call that waits then ends with -EINTR, and `expired` says that it was the alarm. */
export class Deadline {
  expired = false;
  private readonly ends: number[] = [];

  constructor(private readonly sys: Sys) {
    sys.sigaction(SIGALRM, () => {
      this.expired = true;
    });
  }

  /** Sets a limit from now on, milliseconds; the nearest of all limits counts. */
  push(ms: number | undefined): void {
    this.ends.push(ms === undefined || ms <= 0 ? Number.POSITIVE_INFINITY : this.sys.now(CLOCK_MONOTONIC) + ms);
    this.arm();
  }

  /** Takes the limit that was set last away. */
  pop(): void {
    this.ends.pop();
    this.arm();
  }

  private arm(): void {
    const end = Math.min(...this.ends);
    this.sys.alarm(Number.isFinite(end) ? Math.max(1, end - this.sys.now(CLOCK_MONOTONIC)) : 0);
  }
}
