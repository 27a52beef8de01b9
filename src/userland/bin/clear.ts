import { program } from '../../libc/program.ts';

export default program({
  name: 'clear',
  at: ['/usr/bin/clear'],
  spec: 'ncurses 6.4 clear(1), for terminals of the xterm kind',
  usage: '[options]',
  about: 'Clear the terminal screen.',
  options: {
    terminal: { short: 'T', arg: 'TERM', long: false, busybox: false, help: 'use this instead of $TERM' },
    keep: { short: 'x', long: false, busybox: false, help: 'do not try to clear scrollback' },
  },
  busybox: {
    at: '/usr/bin/clear',
    usage: '',
    help: 'Clear screen\n',
  },
  *main(ctx) {
    if (ctx.form === 'busybox') {
      yield* ctx.stdout.write('\x1b[H\x1b[J');
      return 0;
    }
    if ((ctx.opts.terminal ?? ctx.env.get('TERM') ?? '') === '') {
      yield* ctx.stderr.write('TERM environment variable not set.\n');
      return 1;
    }
    yield* ctx.stdout.write(`\x1b[H\x1b[2J${ctx.opts.keep ? '' : '\x1b[3J'}`);
    return 0;
  },
});
