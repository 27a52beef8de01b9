import { encode } from '../../lib/utf8.ts';
import { writeAll } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'yes',
  at: ['/usr/bin/yes'],
  spec: 'GNU coreutils 9.4 yes(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[STRING]...',
  about: "Print a line with the STRINGs, or 'y', until killed.",
  options: {},
  stopAtOperand: true,
  busybox: { at: '/usr/bin/yes', usage: '[STRING]', help: "Repeatedly print a line with STRING, or 'y'\n" },
  *main(ctx) {
    const line = encode(`${ctx.args.length > 0 ? ctx.args.join(' ') : 'y'}\n`);
    const block = new Uint8Array(Math.max(1, Math.floor(8192 / line.length)) * line.length);
    for (let at = 0; at < block.length; at += line.length) block.set(line, at);
    for (;;) {
      const r = yield* writeAll(ctx.sys, 1, block);
      if (r < 0) return yield* ctx.die(`standard output: ${ctx.strerror(r)}`);
      if (ctx.sys.tick()) yield;
    }
  },
});
