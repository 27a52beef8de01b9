import {
  BRKINT,
  CREAD,
  CS8,
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHONL,
  HUPCL,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNBRK,
  IGNCR,
  IMAXBEL,
  INLCR,
  ISIG,
  ISTRIP,
  IUTF8,
  IXANY,
  IXON,
  NOFLSH,
  OCRNL,
  ONLCR,
  OPOST,
  TOSTOP,
  VEOF,
  VEOL,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VSUSP,
  VWERASE,
} from '../../abi/termios.ts';

export type FlagWord = 'cflag' | 'iflag' | 'oflag' | 'lflag';

/** A setting of stty that is a bit, in the order in which -a prints them. */
export interface Mode {
  name: string;
  word: FlagWord;
  bits: number;
  /** Value of the bits, where they are a field (cs8, nl0). */
  mask?: number;
  /** What `sane` makes of it; absent: sane leaves it. */
  sane?: boolean;
  /** Other names. */
  also?: readonly string[];
}

const CSIZE = 0o60;
const field = (name: string, word: FlagWord, bits: number, mask: number, sane?: boolean): Mode => ({
  name,
  word,
  bits,
  mask,
  ...(sane === undefined ? {} : { sane }),
});

export const MODES: readonly Mode[] = [
  { name: 'parenb', word: 'cflag', bits: 0o400 },
  { name: 'parodd', word: 'cflag', bits: 0o1000 },
  { name: 'cmspar', word: 'cflag', bits: 0o10000000000 },
  field('cs5', 'cflag', 0, CSIZE),
  field('cs6', 'cflag', 0o20, CSIZE),
  field('cs7', 'cflag', 0o40, CSIZE),
  field('cs8', 'cflag', CS8, CSIZE),
  { name: 'hupcl', word: 'cflag', bits: HUPCL, also: ['hup'] },
  { name: 'cstopb', word: 'cflag', bits: 0o100 },
  { name: 'cread', word: 'cflag', bits: CREAD, sane: true },
  { name: 'clocal', word: 'cflag', bits: 0o4000 },
  { name: 'crtscts', word: 'cflag', bits: 0o20000000000 },
  { name: 'ignbrk', word: 'iflag', bits: IGNBRK, sane: false },
  { name: 'brkint', word: 'iflag', bits: BRKINT, sane: true },
  { name: 'ignpar', word: 'iflag', bits: 4 },
  { name: 'parmrk', word: 'iflag', bits: 8 },
  { name: 'inpck', word: 'iflag', bits: 0o20 },
  { name: 'istrip', word: 'iflag', bits: ISTRIP },
  { name: 'inlcr', word: 'iflag', bits: INLCR, sane: false },
  { name: 'igncr', word: 'iflag', bits: IGNCR, sane: false },
  { name: 'icrnl', word: 'iflag', bits: ICRNL, sane: true },
  { name: 'ixon', word: 'iflag', bits: IXON, sane: true },
  { name: 'ixoff', word: 'iflag', bits: 0o10000, sane: false, also: ['tandem'] },
  { name: 'iuclc', word: 'iflag', bits: 0o1000, sane: false },
  { name: 'ixany', word: 'iflag', bits: IXANY, sane: false },
  { name: 'imaxbel', word: 'iflag', bits: IMAXBEL, sane: true },
  { name: 'iutf8', word: 'iflag', bits: IUTF8, sane: false },
  { name: 'opost', word: 'oflag', bits: OPOST, sane: true },
  { name: 'olcuc', word: 'oflag', bits: 2, sane: false },
  { name: 'ocrnl', word: 'oflag', bits: OCRNL, sane: false },
  { name: 'onlcr', word: 'oflag', bits: ONLCR, sane: true },
  { name: 'onocr', word: 'oflag', bits: 0o20, sane: false },
  { name: 'onlret', word: 'oflag', bits: 0o40, sane: false },
  { name: 'ofill', word: 'oflag', bits: 0o100, sane: false },
  { name: 'ofdel', word: 'oflag', bits: 0o200, sane: false },
  field('nl0', 'oflag', 0, 0o400, true),
  field('nl1', 'oflag', 0o400, 0o400),
  field('cr0', 'oflag', 0, 0o3000, true),
  field('cr1', 'oflag', 0o1000, 0o3000),
  field('cr2', 'oflag', 0o2000, 0o3000),
  field('cr3', 'oflag', 0o3000, 0o3000),
  field('tab0', 'oflag', 0, 0o14000, true),
  field('tab1', 'oflag', 0o4000, 0o14000),
  field('tab2', 'oflag', 0o10000, 0o14000),
  field('tab3', 'oflag', 0o14000, 0o14000),
  field('bs0', 'oflag', 0, 0o20000, true),
  field('bs1', 'oflag', 0o20000, 0o20000),
  field('vt0', 'oflag', 0, 0o40000, true),
  field('vt1', 'oflag', 0o40000, 0o40000),
  field('ff0', 'oflag', 0, 0o100000, true),
  field('ff1', 'oflag', 0o100000, 0o100000),
  { name: 'isig', word: 'lflag', bits: ISIG, sane: true },
  { name: 'icanon', word: 'lflag', bits: ICANON, sane: true },
  { name: 'iexten', word: 'lflag', bits: IEXTEN, sane: true },
  { name: 'echo', word: 'lflag', bits: ECHO, sane: true },
  { name: 'echoe', word: 'lflag', bits: ECHOE, sane: true, also: ['crterase'] },
  { name: 'echok', word: 'lflag', bits: ECHOK, sane: true },
  { name: 'echonl', word: 'lflag', bits: ECHONL, sane: false },
  { name: 'noflsh', word: 'lflag', bits: NOFLSH, sane: false },
  { name: 'xcase', word: 'lflag', bits: 4, sane: false },
  { name: 'tostop', word: 'lflag', bits: TOSTOP, sane: false },
  { name: 'echoprt', word: 'lflag', bits: 0o2000, sane: false, also: ['prterase'] },
  { name: 'echoctl', word: 'lflag', bits: ECHOCTL, sane: true, also: ['ctlecho'] },
  { name: 'echoke', word: 'lflag', bits: ECHOKE, sane: true, also: ['crtkill'] },
  { name: 'flusho', word: 'lflag', bits: 0o10000, sane: false },
  { name: 'extproc', word: 'lflag', bits: 0o200000, sane: false },
];

