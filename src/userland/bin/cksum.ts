import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

/** CRC of POSIX cksum: polynomial 0x04c11db7, most significant bit first, then the length. */
function table(): Uint32Array {
  const out = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let c = i << 24;
    for (let k = 0; k < 8; k++) c = c & 0x80000000 ? (c << 1) ^ 0x04c11db7 : c << 1;
    out[i] = c >>> 0;
  }
  return out;
}
const TABLE = table();
const step = (crc: number, byte: number): number => ((crc << 8) ^ TABLE[((crc >>> 24) ^ byte) & 255]!) >>> 0;

export default program({
  name: 'cksum',
  at: ['/usr/bin/cksum'],
  spec: 'GNU coreutils 9.4 cksum(1); only the CRC of POSIX, without -a and --check',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Print the CRC checksum and byte count of each FILE.',
  options: {},
  busybox: {
    at: '/usr/bin/cksum',
    usage: '[FILE]...',
    help: 'Calculate CRC32 checksum of FILEs\n',
  },
  *main(ctx) {
    return yield* eachInput(ctx, ctx.args, function* (input, name) {
      let crc = 0;
      let length = 0;
      for (let part; (part = yield* input.chunk()) !== undefined; ) {
        for (let i = 0; i < part.length; i++) crc = step(crc, part[i]!);
        length += part.length;
        if (ctx.sys.tick()) yield;
      }
      if (input.error !== 0) return;
      for (let n = length; n > 0; n = Math.floor(n / 256)) crc = step(crc, n & 255);
      yield* ctx.stdout.write(`${~crc >>> 0} ${length}${name === '-' && ctx.args.length === 0 ? '' : ` ${name}`}\n`);
    });
  },
});
