import { O_CREAT, O_NONBLOCK, O_WRONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { parseSize } from '../../libc/human.ts';
import { open } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'truncate',
  at: ['/usr/bin/truncate'],
  spec: 'GNU coreutils 9.4 truncate(1); without -o',
  version: '(GNU coreutils) 9.4',
  usage: 'OPTION... FILE...',
  about: 'Shrink or extend each FILE to a size. SIZE may begin with + - < > / %.',
  options: {
    noCreate: { short: 'c', help: 'make no files' },
    reference: { short: 'r', arg: 'RFILE', busybox: false, help: 'the size of RFILE' },
    size: { short: 's', arg: 'SIZE', help: 'set or adjust to SIZE bytes' },
  },
  busybox: {
    at: '/usr/bin/truncate',
    long: [],
    usage: '[-c] -s SIZE FILE...',
    help: 'Truncate FILEs to SIZE\n\n\t-c\tDo not create files\n\t-s SIZE\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (opts.size === undefined && opts.reference === undefined)
      return yield* ctx.usage(
        ctx.form === 'gnu' ? 'you must specify either \u2018--size\u2019 or \u2018--reference\u2019' : undefined,
      );
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing file operand' : undefined);
    const st = new Stat();
    let base: number | undefined;
    if (opts.reference !== undefined) {
      const r = sys.stat(opts.reference, st);
      if (r < 0) return yield* ctx.die(`cannot stat ${shellQuote(opts.reference)}: ${ctx.strerror(r)}`);
      base = st.size;
    }
    const m = /^\s*([-+<>/%]?)(.*)$/.exec(opts.size ?? '+0')!;
    const amount = parseSize(m[2]!);
    const small = ctx.form === 'gnu' || /^\d+(?:[cwbkKMG]|[kMG]D)?$/.test(opts.size ?? '');
    if (amount === undefined || !small)
      return yield* ctx.die(
        ctx.form === 'gnu' ? `Invalid number: ${localeQuote(opts.size!)}` : `invalid number '${opts.size}'`,
      );
    let status = 0;
    for (const path of ctx.args) {
      const fd = yield* open(sys, path, O_WRONLY | O_NONBLOCK | (opts.noCreate ? 0 : O_CREAT), 0o666);
      if (fd < 0) {
        if (fd === -2 && opts.noCreate) continue;
        status = 1;
        yield* ctx.warn(
          ctx.form === 'gnu'
            ? `cannot open ${shellQuote(path)} for writing: ${ctx.strerror(fd)}`
            : `${path}: open: ${ctx.strerror(fd)}`,
        );
        continue;
      }
      sys.fstat(fd, st);
      const now = base ?? st.size;
      const size = {
        '': amount,
        '+': now + amount,
        '-': Math.max(0, now - amount),
        '<': Math.min(now, amount),
        '>': Math.max(now, amount),
        '/': now - (now % (amount || 1)),
        '%': Math.ceil(now / (amount || 1)) * amount,
      }[m[1]!]!;
      const r = sys.ftruncate(fd, opts.size === undefined ? now : size);
      if (r < 0) {
        status = 1;
        yield* ctx.warn(`failed to truncate ${shellQuote(path)} at ${size} bytes: ${ctx.strerror(r)}`);
      }
      sys.close(fd);
    }
    return status;
  },
});
