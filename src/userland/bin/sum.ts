import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'sum',
  at: ['/usr/bin/sum'],
  spec: 'GNU coreutils 9.4 sum(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Print checksum and block counts for each FILE.',
  options: {
    bsd: { short: 'r', long: false, help: "use BSD's algorithm, 1K blocks (default)" },
    sysv: { short: 's', help: "use System V's algorithm, 512 byte blocks" },
  },
  busybox: {
    at: '/usr/bin/sum',
    usage: '[-rs] [FILE]...',
    help: 'Checksum and count the blocks in a file\n\n\t-r\tUse BSD sum algorithm (1K blocks)\n\t-s\tUse System V sum algorithm (512byte blocks)\n',
  },
  *main(ctx) {
    const sysv = ctx.order.at(-1)?.key === 'sysv';
    return yield* eachInput(ctx, ctx.args, function* (input, name) {
      let sum = 0;
      let length = 0;
      for (let part; (part = yield* input.chunk()) !== undefined; ) {
        length += part.length;
        if (sysv) for (const byte of part) sum = (sum + byte) % 2 ** 32;
        else for (const byte of part) sum = ((sum >> 1) + ((sum & 1) << 15) + byte) & 0xffff;
        if (ctx.sys.tick()) yield;
      }
      if (sysv) {
        const folded = (sum & 0xffff) + (sum >>> 16);
        sum = (folded & 0xffff) + (folded >> 16);
        const shown = ctx.args.length === 0 ? '' : ` ${name}`;
        yield* ctx.stdout.write(`${sum} ${Math.ceil(length / 512)}${shown}\n`);
        return;
      }
      const blocks = Math.ceil(length / 1024);
      const shown = ctx.args.length > (ctx.form === 'gnu' ? 0 : 1) ? ` ${name}` : '';
      yield* ctx.stdout.write(`${String(sum).padStart(5, '0')} ${String(blocks).padStart(5)}${shown}\n`);
    });
  },
});
