import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';

/** Sets the size of a terminal. @throws ApiError for sizes that are no numbers */
export function resizeTerminal(sys: Sys, master: number, h: string | undefined, w: string | undefined): void {
  const rows = sizeOf('height', h);
  const cols = sizeOf('width', w);
  if (master >= 0) sys.tiocswinsz(master, { rows, cols });
}

function sizeOf(name: string, text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text))
    throw new ApiError('invalid-parameter', `invalid resize ${name} ${quote(text ?? '')}: invalid syntax`);
  return Number(text);
}
