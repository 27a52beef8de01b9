import { Stat } from '../../abi/stat.ts';
import { decode } from '../../lib/utf8.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { readFile, writeFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'runcon',
  at: ['/usr/bin/runcon'],
  spec: 'GNU coreutils 9.4 runcon(1); -c is as without it',
  version: '(GNU coreutils) 9.4',
  usage: 'CONTEXT COMMAND [args]\n  or:  runcon [ -c ] [-u USER] [-r ROLE] [-t TYPE] [-l RANGE] COMMAND [args]',
  about: 'Run a program in a different SELinux security context; without a command print the current one.',
  options: {
    compute: { short: 'c', help: 'compute process transition context before modifying' },
    type: { short: 't', arg: 'TYPE', help: 'type (for same role as parent)' },
    user: { short: 'u', arg: 'USER', help: 'user identity' },
    role: { short: 'r', arg: 'ROLE', help: 'role' },
    range: { short: 'l', arg: 'RANGE', help: 'levelrange' },
  },
  stopAtOperand: true,
  *main(ctx) {
    const { opts, sys } = ctx;
    const selinux = sys.stat('/sys/fs/selinux/enforce', new Stat()) === 0;
    const bytes = yield* readFile(sys, '/proc/self/attr/current');
    const current = typeof bytes === 'number' ? undefined : decode(bytes).replace(/[\0\n]+$/, '');
    const partial = opts.user ?? opts.role ?? opts.type ?? opts.range;
    if (ctx.args.length === 0 && partial === undefined && !opts.compute) {
      if (current === undefined || current === '')
        return yield* ctx.die(`failed to get current context: ${ctx.strerror(typeof bytes === 'number' ? bytes : 22)}`);
      yield* ctx.stdout.write(`${current}\n`);
      return 0;
    }
    const whole = partial === undefined && !opts.compute;
    const context = whole ? ctx.args[0] : undefined;
    const rest = whole ? ctx.args.slice(1) : ctx.args;
    if (rest.length === 0) return yield* ctx.usage('no command specified');
    if (!selinux) return yield* ctx.die('runcon may be used only on a SELinux kernel');
    const [user = '', role = '', type = '', ...range] = (current ?? '').split(':');
    const level = opts.range ?? range.join(':');
    const wanted =
      context ?? [opts.user ?? user, opts.role ?? role, opts.type ?? type, ...(level === '' ? [] : [level])].join(':');
    if (wanted.split(':').length < 3) return yield* ctx.die(`invalid context: ${shellQuote(wanted)}`);
    const r = yield* writeFile(sys, '/proc/self/attr/exec', wanted);
    if (r < 0) return yield* ctx.die(`unable to set security context ${shellQuote(wanted)}: ${ctx.strerror(r)}`);
    return yield* execCommand(ctx, rest, sys.envp, rest[0]!);
  },
});
