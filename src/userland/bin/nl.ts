import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'nl',
  at: ['/usr/bin/nl'],
  spec: 'GNU coreutils 9.4 nl(1); without sections and -bpREGEX',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Write each FILE with line numbers.',
  options: {
    bodyNumbering: { short: 'b', arg: 'STYLE', help: 'a: all lines, t: lines that are not empty, n: none' },
    lineIncrement: { short: 'i', arg: 'N', help: 'step' },
    numberFormat: { short: 'n', arg: 'FORMAT', help: 'ln, rn, rz' },
    numberSeparator: { short: 's', arg: 'STRING', help: 'put STRING after the number' },
    startingLineNumber: { short: 'v', arg: 'N', help: 'first number' },
    numberWidth: { short: 'w', arg: 'N', help: 'width of the numbers' },
  },
  busybox: {
    at: '/usr/bin/nl',
    usage: '[OPTIONS] [FILE]...',
    help: 'Write FILEs to standard output with line numbers added\n\n\t-b STYLE\tWhich lines to number - a: all, t: nonempty, n: none\n\t-i N\t\tLine number increment\n\t-s STRING\tUse STRING as line number separator\n\t-v N\t\tStart from N\n\t-w N\t\tWidth of line numbers\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const style = opts.bodyNumbering ?? 't';
    const width = Number(opts.numberWidth ?? 6);
    const separator = opts.numberSeparator ?? '\t';
    const step = Number(opts.lineIncrement ?? 1);
    let n = Number(opts.startingLineNumber ?? 1);
    const show = (value: number): string => {
      const text = String(value);
      if (opts.numberFormat === 'ln') return text.padEnd(width);
      return opts.numberFormat === 'rz' ? text.padStart(width, '0') : text.padStart(width);
    };
    return yield* eachInput(
      ctx,
      ctx.args,
      function* (input) {
        for (let line; (line = yield* input.line()) !== undefined; ) {
          if (style === 'a' || (style === 't' && line !== '')) {
            yield* ctx.stdout.write(`${show(n)}${separator}${line}\n`);
            n += step;
          } else
            yield* ctx.stdout.write(
              line === '' && style !== 'a'
                ? `${' '.repeat(width + separator.length)}\n`
                : `${' '.repeat(width)}${separator}${line}\n`,
            );
          if (ctx.sys.tick()) yield;
        }
      },
      'plain',
    );
  },
});
