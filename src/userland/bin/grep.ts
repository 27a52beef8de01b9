import { EISDIR } from '../../abi/errno.ts';
import { O_RDONLY } from '../../abi/flags.ts';
import { isDirectory, isSymlink, Stat } from '../../abi/stat.ts';
import { Glob } from '../../lib/glob.ts';
import { decode } from '../../lib/utf8.ts';
import { open, readFile, type Wait } from '../../libc/io.ts';
import { isUtf8 } from '../../libc/locale.ts';
import { basename, joinPath, listDir } from '../../libc/paths.ts';
import { type Context, exitWith, program } from '../../libc/program.ts';
import { Input } from '../../libc/stdio.ts';
import { grepColors } from '../grep/colors.ts';
import { Matcher } from '../grep/matcher.ts';
import { Search, type SearchOptions } from '../grep/search.ts';

const options = {
  extendedRegexp: { short: 'E', help: 'PATTERNS are extended regular expressions' },
  fixedStrings: { short: 'F', help: 'PATTERNS are strings' },
  basicRegexp: { short: 'G', busybox: false, help: 'PATTERNS are basic regular expressions' },
  perlRegexp: { short: 'P', busybox: false, help: 'PATTERNS are Perl regular expressions' },
  regexp: { short: 'e', arg: 'PATTERNS', many: true, help: 'use PATTERNS for matching' },
  file: { short: 'f', arg: 'FILE', many: true, help: 'take PATTERNS from FILE' },
  ignoreCase: { short: 'i', help: 'ignore case distinctions in patterns and data' },
  obsoleteIgnoreCase: { short: 'y', long: false, busybox: false, help: 'obsolete form of -i' },
  noIgnoreCase: { busybox: false, help: 'do not ignore case distinctions (default)' },
  wordRegexp: { short: 'w', help: 'match only whole words' },
  lineRegexp: { short: 'x', help: 'match only whole lines' },
  nullData: { short: 'z', help: 'a data line ends in 0 byte, not newline' },
  noMessages: { short: 's', help: 'suppress error messages' },
  invertMatch: { short: 'v', help: 'select non-matching lines' },
  version: { short: 'V', busybox: false, help: 'display version information and exit' },
  maxCount: { short: 'm', arg: 'NUM', help: 'stop after NUM selected lines' },
  byteOffset: { short: 'b', busybox: false, help: 'print the byte offset with output lines' },
  lineNumber: { short: 'n', help: 'print line number with output lines' },
  lineBuffered: { busybox: false, help: 'flush output on every line' },
  withFilename: { short: 'H', help: 'print file name with output lines' },
  noFilename: { short: 'h', help: 'suppress the file name prefix on output' },
  label: { arg: 'LABEL', busybox: false, help: 'use LABEL as the standard input file name prefix' },
  onlyMatching: { short: 'o', help: 'show only nonempty parts of lines that match' },
  quiet: { short: 'q', help: 'suppress all normal output' },
  silent: { busybox: false, help: 'suppress all normal output' },
  binaryFiles: {
    arg: 'TYPE',
    busybox: false,
    help: "assume that binary files are TYPE: 'binary', 'text' or 'without-match'",
  },
  text: { short: 'a', help: 'equivalent to --binary-files=text' },
  binaryWithoutMatch: { short: 'I', long: false, help: 'equivalent to --binary-files=without-match' },
  directories: {
    short: 'd',
    arg: 'ACTION',
    busybox: false,
    help: "how to handle directories: 'read', 'recurse' or 'skip'",
  },
  devices: {
    short: 'D',
    arg: 'ACTION',
    busybox: false,
    help: "how to handle devices, FIFOs and sockets: 'read' or 'skip'",
  },
  recursive: { short: 'r', help: 'like --directories=recurse' },
  dereferenceRecursive: { short: 'R', help: 'likewise, but follow all symlinks' },
  include: { arg: 'GLOB', many: true, busybox: false, help: 'search only files that match GLOB (a file pattern)' },
  exclude: { arg: 'GLOB', many: true, busybox: false, help: 'skip files that match GLOB' },
  excludeFrom: { arg: 'FILE', many: true, busybox: false, help: 'skip files that match any file pattern from FILE' },
  excludeDir: { arg: 'GLOB', many: true, busybox: false, help: 'skip directories that match GLOB' },
  filesWithoutMatch: { short: 'L', help: 'print only names of FILEs with no selected lines' },
  filesWithMatches: { short: 'l', help: 'print only names of FILEs with selected lines' },
  count: { short: 'c', help: 'print only a count of selected lines per FILE' },
  initialTab: { short: 'T', busybox: false, help: 'make tabs line up (if needed)' },
  null: { short: 'Z', busybox: false, help: 'print 0 byte after FILE name' },
  beforeContext: { short: 'B', arg: 'NUM', help: 'print NUM lines of leading context' },
  afterContext: { short: 'A', arg: 'NUM', help: 'print NUM lines of trailing context' },
  context: { short: 'C', arg: 'NUM', help: 'print NUM lines of output context' },
  groupSeparator: { arg: 'SEP', busybox: false, help: 'print SEP on line between matches with context' },
  noGroupSeparator: { busybox: false, help: 'do not print separator for matches with context' },
  color: {
    arg: 'WHEN',
    optional: true,
    help: "highlight the matching strings; WHEN is 'always', 'never' or 'auto'",
  },
  colour: { arg: 'WHEN', optional: true, busybox: false, help: 'likewise' },
  binary: { short: 'U', busybox: false, help: 'do not strip CR characters at EOL (no effect here)' },
  unixByteOffsets: { short: 'u', busybox: false, help: 'obsolete, no effect' },
} as const;
type Ctx = Context<typeof options>;

