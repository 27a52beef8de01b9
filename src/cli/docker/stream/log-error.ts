import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { formatRfc3339 } from '../../../lib/go-time.ts';
import { type Wait, writeAll } from '../../../libc/io.ts';

/** Columns that logrus gives a message at a terminal. */
const COLUMNS = 44;

/**
 * Says an error on stderr as the client's log does.
 * @param since when the program began, milliseconds since the Epoch
 * @see logrus TextFormatter
 */
export function* logError(sys: Sys, message: string, since: number): Wait<void> {
  const now = sys.now(CLOCK_REALTIME);
  const seconds = String(Math.floor((now - since) / 1000)).padStart(4, '0');
  const text = sys.isatty(2)
    ? `\x1b[31mERRO\x1b[0m[${seconds}] ${message.padEnd(COLUMNS)} \n`
    : `time="${formatRfc3339(Math.floor(now / 1000))}" level=error msg=${JSON.stringify(message)}\n`;
  yield* writeAll(sys, 2, text);
}
