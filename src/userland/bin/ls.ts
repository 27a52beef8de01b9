import { CLOCK_REALTIME } from '../../abi/flags.ts';
import {
  isDirectory,
  isSymlink,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFSOCK,
  Stat,
} from '../../abi/stat.ts';
import { Glob } from '../../lib/glob.ts';
import { strftime } from '../../lib/strftime.ts';
import { UTC } from '../../lib/timezone.ts';
import { compareVersions } from '../../lib/version-sort.ts';
import { Accounts } from '../../libc/accounts.ts';
import { fullTime, listDate } from '../../libc/clock-text.ts';
import { columnsOf } from '../../libc/columns.ts';
import { blockSize, busyboxHuman, humanSize } from '../../libc/human.ts';
import type { Wait } from '../../libc/io.ts';
import { modeString } from '../../libc/mode.ts';
import { joinPath, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { invalidArgument, localeQuote, quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';
import { busyboxPaint, Painter } from '../text/ls-paint.ts';
import { QUOTING_STYLES, quoteName } from '../text/ls-quoting.ts';

const options = {
  all: { short: 'a', help: 'do not ignore entries starting with .' },
  almostAll: { short: 'A', help: 'do not list implied . and ..' },
  author: { busybox: false, help: 'with -l, print the author' },
  escape: { short: 'b', busybox: false, help: 'print C-style escapes' },
  blockSize: { arg: 'SIZE', busybox: false, help: 'scale sizes by SIZE when printing them' },
  ignoreBackups: { short: 'B', busybox: false, help: 'do not list entries ending with ~' },
  ctime: { short: 'c', long: false, help: 'show and sort by ctime' },
  columns: { short: 'C', long: false, help: 'list by columns' },
  color: { arg: 'WHEN', optional: true, help: 'color the output: always, auto, never' },
  directory: { short: 'd', help: 'list directories themselves, not their contents' },
  classify: { short: 'F', help: 'append an indicator (*/=>@|)' },
  format: { arg: 'WORD', busybox: false, help: 'across, commas, horizontal, long, single-column, verbose, vertical' },
  fileType: { busybox: false, help: 'likewise, without *' },
  unsorted: { short: 'f', long: false, help: 'do not sort, show all' },
  fullTime: { help: 'like -l --time-style=full-iso' },
  noOwner: { short: 'g', long: false, help: 'like -l, without the owner' },
  groupDirectoriesFirst: { help: 'group directories before files' },
  noGroup: { short: 'G', busybox: false, help: 'in a long listing, no group names' },
  hide: { arg: 'PATTERN', many: true, busybox: false, help: 'do not list what matches PATTERN, unless -a or -A' },
  humanReadable: { short: 'h', help: 'with -l, print sizes like 1K 234M 2G' },
  si: { busybox: false, help: 'likewise, powers of 1000' },
  dereferenceOperands: { short: 'H', long: false, help: 'follow symbolic links on the command line' },
  inode: { short: 'i', help: 'print the inode number' },
  indicatorStyle: { arg: 'WORD', busybox: false, help: 'indicators: none, slash, file-type, classify' },
  ignore: { short: 'I', arg: 'PATTERN', many: true, busybox: false, help: 'do not list names of this ending (*.x)' },
  kibibytes: { short: 'k', help: '1024-byte blocks' },
  long: { short: 'l', long: false, help: 'use a long listing format' },
  dereference: { short: 'L', help: 'show what symbolic links name' },
  commas: { short: 'm', long: false, busybox: false, help: 'a list separated by commas' },
  numeric: { short: 'n', long: 'numeric-uid-gid', help: 'like -l, with numbers for users and groups' },
  literal: { short: 'N', busybox: false, help: 'names without quoting' },
  noGroupLong: { short: 'o', long: false, busybox: false, help: 'like -l, without the group' },
  slash: { short: 'p', long: false, help: 'append / to directories' },
  hideControl: { short: 'q', busybox: false, help: 'print ? instead of control characters' },
  quotingStyle: { arg: 'WORD', busybox: false, help: 'literal, shell, shell-always, shell-escape, c, escape, locale' },
  quoteName: { short: 'Q', busybox: false, help: 'names in double quotes' },
  reverse: { short: 'r', help: 'reverse the order' },
  recursive: { short: 'R', help: 'list subdirectories' },
  showControlChars: { busybox: false, help: 'control characters as they are' },
  size: { short: 's', help: 'print the allocated blocks' },
  bySize: { short: 'S', long: false, help: 'sort by size, largest first' },
  sort: { arg: 'WORD', busybox: false, help: 'sort by none, size, time, version, extension' },
  tabsize: { short: 'T', arg: 'COLS', busybox: false, help: 'accepted: columns are set apart by blanks' },
  time: { arg: 'WORD', busybox: false, help: 'use atime, ctime instead of mtime' },
  timeStyle: { arg: 'STYLE', busybox: false, help: 'full-iso, long-iso, iso, locale' },
  byTime: { short: 't', long: false, help: 'sort by time, newest first' },
  atime: { short: 'u', long: false, help: 'show and sort by access time' },
  noSort: { short: 'U', long: false, busybox: false, help: 'do not sort' },
  versionSort: { short: 'v', long: false, help: 'natural sort of numbers' },
  width: { short: 'w', arg: 'COLS', help: 'width of the output' },
  lines: { short: 'x', long: false, help: 'list by lines' },
  byExtension: { short: 'X', long: false, help: 'sort by extension' },
  context: { short: 'Z', help: 'print the security context' },
  zero: { busybox: false, help: 'end each line with NUL' },
  one: { short: '1', long: false, help: 'one file a line' },
} as const;
type Ctx = Context<typeof options>;

interface Row {
  name: string;
  path: string;
  st: Stat;
  target?: string | undefined;
  /** What the link names; undefined where it dangles. */
  targetMode?: number | undefined;
}

export default program({
  name: 'ls',
  at: ['/usr/bin/ls', '/usr/bin/dir', '/usr/bin/vdir'],
  spec: 'GNU coreutils 9.4 ls(1); -D, --hyperlink are missing',
  version: '(GNU coreutils) 9.4',
  writeErrorStatus: 2,
  usage: '[OPTION]... [FILE]...',
  about: 'List information about the FILEs (the current directory by default), sorted by name.',
  options,
  usageStatus: 2,
  busybox: {
    at: '/bin/ls',
    long: ['color', 'full-time', 'group-directories-first'],
    usage: '[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...',
    help: 'List directory contents\n\n\t-1\tOne column output\n\t-a\tInclude names starting with .\n\t-A\tLike -a, but exclude . and ..\n\t-x\tList by lines\n\t-d\tList directory names, not contents\n\t-L\tFollow symlinks\n\t-H\tFollow symlinks on command line\n\t-R\tRecurse\n\t-p\tAppend / to directory names\n\t-F\tAppend indicator (one of */=@|) to names\n\t-l\tLong format\n\t-i\tList inode numbers\n\t-n\tList numeric UIDs and GIDs instead of names\n\t-s\tList allocated blocks\n\t-lc\tList ctime\n\t-lu\tList atime\n\t--full-time\tList full date/time\n\t-h\tHuman readable sizes (1K 243M 2G)\n\t--group-directories-first\n\t-S\tSort by size\n\t-X\tSort by extension\n\t-v\tSort by version\n\t-t\tSort by mtime\n\t-tc\tSort by ctime\n\t-tu\tSort by atime\n\t-r\tReverse sort order\n\t-w N\tFormat N columns wide\n\t--color[={always,never,auto}]\n',
  },
  rewrite: (argv, _, called) => (called === 'dir' ? ['-Cb', ...argv] : called === 'vdir' ? ['-lb', ...argv] : argv),
  *main(ctx) {
    if (ctx.form === 'gnu') yield* check(ctx);
    return yield* new Listing(ctx).run();
  },
});

class Listing {
  private status = 0;
  private first = true;
  private readonly accounts: Accounts;
  private readonly now: number;
  private readonly tty: boolean;
  private readonly long: boolean;
  private readonly color: boolean;
  private readonly painter: Painter | undefined;
  private readonly quoting: string;
  /** Bytes of a block in sizes; 0: human readable. */
  private readonly unit: number;
  private readonly eol: string;

  constructor(private readonly ctx: Ctx) {
    const { opts, sys } = ctx;
    this.accounts = new Accounts(sys);
    this.now = sys.now(CLOCK_REALTIME) / 1000;
    this.tty = sys.isatty(1);
    this.long =
      /^(?:long|verbose)$/.test(opts.format ?? '') ||
      opts.long ||
      opts.numeric ||
      opts.noOwner ||
      opts.noGroupLong ||
      opts.fullTime;
    this.painter = Painter.from(ctx.env);
    const styles: Readonly<Record<string, string>> = { escape: 'escape', literal: 'literal', quoteName: 'c' };
    const style = ctx.order.findLast(({ key }) => key in styles || key === 'quotingStyle');
    const asked = style?.key === 'quotingStyle' ? opts.quotingStyle : styles[style?.key ?? ''];
    const full = (word: string): string =>
      QUOTING_STYLES.find((known) => known === word) ?? QUOTING_STYLES.find((known) => known.startsWith(word)) ?? word;
    this.quoting = full(asked ?? ctx.env.get('QUOTING_STYLE') ?? (this.tty ? 'shell-escape' : 'literal'));
    this.unit = opts.blockSize === undefined ? 1 : (blockSize(opts.blockSize) ?? 0);
    this.eol = opts.zero ? '\0' : '\n';
    const when = opts.color;
    this.color =
      when === '' ||
      when === 'always' ||
      when === 'yes' ||
      (this.tty && (when === 'auto' || (when === undefined && ctx.form === 'busybox')));
  }

  *run(): Wait<number> {
    const { ctx } = this;
    const operands = ctx.args.length === 0 ? ['.'] : ctx.args;
    const files: Row[] = [];
    const dirs: Row[] = [];
    for (const path of operands) {
      const row = yield* this.look(path, path, true);
      if (!row) continue;
      const mode = isSymlink(row.st.mode) && !this.long ? (row.targetMode ?? row.st.mode) : row.st.mode;
      if (isDirectory(mode) && !ctx.opts.directory) dirs.push(row);
      else files.push(row);
    }
    if (files.length > 0) yield* this.print(this.sorted(files), false);
    for (const dir of this.sorted(dirs)) yield* this.directory(dir.path, operands.length > 1 || ctx.opts.recursive);
    return this.status;
  }

  /** Reads what a listing needs of one name. */
  *look(path: string, name: string, operand: boolean): Wait<Row | undefined> {
    const { ctx } = this;
    const st = new Stat();
    const follow = ctx.opts.dereference || (operand && ctx.opts.dereferenceOperands);
    let r = follow ? ctx.sys.stat(path, st) : ctx.sys.lstat(path, st);
    if (r < 0 && follow && !operand) r = ctx.sys.lstat(path, st);
    if (r < 0) {
      this.status = operand ? (ctx.form === 'gnu' ? 2 : 1) : 1;
      yield* ctx.warn(
        ctx.form === 'gnu' ? `cannot access ${shellQuote(path)}: ${ctx.strerror(r)}` : `${path}: ${ctx.strerror(r)}`,
      );
      return undefined;
    }
    const row: Row = { name, path, st };
    if (isSymlink(st.mode)) {
      const target = ctx.sys.readlink(path);
      row.target = typeof target === 'string' ? target : undefined;
      const there = new Stat();
      if (ctx.sys.stat(path, there) === 0) row.targetMode = there.mode;
    }
    return row;
  }

  *directory(path: string, titled: boolean): Wait<void> {
    const { ctx } = this;
    const names = listDir(ctx.sys, path);
    if (typeof names === 'number') {
      this.status = Math.max(this.status, ctx.form === 'gnu' ? (this.first ? 2 : 1) : 1);
      yield* ctx.warn(
        ctx.form === 'gnu'
          ? `cannot open directory ${shellQuote(path)}: ${ctx.strerror(names)}`
          : `can't open '${path}': ${ctx.strerror(names)}`,
      );
      return;
    }
    const { opts } = ctx;
    const showAll = opts.all || opts.unsorted;
    const ignored = opts.ignore.map((pattern) => new Glob(pattern));
    if (!showAll && !opts.almostAll) ignored.push(...opts.hide.map((pattern) => new Glob(pattern)));
    const rows: Row[] = [];
    for (const name of showAll ? ['.', '..', ...names] : names) {
      if (!showAll && !opts.almostAll && name.startsWith('.')) continue;
      if (opts.ignoreBackups && name.endsWith('~')) continue;
      if (ignored.some((glob) => glob.match(name))) continue;
      const row = yield* this.look(joinPath(path, name), name, false);
      if (row) rows.push(row);
      if (ctx.sys.tick()) yield;
    }
    if (titled)
      yield* ctx.stdout.write(
        `${this.first ? '' : '\n'}${ctx.form === 'gnu' && this.tty ? quoteIfNeeded(path) : path}:\n`,
      );
    this.first = false;
    const sorted = this.sorted(rows);
    yield* this.print(sorted, true);
    if (!opts.recursive) return;
    for (const row of sorted)
      if (isDirectory(row.st.mode) && row.name !== '.' && row.name !== '..') yield* this.directory(row.path, true);
  }

  sorted(rows: Row[]): Row[] {
    const { opts } = this.ctx;
    const by =
      opts.sort ??
      (opts.unsorted || opts.noSort
        ? 'none'
        : opts.bySize
          ? 'size'
          : opts.byTime
            ? 'time'
            : opts.byExtension
              ? 'extension'
              : opts.versionSort
                ? 'version'
                : (opts.ctime || opts.atime) && !this.long
                  ? 'time'
                  : 'name');
    if (by === 'none') return rows;
    const byName = (a: Row, b: Row): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    const extension = (name: string): string => (name.lastIndexOf('.') > 0 ? name.slice(name.lastIndexOf('.')) : '');
    const compare = (a: Row, b: Row): number => {
      if (by === 'size') return b.st.size - a.st.size || byName(a, b);
      if (by === 'time') {
        const [x, y] = [this.time(a.st), this.time(b.st)];
        return y.sec - x.sec || y.nsec - x.nsec || byName(a, b);
      }
      if (by === 'version') return compareVersions(a.name, b.name);
      if (by === 'extension') {
        const [x, y] = [extension(a.name), extension(b.name)];
        return x < y ? -1 : x > y ? 1 : byName(a, b);
      }
      return byName(a, b);
    };
    const out = rows.slice().sort(compare);
    if (opts.reverse) out.reverse();
    if (opts.groupDirectoriesFirst)
      out.sort(
        (a, b) => Number(isDirectory(b.targetMode ?? b.st.mode)) - Number(isDirectory(a.targetMode ?? a.st.mode)),
      );
    return out;
  }

  time(st: Stat): { sec: number; nsec: number } {
    const { opts } = this.ctx;
    if (opts.ctime || opts.time === 'ctime' || opts.time === 'status') return { sec: st.ctimeSec, nsec: st.ctimeNsec };
    if (opts.atime || opts.time === 'atime' || opts.time === 'access' || opts.time === 'use')
      return { sec: st.atimeSec, nsec: st.atimeNsec };
    return { sec: st.mtimeSec, nsec: st.mtimeNsec };
  }

  *print(rows: Row[], inDirectory: boolean): Wait<void> {
    const { opts, stdout } = this.ctx;
    const blocks = rows.reduce((n, row) => n + Math.ceil(row.st.blocks / 2), 0);
    if (inDirectory && (this.long || opts.size))
      yield* stdout.write(`total ${opts.humanReadable ? this.human(blocks * 1024) : blocks}\n`);
    if (rows.length === 0) return;
    this.first = false;
    if (this.long) return yield* this.printLong(rows);
    const prefix = (row: Row): string =>
      (opts.context ? '? ' : '') +
      (opts.inode ? `${row.st.ino} ` : '') +
      (opts.size ? `${Math.ceil(row.st.blocks / 2)} ` : '');
    const cells = rows.map((row) => ({
      text: prefix(row) + this.label(row),
      plain: prefix(row) + this.shown(row.name) + this.indicator(row, row.targetMode ?? row.st.mode),
    }));
    if (opts.commas || opts.format === 'commas') {
      yield* stdout.write(`${cells.map((cell) => cell.text).join(', ')}\n`);
      return;
    }
    const across = opts.lines || /^(?:across|horizontal)$/.test(opts.format ?? '');
    const single = opts.one || opts.format === 'single-column' || opts.zero;
    const columns =
      (opts.columns || across || opts.format === 'vertical' || (this.tty && !single)) && !(single && !opts.columns);
    if (!columns) {
      for (const cell of cells) if (stdout.put(cell.text + this.eol)) yield* stdout.flush();
      return;
    }
    const size = this.ctx.sys.tiocgwinsz(1);
    const width = Number(
      opts.width ?? this.ctx.env.get('COLUMNS') ?? (typeof size === 'number' || size.cols === 0 ? 80 : size.cols),
    );
    yield* stdout.write(columnsOf(cells, width || 80, across, this.ctx.form === 'busybox'));
  }

  *printLong(rows: Row[]): Wait<void> {
    const { ctx } = this;
    const { opts } = ctx;
    const cells: string[][] = [];
    for (const row of rows) {
      const { st } = row;
      const isDevice = (st.mode & S_IFMT) === S_IFCHR || (st.mode & S_IFMT) === S_IFBLK;
      const cell: string[] = [];
      cell.push(
        opts.inode ? String(st.ino) : '',
        opts.size ? (opts.humanReadable ? this.human(st.blocks * 512) : String(Math.ceil(st.blocks / 2))) : '',
      );
      cell.push(modeString(st.mode), String(st.nlink));
      cell.push(opts.noOwner ? '' : opts.numeric ? String(st.uid) : yield* this.accounts.userName(st.uid));
      cell.push(
        opts.noGroup || opts.noGroupLong ? '' : opts.numeric ? String(st.gid) : yield* this.accounts.groupName(st.gid),
      );
      cell.push(
        isDevice
          ? `${Math.floor(st.rdev / 0x100000)}, ${String(st.rdev % 0x100000).padStart(3)}`
          : opts.humanReadable || opts.si
            ? this.human(st.size)
            : this.unit > 1
              ? String(Math.ceil(st.size / this.unit)) + this.unitLetter
              : String(st.size),
      );
      const time = this.time(st);
      if (opts.context) cell[5] += ' ?';
      cell.push(this.timeText(time.sec, time.nsec));
      cells.push(cell);
    }
    const busybox = ctx.form === 'busybox';
    const widths = cells[0]!.map((_, i) => Math.max(...cells.map((cell) => cell[i]!.length)));
    if (busybox) {
      widths[3] = Math.max(widths[3]!, 5);
      widths[4] = Math.max(widths[4]!, 8);
      widths[5] = Math.max(widths[5]!, 8);
      widths[6] = Math.max(widths[6]!, 9);
    }
    for (const [at, row] of rows.entries()) {
      const cell = cells[at]!;
      const parts: string[] = [];
      for (const [i, text] of cell.entries()) {
        if (widths[i] === 0 || (text === '' && (i === 4 || i === 5) && cells.every((c) => c[i] === ''))) continue;
        parts.push(i === 4 || i === 5 || i === 2 || i === 7 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!));
      }
      const arrow = row.target === undefined ? '' : ` -> ${this.shown(row.target)}`;
      if (
        ctx.stdout.put(
          `${parts.join(' ')} ${row.target === undefined ? this.label(row) : this.paint(row, this.shown(row.name))}${arrow}${row.target !== undefined && opts.classify && row.targetMode !== undefined ? this.indicator({ ...row, target: undefined }, row.targetMode) : ''}${this.eol}`,
        )
      )
        yield* ctx.stdout.flush();
    }
  }

  timeText(sec: number, nsec: number): string {
    const { opts, form } = this.ctx;
    const full = fullTime(sec, nsec);
    if (opts.fullTime || opts.timeStyle === 'full-iso') return form === 'busybox' ? full.replace(/\.\d+/, '') : full;
    if (opts.timeStyle?.startsWith('+')) {
      const [old = '', recent = old] = opts.timeStyle.slice(1).split('\n');
      return strftime(this.now - sec < 15778476 && sec <= this.now ? recent : old, sec, nsec, UTC);
    }
    if (opts.timeStyle === 'long-iso') return full.slice(0, 16);
    if (opts.timeStyle === 'iso') return this.now - sec < 15778476 ? full.slice(5, 16) : `${full.slice(0, 10)} `;
    return listDate(sec, this.now);
  }

  /** What follows a size that --block-size scaled: the letter of a unit that was named alone. */
  private get unitLetter(): string {
    const text = this.ctx.opts.blockSize ?? '';
    return /^\d/.test(text) ? '' : text;
  }

  human(bytes: number): string {
    return this.ctx.form === 'busybox' ? busyboxHuman(bytes) : humanSize(bytes, this.ctx.opts.si ? 1000 : 1024);
  }

  shown(name: string): string {
    const { opts, form } = this.ctx;
    if (form === 'busybox') return opts.quoteName ? `"${name}"` : name.replace(/[\0-\x1f\x7f]/g, '?');
    const quoted = quoteName(name, this.quoting);
    const hide = opts.hideControl || (this.tty && !opts.showControlChars);
    return hide ? quoted.replace(/[\0-\x1f\x7f\udc80-\udcff]/g, '?') : quoted;
  }

  label(row: Row): string {
    return this.paint(row, this.shown(row.name)) + this.indicator(row, row.st.mode);
  }

  indicator(row: Row, mode: number): string {
    const { opts } = this.ctx;
    const type = row.target !== undefined ? S_IFLNK : mode & S_IFMT;
    const indicator = opts.indicatorStyle;
    if (indicator === 'none') return '';
    if ((opts.slash || indicator === 'slash') && !opts.classify) return type === S_IFDIR ? '/' : '';
    const classify = opts.classify || indicator === 'classify';
    if (!classify && !opts.fileType && indicator !== 'file-type') return '';
    if (type === S_IFDIR) return '/';
    if (type === S_IFLNK) return '@';
    if (type === S_IFIFO) return '|';
    if (type === S_IFSOCK) return '=';
    return classify && mode & 0o111 ? '*' : '';
  }

  paint(row: Row, text: string): string {
    if (!this.color) return text;
    if (this.ctx.form === 'busybox') return busyboxPaint(text, row.st.mode);
    return this.painter?.paint(text, row.name, row.st.mode, row.targetMode) ?? text;
  }
}

const SORTS = ['none', 'time', 'size', 'extension', 'version', 'width'];
const COLORS = [
  'always\u2019, \u2018yes\u2019, \u2018force',
  'never\u2019, \u2018no\u2019, \u2018none',
  'auto\u2019, \u2018tty\u2019, \u2018if-tty',
];
const TIMES = [
  'atime\u2019, \u2018access\u2019, \u2018use',
  'ctime\u2019, \u2018status',
  'mtime\u2019, \u2018modification',
  'birth\u2019, \u2018creation',
];
const FORMATS = ['verbose\u2019, \u2018long', 'commas', 'horizontal\u2019, \u2018across', 'vertical', 'single-column'];

/** Ends with a message where an option's word is none of its words. */
function* check({ opts, usage, die }: Ctx): Wait<void> {
  for (const [option, word, rows] of [
    ['--color', opts.color, COLORS],
    ['--sort', opts.sort, SORTS],
    ['--time', opts.time, TIMES],
    ['--format', opts.format, FORMATS],
    ['--indicator-style', opts.indicatorStyle, ['none', 'slash', 'file-type', 'classify']],
    ['--quoting-style', opts.quotingStyle, QUOTING_STYLES],
  ] as const) {
    const words = rows.flatMap((row) => row.split(/\u2019, \u2018/));
    if (word && !words.some((known) => known.startsWith(word))) yield* usage(invalidArgument(option, word, rows));
  }
  if (opts.width !== undefined && !/^\d+$/.test(opts.width))
    yield* die(`invalid line width: ${localeQuote(opts.width)}`, 2);
  if (opts.tabsize !== undefined && !/^\d+$/.test(opts.tabsize))
    yield* die(`invalid tab size: ${localeQuote(opts.tabsize)}`, 2);
  if (
    opts.blockSize !== undefined &&
    !/^(?:human-readable|si)$/.test(opts.blockSize) &&
    blockSize(opts.blockSize) === undefined
  )
    yield* die(`invalid --block-size argument ${shellQuote(opts.blockSize)}`, 2);
  const long = opts.long || opts.numeric || opts.noOwner || opts.noGroupLong || opts.fullTime;
  const style = long ? opts.timeStyle?.replace(/^posix-/, '') : undefined;
  if (style !== undefined && !style.startsWith('+') && !['full-iso', 'long-iso', 'iso', 'locale'].includes(style))
    yield* usage(
      `invalid argument ${localeQuote(opts.timeStyle!)} for ${localeQuote('time style')}\nValid arguments are:\n  - [posix-]full-iso\n  - [posix-]long-iso\n  - [posix-]iso\n  - [posix-]locale\n  - +FORMAT (e.g., +%H:%M) for a 'date'-style format`,
    );
}
