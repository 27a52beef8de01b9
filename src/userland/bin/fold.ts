import { decode } from '../../lib/utf8.ts';
import { textWidth } from '../../lib/wcwidth.ts';
import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'fold',
  at: ['/usr/bin/fold'],
  spec: 'GNU coreutils 9.4 fold(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Wrap the lines of each FILE.',
  options: {
    bytes: { short: 'b', help: 'count bytes, not columns' },
    spaces: { short: 's', help: 'break at spaces' },
    width: { short: 'w', arg: 'WIDTH', help: 'use WIDTH columns instead of 80' },
  },
  rewrite: (argv) => argv.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-w', arg.slice(1)] : [arg])),
  busybox: {
    at: '/usr/bin/fold',
    long: [],
    usage: '[-bs] [-w WIDTH] [FILE]...',
    help: 'Wrap input lines in FILEs (or stdin), writing to stdout\n\n\t-b\tCount bytes rather than columns\n\t-s\tBreak at spaces\n\t-w\tUse WIDTH columns instead of 80\n',
  },
  *main(ctx) {
    const { opts, form } = ctx;
    const text = opts.width ?? '80';
    const width = Number(text);
    if (!/^\+?\d+$/.test(text) || width < 1)
      return yield* ctx.die(
        form === 'gnu'
          ? `invalid number of columns: ${localeQuote(text)}${/^\+?0+$/.test(text) ? ': Numerical result out of range' : ''}`
          : `invalid number '${text}'`,
      );
    const after = (column: number, c: string): number => {
      if (opts.bytes) return column + 1;
      if (c === '\b') return Math.max(0, column - 1);
      if (c === '\r') return 0;
      if (c === '\t') return column - (column % 8) + 8;
      return column + (form === 'gnu' ? 1 : Math.max(textWidth(c), 0));
    };
    return yield* eachInput(
      ctx,
      ctx.args,
      function* (input) {
        for (let line; (line = yield* input.lineBytes()) !== undefined; ) {
          // GNU fold counts bytes even without -b
          const units = form === 'gnu' ? Array.from(line, byteAsText) : [...decode(line)];
          let at: string[] = [];
          let column = 0;
          for (const c of units) {
            let next = after(column, c);
            if (next > width && at.length > 0) {
              const space = opts.spaces ? at.findLastIndex((unit) => unit === ' ' || unit === '\t') : -1;
              const keep = space >= 0 ? at.splice(space + 1) : [];
              ctx.stdout.put(at.join(''));
              ctx.stdout.put('\n');
              at = keep;
              column = keep.reduce(after, 0);
              next = after(column, c);
            }
            at.push(c);
            column = next;
          }
          ctx.stdout.put(at.join(''));
          yield* ctx.stdout.write(input.complete ? '\n' : '');
          if (ctx.sys.tick()) yield;
        }
      },
      'plain',
    );
  },
});

/** A byte as a text that is written as just this byte. */
const byteAsText = (byte: number): string => String.fromCharCode(byte < 128 ? byte : 0xdc00 + byte);
