import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { SIG_IGN, SIGINT } from '../../abi/signal.ts';
import { open, writeAll } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { quoteIfNeeded } from '../../libc/shell-quote.ts';

export default program({
  name: 'tee',
  at: ['/usr/bin/tee'],
  spec: 'GNU coreutils 9.4 tee(1); --output-error is accepted and does nothing',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Copy standard input to each FILE, and to standard output.',
  options: {
    append: { short: 'a', help: 'append, do not overwrite' },
    ignoreInterrupts: { short: 'i', help: 'ignore interrupt signals' },
    diagnose: { short: 'p', long: false, busybox: false, help: 'work on after errors of pipes' },
    outputError: { arg: 'MODE', optional: true, busybox: false, help: 'what to do on a write error' },
  },
  busybox: {
    at: '/usr/bin/tee',
    long: [],
    usage: '[-ai] [FILE]...',
    help: "Copy stdin to each FILE, and also to stdout\n\n\t-a\tAppend to the given FILEs, don't overwrite\n\t-i\tIgnore interrupt signals (SIGINT)\n",
  },
  *main(ctx) {
    const { sys, opts } = ctx;
    if (opts.ignoreInterrupts) sys.sigaction(SIGINT, SIG_IGN);
    const outputs: { fd: number; name: string }[] = [{ fd: 1, name: 'standard output' }];
    let status = 0;
    for (const name of ctx.args) {
      if (name === '-' && ctx.form === 'busybox') {
        outputs.push({ fd: 1, name });
        continue;
      }
      const fd = yield* open(sys, name, O_WRONLY | O_CREAT | (opts.append ? O_APPEND : O_TRUNC), 0o666);
      if (fd < 0) {
        yield* ctx.warn(`${quoteIfNeeded(name)}: ${ctx.strerror(fd)}`);
        status = 1;
      } else outputs.push({ fd, name });
    }
    for (let part; (part = yield* ctx.stdin.chunk()) !== undefined; ) {
      for (const output of outputs.slice()) {
        const r = yield* writeAll(sys, output.fd, part);
        if (r === 0) continue;
        yield* ctx.warn(`${quoteIfNeeded(output.name)}: ${ctx.strerror(r)}`);
        status = 1;
        outputs.splice(outputs.indexOf(output), 1);
      }
      if (outputs.length === 0) break;
      if (sys.tick()) yield;
    }
    return status;
  },
});
