import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { mergeSort } from '../../lib/merge-sort.ts';
import { decode } from '../../lib/utf8.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import { openInput } from '../../libc/input.ts';
import { open, readAll, readFile, readFull } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';
import { parseKey, type SortKey } from '../../libc/sort-key.ts';
import { Output } from '../../libc/stdio.ts';
import { compareByKeys, compareTexts } from '../text/sort-order.ts';

const options = {
  ignoreLeadingBlanks: { short: 'b', help: 'ignore leading blanks' },
  dictionaryOrder: { short: 'd', help: 'consider only blanks, letters and digits' },
  ignoreCase: { short: 'f', help: 'fold lower case to upper' },
  generalNumericSort: { short: 'g', help: 'compare as floating point numbers' },
  ignoreNonprinting: { short: 'i', help: 'consider only printable characters' },
  monthSort: { short: 'M', help: 'JAN < ... < DEC' },
  humanNumericSort: { short: 'h', busybox: false, help: '2K < 1G' },
  numericSort: { short: 'n', help: 'compare as numbers' },
  randomSort: { short: 'R', busybox: false, help: 'shuffle, equal keys together' },
  reverse: { short: 'r', help: 'reverse the result' },
  sort: { arg: 'WORD', busybox: false, help: 'general-numeric, human-numeric, month, numeric, random, version' },
  versionSort: { short: 'V', help: 'natural sort of version numbers' },
  batchSize: { arg: 'N', busybox: false, help: 'accepted' },
  compressProgram: { arg: 'PROG', busybox: false, help: 'accepted: there are no temporary files' },
  files0From: { arg: 'F', busybox: false, help: 'read names that end with NUL from F' },
  randomSource: { arg: 'FILE', busybox: false, help: 'get random bytes from FILE' },
  check: {
    short: 'c',
    arg: 'WHEN',
    optional: true,
    long: 'check',
    busybox: false,
    help: 'check that the input is sorted',
  },
  checkFlag: { short: 'c', long: false, busybox: 'only', help: 'Check whether input is sorted' },
  checkQuiet: { short: 'C', long: false, busybox: false, help: 'likewise, without a message' },
  key: { short: 'k', arg: 'KEYDEF', many: true, help: 'sort by a key: F[.C][OPTS][,F[.C][OPTS]]' },
  merge: { short: 'm', help: 'merge sorted files' },
  output: { short: 'o', arg: 'FILE', help: 'write to FILE' },
  stable: { short: 's', help: 'no last-resort comparison' },
  bufferSize: { short: 'S', arg: 'SIZE', help: 'accepted' },
  fieldSeparator: { short: 't', arg: 'SEP', help: 'use SEP between fields' },
  temporaryDirectory: { short: 'T', arg: 'DIR', help: 'accepted' },
  parallel: { arg: 'N', busybox: false, help: 'accepted' },
  unique: { short: 'u', help: 'one line of each equal run' },
  zeroTerminated: { short: 'z', help: 'lines end with NUL' },
} as const;
/** Steps that a part of the sorting counts for. */
const STEPS = 16;
type Ctx = Context<typeof options>;

