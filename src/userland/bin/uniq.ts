import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { openInput } from '../../libc/input.ts';
import { open } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import { Output } from '../../libc/stdio.ts';

export default program({
  name: 'uniq',
  at: ['/usr/bin/uniq'],
  spec: 'GNU coreutils 9.4 uniq(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [INPUT [OUTPUT]]',
  about: 'Filter adjacent equal lines from INPUT to OUTPUT.',
  options: {
    count: { short: 'c', help: 'prefix lines by how often they occurred' },
    repeated: { short: 'd', help: 'print only lines that occur more than once, one of each' },
    allRepeatedFlag: { short: 'D', long: false, help: 'print all lines that occur more than once' },
    allRepeated: {
      arg: 'METHOD',
      optional: true,
      busybox: false,
      help: 'likewise, groups set apart: none, prepend, separate',
    },
    skipFields: { short: 'f', arg: 'N', help: 'do not compare the first N fields' },
    group: { arg: 'METHOD', optional: true, busybox: false, help: 'show all, groups set apart' },
    ignoreCase: { short: 'i', help: 'ignore differences in case' },
    skipChars: { short: 's', arg: 'N', help: 'do not compare the first N characters' },
    unique: { short: 'u', help: 'print only lines that occur once' },
    zeroTerminated: { short: 'z', help: 'lines end with NUL' },
    checkChars: { short: 'w', arg: 'N', help: 'compare no more than N characters' },
  },
  busybox: {
    at: '/usr/bin/uniq',
    long: [],
    usage: '[-cduiz] [-f,s,w N] [FILE [OUTFILE]]',
    help: 'Discard duplicate lines\n\n\t-c\tPrefix lines by the number of occurrences\n\t-d\tOnly print duplicate lines\n\t-u\tOnly print unique lines\n\t-i\tIgnore case\n\t-z\tNUL terminated output\n\t-f N\tSkip first N fields\n\t-s N\tSkip first N chars (after any skipped fields)\n\t-w N\tCompare N characters in line\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (ctx.form === 'gnu') {
      for (const [text, what] of [
        [opts.skipFields, 'fields to skip'],
        [opts.skipChars, 'bytes to skip'],
        [opts.checkChars, 'bytes to compare'],
      ] as const)
        if (text !== undefined && !/^\d+$/.test(text)) return yield* ctx.die(`${text}: invalid number of ${what}`);
      const repeats = opts.allRepeatedFlag || opts.allRepeated !== undefined;
      if (ctx.args.length > 2) return yield* ctx.usage(`extra operand ${localeQuote(ctx.args[2]!)}`);
      if (opts.group !== undefined && (opts.count || opts.repeated || repeats || opts.unique))
        return yield* ctx.usage('--group is mutually exclusive with -c/-d/-D/-u');
      if (repeats && opts.count)
        return yield* ctx.usage('printing all duplicated lines and repeat counts is meaningless');
    }
    const input = yield* openInput(ctx, ctx.args[0] ?? '-', 'cant-open');
    if (!input) return 1;
    let out = ctx.stdout;
    if (ctx.args[1] !== undefined) {
      const fd = yield* open(sys, ctx.args[1], O_WRONLY | O_CREAT | O_TRUNC, 0o666);
      if (fd < 0) return yield* ctx.die(`${ctx.args[1]}: ${ctx.strerror(fd)}`);
      out = new Output(sys, fd);
    }
    const end = opts.zeroTerminated ? '\0' : '\n';
    const key = (line: string): string => {
      let text = line;
      for (let n = Number(opts.skipFields ?? 0); n > 0; n--) text = text.replace(/^[ \t]*[^ \t]*/, '');
      text = text.slice(Number(opts.skipChars ?? 0));
      if (opts.checkChars !== undefined) text = text.slice(0, Number(opts.checkChars));
      return opts.ignoreCase ? text.toLowerCase() : text;
    };
    const all = opts.allRepeatedFlag || opts.allRepeated !== undefined;
    const method = opts.group ?? opts.allRepeated ?? 'none';
    let groups = 0;
    const emit = function* (group: string[]) {
      const many = group.length > 1;
      if (all || opts.group !== undefined) {
        if (all && !many) return;
        const apart =
          method === 'prepend' ||
          (method === 'both' && groups === 0) ||
          (groups > 0 && method !== 'none' && method !== 'append');
        if (apart || (opts.group === '' && groups > 0)) yield* out.write(end);
        for (const line of group) yield* out.write(line + end);
        groups++;
        return;
      }
      if ((opts.repeated && !many) || (opts.unique && many)) return;
      yield* out.write((opts.count ? `${String(group.length).padStart(7)} ` : '') + group[0]! + end);
    };
    const keepAll = all || opts.group !== undefined;
    let group: string[] = [];
    let count = 0;
    let last: string | undefined;
    for (let line; (line = yield* input.line(opts.zeroTerminated ? 0 : 10)) !== undefined; ) {
      const k = key(line);
      if (last !== undefined && k === last) {
        count++;
        if (keepAll || group.length < 2) group.push(line);
      } else {
        if (last !== undefined) yield* emit(counted(group, count));
        group = [line];
        count = 1;
        last = k;
      }
      if (sys.tick()) yield;
    }
    if (last !== undefined) yield* emit(counted(group, count));
    if (opts.group !== undefined && (method === 'append' || method === 'both') && groups > 0) yield* out.write(end);
    yield* out.flush();
    return 0;
  },
});

/** A group of its first lines whose length is the whole count. */
function counted(group: string[], count: number): string[] {
  if (group.length !== count) group.length = count;
  return group;
}
