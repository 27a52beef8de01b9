/** What a program's options are, as data: the parser, --help and completion are made from it. */
export interface OptionSpec {
  /** One letter, or several of the same meaning (`'rR'`). */
  short?: string;
  /** Long name; by default the key in kebab case; false: none. */
  long?: string | false;
  /** Name of the argument in the help; present: the option takes one. */
  arg?: string;
  /** The argument may be left out (`--color[=WHEN]`, `-i[SUFFIX]`); then the value is ''. */
  optional?: true;
  /** Each occurrence counts: the value is a list. */
  many?: true;
  help: string;
  /** false: the busybox applet does not have it; 'only': just that one has it. */
  busybox?: false | 'only';
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Parsed options: flags are booleans (`many`: a count), arguments strings or undefined (`many`: a list). */
export type Options<S extends OptionSpecs> = {
  -readonly [K in keyof S]: S[K] extends { arg: string }
    ? S[K] extends { many: true }
      ? string[]
      : string | undefined
    : S[K] extends { many: true }
      ? number
      : boolean;
};

export interface Parsed<S extends OptionSpecs> {
  opts: Options<S>;
  /** Every option in the order given, for programs in which the last or the order counts. */
  order: { key: keyof S & string; value: string | undefined }[];
  /** The operands. */
  args: string[];
}

/** What is wrong with a command line: the part of getopt's message after `NAME: `. */
export class UsageError {
  constructor(readonly message: string) {}
}

export interface ParseStyle {
  /** 'gnu': glibc's getopt_long; 'busybox': the same parser with busybox's words; 'musl'. */
  words: 'gnu' | 'busybox' | 'musl';
  /** Options end at the first operand (`+` in getopt's string). */
  stopAtOperand: boolean;
  /** Long options that are known; by default all that the specs have. */
  long?: readonly string[] | undefined;
}

export const kebab = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
export const longName = (key: string, spec: OptionSpec): string | undefined =>
  spec.long === false ? undefined : (spec.long ?? kebab(key));

/**
 * getopt_long(3): short options in clusters, `-oVALUE`, `-o VALUE`, `--long=value`, `--long value`, unambiguous
 * abbreviations, `--`, operands anywhere.
 * @returns the parse, or what is wrong
 */
export function parseOptions<S extends OptionSpecs>(
  specs: S,
  argv: readonly string[],
  style: ParseStyle,
): Parsed<S> | UsageError {
  const shorts = new Map<string, string>();
  const longs = new Map<string, string>();
  const opts: Record<string, unknown> = {};
  for (const [key, spec] of Object.entries(specs)) {
    if (style.words === 'busybox' ? spec.busybox === false : spec.busybox === 'only') continue;
    for (const letter of spec.short ?? '') shorts.set(letter, key);
    const long = longName(key, spec);
    if (long && (!style.long || style.long.includes(long))) longs.set(long, key);
  }
  for (const [key, spec] of Object.entries(specs)) {
    if (spec.arg !== undefined) opts[key] = spec.many ? [] : undefined;
    else opts[key] = spec.many ? 0 : false;
  }
  const order: Parsed<S>['order'] = [];
  const set = (key: string, value: string | undefined): void => {
    const spec = specs[key]!;
    order.push({ key, value });
    if (spec.arg === undefined) opts[key] = spec.many ? (opts[key] as number) + 1 : true;
    else if (spec.many) (opts[key] as string[]).push(value ?? '');
    else opts[key] = value ?? '';
  };
  const args: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') {
      args.push(...argv.slice(i + 1));
      break;
    }
    if (word.length < 2 || word[0] !== '-') {
      if (style.stopAtOperand) {
        args.push(...argv.slice(i));
        break;
      }
      args.push(word);
      continue;
    }
    if (word[1] === '-' && style.long?.length === 0)
      return new UsageError(style.words === 'musl' ? 'unrecognized option: -' : "invalid option -- '-'");
    if (word[1] === '-') {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const found = findLong(longs, name);
      if (found === undefined)
        return new UsageError(
          `unrecognized option${style.words === 'musl' ? ':' : ''} ${style.words === 'musl' ? word.slice(2) : `'${word}'`}`,
        );
      if (Array.isArray(found)) {
        const all = found.map((f) => ` '--${f}'`).join('');
        return new UsageError(`option '${word}' is ambiguous; possibilities:${all}`);
      }
      const spec = specs[found]!;
      const full = longName(found, spec);
      if (spec.arg === undefined) {
        if (equals >= 0) return new UsageError(`option '--${full}' doesn't allow an argument`);
        set(found, undefined);
      } else if (equals >= 0) set(found, word.slice(equals + 1));
      else if (spec.optional) set(found, '');
      else if (i + 1 < argv.length) set(found, argv[++i]!);
      else return new UsageError(`option '--${full}' requires an argument`);
      continue;
    }
    for (let j = 1; j < word.length; j++) {
      const letter = String.fromCodePoint(word.codePointAt(j)!);
      const key = shorts.get(letter);
      if (key === undefined)
        return new UsageError(
          style.words === 'musl' ? `unrecognized option: ${letter}` : `invalid option -- '${letter}'`,
        );
      const spec = specs[key]!;
      if (spec.arg === undefined) {
        set(key, undefined);
        continue;
      }
      const rest = word.slice(j + letter.length);
      if (rest !== '' || spec.optional) set(key, rest);
      else if (i + 1 < argv.length) set(key, argv[++i]!);
      else
        return new UsageError(
          style.words === 'musl'
            ? `option requires an argument: ${letter}`
            : `option requires an argument -- '${letter}'`,
        );
      break;
    }
  }
  return { opts: opts as Options<S>, order, args };
}

/** The key of a long option or its only completion; the candidates where it is ambiguous; undefined where none. */
function findLong(longs: ReadonlyMap<string, string>, name: string): string | string[] | undefined {
  const exact = longs.get(name);
  if (exact !== undefined) return exact;
  const candidates = [...longs.keys()].filter((long) => long.startsWith(name));
  if (candidates.length === 0) return undefined;
  const keys = new Set(candidates.map((long) => longs.get(long)!));
  return keys.size === 1 ? [...keys][0]! : candidates;
}
