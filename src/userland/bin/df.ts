import { Stat, StatFs } from '../../abi/stat.ts';
import { blockSize, busyboxHuman, humanSize } from '../../libc/human.ts';
import type { Wait } from '../../libc/io.ts';
import { type MountRow, readMounts } from '../../libc/mount-table.ts';
import { type Context, program } from '../../libc/program.ts';
import { realPath } from '../../libc/real-path.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

const HIDDEN = new Set(['proc', 'sysfs', 'devpts', 'mqueue', 'cgroup2', 'securityfs', 'debugfs', 'nsfs', 'bpf']);

export default program({
  name: 'df',
  at: ['/usr/bin/df'],
  spec: 'GNU coreutils 9.4 df(1); --sync is missing',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Show the space on the file system of each FILE, or on all.',
  options: {
    all: { short: 'a', help: 'include pseudo file systems' },
    blockSize: { short: 'B', arg: 'SIZE', help: 'scale sizes by SIZE' },
    humanReadable: { short: 'h', help: 'powers of 1024 (1023M)' },
    si: { short: 'H', busybox: false, help: 'powers of 1000 (1.1G)' },
    inodes: { short: 'i', help: 'list inodes instead of blocks' },
    kibibytes: { short: 'k', long: false, help: '1024-byte blocks' },
    local: { short: 'l', busybox: false, help: 'local file systems only' },
    mebibytes: { short: 'm', long: false, help: '1048576-byte blocks' },
    output: { arg: 'FIELD_LIST', optional: true, busybox: false, help: 'the columns of FIELD_LIST, or all' },
    portability: { short: 'P', help: 'the POSIX format' },
    total: { busybox: false, help: 'a grand total' },
    type: { short: 't', arg: 'TYPE', many: true, help: 'only this type' },
    printType: { short: 'T', help: 'print the type' },
    excludeType: { short: 'x', arg: 'TYPE', many: true, busybox: false, help: 'not this type' },
  },
  busybox: {
    at: '/bin/df',
    long: [],
    usage: '[-PkmhTai] [-B SIZE] [-t TYPE] [FILESYSTEM]...',
    help: 'Print filesystem usage statistics\n\n\t-P\tPOSIX output format\n\t-k\t1024-byte blocks (default)\n\t-m\t1M-byte blocks\n\t-h\tHuman readable (e.g. 1K 243M 2G)\n\t-T\tPrint filesystem type\n\t-t TYPE\tPrint only mounts of this type\n\t-a\tShow all filesystems\n\t-i\tInodes\n\t-B SIZE\tBlocksize\n',
  },
  *main(ctx) {
    const { opts, sys, form } = ctx;
    const columns =
      opts.output === undefined ? undefined : opts.output === '' ? Object.keys(COLUMNS) : opts.output.split(',');
    const unknown = columns?.find((column) => !(column in COLUMNS));
    if (unknown !== undefined) return yield* ctx.usage(`option --output: field ${localeQuote(unknown)} unknown`);
    for (const [key, on] of [
      ['-i', opts.inodes],
      ['-P', opts.portability],
      ['-T', opts.printType],
    ] as const)
      if (columns && on) return yield* ctx.usage(`options ${key} and --output are mutually exclusive`);
    if (opts.blockSize !== undefined && form === 'gnu' && blockSize(opts.blockSize) === undefined)
      return yield* ctx.die(`invalid -B argument ${localeQuote(opts.blockSize)}`);
    const mounts = yield* readMounts(sys);
    if (mounts.length === 0)
      return yield* ctx.die(
        form === 'gnu'
          ? 'cannot read table of mounted file systems: No such file or directory'
          : '/proc/mounts: No such file or directory',
      );
    let rows: MountRow[] = [];
    let status = 0;
    /** What busybox says after its table. */
    const lost: string[] = [];
    if (ctx.args.length > 0) {
      for (const path of ctx.args) {
        const real = realPath(sys, path, 'existing');
        if (typeof real === 'number') {
          status = 1;
          if (form === 'gnu') yield* ctx.warn(`${path}: ${ctx.strerror(real)}`);
          else lost.push(`${path}: can't find mount point`);
          continue;
        }
        const byDevice = mounts.find((m) => m.source === real);
        const above = mounts.filter((m) => m.dir === '/' || real === m.dir || real.startsWith(`${m.dir}/`));
        const longest = (best: MountRow | undefined, m: MountRow) =>
          best && best.dir.length > m.dir.length ? best : m;
        const chosen = byDevice ?? above.reduce(longest, undefined as MountRow | undefined);
        if (chosen) rows.push(chosen);
      }
      if (rows.length === 0 && form === 'gnu') return status;
    } else {
      const seen = new Set<number>();
      const st = new Stat();
      for (const row of mounts) {
        if (!opts.all && HIDDEN.has(row.type)) continue;
        if (sys.stat(row.dir, st) < 0) continue;
        if (!opts.all && form === 'gnu' && seen.has(st.dev)) continue;
        seen.add(st.dev);
        rows.push(row);
      }
    }
    if (opts.type.length > 0) rows = rows.filter((row) => opts.type.includes(row.type));
    rows = rows.filter((row) => !opts.excludeType.includes(row.type));
    if (form === 'gnu' && rows.length === 0 && ctx.args.length === 0)
      return yield* ctx.die('no file systems processed');
    const unit = opts.mebibytes ? 1048576 : opts.blockSize === undefined ? 1024 : Math.max(1, scale(opts.blockSize));
    const human = opts.humanReadable || opts.si;
    const show = (blocks: number, bsize: number): string => {
      const bytes = blocks * bsize;
      if (opts.inodes && !human) return String(blocks);
      if (form === 'busybox' && human) return busyboxHuman(bytes);
      return human ? humanSize(bytes, opts.si ? 1000 : 1024) : String(Math.ceil(bytes / unit));
    };
    const table: string[][] = [];
    if (columns) {
      yield* printColumns(ctx, rows, columns, show, human ? 'Size' : unitName(unit));
      return status;
    }
    const size = human ? 'Size' : opts.portability ? `${unit}-blocks` : unitName(unit);
    const head = opts.inodes
      ? ['Inodes', 'IUsed', 'IFree', 'IUse%']
      : [
          size,
          'Used',
          human && form === 'gnu' ? 'Avail' : 'Available',
          opts.portability && !opts.humanReadable ? 'Capacity' : 'Use%',
        ];
    table.push(['Filesystem', ...(opts.printType ? ['Type'] : []), ...head, 'Mounted on']);
    const sum = [0, 0, 0];
    for (const row of rows) {
      const fs = new StatFs();
      if (sys.statfs(row.dir, fs) < 0) continue;
      if (fs.blocks === 0 && !opts.all && ctx.args.length === 0 && form === 'gnu') continue;
      const [all, free, avail, bsize] = opts.inodes
        ? [fs.files, fs.ffree, fs.ffree, 1]
        : [fs.blocks, fs.bfree, fs.bavail, fs.bsize];
      const used = all - free;
      const percent = used + avail === 0 ? '-' : `${Math.ceil((used * 100) / (used + avail))}%`;
      table.push([
        row.source,
        ...(opts.printType ? [row.type] : []),
        show(all, bsize),
        show(used, bsize),
        show(avail, bsize),
        percent,
        row.dir,
      ]);
      for (const [i, n] of [all * bsize, used * bsize, avail * bsize].entries()) sum[i]! += n;
    }
    if (opts.total)
      table.push([
        'total',
        ...(opts.printType ? ['-'] : []),
        show(sum[0]!, 1),
        show(sum[1]!, 1),
        show(sum[2]!, 1),
        `${Math.ceil((sum[1]! * 100) / (sum[1]! + sum[2]! || 1))}%`,
        '-',
      ]);
    if (form === 'busybox') {
      for (const [i, row] of table.entries()) {
        const cells = row.slice();
        const last = cells.pop()!;
        const name = cells.shift()!.padEnd(20);
        const type = opts.printType ? `${cells.shift()!.padEnd(10)} ` : '';
        const [a, b, c, d] = cells as [string, string, string, string];
        const w = human ? 9 : 9;
        yield* ctx.stdout.write(
          `${name} ${type}${a.padStart(w)} ${b.padStart(w)} ${c.padStart(w)} ${d.padStart(opts.portability ? 8 : 4)} ${i === 0 ? last : last}\n`,
        );
      }
      yield* ctx.stdout.flush();
      for (const message of lost) yield* ctx.warn(message);
      return status;
    }
    const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
    widths[0] = Math.max(widths[0]!, 14);
    for (let i = opts.printType ? 2 : 1; i < widths.length - 2; i++) widths[i] = Math.max(widths[i]!, 5);
    for (const row of table) {
      const cells = row.map((cell, i) =>
        i === row.length - 1
          ? cell
          : i === 0 || (opts.printType && i === 1)
            ? cell.padEnd(widths[i]!)
            : cell.padStart(widths[i]!),
      );
      yield* ctx.stdout.write(`${cells.join(' ')}\n`);
    }
    return status;
  },
});

