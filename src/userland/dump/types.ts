/** How od shows one datum. */
export interface DumpType {
  /** Bytes of a datum. */
  size: number;
  /** Columns of its text, without the blank before. */
  width: number;
  /** `z`: the line ends with its printable characters. */
  printable: boolean;
  show(bytes: Uint8Array, at: number): string;
}

const NAMED = [
  'nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si',
  'dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp',
].flatMap((row) => row.split(' '));
const ESCAPES: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};
const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8, F: 4, D: 8 };

const OCTAL_WIDTH: Readonly<Record<number, number>> = { 1: 3, 2: 6, 4: 11, 8: 22 };
const DECIMAL_WIDTH: Readonly<Record<number, number>> = { 1: 3, 2: 5, 4: 10, 8: 20 };

/** One character as `od -c` prints it. */
export function odCharacter(byte: number): string {
  return ESCAPES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'));
}

function little(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

function makeType(letter: string, size: number, printable: boolean): DumpType {
  const unsigned = (bytes: Uint8Array, at: number): bigint => little(bytes, at, size);
  switch (letter) {
    case 'a':
      return {
        size: 1,
        width: 3,
        printable,
        show: (bytes, at) => {
          const byte = bytes[at]! & 127;
          return NAMED[byte] ?? (byte === 127 ? 'del' : String.fromCharCode(byte));
        },
      };
    case 'c':
      return { size: 1, width: 3, printable, show: (bytes, at) => odCharacter(bytes[at]!) };
    case 'd':
      return {
        size,
        width: DECIMAL_WIDTH[size]! + (size === 8 ? 0 : 1),
        printable,
        show: (bytes, at) => String(BigInt.asIntN(size * 8, unsigned(bytes, at))),
      };
    case 'u':
      return { size, width: DECIMAL_WIDTH[size]!, printable, show: (bytes, at) => String(unsigned(bytes, at)) };
    case 'o':
      return {
        size,
        width: OCTAL_WIDTH[size]!,
        printable,
        show: (bytes, at) => unsigned(bytes, at).toString(8).padStart(OCTAL_WIDTH[size]!, '0'),
      };
    case 'x':
      return {
        size,
        width: size * 2,
        printable,
        show: (bytes, at) =>
          unsigned(bytes, at)
            .toString(16)
            .padStart(size * 2, '0'),
      };
    default:
      return {
        size,
        width: size === 4 ? 15 : 24,
        printable,
        show: (bytes, at) => {
          const view = new DataView(new ArrayBuffer(8));
          for (let i = 0; i < size; i++) view.setUint8(i, bytes[at + i] ?? 0);
          return floatText(size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true), size);
        },
      };
  }
}

/** The shortest text that reads back as the same number, in C's %g style. */
function floatText(value: number, size: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const most = size === 4 ? 9 : 17;
  let precision = 1;
  const same = (text: string): boolean => (size === 4 ? Math.fround(Number(text)) : Number(text)) === value;
  for (precision = size === 4 ? 6 : 15; precision < most && !same(value.toPrecision(precision)); precision++);
  const [mantissa, exponent] = value.toExponential(precision - 1).split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= precision) {
    const digits = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const fixed = value.toFixed(Math.max(0, precision - 1 - power));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

/** Reads a TYPE of od -t. @returns the types, or the character that is none */
export function dumpTypes(text: string): DumpType[] | string {
  const out: DumpType[] = [];
  for (let rest = text; rest !== ''; ) {
    const m = /^([ac])(z?)|^([doxu])([CSIL]|[1248](?!\d))?(z?)|^(f)([FD]|[48](?!\d))?(z?)/.exec(rest);
    if (!m) return rest[0]!;
    const letter = m[1] ?? m[3] ?? m[6]!;
    const sized = m[4] ?? m[7];
    const size =
      sized === undefined
        ? letter === 'f'
          ? 8
          : letter === 'a' || letter === 'c'
            ? 1
            : 4
        : (SIZES[sized] ?? Number(sized));
    out.push(makeType(letter, size, m[0].endsWith('z')));
    rest = rest.slice(m[0].length);
  }
  return out;
}
