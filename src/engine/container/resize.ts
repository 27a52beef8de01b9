import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';

/** Reads the size that a client wants. @throws ApiError for sizes that are no numbers */
export const terminalSize = (h: string | undefined, w: string | undefined): { rows: number; cols: number } => ({
  rows: sizeOf('height', h),
  cols: sizeOf('width', w),
});

/** Sets the size of a terminal. */
export function resizeTerminal(sys: Sys, master: number, size: { rows: number; cols: number }): void {
  if (master >= 0) sys.tiocswinsz(master, size);
}

function sizeOf(name: string, text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text))
    throw new ApiError('invalid-parameter', `invalid resize ${name} ${quote(text ?? '')}: invalid syntax`);
  return Number(text);
}
