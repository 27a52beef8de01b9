import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import type { Input } from '../../libc/stdio.ts';

export default program({
  name: 'paste',
  at: ['/usr/bin/paste'],
  spec: 'GNU coreutils 9.4 paste(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Write lines of corresponding lines of the FILEs, set apart by TABs.',
  options: {
    delimiters: { short: 'd', arg: 'LIST', help: 'use the characters of LIST instead of TABs' },
    serial: { short: 's', help: 'one file at a time' },
    zeroTerminated: { short: 'z', busybox: false, help: 'lines end with NUL' },
  },
  busybox: {
    at: '/usr/bin/paste',
    long: [],
    usage: '[-d LIST] [-s] [FILE]...',
    help: 'Paste lines from each input file, separated with tab\n\n\t-d LIST\tUse delimiters from LIST, not tab\n\t-s      Serial: one file at a time\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const raw = opts.delimiters === '' ? '\\0' : (opts.delimiters ?? '\t');
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(raw) && ctx.form === 'gnu')
      return yield* ctx.die(`delimiter list ends with an unescaped backslash: ${raw}`);
    const delimiters = [
      ...raw.replace(/\\([nt\\0])/g, (_m, c: string) =>
        c === 'n' ? '\n' : c === 't' ? '\t' : c === '0' ? '\0' : '\\',
      ),
    ].map((c) => (c === '\0' ? '' : c));
    const end = opts.zeroTerminated ? 0 : 10;
    const inputs: Input[] = [];
    for (const name of ctx.args.length === 0 ? ['-'] : ctx.args) {
      const input = yield* openInput(ctx, name);
      if (!input) return 1;
      inputs.push(input);
    }
    const eol = end === 0 ? '\0' : '\n';
    if (opts.serial) {
      for (const input of inputs) {
        let n = 0;
        for (let line; (line = yield* input.line(end)) !== undefined; n++)
          yield* ctx.stdout.write((n > 0 ? delimiters[(n - 1) % delimiters.length]! : '') + line);
        yield* ctx.stdout.write(eol);
      }
      return 0;
    }
    if (ctx.form === 'busybox') return yield* busyboxRows(ctx, inputs, delimiters);
    const ended = new Set<number>();
    for (;;) {
      let row = '';
      for (const [i, input] of inputs.entries()) {
        const line = yield* input.line(end);
        if (line === undefined) ended.add(i);
        row += (i > 0 ? delimiters[(i - 1) % delimiters.length]! : '') + (line ?? '');
      }
      if (ended.size === inputs.length) return 0;
      yield* ctx.stdout.write(row + eol);
      if (ctx.sys.tick()) yield;
    }
  },
});

/** busybox leaves out files that ended, with their delimiters; the newline comes after the last file only. */
function* busyboxRows(ctx: Context, inputs: readonly Input[], delimiters: readonly string[]): Wait<number> {
  const open = new Set(inputs.keys());
  while (open.size > 0) {
    let used = 0;
    for (const [i, input] of inputs.entries()) {
      if (!open.has(i)) continue;
      const line = yield* input.line();
      if (line === undefined) {
        open.delete(i);
        continue;
      }
      yield* ctx.stdout.write(line + (i + 1 === inputs.length ? '\n' : delimiters[used++ % delimiters.length]!));
    }
    if (ctx.sys.tick()) yield;
  }
  return 0;
}
