import { EISDIR } from '../../abi/errno.ts';
import { isRegular, Stat } from '../../abi/stat.ts';
import { countByte } from '../../lib/byte-search.ts';
import { decode } from '../../lib/utf8.ts';
import { textWidth } from '../../lib/wcwidth.ts';
import { eachInput } from '../../libc/input.ts';
import { isUtf8 } from '../../libc/locale.ts';
import { program } from '../../libc/program.ts';
import { invalidArgument, quoteIfNeeded } from '../../libc/shell-quote.ts';

export default program({
  name: 'wc',
  at: ['/usr/bin/wc'],
  spec: 'GNU coreutils 9.4 wc(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...\n  or:  wc [OPTION]... --files0-from=F',
  about: 'Print newline, word, and byte counts for each FILE, and a total line.',
  options: {
    bytes: { short: 'c', help: 'print the byte counts' },
    chars: { short: 'm', help: 'print the character counts' },
    lines: { short: 'l', help: 'print the newline counts' },
    files0From: { arg: 'F', busybox: false, help: 'read names that end with NUL from F' },
    maxLineLength: { short: 'L', help: 'print the longest display width' },
    words: { short: 'w', help: 'print the word counts' },
    total: { arg: 'WHEN', busybox: false, help: 'when to print a total: auto, always, only, never' },
  },
  busybox: {
    at: '/usr/bin/wc',
    long: [],
    usage: '[-cmlwL] [FILE]...',
    help: 'Count lines, words, and bytes for FILEs (or stdin)\n\n\t-c\tCount bytes\n\t-m\tCount characters\n\t-l\tCount newlines\n\t-w\tCount words\n\t-L\tPrint longest line length\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const any = opts.bytes || opts.chars || opts.lines || opts.words || opts.maxLineLength;
    const want = {
      lines: opts.lines || !any,
      words: opts.words || !any,
      chars: opts.chars,
      bytes: opts.bytes || !any,
      width: opts.maxLineLength,
    };
    const totals = ['auto', 'always', 'only', 'never'];
    if (opts.total !== undefined && !totals.includes(opts.total))
      return yield* ctx.usage(invalidArgument('--total', opts.total, totals));
    let names = ctx.args;
    if (opts.files0From !== undefined) {
      names = [];
      yield* eachInput(ctx, [opts.files0From], function* (input) {
        for (let name; (name = yield* input.line(0)) !== undefined; ) names.push(name);
      });
    }
    const rows: { counts: number[]; name: string | undefined }[] = [];
    const total = [0, 0, 0, 0, 0];
    const utf8 = ctx.form === 'busybox' || isUtf8(ctx.env);
    const needText = want.chars || want.width;
    const onlyBytes = want.bytes && !want.lines && !want.words && !needText;
    const kinds = Uint8Array.from({ length: 256 }, (_, byte) => kindOf(byte, utf8));
    let widest = 0;
    let special = false;
    const st = new Stat();
    for (const name of opts.files0From === '-' ? [] : names.length === 0 ? ['-'] : names) {
      if ((name === '-' ? sys.fstat(0, st) : sys.stat(name, st)) < 0) continue;
      if (isRegular(st.mode)) widest += st.size;
      else special = true;
    }
    const zeros = {
      ...ctx,
      *warn(message: string) {
        yield* ctx.warn(message);
        const name = names.find((n) => message === `${quoteIfNeeded(n)}: ${ctx.strerror(EISDIR)}`);
        if (name !== undefined) rows.push({ counts: [0, 0, 0, 0, 0], name });
      },
    };
    const status = yield* eachInput(
      zeros,
      names,
      function* (input, name) {
        let [lines, words, chars, bytes, longest] = [0, 0, 0, 0, 0];
        let inWord = false;
        let line = '';
        for (let part; (part = yield* input.chunk()) !== undefined; ) {
          bytes += part.length;
          if (!onlyBytes) {
            lines += countByte(part, 10);
            if (want.words) {
              const counted = countWords(part, kinds, inWord);
              words += counted >> 1;
              inWord = (counted & 1) === 1;
            }
          }
          if (needText) {
            for (const byte of part) if (!utf8 || (byte & 0xc0) !== 0x80) chars++;
            if (want.width) {
              const pieces = (line + decode(part)).split(/[\n\r\f]/);
              line = pieces.pop()!;
              for (const piece of pieces) longest = Math.max(longest, lineWidth(piece, utf8));
            }
          }
          if (sys.tick()) yield;
        }
        longest = Math.max(longest, lineWidth(line, utf8));
        rows.push({ counts: [lines, words, chars, bytes, longest], name: names.length === 0 ? undefined : name });
        for (const [i, n] of [lines, words, chars, bytes].entries()) total[i]! += n;
        total[4] = Math.max(total[4]!, longest);
      },
      'plain',
    );
    const when = opts.total ?? 'auto';
    if (when === 'only') rows.length = 0;
    if (when === 'always' || when === 'only' || (when === 'auto' && names.length > 1))
      rows.push({ counts: total, name: when === 'only' ? undefined : 'total' });
    const chosen = [want.lines, want.words, want.chars, want.bytes, want.width];
    const columns = chosen.filter(Boolean).length;
    const width =
      ctx.form === 'busybox'
        ? columns === 1 && rows.length === 1
          ? 0
          : 9
        : columns === 1 && rows.length === 1
          ? 0
          : special
            ? 7
            : Math.max(String(widest).length, 1);
    for (const row of rows) {
      const cells = row.counts.filter((_, i) => chosen[i]).map((n) => String(n).padStart(width));
      yield* ctx.stdout.write(`${cells.join(' ')}${row.name === undefined ? '' : ` ${row.name}`}\n`);
    }
    return status;
  },
});

const OTHER = 0;
const BLANK = 1;
const GRAPHIC = 2;

/** What a byte is to words: blanks end them, graphic characters begin them. */
function kindOf(byte: number, utf8: boolean): number {
  if (byte === 32 || (byte >= 9 && byte <= 13)) return BLANK;
  return byte > 32 && (utf8 ? byte !== 127 : byte < 127) ? GRAPHIC : OTHER;
}

/** @param inWord whether a word is not ended yet. @returns twice the words that begin, plus 1 within a word */
function countWords(part: Uint8Array, kinds: Uint8Array, inWord: boolean): number {
  let words = 0;
  let within = inWord;
  for (let i = 0; i < part.length; i++) {
    const kind = kinds[part[i]!]!;
    if (kind === BLANK) within = false;
    else if (!within && kind === GRAPHIC) {
      words++;
      within = true;
    }
  }
  return words * 2 + (within ? 1 : 0);
}

function lineWidth(given: string, utf8: boolean): number {
  const line = (utf8 ? given : given.replace(/[^\0-\x7f]/g, '')).replace(/[\0-\x08\v\x0e-\x1f\x7f\udc80-\udcff]/g, '');
  if (!line.includes('\t')) return textWidth(line);
  let width = 0;
  for (const piece of line.split('\t')) width = Math.floor((width + textWidth(piece)) / 8) * 8 + 8;
  const last = line.slice(line.lastIndexOf('\t') + 1);
  const before = line
    .slice(0, line.lastIndexOf('\t'))
    .split('\t')
    .reduce((w, piece) => Math.floor((w + textWidth(piece)) / 8) * 8 + 8, 0);
  return Math.min(width, before + textWidth(last));
}