const hint = (name: string): string =>
  `Usage: ${name} [OPTION]... PATTERNS [FILE]...\nTry '${name} --help' for more information.\n`;

export default program({
  name: 'grep',
  at: ['/usr/bin/grep', '/usr/bin/egrep', '/usr/bin/fgrep'],
  spec: 'GNU grep 3.11; without --devices',
  version: '(GNU grep) 3.11',
  writeErrorStatus: 2,
  usage: '[OPTION]... PATTERNS [FILE]...',
  about: 'Search for PATTERNS in each FILE.',
  options,
  usageStatus: 2,
  hint,
  rewrite: (argv) => argv.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-C', arg.slice(1)] : [arg])),
  busybox: {
    at: '/bin/grep',
    long: ['color'],
    usageStatus: 2,
    usage: '[-HhnlLoqvsrRiwFEz] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...',
    help: "Search for PATTERN in FILEs (or stdin)\n\n\t-H\tAdd 'filename:' prefix\n\t-h\tDo not add 'filename:' prefix\n\t-n\tAdd 'line_no:' prefix\n\t-l\tShow only names of files that match\n\t-L\tShow only names of files that don't match\n\t-c\tShow only count of matching lines\n\t-o\tShow only the matching part of line\n\t-q\tQuiet. Return 0 if PATTERN is found, 1 otherwise\n\t-v\tSelect non-matching lines\n\t-s\tSuppress open and read errors\n\t-r\tRecurse\n\t-R\tRecurse and dereference symlinks\n\t-i\tIgnore case\n\t-w\tMatch whole words only\n\t-x\tMatch whole lines only\n\t-F\tPATTERN is a literal (not regexp)\n\t-E\tPATTERN is an extended regexp\n\t-z\tNUL terminated input\n\t-m N\tMatch up to N times per file\n\t-A N\tPrint N lines of trailing context\n\t-B N\tPrint N lines of leading context\n\t-C N\tSame as '-A N -B N'\n\t-e PTRN\tPattern to match\n\t-f FILE\tRead pattern from file\n",
  },
  *main(ctx) {
    if (ctx.opts.version) {
      yield* ctx.stdout.write('grep (GNU grep) 3.11\n');
      return 0;
    }
    return yield* new Grep(ctx).run();
  },
});

