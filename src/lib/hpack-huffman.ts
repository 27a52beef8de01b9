/**
 * The symbols of HPACK's Huffman code by the length of their code in bits, written as characters; the code is canonical:
 * codes of one length follow each other in the order of their symbols. 256 is the end of the string.
 * @see RFC 7541, appendix B
 */
const LENGTHS: readonly (readonly [bits: number, symbols: readonly number[]])[] = [
  [5, [48, 49, 50, 97, 99, 101, 105, 111, 115, 116]],
  [
    6,
    [32, 37, 45, 46, 47, 51, 52, 53, 54, 55, 56, 57, 61, 65, 95, 98, 100, 102, 103, 104, 108, 109, 110, 112, 114, 117],
  ],
  [7, [58, ...range(66, 87), 89, 106, 107, 113, 118, 119, 120, 121, 122]],
  [8, [38, 42, 44, 59, 88, 90]],
  [10, [33, 34, 40, 41, 63]],
  [11, [39, 43, 124]],
  [12, [35, 62]],
  [13, [0, 36, 64, 91, 93, 126]],
  [14, [94, 125]],
  [15, [60, 96, 123]],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [
    22,
    [
      129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198,
      228, 232, 233,
    ],
  ],
  [
    23,
    [
      1,
      135,
      ...range(137, 141),
      143,
      147,
      ...range(149, 152),
      155,
      157,
      158,
      165,
      166,
      168,
      174,
      175,
      180,
      182,
      183,
      188,
      191,
      197,
      231,
      239,
    ],
  ],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, 221, 222, 223, 241, ...range(244, 248), ...range(250, 254)]],
  [28, [...range(2, 8), 11, 12, ...range(14, 21), ...range(23, 31), 127, 220, 249]],
  [30, [10, 13, 22, 256]],
];

const END = 256;
/** Bits that may be left at the end: all of them ones. */
const PADDING_MAX = 7;

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** For each length of a code: the first code, and the symbols from there on. */
const GROUPS: readonly { bits: number; first: number; symbols: readonly number[] }[] = groups();

function groups(): { bits: number; first: number; symbols: readonly number[] }[] {
  let code = 0;
  let last = 0;
  return LENGTHS.map(([bits, symbols]) => {
    code *= 2 ** (bits - last);
    last = bits;
    const first = code;
    code += symbols.length;
    return { bits, first, symbols };
  });
}

/** Undoes the Huffman code of a string. @returns undefined where it is none */
export function huffmanDecode(bytes: Uint8Array): string | undefined {
  let text = '';
  let code = 0;
  let bits = 0;
  let group = 0;
  for (const byte of bytes) {
    for (let shift = 7; shift >= 0; shift--) {
      code = code * 2 + ((byte >> shift) & 1);
      bits++;
      while (group < GROUPS.length && GROUPS[group]!.bits < bits) group++;
      const here = GROUPS[group];
      if (!here) return undefined;
      if (here.bits !== bits) continue;
      const symbol = here.symbols[code - here.first];
      if (symbol === undefined || code < here.first) continue;
      if (symbol === END) return undefined;
      text += String.fromCharCode(symbol);
      code = 0;
      bits = 0;
      group = 0;
    }
  }
  return bits <= PADDING_MAX && code === 2 ** bits - 1 ? text : undefined;
}
