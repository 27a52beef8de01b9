/** Bytes from … to, both of them too. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * The one range of `size` bytes that a Range field asks for.
 * @returns undefined where the whole is to be answered: there is no field, it is none, or asks for several; `outside` where nothing of
 *   it is there (416); `backward` where it ends before it begins (some servers take that for no field, some refuse it)
 * @see RFC 9110 section 14.1.2
 */
export function byteRange(field: string | undefined, size: number): ByteRange | 'outside' | 'backward' | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(field ?? '');
  if (!parts || (parts[1] === '' && parts[2] === '')) return undefined;
  const [, first = '', last = ''] = parts;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < from) return 'backward';
  return from >= size || from > to ? 'outside' : { from, to };
}

/** Length and place of what is answered, as header fields. @param range undefined: the whole */
export function rangeFields(range: ByteRange | undefined, size: number): (readonly [string, string])[] {
  if (!range) return [['Content-Length', String(size)]];
  return [
    ['Content-Length', String(range.to - range.from + 1)],
    ['Content-Range', `bytes ${range.from}-${range.to}/${size}`],
  ];
}
