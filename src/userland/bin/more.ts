import { isRegular, Stat } from '../../abi/stat.ts';
import { byteLength } from '../../lib/utf8.ts';
import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import type { Input } from '../../libc/stdio.ts';
import { LazyLines, rowsOf } from '../pager/pages.ts';
import { Terminal } from '../screen/terminal.ts';

export default program({
  name: 'more',
  at: ['/usr/bin/more', '/bin/more'],
  spec: 'util-linux 2.39 more(1) and busybox more: paging forward, searching; without going back',
  version: 'from util-linux 2.39.3',
  usage: '[options] <file>...',
  about: 'Display the contents of a file in a terminal.',
  options: {
    silent: { short: 'd', help: 'display help instead of ringing bell' },
    squeeze: { short: 's', help: 'squeeze multiple blank lines into one' },
    lines: { short: 'n', arg: 'number', help: 'the number of lines per screenful' },
    printOver: { short: 'c', help: 'do not scroll, display text and clean line ends' },
    clean: { short: 'p', long: 'clean-print', help: 'do not scroll, clean screen and display text' },
    plain: { short: 'u', help: 'suppress underlining and bold' },
    logical: { short: 'f', help: 'count logical rather than screen lines' },
  },
  busybox: {
    at: '/bin/more',
    long: [],
    usage: '[FILE]...',
    help: 'View FILE (or stdin) one screenful at a time\n',
  },
  *main(ctx) {
    const { sys } = ctx;
    if (ctx.args.length === 0 && sys.isatty(0)) {
      if (ctx.form === 'busybox') return yield* ctx.usage();
      yield* ctx.stderr.write(`${ctx.name}: bad usage\nTry '${ctx.name} --help' for more information.\n`);
      return 1;
    }
    const names = ctx.args.length === 0 ? ['-'] : ctx.args;
    const terminal = sys.isatty(1) ? yield* Terminal.take(sys) : undefined;
    let status = 0;
    for (const name of names) {
      const input = yield* openInput(ctx, name);
      if (!input) {
        status = 1;
        continue;
      }
      if (names.length > 1)
        yield* ctx.stdout.write(
          `::::::::::::::${terminal ? '\r' : ''}\n${name}${terminal ? '\r' : ''}\n::::::::::::::${terminal ? '\r' : ''}\n`,
        );
      yield* ctx.stdout.flush();
      const quit = terminal ? yield* page(ctx, terminal, input) : yield* copy(ctx, input);
      if (input !== ctx.stdin) sys.close(input.fd);
      if (quit) break;
    }
    if (terminal) yield* terminal.release();
    return status;
  },
});

function* copy(ctx: Context, input: Input): Wait<boolean> {
  for (let part; (part = yield* input.chunk()) !== undefined; ) {
    yield* ctx.stdout.write(part);
    if (ctx.stdout.error !== 0) return true;
    if (ctx.sys.tick()) yield;
  }
  return false;
}

/** @returns whether the user wants no more */
function* page(ctx: Context, terminal: Terminal, input: Input): Wait<boolean> {
  const lines = new LazyLines(input);
  const st = new Stat();
  const total = ctx.sys.fstat(input.fd, st) === 0 && isRegular(st.mode) ? st.size : 0;
  let done = 0;
  let room = terminal.size().rows - 1;
  for (let n = 0; yield* lines.upTo(n); n++) {
    const line = lines.known[n]!;
    for (const row of rowsOf(line, terminal.size().cols, true, false)) {
      if (room === 0) {
        const key = yield* ask(ctx, terminal, done, total);
        if (key === 'q') return true;
        room = key === 'line' ? 1 : terminal.size().rows - 1;
      }
      yield* terminal.write(`${row}\r\n`);
      room--;
    }
    done += byteLength(line) + 1;
  }
  return false;
}

function* ask(ctx: Context, terminal: Terminal, done: number, total: number): Wait<'q' | 'line' | 'page'> {
  const percent = total > 0 ? Math.floor((done * 100) / total) : 0;
  const text =
    ctx.form === 'busybox'
      ? `--More-- ${total > 0 ? `(${percent}% of ${total} bytes)` : ''}`
      : `\x1b[7m--More--${total > 0 ? `(${percent}%)` : ''}\x1b[27m`;
  yield* terminal.write(text);
  for (;;) {
    const key = yield* terminal.key();
    const end =
      key === 'q' || key === 'Q' || key === 'C-c' || key === 'End-of-file'
        ? 'q'
        : key === 'Enter' || key === 'j'
          ? 'line'
          : key === ' ' || key === 'f' || key === 'C-f' || key === 'PageDown' || key === 'z'
            ? 'page'
            : undefined;
    if (!end) continue;
    yield* terminal.write('\r\x1b[K');
    return end;
  }
}
