import { defaultTermios, TCSANOW } from '../../abi/termios.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'reset',
  at: ['/usr/bin/reset'],
  spec: 'ncurses 6.4 reset(1), for terminals of the xterm kind',
  usage: '[options] [terminal]',
  about: 'Reset the terminal to a sane state.',
  options: { quiet: { short: 'Q', long: false, busybox: false, help: 'do not output control key settings' } },
  busybox: {
    at: '/usr/bin/reset',
    usage: '',
    help: 'Reset the screen\n',
  },
  *main(ctx) {
    const fd = [2, 1, 0].find((n) => ctx.sys.isatty(n));
    if (fd === undefined) return 0;
    while (ctx.sys.tcsetattr(fd, TCSANOW, defaultTermios()) === -4096) yield;
    yield* ctx.stdout.write('\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>\x1b(B\x1b[0m\x1b[2J\x1b[?25h');
    return 0;
  },
});
