import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import { open, writeAll } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'sponge',
  at: ['/usr/bin/sponge'],
  spec: 'moreutils 0.67 sponge(1)',
  usage: '[-a] <file>: soak up all input from stdin and write it to <file>',
  about: 'Read all of standard input before the file is opened.',
  options: {
    append: { short: 'a', long: false, help: 'append to the file' },
    usage: { short: 'h', long: false, help: 'show the usage' },
  },
  *main(ctx) {
    if (ctx.opts.usage) {
      yield* ctx.stdout.write('sponge [-a] <file>: soak up all input from stdin and write it to <file>\n');
      return 0;
    }
    const memory = new HeldMemory(ctx.sys);
    const pieces: Uint8Array[] = [];
    for (let part: Uint8Array | undefined; (part = yield* ctx.stdin.chunk()) !== undefined; ) {
      pieces.push(part.slice());
      yield* memory.grow(part.length);
    }
    if (ctx.stdin.error !== 0) {
      yield* ctx.stderr.write(`failed to read from stdin: ${ctx.strerror(ctx.stdin.error)}\n`);
      return 1;
    }
    const [file] = ctx.args;
    const how = O_WRONLY | O_CREAT | (ctx.opts.append ? O_APPEND : O_TRUNC);
    const fd = file === undefined ? 1 : yield* open(ctx.sys, file, how, 0o666);
    if (fd < 0) {
      yield* ctx.stderr.write(`error opening output file: ${ctx.strerror(fd)}\n`);
      return 1;
    }
    for (const piece of pieces) {
      const r = yield* writeAll(ctx.sys, fd, piece);
      if (r >= 0) continue;
      yield* ctx.stderr.write(`error writing buffer to output file: ${ctx.strerror(r)}\n`);
      return 1;
    }
    return 0;
  },
});
