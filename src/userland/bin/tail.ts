import { ENOENT } from '../../abi/errno.ts';
import { isRegular, Stat } from '../../abi/stat.ts';
import { countByte } from '../../lib/byte-search.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import { parseSize } from '../../libc/human.ts';
import { cannotOpenWords, openInput } from '../../libc/input.ts';
import { joinBytes, sleep, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';
import { Input } from '../../libc/stdio.ts';

const options = {
  bytes: { short: 'c', arg: '[+]NUM', help: 'print the last NUM bytes; with +, from byte NUM' },
  follow: {
    short: 'f',
    arg: 'name|descriptor',
    optional: true,
    busybox: false,
    help: 'print what is appended as the file grows',
  },
  followFlag: { short: 'f', long: false, busybox: 'only', help: 'Print data as file grows' },
  retryFollow: { short: 'F', long: false, help: 'same as --follow=name --retry' },
  lines: { short: 'n', arg: '[+]NUM', help: 'print the last NUM lines instead of 10; with +, from line NUM' },
  maxUnchangedStats: { arg: 'N', busybox: false, help: 'accepted' },
  pid: { arg: 'PID', busybox: false, help: 'with -f, end when this process ends' },
  quiet: { short: 'q', help: 'never print headers' },
  silent: { busybox: false, help: 'never print headers' },
  retry: { busybox: false, help: 'keep trying to open a file' },
  sleepInterval: { short: 's', arg: 'N', help: 'with -f, look every N seconds (1)' },
  verbose: { short: 'v', help: 'always print headers' },
  zeroTerminated: { short: 'z', busybox: false, help: 'lines end with NUL' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'tail',
  at: ['/usr/bin/tail'],
  spec: 'GNU coreutils 9.4 tail(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Print the last 10 lines of each FILE.',
  options,
  rewrite: (argv, form) =>
    argv
      .flatMap((arg, i) => {
        const old = i === 0 ? /^([-+])(\d+)([bcl]?)(f?)$/.exec(arg) : null;
        if (!old || (old[1] === '+' && argv.length > 2)) return arg === '-f' && form === 'gnu' ? ['--follow'] : [arg];
        return [
          old[3] === 'c' ? '-c' : '-n',
          (old[1] === '+' ? '+' : '') + old[2],
          ...(old[4] ? [form === 'gnu' ? '--follow' : '-f'] : []),
        ];
      })
      .map((arg) => arg),
  busybox: {
    at: '/usr/bin/tail',
    usage: '[OPTIONS] [FILE]...',
    help: 'Print last 10 lines of FILEs (or stdin) to.\nWith more than one FILE, precede each with a filename header.\n\n\t-c [+]N[bkm]\tPrint last N bytes\n\t-n N[bkm]\tPrint last N lines\n\t-n +N[bkm]\tStart on Nth line and print the rest\n\t\t\t(b:*512 k:*1024 m:*1024^2)\n\t-q\t\tNever print headers\n\t-v\t\tAlways print headers\n\t-f\t\tPrint data as file grows\n\t-F\t\tSame as -f, but keep retrying\n\t-s SECONDS\tWait SECONDS between reads with -f\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const byBytes = opts.bytes !== undefined;
    const text = opts.bytes ?? opts.lines ?? '10';
    const count = parseSize(text.replace(/^[-+]/, ''));
    if (count === undefined)
      return yield* ctx.die(
        ctx.form === 'gnu'
          ? `invalid number of ${byBytes ? 'bytes' : 'lines'}: ${localeQuote(text)}`
          : `invalid number '${text}'`,
      );
    const from = text.startsWith('+');
    const names = ctx.args.length === 0 ? ['-'] : ctx.args;
    const titled = opts.verbose || (names.length > 1 && !opts.quiet && !opts.silent);
    const follow = opts.follow !== undefined || opts.followFlag || opts.retryFollow;
    const open: { name: string; fd: number; position: number; ino: number }[] = [];
    let status = 0;
    let shown = '';
    for (const name of names) {
      const input = yield* openInput(cannotOpenWords(ctx, name), name);
      if (!input) {
        status = 1;
        if (opts.retryFollow || opts.retry) open.push({ name, fd: -1, position: 0, ino: 0 });
        continue;
      }
      if (titled) yield* title(ctx, name, shown);
      shown = name;
      const position = yield* printEnd(ctx, input, count, byBytes, from);
      const st = new Stat();
      ctx.sys.fstat(input.fd, st);
      if (follow && (name !== '-' || isRegular(st.mode))) open.push({ name, fd: input.fd, position, ino: st.ino });
      else if (input !== ctx.stdin) ctx.sys.close(input.fd);
    }
    if (opts.pid !== undefined && !follow)
      yield* ctx.warn('warning: PID ignored; --pid=PID is useful only when following');
    if (follow && open.length === 0) yield* ctx.warn('no files remaining');
    if (!follow || open.length === 0) return status;
    yield* ctx.stdout.flush();
    return yield* followFiles(ctx, open, titled, shown);
  },
});

function* title(ctx: Ctx, name: string, before: string): Wait<void> {
  yield* ctx.stdout.write(`${before === '' ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
}

/** Prints the end of one input. @returns bytes read in all */
function* printEnd(ctx: Ctx, input: Input, count: number, byBytes: boolean, from: boolean): Wait<number> {
  const delimiter = ctx.opts.zeroTerminated ? 0 : 10;
  let total = 0;
  if (from) {
    let skip = Math.max(0, count - 1);
    for (let part; (part = yield* input.chunk()) !== undefined; ) {
      total += part.length;
      let at = 0;
      if (byBytes) {
        at = Math.min(skip, part.length);
        skip -= at;
      } else
        while (skip > 0 && at < part.length) {
          const end = part.indexOf(delimiter, at);
          at = end < 0 ? part.length : end + 1;
          if (end >= 0) skip--;
        }
      if (skip === 0) yield* ctx.stdout.write(part.subarray(at));
      if (ctx.sys.tick()) yield;
    }
    return total;
  }
  const kept: { part: Uint8Array; lines: number }[] = [];
  const memory = new HeldMemory(ctx.sys);
  let bytes = 0;
  let lines = 0;
  for (let part; (part = yield* input.chunk()) !== undefined; ) {
    total += part.length;
    const added = byBytes ? 0 : countByte(part, delimiter);
    kept.push({ part: part.slice(), lines: added });
    yield* memory.grow(part.length);
    bytes += part.length;
    lines += added;
    while (kept.length > 1) {
      const head = kept[0]!;
      const enough = byBytes ? bytes - head.part.length >= count : lines - head.lines > count;
      if (!enough) break;
      bytes -= head.part.length;
      memory.shrink(head.part.length);
      lines -= head.lines;
      kept.shift();
    }
    if (ctx.sys.tick()) yield;
  }
  const all = joinBytes(
    kept.map(({ part }) => part),
    bytes,
  );
  memory.release();
  if (byBytes) yield* ctx.stdout.write(all.subarray(Math.max(0, bytes - count)));
  else yield* ctx.stdout.write(all.subarray(startOfLast(all, count, delimiter)));
  return total;
}

/** Where the last `count` lines of `all` begin. */
function startOfLast(all: Uint8Array, count: number, delimiter: number): number {
  if (count === 0) return all.length;
  let at = all[all.length - 1] === delimiter ? all.length - 1 : all.length;
  for (let left = count; left > 0; left--) {
    at = at === 0 ? -1 : all.lastIndexOf(delimiter, at - 1);
    if (at < 0) return 0;
  }
  return at + 1;
}

/** tail -f: looks once an interval for what was appended, cut off or replaced. */
function* followFiles(
  ctx: Ctx,
  files: { name: string; fd: number; position: number; ino: number }[],
  titled: boolean,
  last: string,
): Wait<number> {
  const { sys, opts } = ctx;
  const byName = opts.retryFollow || opts.follow === 'name';
  // GNU tail is woken by inotify; looking often is as good
  const interval =
    ctx.form === 'gnu' && opts.sleepInterval === undefined ? 50 : Math.max(0, Number(opts.sleepInterval ?? 1)) * 1000;
  let shown = last;
  const st = new Stat();
  for (;;) {
    for (const file of files) {
      if (byName && sys.stat(file.name, st) === 0 && st.ino !== file.ino) {
        const fresh = sys.open(file.name, 0);
        if (fresh >= 0) {
          yield* ctx.warn(
            file.fd < 0
              ? `${shellQuote(file.name)} has appeared;  following new file`
              : `${shellQuote(file.name)} has been replaced;  following new file`,
          );
          if (file.fd >= 0) sys.close(file.fd);
          Object.assign(file, { fd: fresh, position: 0, ino: st.ino });
        }
      }
      if (file.fd < 0) continue;
      if (sys.fstat(file.fd, st) === 0 && isRegular(st.mode) && st.size < file.position) {
        yield* ctx.warn(`${file.name}: file truncated`);
        sys.lseek(file.fd, 0, 0);
        file.position = 0;
      }
      const input = new Input(sys, file.fd);
      for (let part; (part = yield* input.chunk()) !== undefined; ) {
        if (titled && shown !== file.name) yield* title(ctx, file.name, shown);
        shown = file.name;
        file.position += part.length;
        yield* ctx.stdout.write(part);
        yield* ctx.stdout.flush();
        if (ctx.stdout.error !== 0) return 1;
        if (sys.tick()) yield;
      }
    }
    if (opts.pid !== undefined && sys.kill(Number(opts.pid), 0) === -3) return 0;
    if (
      byName &&
      files.every((file) => file.fd < 0 && sys.stat(file.name, st) === -ENOENT) &&
      !opts.retryFollow &&
      !opts.retry
    )
      return yield* ctx.die('no files remaining');
    yield* sleep(sys, interval || 10);
  }
}
