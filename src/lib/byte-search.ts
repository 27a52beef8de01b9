/** How often `byte` stands in `bytes` from `start` to `end`. A plain loop: calls of `indexOf` cost more than short lines. */
export function countByte(bytes: Uint8Array, byte: number, start = 0, end = bytes.length): number {
  let n = 0;
  for (let i = start; i < end; i++) if (bytes[i] === byte) n++;
  return n;
}

/** Whether all bytes are ASCII characters other than NUL: then each is one character of the text. */
export function isAsciiText(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  let i = start;
  for (; i < end && (bytes.byteOffset + i) % 4 !== 0; i++) if ((bytes[i]! - 1) >>> 0 >= 127) return false;
  if (i === end) return true;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, (end - i) >> 2);
  let high = 0;
  // a word without high bits that has a zero byte borrows into that byte's high bit
  for (let w = 0; w < words.length; w++) {
    const word = words[w]!;
    high |= word | (word - 0x01010101);
  }
  if ((high & 0x80808080) !== 0) return false;
  for (i += words.length * 4; i < end; i++) if ((bytes[i]! - 1) >>> 0 >= 127) return false;
  return true;
}

/** Where `byte` stands first from `from` on and before `end`, or `end`. For what is near: `indexOf` is better for what is far. */
export function nextByte(bytes: Uint8Array, byte: number, from: number, end: number): number {
  let i = from;
  while (i < end && bytes[i] !== byte) i++;
  return i;
}
