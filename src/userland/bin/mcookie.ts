import type { Library } from '../../abi/library.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { loadHash } from '../../lib/hash.ts';
import { toHex } from '../../lib/hex.ts';
import { openInput } from '../../libc/input.ts';
import { library } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

const MD5: Library<HashFactory> = { name: 'md5', load: () => loadHash('md5') };

export default program({
  name: 'mcookie',
  at: ['/usr/bin/mcookie'],
  style: 'util-linux',
  spec: 'util-linux 2.39 mcookie(1); -m takes bytes',
  version: 'from util-linux 2.39.3',
  usage: '[options]',
  about: 'Generate magic cookies for xauth.',
  options: {
    file: { short: 'f', arg: 'file', many: true, help: 'use file as a cookie seed' },
    maxSize: { short: 'm', arg: 'num', help: 'limit how much is read from seed files' },
    verbose: { short: 'v', help: 'explain what is being done' },
  },
  *main(ctx) {
    const md5 = yield* library(ctx.sys, MD5);
    if (typeof md5 === 'number') return yield* ctx.die(ctx.strerror(md5));
    const hash = md5.create();
    const limit = Number(ctx.opts.maxSize ?? Number.POSITIVE_INFINITY);
    for (const file of ctx.opts.file) {
      const input = yield* openInput(ctx, file);
      let total = 0;
      for (let part: Uint8Array | undefined; input && total < limit && (part = yield* input.chunk()); ) {
        const used = part.subarray(0, limit - total);
        hash.update(used);
        total += used.length;
        if (ctx.sys.tick()) yield;
      }
      if (ctx.opts.verbose) yield* ctx.stderr.write(`Got ${total} bytes from ${file}\n`);
    }
    const seed = new Uint8Array(128);
    ctx.sys.getrandom(seed);
    hash.update(seed);
    if (ctx.opts.verbose) yield* ctx.stderr.write('Got 128 bytes from getrandom() function\n');
    yield* ctx.stdout.write(`${toHex(hash.digest())}\n`);
    return 0;
  },
});
