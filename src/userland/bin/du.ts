import { isDirectory, Stat } from '../../abi/stat.ts';
import { Glob } from '../../lib/glob.ts';
import { decode } from '../../lib/utf8.ts';
import { blockSize, busyboxHuman, humanSize } from '../../libc/human.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { joinPath, listDir } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'du',
  at: ['/usr/bin/du'],
  spec: 'GNU coreutils 9.4 du(1); --time, --files0-from are missing',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Sum up the space that each FILE takes, directories with what is in them.',
  options: {
    all: { short: 'a', help: 'count every file' },
    apparentSize: { busybox: false, help: 'print lengths, not space' },
    blockSize: { short: 'B', arg: 'SIZE', busybox: false, help: 'scale sizes by SIZE' },
    bytes: { short: 'b', help: '--apparent-size in bytes' },
    total: { short: 'c', help: 'a grand total' },
    dereferenceArgs: { short: 'DH', help: 'follow links on the command line' },
    maxDepth: { short: 'd', arg: 'N', help: 'print only N levels' },
    exclude: { arg: 'PATTERN', many: true, busybox: false, help: 'leave out files that match PATTERN' },
    excludeFrom: { short: 'X', arg: 'FILE', busybox: false, help: 'leave out what the patterns in FILE match' },
    humanReadable: { short: 'h', help: 'sizes like 1K 234M 2G' },
    inodes: { busybox: false, help: 'count inodes in place of space' },
    kibibytes: { short: 'k', long: false, help: '1024-byte blocks' },
    dereference: { short: 'L', help: 'follow all links' },
    countLinks: { short: 'l', help: 'count hard links each time' },
    null: { short: '0', busybox: false, help: 'lines end with NUL' },
    mebibytes: { short: 'm', long: false, help: '1048576-byte blocks' },
    separateDirs: { short: 'S', busybox: false, help: 'without subdirectories' },
    si: { busybox: false, help: 'powers of 1000' },
    summarize: { short: 's', help: 'print only a total for each' },
    threshold: {
      short: 't',
      arg: 'SIZE',
      busybox: false,
      help: 'leave out what is smaller, with -SIZE what is larger',
    },
    oneFileSystem: { short: 'x', help: 'stay on one file system' },
  },
  busybox: {
    at: '/usr/bin/du',
    long: [],
    usage: '[-aHLdclsxhmk] [FILE]...',
    help: 'Summarize disk space used for FILEs (or directories)\n\n\t-a\tShow file sizes too\n\t-b\tApparent size (including holes)\n\t-L\tFollow all symlinks\n\t-H\tFollow symlinks on command line\n\t-d N\tLimit output to directories (and files with -a) of depth < N\n\t-c\tShow grand total\n\t-l\tCount sizes many times if hard linked\n\t-s\tDisplay only a total for each argument\n\t-x\tSkip directories on different filesystems\n\t-h\tSizes in human readable format (e.g., 1K 243M 2G)\n\t-m\tSizes in megabytes\n\t-k\tSizes in kilobytes (default)\n',
  },
  *main(ctx) {
    const { opts, sys, form } = ctx;
    const depthLimit = opts.summarize
      ? 0
      : opts.maxDepth === undefined
        ? Number.POSITIVE_INFINITY
        : Number(opts.maxDepth);
    if (opts.maxDepth !== undefined && !/^\d+$/.test(opts.maxDepth))
      return yield* form === 'gnu'
        ? ctx.usage(`invalid maximum depth ${localeQuote(opts.maxDepth)}`)
        : ctx.die(`invalid number '${opts.maxDepth}'`);
    if (form === 'gnu' && opts.summarize && opts.all)
      return yield* ctx.usage('cannot both summarize and show all entries');
    if (form === 'gnu' && opts.summarize && opts.maxDepth !== undefined && opts.maxDepth !== '0')
      return yield* ctx.usage(`warning: summarizing conflicts with --max-depth=${opts.maxDepth}`);
    const unit = opts.blockSize === undefined ? undefined : blockSize(opts.blockSize);
    if (opts.blockSize !== undefined && unit === undefined)
      return yield* ctx.die(`invalid --block-size argument ${localeQuote(opts.blockSize)}`);
    const least = opts.threshold === undefined ? undefined : blockSize(opts.threshold.replace(/^-/, ''));
    if (opts.threshold !== undefined && least === undefined)
      return yield* ctx.die(`invalid --threshold argument ${localeQuote(opts.threshold)}`);
    const most = opts.threshold?.startsWith('-');
    const shownSize = (bytes: number): boolean => least === undefined || (most ? bytes <= least : bytes >= least);
    const patterns = [...opts.exclude];
    if (opts.excludeFrom !== undefined) {
      const bytes = yield* readFile(sys, opts.excludeFrom);
      if (typeof bytes === 'number') return yield* ctx.die(`${opts.excludeFrom}: ${ctx.strerror(bytes)}`);
      patterns.push(
        ...decode(bytes)
          .split('\n')
          .filter((line) => line !== ''),
      );
    }
    const globs = patterns.map((pattern) => new Glob(pattern));
    const excluded = (path: string): boolean => {
      const parts = path.split('/');
      return globs.some((glob) => parts.some((_, i) => glob.match(parts.slice(i).join('/'))));
    };
    const end = opts.null ? '\0' : '\n';
    const seen = new Set<string>();
    let status = 0;
    const show = (bytes: number): string => {
      if (opts.inodes) return String(bytes);
      if (unit !== undefined) return String(Math.ceil(bytes / unit));
      if (opts.humanReadable || opts.si)
        return form === 'busybox' ? busyboxHuman(bytes) : humanSize(bytes, opts.si ? 1000 : 1024);
      if (opts.bytes) return String(bytes);
      return String(Math.ceil(bytes / (opts.mebibytes ? 1048576 : 1024)));
    };
    const walk = function* (path: string, depth: number, dev: number): Wait<number> {
      if (sys.tick()) yield;
      if (globs.length > 0 && excluded(path)) return 0;
      const st = new Stat();
      const follow = opts.dereference || (opts.dereferenceArgs && depth === 0);
      const r = follow ? sys.stat(path, st) : sys.lstat(path, st);
      if (r < 0) {
        status = 1;
        yield* ctx.warn(
          form === 'gnu' ? `cannot access ${shellQuote(path)}: ${ctx.strerror(r)}` : `${path}: ${ctx.strerror(r)}`,
        );
        return -1;
      }
      if (opts.oneFileSystem && depth > 0 && st.dev !== dev) return 0;
      const key = `${st.dev}:${st.ino}`;
      if (
        (isDirectory(st.mode) ? opts.dereference : st.nlink > 1 || opts.dereference || ctx.args.length > 1) &&
        !opts.countLinks
      ) {
        if (seen.has(key)) return 0;
        seen.add(key);
      }
      let own = opts.inodes ? 1 : opts.bytes || opts.apparentSize ? st.size : st.blocks * 512;
      let below = 0;
      if (isDirectory(st.mode)) {
        const names = listDir(sys, path);
        if (typeof names === 'number') {
          status = 1;
          yield* ctx.warn(
            form === 'gnu'
              ? `cannot read directory ${shellQuote(path)}: ${ctx.strerror(names)}`
              : `can't open '${path}': ${ctx.strerror(names)}`,
          );
        } else
          for (const name of names) {
            const inner = yield* walk(joinPath(path, name), depth + 1, st.dev);
            if (inner > 0) below += inner;
          }
      }
      const sum = own + below;
      if (opts.separateDirs && isDirectory(st.mode)) own = sum;
      if (depth <= depthLimit && shownSize(sum) && (depth === 0 || opts.all || isDirectory(st.mode)))
        yield* ctx.stdout.write(`${show(sum)}\t${path}${end}`);
      return sum;
    };
    let total = 0;
    for (const path of ctx.args.length === 0 ? ['.'] : ctx.args) {
      const sum = yield* walk(path, 0, 0);
      if (sum > 0) total += sum;
    }
    if (opts.total) yield* ctx.stdout.write(`${show(total)}\ttotal${end}`);
    return status;
  },
});
