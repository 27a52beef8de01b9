import { classRanges } from '../char-class.ts';
import { CharSet } from './char-set.ts';

/** Up to here every code point is tested; the blocks beyond are taken whole. */
const TESTED_MAX = 0x24ff;
/** Letters of kana, Han and Hangul. */
const LETTERS = [
  0x3005, 0x3007, 0x3021, 0x3029, 0x3031, 0x3035, 0x3041, 0x3096, 0x309d, 0x309f, 0x30a1, 0x30fa, 0x30fc, 0x30ff,
  0x3105, 0x312f, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xac00, 0xd7a3, 0xf900, 0xfad9, 0xff10, 0xff19, 0xff21, 0xff3a,
  0xff41, 0xff5a, 0xff66, 0xffdc, 0x10000, 0x1018f, 0x1d400, 0x1d7ff, 0x20000, 0x323af,
];
const PRINTED = [0x2500, 0xd7fb, 0xf900, 0xfffd, 0x10000, 0x1faff, 0x20000, 0x323af];
const SIGNS = [
  0x2500, 0x2bff, 0x2e00, 0x2e5d, 0x3001, 0x3004, 0x3008, 0x3020, 0xff01, 0xff0f, 0xff1a, 0xff20, 0xff3b, 0xff40,
  0xff5b, 0xff65, 0x1f000, 0x1faff,
];
const BEYOND: Readonly<Record<string, readonly number[]>> = {
  alpha: LETTERS,
  alnum: LETTERS,
  word: LETTERS,
  upper: [0xff21, 0xff3a],
  lower: [0xff41, 0xff5a],
  print: [...PRINTED, 0x3000, 0x3000],
  graph: PRINTED,
  punct: SIGNS,
  space: [0x3000, 0x3000],
  blank: [0x3000, 0x3000],
};

/** Sets of POSIX's classes, made when they are first asked for; a table of one parse, not of the program. */
export class ClassSets {
  private readonly made = new Map<string, CharSet>();
  private readonly asciiOnly: boolean;

  /** `asciiOnly`: for bytes, or Perl without Unicode. */
  constructor(asciiOnly: boolean) {
    this.asciiOnly = asciiOnly;
  }

  /** The set of `[:name:]`, or undefined for an unknown name. */
  get(name: string): CharSet | undefined {
    const known = this.made.get(name);
    if (known) return known;
    const ranges = classRanges(name, this.asciiOnly ? 127 : TESTED_MAX);
    if (!ranges) return undefined;
    const set = new CharSet(this.asciiOnly ? ranges : [...ranges, ...(BEYOND[name] ?? [])]);
    this.made.set(name, set);
    return set;
  }

  get word(): CharSet {
    return this.get('word')!;
  }

  get space(): CharSet {
    return this.get('space')!;
  }
}
