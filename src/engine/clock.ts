import { CLOCK_REALTIME } from '../abi/flags.ts';
import { type Sys, Timespec } from '../abi/sys.ts';
import { formatRfc3339Nano, parseRfc3339 } from '../lib/go-time.ts';

/** The time now. */
export function now(sys: Sys): Timespec {
  const ts = new Timespec();
  sys.clockGettime(CLOCK_REALTIME, ts);
  return ts;
}

/** The time now as RFC 3339 with nanoseconds, UTC. */
export function stamp(sys: Sys): string {
  const ts = now(sys);
  return formatRfc3339Nano(ts.sec, ts.nsec);
}

/** Seconds since the Epoch, with fraction, of an RFC 3339 text of ours. */
export function secondsOf(text: string): number {
  const t = parseRfc3339(text);
  return t.sec + t.nsec / 1e9;
}
