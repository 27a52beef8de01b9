import { decode, encode, incompleteTail } from '../../lib/utf8.ts';

/** How text and bytes belong together: mawk and busybox see bytes, gawk in a UTF-8 locale characters. */
export interface Codec {
  readonly bytes: boolean;
  decode(bytes: Uint8Array): string;
  encode(text: string): Uint8Array;
  /** Bytes at the end that are no whole character. */
  incomplete(bytes: Uint8Array): number;
  /** Text of a program, argument or the environment. */
  fromSys(text: string): string;
  toSys(text: string): string;
}

export const UTF8: Codec = {
  bytes: false,
  decode: (bytes) => decode(bytes),
  encode,
  incomplete: (bytes) => incompleteTail(bytes),
  fromSys: (text) => text,
  toSys: (text) => text,
};

const isAscii = (text: string): boolean => !/[^\x00-\x7f]/.test(text);

/** A code unit a byte. */
export const BYTES: Codec = {
  bytes: true,
  decode(bytes) {
    let out = '';
    for (let at = 0; at < bytes.length; at += 8192)
      // apply reads the bytes as they are; a spread goes through an iterator, at 14 times the cost
      out += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192) as unknown as number[]);
    return out;
  },
  encode(text) {
    const out = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
    return out;
  },
  incomplete: () => 0,
  fromSys: (text) => (isAscii(text) ? text : BYTES.decode(encode(text))),
  toSys: (text) => (isAscii(text) ? text : decode(BYTES.encode(text))),
};