/** Control characters: name, index in cc, and what `sane` sets. */
export const CHARACTERS: readonly (readonly [name: string, index: number, sane: number])[] = [
  ['intr', VINTR, 3],
  ['quit', VQUIT, 28],
  ['erase', VERASE, 127],
  ['kill', VKILL, 21],
  ['eof', VEOF, 4],
  ['eol', VEOL, 0],
  ['eol2', 16, 0],
  ['swtch', 7, 0],
  ['start', VSTART, 17],
  ['stop', VSTOP, 19],
  ['susp', VSUSP, 26],
  ['rprnt', VREPRINT, 18],
  ['werase', VWERASE, 23],
  ['lnext', VLNEXT, 22],
  ['discard', 13, 15],
];

/** `^C`, `<undef>`, `M-x`. */
export function characterText(code: number): string {
  if (code === 0) return '<undef>';
  if (code === 127) return '^?';
  if (code < 32) return `^${String.fromCharCode(code + 64)}`;
  return code < 127 ? String.fromCharCode(code) : `M-${characterText(code - 128)}`;
}

/** Reads a control character of the command line: `^C`, `undef`, `x`, `0x1c`. @returns undefined where it is none */
export function readCharacter(text: string): number | undefined {
  if (text === 'undef' || text === '^-' || text === '') return 0;
  if (/^\^.$/.test(text)) return text === '^?' ? 127 : text.charCodeAt(1) & 31;
  if (text.length === 1) return text.charCodeAt(0);
  const n = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  return n >= 0 && n < 256 ? n : undefined;
}
