import { O_WRONLY } from '../../abi/flags.ts';
import { isRegular, Stat } from '../../abi/stat.ts';
import { parseSize } from '../../libc/human.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded } from '../../libc/shell-quote.ts';

const options = {
  force: { short: 'f', help: 'change permissions to allow writing if necessary' },
  iterations: { short: 'n', arg: 'N', help: 'overwrite N times instead of the default (3)' },
  size: { short: 's', arg: 'N', busybox: false, help: 'shred this many bytes' },
  deallocate: { short: 'u', long: false, help: 'deallocate and remove file after overwriting' },
  remove: { arg: 'HOW', optional: true, busybox: false, help: 'like -u but give control on HOW to delete' },
  verbose: { short: 'v', busybox: false, help: 'show progress' },
  exact: { short: 'x', help: 'do not round file sizes up to the next full block' },
  zero: { short: 'z', help: 'add a final overwrite with zeros to hide shredding' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'shred',
  at: ['/usr/bin/shred'],
  spec: 'GNU coreutils 9.4 shred(1); every pass is of random bytes',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... FILE...',
  about: 'Overwrite the specified FILE(s) repeatedly, to hide what they held.',
  options,
  busybox: {
    at: '/usr/bin/shred',
    long: [],
    usage: '[-fuz] [-n N] [-s SIZE] FILE...',
    help: 'Overwrite/delete FILEs\n\n\t-f\tChmod to ensure writability\n\t-s SIZE\tSize to write\n\t-n N\tOverwrite N times (default 3)\n\t-z\tFinal overwrite with zeros\n\t-u\tRemove file\n',
  },
  *main(ctx) {
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing file operand' : undefined);
    const passes = Number(ctx.opts.iterations ?? 3);
    if (!Number.isInteger(passes) || passes < 0)
      return yield* ctx.die(`invalid number of passes: ${localeQuote(ctx.opts.iterations!)}`);
    let status = 0;
    for (const name of ctx.args) if (!(yield* shred(ctx, name, passes))) status = 1;
    return status;
  },
});

function* shred(ctx: Ctx, name: string, passes: number): Wait<boolean> {
  const { sys, opts } = ctx;
  const shown = quoteIfNeeded(name);
  let fd = yield* open(sys, name, O_WRONLY);
  if (fd < 0 && opts.force && sys.chmod(name, 0o200) === 0) fd = yield* open(sys, name, O_WRONLY);
  if (fd < 0) {
    yield* ctx.warn(`${shown}: failed to open for writing: ${ctx.strerror(fd)}`);
    return false;
  }
  const st = new Stat();
  sys.fstat(fd, st);
  const blocks = opts.exact || !isRegular(st.mode) ? st.size : Math.ceil(st.size / 4096) * 4096;
  const size = opts.size === undefined ? blocks : (parseSize(opts.size) ?? 0);
  const total = passes + (opts.zero ? 1 : 0);
  const buf = new Uint8Array(65536);
  for (let pass = 1; pass <= total; pass++) {
    const zeros = pass > passes;
    if (opts.verbose) yield* ctx.warn(`${shown}: pass ${pass}/${total} (${zeros ? '000000' : 'random'})...`);
    sys.lseek(fd, 0, 0);
    for (let left = size; left > 0; ) {
      const piece = buf.subarray(0, Math.min(left, buf.length));
      if (zeros) piece.fill(0);
      else sys.getrandom(piece);
      const r = yield* writeAll(sys, fd, piece);
      if (r < 0) {
        yield* ctx.warn(`${shown}: error writing at offset ${size - left}: ${ctx.strerror(r)}`);
        sys.close(fd);
        return false;
      }
      left -= piece.length;
      if (sys.tick()) yield;
    }
    sys.fsync(fd);
  }
  if (!opts.deallocate && opts.remove === undefined) {
    sys.close(fd);
    return true;
  }
  sys.ftruncate(fd, 0);
  sys.close(fd);
  if (opts.verbose) yield* ctx.warn(`${shown}: removing`);
  const r = sys.unlink(name);
  if (opts.verbose && r === 0) yield* ctx.warn(`${shown}: removed`);
  if (r < 0) yield* ctx.warn(`${shown}: failed to remove: ${ctx.strerror(r)}`);
  return r === 0;
}
