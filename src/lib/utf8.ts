/**
 * UTF-8 text and bytes without loss: a byte that is no valid UTF-8 becomes U+DC80..U+DCFF and comes back as that byte
 * (PEP 383, "surrogateescape"). File names, arguments and shell words of any bytes are therefore plain strings.
 * Own code, because the core has no TextDecoder and none of them keeps invalid bytes.
 */

/** Bytes that `encode(text)` will have. */
export function byteLength(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) n += 1;
    else if (c < 0x800) n += 2;
    else if (c >= 0xd800 && c < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      n += 4;
      i++;
    } else if (c >= 0xdc80 && c <= 0xdcff) n += 1;
    else n += 3;
  }
  return n;
}

const isLow = (c: number): boolean => c >= 0xdc00 && c < 0xe000;

/** Writes `text` at `offset` of `out`, which must have room (`byteLength`). @returns the offset after it */
export function encodeInto(text: string, out: Uint8Array, offset: number): number {
  let at = offset;
  for (let i = 0; i < text.length; i++) {
    let c = text.charCodeAt(i);
    if (c < 0x80) {
      out[at++] = c;
      continue;
    }
    if (c < 0x800) {
      out[at++] = 0xc0 | (c >> 6);
      out[at++] = 0x80 | (c & 63);
      continue;
    }
    if (c >= 0xd800 && c < 0xdc00) {
      const low = text.charCodeAt(i + 1);
      if (isLow(low)) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        i++;
        out[at++] = 0xf0 | (c >> 18);
        out[at++] = 0x80 | ((c >> 12) & 63);
        out[at++] = 0x80 | ((c >> 6) & 63);
        out[at++] = 0x80 | (c & 63);
        continue;
      }
    } else if (c >= 0xdc80 && c <= 0xdcff) {
      out[at++] = c - 0xdc00;
      continue;
    }
    out[at++] = 0xe0 | (c >> 12);
    out[at++] = 0x80 | ((c >> 6) & 63);
    out[at++] = 0x80 | (c & 63);
  }
  return at;
}

export function encode(text: string): Uint8Array {
  const { length } = text;
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x80) return encodeWide(text);
    out[i] = c;
  }
  return out;
}

function encodeWide(text: string): Uint8Array {
  const out = new Uint8Array(byteLength(text));
  encodeInto(text, out, 0);
  return out;
}

const PIECE = 8192;

/** Text of `bytes` from `start` to `end`. */
export function decode(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let out = '';
  const units: number[] = [];
  let i = start;
  if (end - start > 64) {
    // most texts are ASCII as far as they go: apply takes the bytes as they are
    while (i < end && bytes[i]! < 0x80) i++;
    for (let at = start; at < i; at += PIECE)
      out += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(i, at + PIECE)) as unknown as number[]);
  }
  while (i < end) {
    if (units.length >= PIECE) {
      out += String.fromCharCode(...units);
      units.length = 0;
    }
    const b = bytes[i]!;
    if (b < 0x80) {
      units.push(b);
      i++;
      continue;
    }
    const n = sequenceLength(bytes, i, end);
    if (n === 0) {
      units.push(0xdc00 + b);
      i++;
      continue;
    }
    if (n === 2) units.push(((b & 31) << 6) | (bytes[i + 1]! & 63));
    else if (n === 3) units.push(((b & 15) << 12) | ((bytes[i + 1]! & 63) << 6) | (bytes[i + 2]! & 63));
    else {
      const c =
        (((b & 7) << 18) | ((bytes[i + 1]! & 63) << 12) | ((bytes[i + 2]! & 63) << 6) | (bytes[i + 3]! & 63)) - 0x10000;
      units.push(0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
    }
    i += n;
  }
  return out + String.fromCharCode(...units);
}

/** Length of the valid sequence that begins at `i`, or 0. */
function sequenceLength(bytes: Uint8Array, i: number, end: number): number {
  const b = bytes[i]!;
  const b1 = i + 1 < end ? bytes[i + 1]! : 0;
  if (b >= 0xc2 && b < 0xe0) return isTail(b1) ? 2 : 0;
  const b2 = i + 2 < end ? bytes[i + 2]! : 0;
  if (b >= 0xe0 && b < 0xf0) {
    if (!isTail(b1) || !isTail(b2)) return 0;
    if (b === 0xe0 && b1 < 0xa0) return 0;
    if (b === 0xed && b1 >= 0xa0) return 0;
    return 3;
  }
  if (b >= 0xf0 && b < 0xf5) {
    const b3 = i + 3 < end ? bytes[i + 3]! : 0;
    if (!isTail(b1) || !isTail(b2) || !isTail(b3)) return 0;
    if (b === 0xf0 && b1 < 0x90) return 0;
    if (b === 0xf4 && b1 >= 0x90) return 0;
    return 4;
  }
  return 0;
}

const isTail = (b: number): boolean => (b & 0xc0) === 0x80;

/**
 * How many bytes at the end of `bytes` begin a sequence that is not complete yet (0..3): a stream keeps them for the
 * next piece.
 */
export function incompleteTail(bytes: Uint8Array, end = bytes.length): number {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const b = bytes[end - back]!;
    if (isTail(b)) continue;
    if (b >= 0xf0) return back < 4 ? back : 0;
    if (b >= 0xe0) return back < 3 ? back : 0;
    if (b >= 0xc2) return back < 2 ? back : 0;
    return 0;
  }
  return 0;
}
