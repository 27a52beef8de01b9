import { encode } from '../../lib/utf8.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import { parseTrSet, type TrSet } from '../../libc/tr-set.ts';

export default program({
  name: 'tr',
  at: ['/usr/bin/tr'],
  spec: 'GNU coreutils 9.4 tr(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... STRING1 [STRING2]',
  about: 'Translate, squeeze or delete characters of standard input.',
  options: {
    complement: { short: 'cC', help: 'use the complement of STRING1' },
    delete: { short: 'd', help: 'delete the characters of STRING1' },
    squeezeRepeats: { short: 's', help: 'replace a run of one listed character by one' },
    truncateSet1: { short: 't', busybox: false, help: 'cut STRING1 to the length of STRING2' },
  },
  stopAtOperand: true,
  busybox: {
    at: '/usr/bin/tr',
    long: [],
    usage: '[-cds] STRING1 [STRING2]',
    help: 'Translate, squeeze, or delete characters from stdin, writing to stdout\n\n\t-c\tTake complement of STRING1\n\t-d\tDelete input characters coded STRING1\n\t-s\tSqueeze multiple output characters of STRING2 into one character\n',
  },
  *main(ctx) {
    const { opts, args, form } = ctx;
    if (args.length === 0) return yield* ctx.usage(form === 'gnu' ? 'missing operand' : undefined);
    if (args.length === 1 && !opts.delete && !opts.squeezeRepeats) {
      if (form === 'busybox') return yield* ctx.usage();
      yield* ctx.warn(`missing operand after ${localeQuote(args[0]!)}`);
      yield* ctx.stderr.write('Two strings must be given when translating.\n');
      return yield* ctx.usage();
    }
    if (args.length > 2 || (args.length === 2 && opts.delete && !opts.squeezeRepeats)) {
      yield* ctx.warn(`extra operand ${localeQuote(args[args.length > 2 ? 2 : 1]!)}`);
      if (args.length === 2)
        yield* ctx.stderr.write('Only one string may be given when deleting without squeezing repeats.\n');
      return yield* ctx.usage();
    }
    const first = parseTrSet(encode(args[0]!));
    if (typeof first === 'string') return yield* ctx.die(first);
    const second = args[1] === undefined ? undefined : parseTrSet(encode(args[1]));
    if (typeof second === 'string') return yield* ctx.die(second);
    for (const warning of form === 'gnu' ? [...first.warnings, ...(second?.warnings ?? [])] : [])
      yield* ctx.warn(warning);
    if (form === 'gnu' && first.fill) return yield* ctx.die('the [c*] repeat construct may not appear in string1');
    const wrong = form === 'gnu' && second && !opts.delete ? misuse(first, second) : undefined;
    if (wrong !== undefined) return yield* ctx.die(wrong);
    let from = first.bytes;
    if (opts.complement) {
      const listed = new Set(from);
      from = Array.from({ length: 256 }, (_, c) => c).filter((c) => !listed.has(c));
    }
    const map = Uint8Array.from({ length: 256 }, (_, c) => c);
    const gone = new Uint8Array(256);
    const squeeze = new Uint8Array(256);
    if (opts.delete) for (const c of from) gone[c] = 1;
    else if (second) {
      const to = second.bytes.slice();
      if (second.fill)
        to.splice(second.fill.at, 0, ...new Array<number>(Math.max(0, from.length - to.length)).fill(second.fill.byte));
      if (to.length === 0) return yield* ctx.die('when not truncating set1, string2 must be non-empty');
      if (form === 'gnu' && !opts.truncateSet1 && from.length > to.length && second.endsWithClass)
        return yield* ctx.die(
          'when translating with string1 longer than string2,\nthe latter string must not end with a character class',
        );
      const length = opts.truncateSet1 ? Math.min(from.length, to.length) : from.length;
      for (let i = 0; i < length; i++) map[from[i]!] = to[Math.min(i, to.length - 1)]!;
    }
    if (opts.squeezeRepeats) for (const c of second ? second.bytes : from) squeeze[c] = 1;
    const translates = !opts.delete && !opts.squeezeRepeats;
    const sets: Sets = { map, gone, squeeze };
    let last = -1;
    for (let part; (part = yield* ctx.stdin.chunk()) !== undefined; ) {
      const out = new Uint8Array(part.length);
      const n = translates ? translate(part, out, map) : filter(part, out, sets, last);
      if (n > 0) last = out[n - 1]!;
      yield* ctx.stdout.write(out.subarray(0, n));
      if (ctx.stdout.error !== 0) break;
      if (ctx.sys.tick()) yield;
    }
    return 0;
  },
});

/** What is wrong with two sets that are to be translated. */
function misuse(first: TrSet, second: TrSet): string | undefined {
  if (second.hasEquivalence) return '[=c=] expressions may not appear in string2 when translating';
  if (second.hasClass)
    return "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'";
  if (second.cases.some((at) => !first.cases.includes(at))) return 'misaligned [:upper:] and/or [:lower:] construct';
  return undefined;
}

/** By byte: what it becomes, whether it is deleted, whether a run of it becomes one. */
interface Sets {
  map: Uint8Array;
  gone: Uint8Array;
  squeeze: Uint8Array;
}

function translate(part: Uint8Array, out: Uint8Array, map: Uint8Array): number {
  for (let i = 0; i < part.length; i++) out[i] = map[part[i]!]!;
  return part.length;
}

/** @param before the byte that was written last, -1 where there is none. @returns how many are written to `out` */
function filter(part: Uint8Array, out: Uint8Array, { map, gone, squeeze }: Sets, before: number): number {
  let n = 0;
  let last = before;
  for (let i = 0; i < part.length; i++) {
    const byte = part[i]!;
    if (gone[byte] !== 0) continue;
    const c = map[byte]!;
    if (c === last && squeeze[c] !== 0) continue;
    out[n++] = c;
    last = c;
  }
  return n;
}
