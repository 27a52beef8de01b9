import { crc32 } from '../../lib/crc32.ts';
import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'crc32',
  at: ['/usr/bin/crc32'],
  spec: 'busybox 1.35 crc32',
  usage: 'FILE...',
  about: 'Calculate CRC32 checksum of FILEs.',
  options: {},
  gnu: false,
  busybox: { at: '/usr/bin/crc32', long: [], usage: 'FILE...', help: 'Calculate CRC32 checksum of FILEs\n' },
  *main(ctx) {
    return yield* eachInput(ctx, ctx.args, function* (input, name) {
      let crc = 0;
      for (let part; (part = yield* input.chunk()) !== undefined; ) {
        crc = crc32(part, crc);
        if (ctx.sys.tick()) yield;
      }
      const shown = ctx.args.length === 0 ? '' : ` ${name}`;
      yield* ctx.stdout.write(`${(crc >>> 0).toString(16).padStart(8, '0')}${shown}\n`);
    });
  },
});
