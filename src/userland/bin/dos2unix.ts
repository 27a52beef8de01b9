import { openInput } from '../../libc/input.ts';
import { readFile, writeFile } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'dos2unix',
  at: ['/usr/bin/dos2unix', '/usr/bin/unix2dos'],
  spec: 'busybox 1.35 dos2unix and unix2dos',
  version: '7.5.1 (2023-08-22)',
  usage: '[-ud] [FILE]',
  about: 'Convert FILE between DOS and Unix format.',
  options: {
    unix: { short: 'u', long: false, help: 'dos2unix' },
    dos: { short: 'd', long: false, help: 'unix2dos' },
  },
  busybox: {
    at: '/usr/bin/dos2unix',
    long: [],
    usage: '[-ud] [FILE]',
    help: 'Convert FILE in-place from DOS to Unix format.\nWhen no file is given, use stdin/stdout.\n\n\t-u\tdos2unix\n\t-d\tunix2dos\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const toDos = opts.dos || (!opts.unix && basename(ctx.sys.argv[0] ?? '') === 'unix2dos');
    const [file] = ctx.args;
    if (file !== undefined) {
      const bytes = yield* readFile(sys, file);
      if (typeof bytes === 'number') return yield* ctx.die(`can't open '${file}': ${ctx.strerror(bytes)}`);
      const r = yield* writeFile(sys, file, convert(bytes, toDos, 0)[0]);
      return r < 0 ? yield* ctx.die(`can't open '${file}': ${ctx.strerror(r)}`) : 0;
    }
    const input = yield* openInput(ctx, '-');
    let last = 0;
    for (let part; input && (part = yield* input.chunk()) !== undefined; ) {
      const [out, end] = convert(part, toDos, last);
      last = end;
      yield* ctx.stdout.write(out);
      if (sys.tick()) yield;
    }
    return 0;
  },
});

/** Line ends without CR, or each with one. @param last the byte before. @returns the bytes, and the last one that was read */
function convert(bytes: Uint8Array, toDos: boolean, last: number): [Uint8Array, number] {
  const out: number[] = [];
  let before = last;
  for (const byte of bytes) {
    if (byte === 13) {
      before = byte;
      continue;
    }
    if (byte === 10 && toDos) out.push(13);
    else if (before === 13 && byte !== 10) out.push(13);
    out.push(byte);
    before = byte;
  }
  return [Uint8Array.from(out), before];
}
