import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { fromBase64 } from '../../lib/base64.ts';
import { openInput } from '../../libc/input.ts';
import { open, writeAll } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { decodeUuLine } from '../text/uu.ts';

export default program({
  name: 'uudecode',
  at: ['/usr/bin/uudecode'],
  spec: 'busybox 1.35 uudecode, POSIX uudecode(1)',
  usage: '[-o OUTFILE] [INFILE]',
  about: 'Uudecode a file.',
  options: { output: { short: 'o', long: false, arg: 'OUTFILE', help: 'write to OUTFILE' } },
  busybox: {
    at: '/usr/bin/uudecode',
    long: [],
    usage: '[-o OUTFILE] [INFILE]',
    help: 'Uudecode a file\nFinds OUTFILE in uuencoded source unless -o is given\n',
  },
  *main(ctx) {
    const input = yield* openInput(ctx, ctx.args[0] ?? '-');
    if (!input) return 1;
    for (let text; (text = yield* input.line()) !== undefined; ) {
      const begin = /^begin(-base64)? ([0-7]+) (.*?)\s*$/.exec(text);
      if (!begin) continue;
      const name = ctx.opts.output ?? begin[3]!;
      const fd = name === '-' ? 1 : yield* open(ctx.sys, name, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
      if (fd < 0) return yield* ctx.die(`can't open '${name}': ${ctx.strerror(fd)}`);
      if (fd !== 1) ctx.sys.fchmod(fd, Number.parseInt(begin[2]!, 8) & 0o777);
      for (let line; (line = yield* input.line()) !== undefined; ) {
        if (begin[1] ? /^====/.test(line) : line === 'end') return 0;
        const bytes = begin[1] ? fromBase64(line.trim()) : decodeUuLine(line);
        if (!bytes) return yield* ctx.die('short file');
        yield* writeAll(ctx.sys, fd, bytes);
        if (ctx.sys.tick()) yield;
      }
      return yield* ctx.die('short file');
    }
    return yield* ctx.die("no 'begin' line");
  },
});
