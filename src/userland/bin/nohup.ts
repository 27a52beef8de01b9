import { O_APPEND, O_CREAT, O_WRONLY } from '../../abi/flags.ts';
import { SIG_IGN, SIGHUP } from '../../abi/signal.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { open } from '../../libc/io.ts';
import { joinPath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'nohup',
  at: ['/usr/bin/nohup'],
  spec: 'GNU coreutils 9.4 nohup(1)',
  version: '(GNU coreutils) 9.4',
  usage: 'COMMAND [ARG]...\n  or:  nohup OPTION',
  about: 'Run COMMAND, ignoring hangup signals.',
  options: {},
  stopAtOperand: true,
  usageStatus: 125,
  busybox: { at: '/usr/bin/nohup', usage: 'PROG ARGS', help: 'Run PROG immune to hangups, with output to a non-tty\n' },
  *main(ctx) {
    const { sys } = ctx;
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    const [input, output, errors] = [sys.isatty(0), sys.isatty(1), sys.isatty(2)];
    if (input) {
      const fd = yield* open(sys, '/dev/null', ctx.form === 'gnu' ? O_WRONLY : 0);
      sys.dup2(fd, 0);
      sys.close(fd);
    }
    const said = input ? 'ignoring input and ' : '';
    if (output) {
      let path = 'nohup.out';
      let fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_APPEND, 0o600);
      if (fd < 0) {
        path = joinPath(ctx.env.get('HOME') ?? '/', 'nohup.out');
        fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_APPEND, 0o600);
      }
      if (fd < 0) return yield* ctx.die(`failed to open ${shellQuote(path)}: ${ctx.strerror(fd)}`, 125);
      sys.dup2(fd, 1);
      sys.close(fd);
      yield* ctx.warn(
        ctx.form === 'gnu' ? `${said}appending output to ${shellQuote(path)}` : `appending output to ${path}`,
      );
    } else if (ctx.form === 'gnu' && (input || errors)) {
      if (errors) yield* ctx.warn(`${said}redirecting stderr to stdout`);
      else yield* ctx.warn('ignoring input');
    }
    if (errors) sys.dup2(1, 2);
    sys.sigaction(SIGHUP, SIG_IGN);
    return yield* execCommand(ctx, ctx.args);
  },
});
