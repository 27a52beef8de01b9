import { Accounts } from '../../libc/accounts.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'pinky',
  at: ['/usr/bin/pinky'],
  spec: 'GNU coreutils 9.4 pinky(1); nobody is logged in through utmp, so the short form has its heading alone',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [USER]...',
  about: 'A lightweight finger: print who users are.',
  options: {
    long: { short: 'l', long: false, help: 'produce long format output for the specified USERs' },
    noHome: { short: 'b', long: false, help: "omit the user's home directory and shell in long format" },
    noProject: { short: 'h', long: false, help: "omit the user's project file in long format" },
    noPlan: { short: 'p', long: false, help: "omit the user's plan file in long format" },
    short: { short: 's', long: false, help: 'do short format output, this is the default' },
    noHeading: { short: 'f', long: false, help: 'omit the line of column headings in short format' },
    noName: { short: 'w', long: false, help: "omit the user's full name in short format" },
    noHost: { short: 'i', long: false, help: "omit the user's full name and remote host in short format" },
    noIdle: { short: 'q', long: false, help: "omit the user's full name, remote host and idle time in short format" },
    lookup: { help: 'attempt to canonicalize hostnames via DNS' },
  },
  *main(ctx) {
    const { opts, args } = ctx;
    if (!opts.long || opts.short) {
      if (opts.noHeading) return 0;
      const name = opts.noName || opts.noHost || opts.noIdle ? '' : ` ${'Name'.padEnd(19)}`;
      const idle = opts.noIdle ? '' : ` ${'Idle'.padEnd(6)}`;
      const where = opts.noHost || opts.noIdle ? '' : ' Where';
      yield* ctx.stdout.write(`${'Login'.padEnd(8)}${name}  ${'TTY'.padEnd(8)}${idle} ${'When'.padEnd(16)}${where}\n`);
      return 0;
    }
    if (args.length === 0)
      return yield* ctx.usage('no username specified; at least one must be specified when using -l');
    const accounts = new Accounts(ctx.sys);
    for (const name of args) {
      const user = yield* accounts.byName(name);
      const real = user?.gecos.split(',')[0] ?? '???';
      yield* ctx.stdout.write(
        `Login name: ${name.padEnd(28)}In real life:  ${real.replace(/&/g, name[0]!.toUpperCase() + name.slice(1))}\n`,
      );
      if (user && !opts.noHome) yield* ctx.stdout.write(`Directory: ${user.dir.padEnd(29)}Shell:  ${user.shell}\n`);
      if (user) yield* ctx.stdout.write('\n');
    }
    return 0;
  },
});
