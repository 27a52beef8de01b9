import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'rev',
  at: ['/usr/bin/rev'],
  spec: 'util-linux 2.39 rev(1)',
  style: 'util-linux',
  version: 'from util-linux 2.39.3',
  usage: '[options] [<file> ...]',
  about: 'Reverse lines by characters.',
  options: {},
  busybox: { at: '/usr/bin/rev', usage: '[FILE]...', help: 'Reverse lines of FILE\n' },
  *main(ctx) {
    const words =
      ctx.form === 'busybox'
        ? ctx
        : {
            ...ctx,
            *warn(message: string) {
              yield* ctx.warn(message.endsWith(ctx.strerror(2)) ? `cannot open ${message}` : message);
            },
          };
    return yield* eachInput(
      words,
      ctx.args,
      function* (input) {
        for (let line; (line = yield* input.line()) !== undefined; ) {
          yield* ctx.stdout.write([...line].reverse().join('') + (input.complete ? '\n' : ''));
          if (ctx.sys.tick()) yield;
        }
      },
      'plain',
    );
  },
});
