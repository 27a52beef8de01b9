import { Stat } from '../../abi/stat.ts';
import { byteLength } from '../../lib/utf8.ts';
import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import type { Input } from '../../libc/stdio.ts';
import { TtyScreen } from '../../libc/tty-screen.ts';
import { PagedDocument, screenRows } from '../pager/document.ts';

const options = {
  silent: { short: 'd', help: 'display help instead of ringing bell' },
  logical: { short: 'f', busybox: false, help: 'count logical rather than screen lines' },
  cleanPrint: { short: 'pc', busybox: false, help: 'do not scroll, clean screen and display text' },
  squeeze: { short: 's', busybox: false, help: 'squeeze multiple blank lines into one' },
  lines: { short: 'n', arg: 'number', busybox: false, help: 'the number of lines per screenful' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'more',
  at: ['/usr/bin/more'],
  spec: 'util-linux 2.39 more(1): SPACE, RETURN, d, q, b, =, /pattern; without shell escapes',
  version: 'from util-linux 2.39.3',
  usage: '[options] <file>...',
  about: 'Display the contents of a file in a terminal.',
  options,
  rewrite: (argv) =>
    argv.filter((arg) => !/^\+\d+$/.test(arg)).flatMap((arg) => (/^-\d+$/.test(arg) ? ['-n', arg.slice(1)] : [arg])),
  busybox: { at: '/bin/more', usage: '[FILE]...', help: 'View FILE (or stdin) one screenful at a time\n' },
  *main(ctx) {
    const { sys } = ctx;
    if (ctx.args.length === 0 && sys.isatty(0)) return yield* ctx.usage(ctx.form === 'gnu' ? 'bad usage' : undefined);
    const screen = sys.isatty(1) ? yield* TtyScreen.open(sys) : undefined;
    let status = 0;
    const names = ctx.args.length === 0 ? ['-'] : ctx.args;
    if (screen) yield* screen.enter();
    try {
      for (const [i, name] of names.entries()) {
        const input = yield* openInput(
          { ...ctx, warn: (m: string) => ctx.warn(m.replace(/^(.*): (No such.*)$/, 'cannot open $1: $2')) },
          name,
          'plain',
        );
        if (!input) {
          status = 1;
          continue;
        }
        const head = names.length > 1 ? `::::::::::::::\n${name}\n::::::::::::::\n` : '';
        if (!screen) {
          yield* ctx.stdout.write(head);
          for (let part; (part = yield* input.chunk()) !== undefined; ) yield* ctx.stdout.write(part);
        } else if (!(yield* page(ctx, screen, input, head, i === names.length - 1 ? undefined : names[i + 1]))) break;
        if (input !== ctx.stdin) sys.close(input.fd);
      }
    } finally {
      if (screen) yield* screen.leave();
    }
    return status;
  },
});

/** Shows one file. @returns false to quit */
function* page(ctx: Ctx, screen: TtyScreen, input: Input, head: string, next: string | undefined): Wait<boolean> {
  const doc = new PagedDocument(input);
  let at = 0;
  let shown = 0;
  const st = new Stat();
  ctx.sys.fstat(input.fd, st);
  const { rows, cols } = screen.size();
  let room = Number(ctx.opts.lines ?? rows - 1) - head.split('\n').length + 1;
  yield* screen.write(head.replaceAll('\n', '\r\n'));
  for (;;) {
    yield* doc.need(at + room + 1);
    while (room > 0 && at < doc.lines.length) {
      const lines = screenRows(doc.lines[at]!, cols, true, false);
      yield* screen.write(`${lines.join('\r\n')}\r\n`);
      shown += byteLength(doc.lines[at]!) + 1;
      room -= lines.length;
      at++;
      yield* doc.need(at + 1);
    }
    if (doc.whole && at >= doc.lines.length && next === undefined) return true;
    const percent = st.size > 0 ? Math.floor((100 * shown) / st.size) : undefined;
    const prompt =
      at >= doc.lines.length
        ? `--More--(Next file: ${next})`
        : percent === undefined
          ? '--More--'
          : `--More--(${percent}%)`;
    yield* screen.write(`\x1b[7m${prompt}\x1b[27m`);
    const key = yield* screen.key();
    yield* screen.write('\r\x1b[K');
    const full = Math.max(1, Number(ctx.opts.lines ?? screen.size().rows - 1));
    if (key === 'q' || key === 'Q' || key === 'eof' || key === '\x03') return false;
    if (at >= doc.lines.length) return true;
    if (key === ' ' || key === 'z' || key === 'f' || key === 'pagedown') room = full;
    else if (key === '\r' || key === '\n' || key === 'j' || key === 'down' || key === 's') room = 1;
    else if (key === 'd' || key === '\x04') room = 11;
    else if (key === 'b' || key === '\x02' || key === 'pageup') {
      at = Math.max(0, at - 2 * full);
      yield* screen.write('...back 1 page\r\n');
      room = full;
    } else if (key === '=') yield* screen.write(`${at}\r\n`);
    else if (key === '/') {
      yield* screen.write('/');
      let text = '';
      for (let typed = yield* screen.key(); typed !== '\r' && typed !== 'eof'; typed = yield* screen.key()) {
        text += typed;
        yield* screen.write(typed);
      }
      yield* doc.needAll();
      const found = doc.lines.findIndex((line, i) => i >= at && line.includes(text));
      yield* screen.write(found < 0 ? '\r\n\x1b[7mPattern not found\x1b[27m\r\n' : '\r\n...skipping\r\n');
      if (found >= 0) {
        at = found;
        room = full;
      }
    }
  }
}
