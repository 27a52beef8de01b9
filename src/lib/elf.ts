import { decode, encode } from './utf8.ts';

/** What makes a file one of our executables: an ELF header whose note names the program. */
export interface ElfProgram {
  program: string;
  version: string;
  flavour: 'glibc' | 'musl' | 'go';
}

const MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const OWNER = 'Drydock\0';
/** No header of ours is longer; a kernel need read no more of the file. */
export const ELF_HEADER_MAX = 512;

/**
 * The first bytes of an executable: ELF64, little endian, x86-64, ET_EXEC, with one PT_NOTE segment whose owner is
 * `Drydock` and whose text is `program\0version\0flavour`. What follows in the file is of no account (real size: a hole).
 * @see elf(5)
 */
export function makeElf(what: ElfProgram): Uint8Array {
  const text = encode(`${what.program}\0${what.version}\0${what.flavour}\0`);
  const padded = (text.length + 3) & ~3;
  const noteSize = 12 + OWNER.length + padded;
  const bytes = new Uint8Array(64 + 56 + noteSize);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes.set([2, 1, 1, 0], 4);
  view.setUint16(16, 2, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, 0x401000, true);
  view.setUint32(32, 64, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 4, true);
  view.setUint32(68, 4, true);
  view.setUint32(72, 120, true);
  view.setUint32(96, noteSize, true);
  view.setUint32(104, noteSize, true);
  view.setUint32(112, 4, true);
  view.setUint32(120, OWNER.length, true);
  view.setUint32(124, text.length, true);
  view.setUint32(128, 1, true);
  bytes.set(encode(OWNER), 132);
  bytes.set(text, 132 + OWNER.length);
  return bytes;
}

export const isElf = (bytes: Uint8Array): boolean => bytes.length >= 4 && MAGIC.every((b, i) => bytes[i] === b);

/** Reads what `makeElf` wrote. @returns undefined where it is no ELF file, or a foreign one */
export function readElf(bytes: Uint8Array): ElfProgram | undefined {
  if (!isElf(bytes) || bytes.length < 132 + OWNER.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (decode(bytes, 132, 132 + OWNER.length) !== OWNER) return undefined;
  const length = view.getUint32(124, true);
  if (132 + OWNER.length + length > bytes.length) return undefined;
  const [program, version, flavour] = decode(bytes, 132 + OWNER.length, 132 + OWNER.length + length).split('\0');
  if (!program || (flavour !== 'glibc' && flavour !== 'musl' && flavour !== 'go')) return undefined;
  return { program, version: version ?? '', flavour };
}
