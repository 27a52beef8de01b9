import { textWidth } from '../../lib/wcwidth.ts';
import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

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
    usage: '[-bs] [-w WIDTH] [FILE]...',
    help: 'Wrap input lines in FILEs (or stdin), writing to stdout\n\n\t-b\tCount bytes rather than columns\n\t-s\tBreak at spaces\n\t-w\tUse WIDTH columns instead of 80\n',
  },
  *main(ctx) {
    const width = Number(ctx.opts.width ?? 80);
    if (!(width > 0)) return yield* ctx.die(`invalid number of columns: '${ctx.opts.width}'`);
    return yield* eachInput(
      ctx,
      ctx.args,
      function* (input) {
        for (let line; (line = yield* input.line()) !== undefined; ) {
          let at = '';
          let used = 0;
          for (const c of line) {
            const w = c === '\t' && !ctx.opts.bytes ? 8 - (used % 8) : ctx.opts.bytes ? 1 : textWidth(c);
            if (used + w > width && at !== '') {
              const space = ctx.opts.spaces ? at.lastIndexOf(' ') : -1;
              const keep = space >= 0 ? at.slice(space + 1) : '';
              yield* ctx.stdout.write(`${space >= 0 ? at.slice(0, space + 1) : at}\n`);
              at = keep;
              used = textWidth(keep);
            }
            at += c;
            used += w;
          }
          yield* ctx.stdout.write(at + (input.complete ? '\n' : ''));
          if (ctx.sys.tick()) yield;
        }
      },
      'plain',
    );
  },
});
