import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { readMounts } from '../../libc/mount-table.ts';
import { listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  all: { short: 'a', help: 'print all devices' },
  bytes: { short: 'b', help: 'print SIZE in bytes rather than in human readable format' },
  nodeps: { short: 'd', help: "don't print slaves or holders" },
  fs: { short: 'f', help: 'output info about filesystems' },
  list: { short: 'l', help: 'use list format output' },
  noheadings: { short: 'n', help: "don't print headings" },
  output: { short: 'o', arg: 'list', help: 'output columns' },
  paths: { short: 'p', help: 'print complete device path' },
  raw: { short: 'r', help: 'use raw output format' },
} as const;

interface Device {
  NAME: string;
  'MAJ:MIN': string;
  RM: string;
  SIZE: string;
  RO: string;
  TYPE: string;
  MOUNTPOINTS: string[];
  FSTYPE: string;
}
const RIGHT = new Set(['MAJ:MIN', 'RM', 'SIZE', 'RO']);
const COLUMNS = ['NAME', 'MAJ:MIN', 'RM', 'SIZE', 'RO', 'TYPE', 'MOUNTPOINTS'];

export default program({
  name: 'lsblk',
  at: ['/usr/bin/lsblk'],
  spec: 'util-linux 2.39 lsblk(8): disks of /sys/block with size, type and mounts',
  version: 'from util-linux 2.39.3',
  usage: '[options] [<device> ...]',
  about: 'List information about block devices.',
  options,
  *main(ctx) {
    const { opts } = ctx;
    const columns =
      opts.output?.split(',').map((c) => c.trim().toUpperCase()) ??
      (opts.fs ? ['NAME', 'FSTYPE', 'MOUNTPOINTS'] : COLUMNS);
    for (const c of columns)
      if (![...COLUMNS, 'FSTYPE', 'MOUNTPOINT'].includes(c)) return yield* ctx.die(`unknown column: ${c}`);
    const devices = yield* readDevices(ctx, opts.bytes, opts.paths);
    const wanted = ctx.args.map((a) => a.replace(/^\/dev\//, ''));
    const shown =
      wanted.length === 0 ? devices : devices.filter((d) => wanted.includes(d.NAME.replace(/^\/dev\//, '')));
    for (const name of wanted)
      if (!devices.some((d) => d.NAME.replace(/^\/dev\//, '') === name))
        yield* ctx.warn(`/dev/${name}: not a block device`);
    const cells = shown.flatMap((d) => {
      const rows = Math.max(1, d.MOUNTPOINTS.length);
      return Array.from({ length: rows }, (_, row) =>
        columns.map((c) =>
          c.startsWith('MOUNTPOINT') ? (d.MOUNTPOINTS[row] ?? '') : row > 0 ? '' : String(d[c as 'NAME']),
        ),
      );
    });
    if (!opts.noheadings) cells.unshift(columns);
    const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
    for (const row of cells) {
      const text = row.map((cell, i) => {
        if (opts.raw) return cell;
        if (RIGHT.has(columns[i]!))
          return columns[i] === 'MAJ:MIN' ? centred(cell, widths[i]!) : cell.padStart(widths[i]!);
        return i === row.length - 1 ? cell : cell.padEnd(widths[i]!);
      });
      yield* ctx.stdout.write(`${text.join(' ')}\n`);
    }
    return wanted.length > 0 && shown.length === 0 ? 32 : 0;
  },
});

/** Numbers of devices stand with their colons below each other. */
const centred = (cell: string, width: number): string =>
  (cell === 'MAJ:MIN' ? cell : cell.replace(/^(\d+)/, (n) => n.padStart(3))).padEnd(width);

function* attribute(ctx: Context, path: string): Wait<string> {
  const bytes = yield* readFile(ctx.sys, path);
  return typeof bytes === 'number' ? '' : decode(bytes).trim();
}

function* readDevices(ctx: Context, bytes: boolean, paths: boolean): Wait<Device[]> {
  const names = listDir(ctx.sys, '/sys/block');
  if (typeof names === 'number') return [];
  const mounts = yield* readMounts(ctx.sys);
  const out: Device[] = [];
  for (const name of names.sort()) {
    const dir = `/sys/block/${name}`;
    const size = Number(yield* attribute(ctx, `${dir}/size`)) * 512;
    if (size === 0 && name.startsWith('loop')) continue;
    const own = mounts.filter((m) => m.source === `/dev/${name}`);
    out.push({
      NAME: paths ? `/dev/${name}` : name,
      'MAJ:MIN': yield* attribute(ctx, `${dir}/dev`),
      RM: (yield* attribute(ctx, `${dir}/removable`)) || '0',
      SIZE: bytes ? String(size) : humanBytes(size),
      RO: (yield* attribute(ctx, `${dir}/ro`)) || '0',
      TYPE: name.startsWith('loop') ? 'loop' : 'disk',
      MOUNTPOINTS: own.map((m) => m.dir),
      FSTYPE: own[0]?.type ?? '',
    });
  }
  return out;
}

/** `40G`, `1.5G`: one digit after the point unless it is 0. */
function humanBytes(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1).replace(/\.0$/, '')}${'BKMGTP'[unit]}`;
}
