import { CLOCK_REALTIME } from '../abi/flags.ts';
import { type Sys, Timespec } from '../abi/sys.ts';
import { secondsOf as civilSeconds } from '../lib/civil-time.ts';
import { formatRfc3339Nano } from '../lib/go-time.ts';

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
  const two = (at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
  // ours are always in UTC and begin like 2025-11-25T13:39:20
  const whole = civilSeconds(two(0) * 100 + two(2), two(5), two(8), two(11), two(14), two(17));
  return text.length > 20 ? whole + Number(`0${text.slice(19, -1)}`) : whole;
}
