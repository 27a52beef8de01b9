import { ENOENT } from '../../abi/errno.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import { Glob } from '../../lib/glob.ts';
import { strftime } from '../../lib/strftime.ts';
import { decode } from '../../lib/utf8.ts';
import { fullTime } from '../../libc/clock-text.ts';
import { readAll, readFile, type Wait } from '../../libc/io.ts';
import { basename, joinPath, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { type Change, compareLines } from '../diff/compare.ts';
import { contextDiff, type DiffText, normalDiff, unifiedDiff } from '../diff/write.ts';

const options = {
  normal: { busybox: false, help: 'output a normal diff (the default)' },
  brief: { short: 'q', help: 'report only when files differ' },
  reportIdenticalFiles: { short: 's', help: 'report when two files are the same' },
  c: { short: 'c', long: false, busybox: false, help: 'output 3 lines of copied context' },
  context: {
    short: 'C',
    arg: 'NUM',
    optional: true,
    busybox: false,
    help: 'output NUM (default 3) lines of copied context',
  },
  u: { short: 'u', long: false, help: 'output 3 lines of unified context' },
  unified: { short: 'U', arg: 'NUM', optional: true, help: 'output NUM (default 3) lines of unified context' },
  label: { short: 'L', arg: 'LABEL', many: true, help: 'use LABEL instead of file name and timestamp' },
  recursive: { short: 'r', help: 'recursively compare any subdirectories found' },
  newFile: { short: 'N', help: 'treat absent files as empty' },
  ignoreCase: { short: 'i', help: 'ignore case differences in file contents' },
  ignoreSpaceChange: { short: 'b', help: 'ignore changes in the amount of white space' },
  ignoreAllSpace: { short: 'w', help: 'ignore all white space' },
  ignoreBlankLines: { short: 'B', help: 'ignore changes where lines are all blank' },
  text: { short: 'a', help: 'treat all files as text' },
  exclude: { short: 'x', arg: 'PAT', many: true, busybox: false, help: 'exclude files that match PAT' },
  color: { arg: 'WHEN', optional: true, busybox: false, help: 'accepted' },
  minimal: { short: 'd', help: 'accepted' },
  expandTabs: { short: 't', help: 'accepted' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'diff',
  at: ['/usr/bin/diff'],
  spec: 'GNU diffutils 3.10 diff(1); without -y, -e, -n, --color and pattern options; busybox diff',
  version: '(GNU diffutils) 3.10',
  usage: '[OPTION]... FILES',
  about: 'Compare FILES line by line.',
  options,
  usageStatus: 2,
  hint: (name) => `${name}: Try '${name} --help' for more information.\n`,
  busybox: {
    at: '/usr/bin/diff',
    usage: '[-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2',
    help: 'Compare files line by line and output the differences between them.\nThis implementation supports unified diffs only.\n\n\t-a\tTreat all files as text\n\t-b\tIgnore changes in the amount of whitespace\n\t-B\tIgnore changes whose lines are all blank\n\t-d\tTry hard to find a smaller set of changes\n\t-i\tIgnore case differences\n\t-L\tUse LABEL instead of the filename in the unified header\n\t-N\tTreat absent files as empty\n\t-q\tOutput only whether files differ\n\t-r\tRecurse\n\t-S\tStart with FILE when comparing directories\n\t-T\tMake tabs line up by prefixing a tab when necessary\n\t-s\tReport when two files are the same\n\t-t\tExpand tabs to spaces in output\n\t-U\tOutput LINES lines of context\n\t-w\tIgnore all whitespace\n',
  },
  *main(ctx) {
    const [a, b] = ctx.args;
    if (a === undefined || b === undefined)
      return yield* ctx.usage(ctx.form === 'gnu' ? `missing operand after '${ctx.args[0] ?? ctx.name}'` : undefined);
    if (ctx.args.length > 2) return yield* ctx.usage(ctx.form === 'gnu' ? `extra operand '${ctx.args[2]}'` : undefined);
    return yield* new Diff(ctx).operands(a, b);
  },
});

class Diff {
  constructor(private readonly ctx: Ctx) {}

  *operands(a: string, b: string): Wait<number> {
    const { sys } = this.ctx;
    const [sa, sb] = [new Stat(), new Stat()];
    const dirA = a !== '-' && sys.stat(a, sa) === 0 && isDirectory(sa.mode);
    const dirB = b !== '-' && sys.stat(b, sb) === 0 && isDirectory(sb.mode);
    if (dirA && dirB) return yield* this.directories(a, b, true);
    if (dirA) return yield* this.files(joinPath(a, basename(b)), b, false);
    if (dirB) return yield* this.files(a, joinPath(b, basename(a)), false);
    return yield* this.files(a, b, false);
  }

  private *directories(a: string, b: string, top: boolean): Wait<number> {
    const { ctx } = this;
    const { opts, sys } = ctx;
    if (!top && !opts.recursive) {
      yield* ctx.stdout.write(`Common subdirectories: ${a} and ${b}\n`);
      return 0;
    }
    const excluded = opts.exclude.map((p) => new Glob(p));
    const lists: string[][] = [];
    for (const dir of [a, b]) {
      const names = listDir(sys, dir);
      if (typeof names === 'number') {
        if (names !== -ENOENT || !opts.newFile) {
          yield* ctx.perror(dir, names);
          return 2;
        }
        lists.push([]);
      } else lists.push(names.filter((n) => !excluded.some((g) => g.match(n))));
    }
    const [la, lb] = lists as [string[], string[]];
    let status = 0;
    for (const name of [...new Set([...la, ...lb])].sort()) {
      const [pa, pb] = [joinPath(a, name), joinPath(b, name)];
      if (!opts.newFile && (!la.includes(name) || !lb.includes(name))) {
        yield* ctx.stdout.write(`Only in ${la.includes(name) ? a : b}: ${name}\n`);
        status = Math.max(status, 1);
        continue;
      }
      const [sa, sb] = [new Stat(), new Stat()];
      const [da, db] = [sys.stat(pa, sa) === 0 && isDirectory(sa.mode), sys.stat(pb, sb) === 0 && isDirectory(sb.mode)];
      let one: number;
      if (da && db) one = yield* this.directories(pa, pb, false);
      else if (da !== db && la.includes(name) && lb.includes(name)) {
        const kind = (dir: boolean, st: Stat): string =>
          dir ? 'directory' : st.size === 0 ? 'regular empty file' : 'regular file';
        yield* ctx.stdout.write(`File ${pa} is a ${kind(da, sa)} while file ${pb} is a ${kind(db, sb)}\n`);
        one = 1;
      } else one = yield* this.files(pa, pb, true);
      status = Math.max(status, one);
      if (sys.tick()) yield;
    }
    return status;
  }

  private *load(name: string): Wait<Uint8Array | number> {
    return name === '-' ? yield* readAll(this.ctx.sys, 0) : yield* readFile(this.ctx.sys, name);
  }

  private *files(a: string, b: string, nested: boolean): Wait<number> {
    const { ctx } = this;
    const { opts } = ctx;
    const contents: Uint8Array[] = [];
    let failed = false;
    for (const name of [a, b]) {
      const bytes = yield* this.load(name);
      if (typeof bytes !== 'number') contents.push(bytes);
      else if (bytes === -ENOENT && opts.newFile) contents.push(new Uint8Array(0));
      else {
        yield* ctx.perror(ctx.form === 'gnu' ? name : `can't stat '${name}'`, bytes);
        failed = true;
      }
    }
    if (failed) return 2;
    const [x, y] = contents as [Uint8Array, Uint8Array];
    const same = x.length === y.length && x.every((v, i) => v === y[i]);
    if (same) {
      if (opts.reportIdenticalFiles) yield* ctx.stdout.write(`Files ${a} and ${b} are identical\n`);
      return 0;
    }
    if (!opts.text && (x.subarray(0, 4096).includes(0) || y.subarray(0, 4096).includes(0))) {
      yield* ctx.stdout.write(
        opts.brief || ctx.form === 'busybox' ? `Files ${a} and ${b} differ\n` : `Binary files ${a} and ${b} differ\n`,
      );
      return ctx.form === 'gnu' && !opts.brief ? 2 : 1;
    }
    const [ta, tb] = [this.text(x), this.text(y)];
    const changes = (yield* compareLines(this.keys(ta), this.keys(tb), () => ctx.sys.tick())).filter(
      (c) => !opts.ignoreBlankLines || !blank(c, ta, tb),
    );
    if (changes.length === 0) {
      if (opts.reportIdenticalFiles) yield* ctx.stdout.write(`Files ${a} and ${b} are identical\n`);
      return 0;
    }
    if (opts.brief) {
      yield* ctx.stdout.write(`Files ${a} and ${b} differ\n`);
      return 1;
    }
    if (nested && ctx.form === 'gnu') {
      const words = ctx.sys.argv.slice(1, ctx.sys.argv.length - 2).filter((w) => w.startsWith('-'));
      yield* ctx.stdout.write(`diff ${[...words, a, b].join(' ')}\n`);
    }
    yield* ctx.stdout.write(this.shown(changes, ta, tb, a, b));
    return 1;
  }

  private shown(changes: readonly Change[], ta: DiffText, tb: DiffText, a: string, b: string): string {
    const { opts, form } = this.ctx;
    const number = (text: string | undefined): number => (text === undefined || text === '' ? 3 : Number(text));
    if (form === 'busybox' || opts.u || opts.unified !== undefined)
      return `--- ${this.label(0, a)}\n+++ ${this.label(1, b)}\n${unifiedDiff(changes, ta, tb, number(opts.unified))}`;
    if (opts.c || opts.context !== undefined)
      return `*** ${this.label(0, a, true)}\n--- ${this.label(1, b, true)}\n${contextDiff(changes, ta, tb, number(opts.context))}`;
    return normalDiff(changes, ta, tb);
  }

  private label(at: number, name: string, copied = false): string {
    const { opts, sys, form } = this.ctx;
    const given = opts.label[at];
    if (given !== undefined) return given;
    if (form === 'busybox') return name;
    const st = new Stat();
    const r = name === '-' ? sys.fstat(0, st) : sys.stat(name, st);
    if (copied) return `${name}\t${strftime('%a %b %e %T %Y', r < 0 ? 0 : st.mtimeSec)}`;
    return `${name}\t${r < 0 ? '1970-01-01 00:00:00.000000000 +0000' : fullTime(st.mtimeSec, st.mtimeNsec)}`;
  }

  private text(bytes: Uint8Array): DiffText {
    const text = decode(bytes);
    const complete = text === '' || text.endsWith('\n');
    const lines = text === '' ? [] : text.split('\n');
    if (complete && text !== '') lines.pop();
    return { lines, complete };
  }

  /** What is compared of each line. */
  private keys(text: DiffText): string[] {
    const { opts } = this.ctx;
    const keys = text.lines.map((line) => {
      let key = line;
      if (opts.ignoreAllSpace) key = key.replace(/\s+/g, '');
      else if (opts.ignoreSpaceChange) key = key.replace(/\s+/g, ' ').replace(/ $/, '');
      return opts.ignoreCase ? key.toLowerCase() : key;
    });
    if (!text.complete && keys.length > 0 && !opts.ignoreAllSpace && !opts.ignoreSpaceChange)
      keys[keys.length - 1] += '\n';
    return keys;
  }
}

function blank(c: Change, a: DiffText, b: DiffText): boolean {
  return [...a.lines.slice(c.a0, c.a1), ...b.lines.slice(c.b0, c.b1)].every((line) => line === '');
}
