import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';
import { nextStop, readTabs } from '../../libc/tab-stops.ts';

export default program({
  name: 'expand',
  at: ['/usr/bin/expand'],
  spec: 'GNU coreutils 9.4 expand(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Convert tabs in each FILE to spaces, writing to standard output.',
  options: {
    initial: { short: 'i', help: 'do not convert tabs after non blanks' },
    tabs: { short: 't', arg: 'N', help: 'have tabs N characters apart, not 8; or a comma separated list of positions' },
  },
  rewrite: (argv) => argv.flatMap((arg) => (/^-\d[\d,]*$/.test(arg) ? ['-t', arg.slice(1)] : [arg])),
  busybox: {
    at: '/usr/bin/expand',
    usage: '[-i] [-t N] [FILE]...',
    help: "Convert tabs to spaces, writing to stdout\n\n\t-i\tDon't convert tabs after non blanks\n\t-t\tTabstops every N chars\n",
  },
  *main(ctx) {
    const stops = readTabs(ctx.opts.tabs ?? '8');
    if (typeof stops === 'string' || (ctx.form === 'busybox' && /[^\d]/.test(ctx.opts.tabs ?? '')))
      return yield* ctx.die(
        ctx.form === 'gnu' && typeof stops === 'string' ? stops : `invalid number '${ctx.opts.tabs}'`,
      );
    return yield* eachInput(
      ctx,
      ctx.args,
      function* (input) {
        for (let line; (line = yield* input.line()) !== undefined; ) {
          let out = '';
          let column = 0;
          let blank = true;
          for (const c of line) {
            if (c === '\t' && (blank || !ctx.opts.initial)) {
              const next = nextStop(stops, column);
              out += ' '.repeat(next - column);
              column = next;
              continue;
            }
            if (c === '\b' && ctx.form === 'gnu') column = Math.max(0, column - 1);
            else column++;
            if (c !== ' ' && c !== '\t') blank = false;
            out += c;
          }
          yield* ctx.stdout.write(out + (input.complete ? '\n' : ''));
          if (ctx.sys.tick()) yield;
        }
      },
      'plain',
    );
  },
});
