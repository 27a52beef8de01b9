import { CLOCK_MONOTONIC, O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY, SEEK_CUR } from '../../abi/flags.ts';
import { SIGUSR1 } from '../../abi/signal.ts';
import { isRegular, Stat } from '../../abi/stat.ts';
import { open, read, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';
import { ASCII_TO_EBCDIC, EBCDIC_TO_ASCII } from '../dd/ebcdic.ts';
import { type DdPlan, readOperands } from '../dd/operands.ts';
import { type DdCounts, statistics } from '../dd/statistics.ts';

type Ctx = Context<Record<string, never>>;

export default program({
  name: 'dd',
  at: ['/usr/bin/dd'],
  spec: 'GNU coreutils 9.4 dd(1); direct, dsync, nonblock, noatime and nocache are accepted',
  soleHelp: 0,
  version: '(coreutils) 9.4',
  usage: '[OPERAND]...\n  or:  dd OPTION',
  about: 'Copy a file, converting and formatting according to the operands.',
  options: {},
  raw: true,
  busybox: {
    at: '/bin/dd',
    usage:
      '[if=FILE] [of=FILE] [ibs=N obs=N/bs=N] [count=N] [skip=N] [seek=N]\n\t[conv=notrunc|noerror|sync|fsync]\n\t[iflag=skip_bytes|count_bytes|fullblock|direct] [oflag=seek_bytes|append|direct]',
    help: "Copy a file with converting and formatting\n\n\tif=FILE\t\tRead from FILE instead of stdin\n\tof=FILE\t\tWrite to FILE instead of stdout\n\tbs=N\t\tRead and write N bytes at a time\n\tibs=N\t\tRead N bytes at a time\n\tobs=N\t\tWrite N bytes at a time\n\tcount=N\t\tCopy only N input blocks\n\tskip=N\t\tSkip N input blocks\n\tseek=N\t\tSkip N output blocks\n\tconv=notrunc\tDon't truncate output file\n\tconv=noerror\tContinue after read errors\n\tconv=sync\tPad blocks with zeros\n\tconv=fsync\tPhysically write data out before finishing\n\tconv=swab\tSwap every pair of bytes\n\tiflag=skip_bytes\tskip=N is in bytes\n\tiflag=count_bytes\tcount=N is in bytes\n\toflag=seek_bytes\tseek=N is in bytes\n\tiflag=direct\tO_DIRECT input\n\toflag=direct\tO_DIRECT output\n\tiflag=fullblock\tRead full blocks\n\toflag=append\tOpen output in append mode\n\tstatus=noxfer\tSuppress rate output\n\tstatus=none\tSuppress all output\n\nN may be suffixed by c (1), w (2), b (512), kB (1000), k (1024), MB, M, GB, G\n",
  },
  *main(ctx) {
    if (ctx.args[0] === '--version' && ctx.form === 'gnu') {
      yield* ctx.stdout.write('dd (coreutils) 9.4\n');
      return 0;
    }
    const plan = readOperands(ctx.args, ctx.form);
    if (typeof plan === 'string') {
      if (ctx.form === 'busybox') return yield* ctx.usage();
      return yield* /^(?:unrec|invalid (?!number))/.test(plan) ? ctx.usage(plan) : ctx.die(plan);
    }
    return yield* copy(ctx, plan);
  },
});

function* openEnds(ctx: Ctx, plan: DdPlan): Wait<[number, number] | undefined> {
  const failed = function* (path: string, errno: number): Wait<undefined> {
    yield* ctx.warn(
      ctx.form === 'gnu'
        ? `failed to open ${shellQuote(path)}: ${ctx.strerror(errno)}`
        : `can't open '${path}': ${ctx.strerror(errno)}`,
    );
    return undefined;
  };
  const from = plan.if === undefined ? 0 : yield* open(ctx.sys, plan.if, O_RDONLY);
  if (from < 0) return yield* failed(plan.if!, from);
  if (plan.of === undefined) return [from, 1];
  let flags = O_WRONLY;
  if (!plan.conv.has('nocreat')) flags |= O_CREAT;
  if (plan.conv.has('excl')) flags |= O_EXCL;
  if (plan.oflag.has('append')) flags |= O_APPEND;
  if (!plan.conv.has('notrunc') && plan.seekBytes === 0) flags |= O_TRUNC;
  const to = yield* open(ctx.sys, plan.of, flags, 0o666);
  if (to < 0) return yield* failed(plan.of, to);
  if (!plan.conv.has('notrunc') && plan.seekBytes > 0) {
    const st = new Stat();
    if (ctx.sys.fstat(to, st) === 0 && isRegular(st.mode)) ctx.sys.ftruncate(to, plan.seekBytes);
  }
  return [from, to];
}

/** Goes `bytes` ahead in the input: by lseek, or by reading. @returns false at the end of a pipe */
function* skipInput(ctx: Ctx, fd: number, plan: DdPlan): Wait<boolean> {
  if (plan.skipBytes === 0) return true;
  const st = new Stat();
  if (ctx.sys.lseek(fd, plan.skipBytes, SEEK_CUR) >= 0) {
    if (ctx.sys.fstat(fd, st) < 0 || !isRegular(st.mode) || st.size >= plan.skipBytes) return true;
    if (ctx.form === 'gnu')
      yield* ctx.warn(`${quoteIfNeeded(plan.if ?? 'standard input')}: cannot skip to specified offset`);
    return true;
  }
  const buf = new Uint8Array(Math.min(plan.ibs, 65536));
  for (let left = plan.skipBytes; left > 0; ) {
    const n = yield* read(ctx.sys, fd, buf.subarray(0, Math.min(buf.length, left)));
    if (n <= 0) {
      if (ctx.form === 'gnu')
        yield* ctx.warn(`${quoteIfNeeded(plan.if ?? 'standard input')}: cannot skip to specified offset`);
      return false;
    }
    left -= n;
    if (ctx.sys.tick()) yield;
  }
  return true;
}

function* copy(ctx: Ctx, plan: DdPlan): Wait<number> {
  const { sys } = ctx;
  const ends = yield* openEnds(ctx, plan);
  if (!ends) return 1;
  const [from, to] = ends;
  const counts: DdCounts = { inFull: 0, inPart: 0, outFull: 0, outPart: 0, truncated: 0, bytes: 0 };
  const start = sys.now(CLOCK_MONOTONIC);
  let asked = false;
  sys.sigaction(SIGUSR1, () => {
    asked = true;
  });
  const report = function* (): Wait<void> {
    if (plan.status === 'none') return;
    const seconds = (sys.now(CLOCK_MONOTONIC) - start) / 1000;
    yield* ctx.stderr.write(statistics(counts, seconds, plan.status === 'noxfer', ctx.form));
  };
  const more = yield* skipInput(ctx, from, plan);
  if (plan.seekBytes > 0 && sys.lseek(to, plan.seekBytes, SEEK_CUR) < 0 && ctx.form === 'gnu') {
    yield* ctx.warn(`${quoteIfNeeded(plan.of ?? 'standard output')}: cannot seek: ${ctx.strerror(29)}`);
    return 1;
  }
  const copier = new Copier(ctx, plan, to, counts);
  const charged = plan.ibs + plan.obs;
  if (charged > 1 << 20 && sys.charge(charged) < 0) return yield* ctx.die('memory exhausted by input buffer');
  const buf = new Uint8Array(plan.ibs);
  let status = 0;
  let left = plan.countBytes ?? Number.POSITIVE_INFINITY;
  for (let blocks = plan.count; more && blocks > 0 && left > 0; blocks--) {
    const room = buf.subarray(0, Math.min(plan.ibs, left));
    let n = yield* read(sys, from, room);
    while (plan.iflag.has('fullblock') && n > 0 && n < room.length) {
      const m = yield* read(sys, from, room.subarray(n));
      if (m <= 0) break;
      n += m;
    }
    if (asked) {
      asked = false;
      yield* report();
    }
    if (n === -4) {
      blocks++;
      continue;
    }
    if (n < 0) {
      yield* ctx.warn(
        ctx.form === 'gnu'
          ? `error reading ${shellQuote(plan.if ?? 'standard input')}: ${ctx.strerror(n)}`
          : `${plan.if ?? 'standard input'}: ${ctx.strerror(n)}`,
      );
      status = 1;
      if (!plan.conv.has('noerror') || n === -21) break;
      continue;
    }
    if (n === 0) break;
    left -= n;
    if (n === plan.ibs) counts.inFull++;
    else counts.inPart++;
    if (n < plan.ibs && plan.conv.has('sync')) {
      buf.fill(plan.conv.has('block') || plan.conv.has('unblock') ? 32 : 0, n);
      n = plan.ibs;
    }
    if (!(yield* copier.take(buf.subarray(0, n)))) {
      status = 1;
      break;
    }
    if (sys.tick()) yield;
  }
  if (status === 0 && !(yield* copier.finish())) status = 1;
  if (plan.conv.has('fsync') || plan.conv.has('fdatasync')) sys.fsync(to);
  yield* report();
  return status;
}

/** Converts input blocks and writes them in blocks of obs bytes. */
class Copier {
  readonly #out: Uint8Array;
  #used = 0;
  #odd: number | undefined;
  #column = 0;
  /** bs= alone: each input block is written as it is. */
  readonly #direct: boolean;

  constructor(
    readonly ctx: Ctx,
    readonly plan: DdPlan,
    readonly fd: number,
    readonly counts: DdCounts,
  ) {
    this.#direct = plan.together && !this.#has('swab') && !this.#has('block') && !this.#has('unblock');
    this.#out = new Uint8Array(this.#direct ? 0 : plan.obs);
  }

  #has(word: string): boolean {
    return this.plan.conv.has(word);
  }

  *take(block: Uint8Array): Wait<boolean> {
    let bytes = block;
    const table = this.#has('ascii') ? EBCDIC_TO_ASCII : this.#has('ebcdic') ? ASCII_TO_EBCDIC : undefined;
    if (this.#has('ascii')) bytes = bytes.map((b) => table![b]!);
    if (this.#has('lcase')) bytes = bytes.map((b) => (b >= 65 && b <= 90 ? b + 32 : b));
    if (this.#has('ucase')) bytes = bytes.map((b) => (b >= 97 && b <= 122 ? b - 32 : b));
    if (this.#has('ebcdic')) bytes = bytes.map((b) => table![b]!);
    if (this.#has('swab')) bytes = this.#swab(bytes);
    if (this.#has('block')) bytes = this.#block(bytes);
    else if (this.#has('unblock')) bytes = this.#unblock(bytes);
    if (this.#direct) return yield* this.#write(bytes);
    for (let at = 0; at < bytes.length; ) {
      const n = Math.min(this.#out.length - this.#used, bytes.length - at);
      this.#out.set(bytes.subarray(at, at + n), this.#used);
      this.#used += n;
      at += n;
      if (this.#used === this.#out.length && !(yield* this.#flush())) return false;
    }
    return true;
  }

  *finish(): Wait<boolean> {
    if (this.#odd !== undefined) {
      this.#out[this.#used++] = this.#odd;
      this.#odd = undefined;
    }
    if (this.#has('block') && this.#column > 0 && this.#column < this.plan.cbs)
      if (!(yield* this.take1(new Uint8Array(this.plan.cbs - this.#column).fill(32)))) return false;
    if (this.#has('unblock') && this.#column > 0 && !(yield* this.take1(Uint8Array.of(10)))) return false;
    if (this.#used === 0) return true;
    return yield* this.#flush();
  }

  /** Bytes that are converted already. */
  *take1(bytes: Uint8Array): Wait<boolean> {
    for (const byte of bytes) {
      this.#out[this.#used++] = byte;
      if (this.#used === this.#out.length && !(yield* this.#flush())) return false;
    }
    return true;
  }

  *#flush(): Wait<boolean> {
    const ok = yield* this.#write(this.#out.subarray(0, this.#used));
    this.#used = 0;
    return ok;
  }

  *#write(bytes: Uint8Array): Wait<boolean> {
    const { ctx, plan, counts } = this;
    if (bytes.length === 0) return true;
    if (this.#has('sparse') && bytes.every((b) => b === 0) && ctx.sys.lseek(this.fd, bytes.length, SEEK_CUR) >= 0) {
      const end = ctx.sys.lseek(this.fd, 0, SEEK_CUR);
      ctx.sys.ftruncate(this.fd, end);
    } else {
      const r = yield* writeAll(ctx.sys, this.fd, bytes);
      if (r < 0) {
        const to = plan.of ?? 'standard output';
        yield* ctx.warn(
          ctx.form === 'gnu'
            ? `${this.#direct ? 'error writing' : 'writing to'} ${shellQuote(to)}: ${ctx.strerror(r)}`
            : `error writing '${to}': ${ctx.strerror(r)}`,
        );
        return false;
      }
    }
    counts.bytes += bytes.length;
    if (bytes.length === plan.obs) counts.outFull++;
    else counts.outPart++;
    return true;
  }

  #swab(bytes: Uint8Array): Uint8Array {
    const all = this.#odd === undefined ? bytes.slice() : Uint8Array.of(this.#odd, ...bytes);
    this.#odd = all.length % 2 === 1 ? all[all.length - 1] : undefined;
    const even = all.subarray(0, all.length - (all.length % 2));
    for (let i = 0; i < even.length; i += 2) [even[i], even[i + 1]] = [even[i + 1]!, even[i]!];
    return even;
  }

  #block(bytes: Uint8Array): Uint8Array {
    const out: number[] = [];
    const { cbs } = this.plan;
    for (const byte of bytes) {
      if (byte !== 10) {
        if (this.#column < cbs) out.push(byte);
        else if (this.#column === cbs) this.counts.truncated++;
        this.#column++;
        continue;
      }
      for (; this.#column < cbs; this.#column++) out.push(32);
      this.#column = 0;
    }
    return Uint8Array.from(out);
  }

  #spaces = 0;

  #unblock(bytes: Uint8Array): Uint8Array {
    const out: number[] = [];
    for (const byte of bytes) {
      if (this.#column === this.plan.cbs) {
        out.push(10);
        this.#column = 0;
        this.#spaces = 0;
      }
      this.#column++;
      if (byte === 32) this.#spaces++;
      else {
        for (; this.#spaces > 0; this.#spaces--) out.push(32);
        out.push(byte);
      }
    }
    return Uint8Array.from(out);
  }
}