class Grep {
  private failed = false;
  private found = false;
  private readonly shared = { printed: false, lastLine: -1 };
  private matcher!: Matcher;
  private search!: SearchOptions;
  private includes: Glob[] = [];
  private excludes: Glob[] = [];
  private excludeDirs: Glob[] = [];
  private recurse = false;
  private follow = false;
  private directories = 'read';
  private stop = false;
  /** -H or -h, if given. */
  private withName: boolean | undefined;

  constructor(private readonly ctx: Ctx) {}

  *run(): Wait<number> {
    const { ctx } = this;
    const { opts } = ctx;
    const patterns = yield* this.patterns();
    const called = basename(ctx.sys.argv[0] ?? '');
    const syntax =
      ctx.order.reduce<'bre' | 'ere' | 'fixed' | 'perl' | undefined>(
        (last, { key }) =>
          key === 'extendedRegexp'
            ? 'ere'
            : key === 'fixedStrings'
              ? 'fixed'
              : key === 'basicRegexp'
                ? 'bre'
                : key === 'perlRegexp'
                  ? 'perl'
                  : last,
        undefined,
      ) ?? (called === 'egrep' ? 'ere' : called === 'fgrep' ? 'fixed' : 'bre');
    const icase = ctx.order.reduce(
      (last, { key }) =>
        key === 'ignoreCase' || key === 'obsoleteIgnoreCase' ? true : key === 'noIgnoreCase' ? false : last,
      false,
    );
    if (opts.unixByteOffsets) yield* ctx.warn('warning: --unix-byte-offsets (-u) is obsolete');
    if (opts.binaryFiles !== undefined && !/^(binary|text|without-match)$/.test(opts.binaryFiles))
      return yield* ctx.die('unknown binary-files type', 2);
    for (const pattern of ctx.form === 'gnu' && syntax === 'ere' ? patterns : []) {
      const stray = /^(?:[*+?]|\{\d)/.exec(pattern)?.[0];
      if (stray) yield* ctx.warn(`warning: ${stray[0] === '{' ? '{...}' : stray} at start of expression`);
    }
    const matcher = Matcher.make(patterns, {
      syntax,
      icase,
      word: opts.wordRegexp,
      line: opts.lineRegexp,
      eol: opts.nullData ? '\0' : '\n',
      busybox: ctx.form === 'busybox',
    });
    if (typeof matcher === 'string')
      return yield* ctx.die(ctx.form === 'gnu' ? matcher : `bad regex '${patterns[0]}'`, 2);
    this.matcher = matcher;
    this.recurse = opts.recursive || opts.dereferenceRecursive || opts.directories === 'recurse';
    this.follow = opts.dereferenceRecursive;
    this.directories = opts.directories ?? 'read';
    if (!/^(read|recurse|skip)$/.test(this.directories)) {
      yield* ctx.warn(
        `invalid argument \u2018${this.directories}\u2019 for \u2018--directories\u2019\nValid arguments are:\n  - \u2018read\u2019\n  - \u2018recurse\u2019\n  - \u2018skip\u2019`,
      );
      return yield* ctx.usage();
    }
    let names = ctx.args;
    if (names.length === 0) names = [this.recurse && ctx.form === 'gnu' ? '' : '-'];
    const withName = ctx.order.reduce<boolean | undefined>(
      (last, { key }) => (key === 'withFilename' ? true : key === 'noFilename' ? false : last),
      undefined,
    );
    this.withName = withName;
    this.search = yield* this.searchOptions(withName ?? names.length > 1, patterns);
    if (patterns.length === 0 && !opts.invertMatch && !opts.filesWithoutMatch && ctx.form === 'gnu') return 1;
    if (this.search.max === 0 && !opts.filesWithoutMatch && ctx.form === 'gnu') return 1;
    this.includes = opts.include.map((g) => new Glob(g));
    this.excludes = opts.exclude.map((g) => new Glob(g));
    for (const from of opts.excludeFrom) {
      const bytes = yield* readFile(ctx.sys, from);
      if (typeof bytes === 'number') return yield* ctx.die(`${from}: ${ctx.strerror(bytes)}`, 2);
      this.excludes.push(
        ...decode(bytes)
          .split('\n')
          .filter(Boolean)
          .map((g) => new Glob(g)),
      );
    }
    this.excludeDirs = opts.excludeDir.map((g) => new Glob(g.replace(/(.)\/+$/, '$1')));
    for (const name of names) {
      yield* this.operand(name);
      if (this.stop) return 0;
      if (ctx.stdout.error !== 0) return 2;
    }
    if (opts.quiet && this.found) return 0;
    return this.failed ? 2 : this.found ? 0 : 1;
  }

  /** The patterns, of -e, -f or the first operand. */
  private *patterns(): Wait<string[]> {
    const { ctx } = this;
    const texts: string[] = [];
    let given = false;
    for (const { key, value } of ctx.order) {
      if (key === 'regexp') texts.push(value!);
      if (key === 'file') {
        const bytes = value === '-' ? undefined : yield* readFile(ctx.sys, value!);
        if (typeof bytes === 'number')
          return yield* ctx.die(
            ctx.form === 'gnu' ? `${value}: ${ctx.strerror(bytes)}` : `${value}: ${ctx.strerror(bytes)}`,
            2,
          );
        const text = bytes === undefined ? yield* ctx.stdin.text() : decode(bytes);
        if (text !== '') texts.push(text.replace(/\n$/, ''));
      }
      given ||= key === 'regexp' || key === 'file';
    }
    if (!given) {
      const first = ctx.args.shift();
      if (first === undefined) {
        if (ctx.form === 'busybox') yield* ctx.usage();
        yield* ctx.stderr.write(hint(ctx.name));
        exitWith(2);
      }
      texts.push(first);
    }
    return texts.flatMap((text) => text.split('\n'));
  }

  private *number(text: string | undefined, words: string): Wait<number | undefined> {
    if (text === undefined) return undefined;
    if (/^[-+]?\d+$/.test(text)) return Number(text);
    return yield* this.ctx.die(this.ctx.form === 'gnu' ? words : `invalid number '${text}'`, 2);
  }

  private *searchOptions(withName: boolean, patterns: readonly string[]): Wait<SearchOptions> {
    const { opts, form, env, sys } = this.ctx;
    const context = (text: string | undefined): Wait<number | undefined> =>
      this.number(text, `${text}: invalid context length argument`);
    const both = yield* context(opts.context);
    const max = yield* this.number(opts.maxCount, 'invalid max count');
    const color = opts.color ?? opts.colour;
    if (color !== undefined && !/^(|always|yes|force|never|no|none|auto|tty|if-tty)$/.test(color))
      yield* this.ctx.usage();
    return {
      invert: opts.invertMatch,
      count: opts.count,
      list: opts.filesWithMatches || opts.filesWithoutMatch,
      quiet: opts.quiet || opts.silent,
      onlyMatching: opts.onlyMatching,
      lineNumber: opts.lineNumber,
      byteOffset: opts.byteOffset,
      withName,
      nullName: opts.null,
      initialTab: opts.initialTab,
      max: max === undefined || max < 0 ? Number.POSITIVE_INFINITY : max,
      before: (yield* context(opts.beforeContext)) ?? both ?? 0,
      after: (yield* context(opts.afterContext)) ?? both ?? 0,
      separator: opts.noGroupSeparator ? undefined : (opts.groupSeparator ?? '--'),
      color:
        form === 'gnu' &&
        color !== undefined &&
        (/^(always|yes|force)$/.test(color) ||
          (/^(|auto|tty|if-tty)$/.test(color) && sys.isatty(1) && env.get('TERM') !== 'dumb'))
          ? grepColors(env.get('GREP_COLORS') ?? '')
          : undefined,
      eol: opts.nullData ? '\0' : '\n',
      binary:
        form === 'busybox' || opts.text || opts.binaryFiles === 'text'
          ? 'text'
          : opts.binaryWithoutMatch || opts.binaryFiles === 'without-match'
            ? 'without-match'
            : 'binary',
      emptyMatches: form === 'busybox' && opts.fixedStrings && patterns.includes(''),
      utf8: isUtf8(env),
      lineBuffered: opts.lineBuffered,
    };
  }

  private *complain(name: string, errno: number): Wait<void> {
    this.failed = true;
    if (!this.ctx.opts.noMessages) yield* this.ctx.warn(`${name}: ${this.ctx.strerror(errno)}`);
  }

  private *operand(name: string): Wait<void> {
    const { ctx } = this;
    if (name === '-') {
      yield* this.file(ctx.stdin, ctx.opts.label ?? '(standard input)');
      return;
    }
    const st = new Stat();
    if (this.recurse && ctx.sys.stat(name === '' ? '.' : name, st) === 0 && isDirectory(st.mode)) {
      this.search.withName = this.withName ?? true;
      if (!this.excludeDirs.some((g) => g.match(name.replace(/(.)\/+$/, '$1'))))
        yield* this.tree(name === '' ? '.' : name, name === '');
      return;
    }
    if (this.excludes.some((g) => g.match(name) || g.match(basename(name)))) return;
    if (this.includes.length > 0 && !this.includes.some((g) => g.match(basename(name)))) return;
    yield* this.path(name);
  }

  private *tree(dir: string, bare: boolean): Wait<void> {
    const { ctx } = this;
    const names = listDir(ctx.sys, dir);
    if (typeof names === 'number') {
      yield* this.complain(dir, names);
      return;
    }
    const st = new Stat();
    for (const name of names) {
      const path = bare ? name : joinPath(dir, name);
      if (ctx.sys.lstat(path, st) < 0) continue;
      if (isSymlink(st.mode) && (!this.follow || ctx.sys.stat(path, st) < 0)) continue;
      if (isDirectory(st.mode)) {
        if (!this.excludeDirs.some((g) => g.match(name))) yield* this.tree(path, false);
      } else if (this.includes.length > 0 && !this.includes.some((g) => g.match(name))) continue;
      else if (!this.excludes.some((g) => g.match(name)) && (st.mode & 0o170000) === 0o100000) yield* this.path(path);
      if (this.stop || ctx.stdout.error !== 0) return;
      if (ctx.sys.tick()) yield;
    }
  }

  private *path(name: string): Wait<void> {
    const { ctx } = this;
    const fd = yield* open(ctx.sys, name, O_RDONLY);
    if (fd < 0) {
      yield* this.complain(name, fd);
      return;
    }
    const st = new Stat();
    if (ctx.sys.fstat(fd, st) === 0 && isDirectory(st.mode)) {
      ctx.sys.close(fd);
      if (this.directories === 'skip') return;
      if (ctx.form === 'gnu') yield* this.complain(name, EISDIR);
      return;
    }
    yield* this.file(new Input(ctx.sys, fd), name);
    ctx.sys.close(fd);
  }

  private *file(input: Input, name: string): Wait<void> {
    const { ctx, search } = this;
    const { opts, stdout } = ctx;
    const one = new Search(this.matcher, search, stdout, name, this.shared);
    if (search.max > 0) yield* one.run(input);
    if (input.error !== 0) yield* this.complain(name, input.error);
    const matched = one.selected > 0;
    // busybox: -L is a success where a file has none
    if (matched !== (opts.filesWithoutMatch && ctx.form === 'busybox' && !search.quiet)) this.found = true;
    if (search.quiet) {
      this.stop = this.found;
      return;
    }
    const shown = search.color?.file(name) ?? name;
    const mark = search.color?.separator(':') ?? ':';
    if (search.list) {
      if (opts.count && ctx.form === 'busybox')
        yield* stdout.write(`${search.withName ? `${name}:` : ''}${one.selected}\n`);
      if (matched === !opts.filesWithoutMatch) yield* stdout.write(shown + (opts.null ? '\0' : '\n'));
    } else if (search.count)
      yield* stdout.write(`${search.withName ? shown + (opts.null ? '\0' : mark) : ''}${one.selected}\n`);
    else if (one.binaryMatch) {
      if (/^2\./.test(ctx.sys.image.version)) yield* stdout.write(`Binary file ${name} matches\n`);
      else yield* ctx.warn(`${name}: binary file matches`);
    }
  }
}
