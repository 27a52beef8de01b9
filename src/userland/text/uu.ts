/** A line of uuencoded text for up to 45 bytes. */
export function encodeUuLine(bytes: Uint8Array): string {
  const mark = (n: number): string => (n === 0 ? '`' : String.fromCharCode(32 + n));
  let out = mark(bytes.length);
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at]!, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    out += mark(a >> 2) + mark(((a & 3) << 4) | (b >> 4)) + mark(((b & 15) << 2) | (c >> 6)) + mark(c & 63);
  }
  return out;
}

/** A line of uuencoded text. @returns its bytes, undefined where the line is too short */
export function decodeUuLine(text: string): Uint8Array | undefined {
  const value = (i: number): number => (text.charCodeAt(i) - 32) & 63;
  const length = value(0);
  const out = new Uint8Array(Math.ceil(length / 3) * 3);
  if (text.trimEnd().length < 1 + Math.ceil((length * 4) / 3)) return undefined;
  for (let at = 0, i = 1; at < length; at += 3, i += 4) {
    const [a, b, c, d] = [value(i), value(i + 1), value(i + 2), value(i + 3)];
    out.set([(a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d], at);
  }
  return out.subarray(0, length);
}
