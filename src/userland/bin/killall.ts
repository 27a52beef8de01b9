import { SIGNAL_NAMES, SIGTERM, signalNumber } from '../../abi/signal.ts';
import { compileRegex, RegexError } from '../../lib/regex/regex.ts';
import { Accounts } from '../../libc/accounts.ts';
import { sleep } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { readProcesses } from '../proc/processes.ts';
import { takeSignal } from '../proc/select.ts';

const USAGE =
  "Usage: killall [OPTION]... [--] NAME...\n       killall -l, --list\n       killall -V, --version\n\n  -e,--exact          require exact match for very long names\n  -I,--ignore-case    case insensitive process name match\n  -g,--process-group  kill process group instead of process\n  -i,--interactive    ask for confirmation before killing\n  -l,--list           list all known signal names\n  -q,--quiet          don't print complaints\n  -r,--regexp         interpret NAME as an extended regular expression\n  -s,--signal SIGNAL  send this signal instead of SIGTERM\n  -u,--user USER      kill only process(es) running as USER\n  -v,--verbose        report if the signal was successfully sent\n  -V,--version        display version information\n  -w,--wait           wait for processes to die\n\n";

export default program({
  name: 'killall',
  at: ['/usr/bin/killall'],
  spec: 'psmisc 23.7 killall(1); without -y, -o, -i, -n, -Z',
  versionText: 'killall (PSmisc) 23.7',
  usage: '[OPTION]... [--] NAME...',
  about: 'Kill processes by name.',
  options: {
    exact: { short: 'e', busybox: false, help: 'require exact match for very long names' },
    ignoreCase: { short: 'I', busybox: false, help: 'case insensitive process name match' },
    processGroup: { short: 'g', busybox: false, help: 'kill process group instead of process' },
    list: { short: 'l', help: 'list all known signal names' },
    quiet: { short: 'q', help: "don't print complaints" },
    regexp: { short: 'r', busybox: false, help: 'interpret NAME as an extended regular expression' },
    signal: { short: 's', arg: 'SIGNAL', help: 'send this signal instead of SIGTERM' },
    user: { short: 'u', arg: 'USER', busybox: false, help: 'kill only process(es) running as USER' },
    verbose: { short: 'v', busybox: false, help: 'report if the signal was successfully sent' },
    wait: { short: 'w', busybox: false, help: 'wait for processes to die' },
  },
  rewrite: (argv) => {
    const { rest, signal } = takeSignal(argv);
    return signal === SIGTERM ? rest : ['-s', String(signal), ...rest];
  },
  hint: () => USAGE,
  busybox: {
    at: '/usr/bin/killall',
    usage: '[-lq] [-SIG] PROCESS_NAME...',
    help: "Send a signal (default: TERM) to given processes\n\n\t-l\tList all signal names and numbers\n\t-q\tDon't complain if no processes were killed\n",
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (opts.list) {
      yield* ctx.stdout.write(`${SIGNAL_NAMES.slice(1).join(' ')}\n`);
      return 0;
    }
    if (ctx.args.length === 0) return yield* ctx.usage();
    const signal = signalNumber(opts.signal ?? 'TERM');
    if (signal === undefined) {
      yield* ctx.stderr.write(`${opts.signal}: unknown signal; killall -l lists signals.\n`);
      return 1;
    }
    const user = opts.user === undefined ? undefined : yield* new Accounts(sys).byName(opts.user);
    if (opts.user !== undefined && !user) {
      yield* ctx.stderr.write(`Cannot find user ${opts.user}\n`);
      return 1;
    }
    let status = 0;
    const killed: number[] = [];
    for (const name of ctx.args) {
      const regex = opts.regexp ? compileRegex(name, { dialect: 'ere', icase: opts.ignoreCase }) : undefined;
      if (regex instanceof RegexError) {
        yield* ctx.stderr.write(`killall: Bad regular expression: ${name}\n`);
        return 1;
      }
      const wanted = name.slice(name.lastIndexOf('/') + 1);
      const same = (comm: string, argv0: string): boolean => {
        if (regex) return regex.test(comm);
        if (opts.ignoreCase) return comm.toLowerCase() === wanted.toLowerCase().slice(0, 15);
        return comm === wanted.slice(0, 15) || argv0.slice(argv0.lastIndexOf('/') + 1) === wanted;
      };
      let found = false;
      for (const p of yield* readProcesses(sys)) {
        if (p.pid === sys.getpid() || p.state === 'Z' || !same(p.comm, p.argv[0] ?? '')) continue;
        if (user && p.uid !== user.uid) continue;
        const r = sys.kill(opts.processGroup ? -p.pgrp : p.pid, signal);
        if (r < 0) yield* ctx.stderr.write(`${p.comm}(${p.pid}): ${ctx.strerror(r)}\n`);
        else {
          found = true;
          killed.push(p.pid);
          if (opts.verbose) yield* ctx.stderr.write(`Killed ${p.comm}(${p.pid}) with signal ${signal}\n`);
        }
      }
      if (found) continue;
      status = 1;
      if (!opts.quiet)
        yield* ctx.form === 'gnu'
          ? ctx.stderr.write(`${name}: no process found\n`)
          : ctx.warn(`${name}: no process killed`);
    }
    while (opts.wait && killed.some((pid) => sys.kill(pid, 0) === 0)) yield* sleep(sys, 1000);
    return status;
  },
});