export default program({
  name: 'sort',
  at: ['/usr/bin/sort'],
  spec: 'GNU coreutils 9.4 sort(1), C locale; --debug is missing',
  version: '(GNU coreutils) 9.4',
  writeErrorStatus: 2,
  usage: '[OPTION]... [FILE]...\n  or:  sort [OPTION]... --files0-from=F',
  about: 'Write the sorted lines of all FILEs.',
  options,
  usageStatus: 2,
  busybox: {
    at: '/usr/bin/sort',
    usageStatus: 2,
    long: [],
    usage: '[-nrugMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] [FILE]...',
    help: "Sort lines of text\n\n\t-o FILE\tOutput to FILE\n\t-c\tCheck whether input is sorted\n\t-b\tIgnore leading blanks\n\t-f\tIgnore case\n\t-i\tIgnore unprintable characters\n\t-d\tDictionary order (blank or alphanumeric only)\n\t-n\tSort numbers\n\t-g\tGeneral numerical sort\n\t-M\tSort month\n\t-V\tSort version\n\t-t CHAR\tField separator\n\t-k N[,M] Sort by Nth field\n\t-r\tReverse sort order\n\t-s\tStable (don't sort ties alphabetically)\n\t-u\tSuppress duplicate lines\n\t-z\tNUL terminated input and output\n",
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (opts.fieldSeparator !== undefined && opts.fieldSeparator !== '\\0' && [...opts.fieldSeparator].length !== 1)
      return yield* ctx.die(
        opts.fieldSeparator === '' ? 'empty tab' : `multi-character tab ${localeQuote(opts.fieldSeparator)}`,
        2,
      );
    const global = globalFlags(ctx);
    const keys: SortKey[] = [];
    const orders = [...new Set(global)].filter((letter) => 'gnhMRVd'.includes(letter));
    if (ctx.form === 'gnu' && orders.filter((letter) => letter !== 'd').length > 1)
      return yield* ctx.die(`options '-${orders.sort().join('')}' are incompatible`, 2);
    const checks = opts.check !== undefined || opts.checkQuiet;
    if (ctx.form === 'gnu' && checks && ctx.args.length > 1)
      return yield* ctx.die(
        `extra operand ${shellQuote(ctx.args[1]!)} not allowed with -${opts.checkQuiet ? 'C' : 'c'}`,
        2,
      );
    if (opts.files0From !== undefined) {
      if (ctx.args.length > 0)
        return yield* ctx.usage(
          `extra operand ${shellQuote(ctx.args[0]!)}\nfile operands cannot be combined with --files0-from`,
        );
      const bytes = opts.files0From === '-' ? yield* readAll(sys, 0) : yield* readFile(sys, opts.files0From);
      if (typeof bytes === 'number')
        return yield* ctx.die(`open failed: ${opts.files0From}: ${ctx.strerror(bytes)}`, 2);
      ctx.args = decode(bytes).replace(/\0$/, '').split('\0');
      if (bytes.length === 0) return yield* ctx.die(`no input from ${shellQuote(opts.files0From)}`, 2);
    }
    for (const text of opts.key) {
      const key = parseKey(text, global);
      if (typeof key === 'string') return yield* ctx.die(ctx.form === 'gnu' ? key : `bad -k parameter`, 2);
      keys.push(key);
    }
    if (keys.length === 0) keys.push({ from: 0, fromChar: 0, to: Number.POSITIVE_INFINITY, toChar: 0, flags: global });
    const separator = opts.fieldSeparator === '\\0' ? '\0' : opts.fieldSeparator;
    const lines: string[] = [];
    const end = opts.zeroTerminated ? 0 : 10;
    const memory = new HeldMemory(sys);
    for (const name of ctx.args.length === 0 ? ['-'] : ctx.args) {
      const input = yield* openInput(sortWords(ctx), name);
      if (!input) return 2;
      let rest: Uint8Array | undefined;
      for (let part; (part = yield* input.chunk()) !== undefined; ) {
        yield* memory.grow(part.length);
        const last = part.lastIndexOf(end);
        const head = last < 0 ? undefined : part.subarray(0, last);
        if (head !== undefined) {
          const text = decode(rest ? concat(rest, head) : head);
          for (const line of text.split(end === 0 ? '\0' : '\n')) lines.push(line);
          rest = last + 1 < part.length ? part.slice(last + 1) : undefined;
        } else rest = rest ? concat(rest, part) : part.slice();
        if (sys.tick()) yield;
      }
      if (rest) lines.push(decode(rest));
      if (input !== ctx.stdin) sys.close(input.fd);
    }
    const lastResort = !opts.stable && !opts.unique;
    const plain =
      keys.length === 1 &&
      keys[0]!.from === 0 &&
      keys[0]!.to === Number.POSITIVE_INFINITY &&
      keys[0]!.flags.replace('r', '') === '';
    const salt = new Uint8Array(4);
    if (opts.randomSource === undefined) sys.getrandom(salt);
    else {
      const fd = yield* open(sys, opts.randomSource, O_RDONLY);
      if (fd < 0) return yield* ctx.die(`open failed: ${opts.randomSource}: ${ctx.strerror(fd)}`, 2);
      if ((yield* readFull(sys, fd, salt)) < salt.length)
        return yield* ctx.die(`${shellQuote(opts.randomSource)}: end of file`, 2);
      sys.close(fd);
    }
    const byKeys = plain
      ? compareTexts(lines, global.includes('r') ? -1 : 1)
      : compareByKeys(lines, keys, separator, new DataView(salt.buffer).getUint32(0));
    const byLine = compareTexts(lines, global.includes('r') ? -1 : 1);
    const compare = plain || !lastResort ? byKeys : (a: number, b: number): number => byKeys(a, b) || byLine(a, b);
    if (opts.check !== undefined || opts.checkFlag || opts.checkQuiet) {
      for (let i = 1; i < lines.length; i++) {
        const order = compare(i - 1, i);
        if (order < 0 || (order === 0 && !opts.unique)) continue;
        const quiet = opts.checkQuiet || opts.check === 'quiet' || opts.check === 'silent';
        if (!quiet) yield* ctx.stderr.write(`${ctx.name}: ${ctx.args[0] ?? '-'}:${i + 1}: disorder: ${lines[i]}\n`);
        return 1;
      }
      return 0;
    }
    const sorting = mergeSort(lines.length, compare);
    let sorted = sorting.next();
    for (; !sorted.done; sorted = sorting.next()) if (sys.tick(STEPS)) yield;
    let out = ctx.stdout;
    if (opts.output !== undefined) {
      const fd = yield* open(sys, opts.output, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
      if (fd < 0) return yield* ctx.die(`open failed: ${opts.output}: ${ctx.strerror(fd)}`, 2);
      out = new Output(sys, fd);
    }
    const eol = end === 0 ? '\0' : '\n';
    let before = -1;
    for (const place of sorted.value) {
      if (opts.unique && before >= 0 && byKeys(before, place) === 0) continue;
      before = place;
      out.put(lines[place]!);
      if (out.put(eol)) {
        yield* out.flush();
        if (out.error !== 0) return 2;
      }
      if (sys.tick()) yield;
    }
    yield* out.flush();
    return 0;
  },
});

function globalFlags(ctx: Ctx): string {
  const { opts } = ctx;
  const word: Readonly<Record<string, string>> = {
    'general-numeric': 'g',
    'human-numeric': 'h',
    month: 'M',
    numeric: 'n',
    random: 'R',
    version: 'V',
  };
  return [
    opts.ignoreLeadingBlanks && 'b',
    opts.dictionaryOrder && 'd',
    opts.ignoreCase && 'f',
    opts.generalNumericSort && 'g',
    opts.ignoreNonprinting && 'i',
    opts.monthSort && 'M',
    opts.humanNumericSort && 'h',
    opts.numericSort && 'n',
    opts.reverse && 'r',
    opts.versionSort && 'V',
    opts.randomSort && 'R',
    opts.sort !== undefined && word[opts.sort],
  ]
    .filter(Boolean)
    .join('');
}

function sortWords(ctx: Ctx): Ctx {
  if (ctx.form === 'busybox') return ctx;
  return {
    ...ctx,
    *warn(message: string) {
      const at = message.lastIndexOf(': ');
      yield* ctx.warn(
        message.endsWith('Is a directory')
          ? `read failed: ${message}`
          : `cannot read: ${message.slice(0, at)}${message.slice(at)}`,
      );
    },
  };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