/** Columns of --output: their heads. */
const COLUMNS: Readonly<Record<string, string>> = {
  source: 'Filesystem',
  fstype: 'Type',
  itotal: 'Inodes',
  iused: 'IUsed',
  iavail: 'IFree',
  ipcent: 'IUse%',
  size: '',
  used: 'Used',
  avail: 'Avail',
  pcent: 'Use%',
  file: 'File',
  target: 'Mounted on',
};
const LEFT = new Set(['source', 'fstype', 'file', 'target']);

/** `1K-blocks`, `1MB-blocks`, `512B-blocks`. */
function unitName(unit: number): string {
  for (const [base, suffix] of [
    [1024, ''],
    [1000, 'B'],
  ] as const) {
    let [n, power] = [unit, 0];
    for (; n >= base && n % base === 0; power++) n /= base;
    if (power > 0) return `${n}${base === 1000 && power === 1 ? 'k' : 'KMGTPEZY'[power - 1]}${suffix}-blocks`;
  }
  return `${unit}B-blocks`;
}

/** The table of --output. */
function* printColumns(
  ctx: Pick<Context, 'sys' | 'stdout' | 'args'>,
  rows: readonly MountRow[],
  columns: readonly string[],
  show: (blocks: number, bsize: number) => string,
  size: string,
): Wait<void> {
  const table = [columns.map((column) => COLUMNS[column] || size)];
  const percent = (used: number, avail: number): string =>
    used + avail === 0 ? '-' : `${Math.ceil((used * 100) / (used + avail))}%`;
  for (const [at, row] of rows.entries()) {
    const fs = new StatFs();
    if (ctx.sys.statfs(row.dir, fs) < 0 || (fs.blocks === 0 && ctx.args.length === 0)) continue;
    const [used, iused] = [fs.blocks - fs.bfree, fs.files - fs.ffree];
    const values: Readonly<Record<string, string>> = {
      source: row.source,
      fstype: row.type,
      itotal: String(fs.files),
      iused: String(iused),
      iavail: String(fs.ffree),
      ipcent: percent(iused, fs.ffree),
      size: show(fs.blocks, fs.bsize),
      used: show(used, fs.bsize),
      avail: show(fs.bavail, fs.bsize),
      pcent: percent(used, fs.bavail),
      file: ctx.args[at] ?? '-',
      target: row.dir,
    };
    table.push(columns.map((column) => values[column]!));
  }
  const widths = columns.map((column, i) =>
    Math.max(
      column === 'source' ? 14 : LEFT.has(column) ? 0 : column.endsWith('pcent') ? 4 : 5,
      ...table.map((row) => row[i]!.length),
    ),
  );
  for (const row of table) {
    const cells = row.map((cell, i) =>
      LEFT.has(columns[i]!) ? (i === row.length - 1 ? cell : cell.padEnd(widths[i]!)) : cell.padStart(widths[i]!),
    );
    yield* ctx.stdout.write(`${cells.join(' ')}\n`);
  }
}

function scale(text: string): number {
  const m = /^(\d*)([KMGT]?)(i?B?)$/i.exec(text);
  if (!m) return 1024;
  const base = m[3] === 'B' ? 1000 : 1024;
  return Number(m[1] || 1) * base ** (m[2] ? 'KMGT'.indexOf(m[2].toUpperCase()) + 1 : 0);
}
