import { isRegular, Stat } from '../../abi/stat.ts';
import { toBase64 } from '../../lib/base64.ts';
import { openInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';
import { encodeUuLine } from '../text/uu.ts';

export default program({
  name: 'uuencode',
  at: ['/usr/bin/uuencode'],
  spec: 'busybox 1.35 uuencode, POSIX uuencode(1)',
  usage: '[-m] [FILE] STORED_FILENAME',
  about: 'Uuencode FILE (or stdin) to stdout.',
  options: { base64: { short: 'm', long: false, help: 'use base64 encoding per RFC1521' } },
  busybox: {
    at: '/usr/bin/uuencode',
    long: [],
    usage: '[-m] [FILE] STORED_FILENAME',
    help: 'Uuencode FILE (or stdin) to stdout\n\n\t-m\tUse base64 encoding per RFC1521\n',
  },
  *main(ctx) {
    const { args, opts, sys } = ctx;
    if (args.length < 1 || args.length > 2) return yield* ctx.usage();
    const name = args.at(-1)!;
    const input = yield* openInput(ctx, args.length === 2 ? args[0]! : '-');
    if (!input) return 1;
    const st = new Stat();
    const mode = args.length === 2 && sys.fstat(input.fd, st) === 0 && isRegular(st.mode) ? st.mode & 0o777 : 0o644;
    yield* ctx.stdout.write(`begin${opts.base64 ? '-base64' : ''} ${mode.toString(8)} ${name}\n`);
    let rest = new Uint8Array(0);
    for (;;) {
      const part = yield* input.chunk();
      const all = new Uint8Array(rest.length + (part?.length ?? 0));
      all.set(rest);
      if (part) all.set(part, rest.length);
      let at = 0;
      for (; at + 45 <= all.length || (!part && at < all.length); at += 45)
        yield* ctx.stdout.write(
          `${opts.base64 ? toBase64(all.subarray(at, at + 45)) : encodeUuLine(all.subarray(at, at + 45))}\n`,
        );
      if (!part) break;
      rest = all.slice(at);
      if (sys.tick()) yield;
    }
    yield* ctx.stdout.write(opts.base64 ? '====\n' : '`\nend\n');
    return 0;
  },
});
