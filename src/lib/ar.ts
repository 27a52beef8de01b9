import { decode, encode } from './utf8.ts';

const MAGIC = '!<arch>\n';
const HEADER = 60;

/** A member of an ar archive. */
export interface ArMember {
  name: string;
  /** Offset of its bytes in the archive, and how many they are. */
  offset: number;
  size: number;
}

/** The first bytes of an archive. */
export const arMagic = (): Uint8Array => encode(MAGIC);

/** The header of a member; its bytes follow, and one newline where their number is odd. @see deb(5), ar(5) */
export function arHeader(name: string, size: number, mtimeSec: number): Uint8Array {
  const field = (text: string, width: number): string => text.padEnd(width);
  return encode(
    `${field(name, 16)}${field(String(mtimeSec), 12)}${field('0', 6)}${field('0', 6)}${field('100644', 8)}${field(String(size), 10)}\`\n`,
  );
}

/**
 * Reads the table of members.
 * @param read gives `length` bytes at `offset`, fewer at the end
 * @returns undefined where it is no ar archive, or a damaged one
 */
export function* arMembers(
  read: (offset: number, length: number) => Generator<void, Uint8Array, void>,
): Generator<void, ArMember[] | undefined, void> {
  if (decode(yield* read(0, MAGIC.length)) !== MAGIC) return undefined;
  const members: ArMember[] = [];
  for (let at = MAGIC.length; ; ) {
    const header = decode(yield* read(at, HEADER));
    if (header === '') return members;
    const size = Number(header.slice(48, 58));
    if (header.length < HEADER || !header.endsWith('`\n') || !Number.isInteger(size)) return undefined;
    members.push({ name: header.slice(0, 16).trimEnd().replace(/\/$/, ''), offset: at + HEADER, size });
    at += HEADER + size + (size % 2);
  }
}
