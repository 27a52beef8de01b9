import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { unescapeOctal } from '../../libc/mount-table.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  list: { short: 'l', help: 'use list format output' },
  noheadings: { short: 'n', help: "don't print column headings" },
  output: { short: 'o', arg: 'list', help: 'output columns' },
  target: { short: 'T', arg: 'path', help: 'the path to the filesystem to use' },
  mountpoint: { short: 'M', arg: 'dir', help: 'the mountpoint directory' },
  source: { short: 'S', arg: 'string', help: 'the device to mount' },
  types: { short: 't', arg: 'list', help: 'limit the set of filesystems by FS types' },
  raw: { short: 'r', help: 'use raw output format' },
  firstOnly: { short: 'f', long: 'first-only', help: 'print the first found filesystem only' },
  json: { short: 'J', help: 'use JSON output format' },
  kernel: { short: 'k', help: 'search in kernel table of mounted filesystems (default)' },
  notruncate: { short: 'u', help: "don't truncate text in columns" },
} as const;
type Ctx = Context<typeof options>;

interface Mount {
  id: number;
  parent: number;
  TARGET: string;
  SOURCE: string;
  FSTYPE: string;
  OPTIONS: string;
  FSROOT: string;
  PROPAGATION: string;
  'MAJ:MIN': string;
}
const NAMES = ['TARGET', 'SOURCE', 'FSTYPE', 'OPTIONS', 'FSROOT', 'PROPAGATION', 'MAJ:MIN'] as const;

export default program({
  name: 'findmnt',
  at: ['/usr/bin/findmnt'],
  spec: 'util-linux 2.39 findmnt(8): the kernel table as tree, list, raw or JSON',
  version: 'from util-linux 2.39.3',
  usage:
    '[options]\n findmnt [options] <device> | <mountpoint>\n findmnt [options] <device> <mountpoint>\n findmnt [options] [--source <device>] [--target <path> | --mountpoint <dir>]',
  about: 'Find a (mounted) filesystem.',
  options,
  *main(ctx) {
    const { opts } = ctx;
    const columns = (opts.output ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').split(',').map((c) => c.trim().toUpperCase());
    for (const c of columns)
      if (!NAMES.includes(c as 'TARGET')) return yield* ctx.die(`unknown column: ${c.toLowerCase() === c ? c : c}`);
    const all = yield* mounts(ctx);
    let found = all;
    const filtered =
      ctx.args.length > 0 ||
      opts.target !== undefined ||
      opts.mountpoint !== undefined ||
      opts.source !== undefined ||
      opts.types !== undefined;
    if (opts.types !== undefined) found = found.filter((m) => opts.types!.split(',').includes(m.FSTYPE));
    if (opts.source !== undefined) found = found.filter((m) => m.SOURCE === opts.source);
    if (opts.mountpoint !== undefined) found = found.filter((m) => m.TARGET === opts.mountpoint).slice(-1);
    if (opts.target !== undefined) found = nearest(found, absolute(ctx, opts.target));
    const [a, b] = ctx.args;
    if (b !== undefined) found = found.filter((m) => m.SOURCE === a && m.TARGET === absolute(ctx, b));
    else if (a !== undefined) {
      const path = absolute(ctx, a);
      found = found.filter((m) => m.TARGET === path || m.SOURCE === a);
      if (found.some((m) => m.TARGET === path)) found = found.slice(-1);
    }
    if (opts.firstOnly) found = found.slice(0, 1);
    if (found.length === 0) return 1;
    yield* print(ctx, found, columns as (typeof NAMES)[number][], !filtered && !opts.list && !opts.raw);
    return 0;
  },
});

function absolute(ctx: Ctx, path: string): string {
  const cwd = ctx.sys.getcwd();
  const full = path.startsWith('/') ? path : `${typeof cwd === 'string' ? cwd : ''}/${path}`;
  return full.replace(/(.)\/+$/, '$1');
}

/** The mount that a path lies on. */
function nearest(all: readonly Mount[], path: string): Mount[] {
  let best: Mount | undefined;
  for (const m of all) {
    const inside = m.TARGET === '/' || path === m.TARGET || path.startsWith(`${m.TARGET}/`);
    if (inside && (!best || m.TARGET.length >= best.TARGET.length)) best = m;
  }
  return best ? [best] : [];
}

function* mounts(ctx: Ctx): Wait<Mount[]> {
  const bytes = yield* readFile(ctx.sys, '/proc/self/mountinfo');
  if (typeof bytes === 'number') return [];
  return decode(bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const f = before.split(' ').map(unescapeOctal);
      const [type = '', source = '', superOptions = ''] = after.split(' ').map(unescapeOctal);
      const own = f[5]!.split(',');
      const extra = superOptions.split(',').filter((o) => !own.includes(o) && o !== 'ro' && o !== 'rw');
      const shared = f.slice(6).join(' ');
      return {
        id: Number(f[0]),
        parent: Number(f[1]),
        TARGET: f[4]!,
        SOURCE: f[3] === '/' ? source : `${source}[${f[3]}]`,
        FSTYPE: type,
        OPTIONS: [...own, ...extra].join(','),
        FSROOT: f[3]!,
        PROPAGATION: shared.includes('shared:') ? 'shared' : shared.includes('master:') ? 'private,slave' : 'private',
        'MAJ:MIN': f[2]!,
      };
    });
}

function* print(
  ctx: Ctx,
  found: readonly Mount[],
  columns: readonly (typeof NAMES)[number][],
  tree: boolean,
): Wait<void> {
  const { opts, stdout } = ctx;
  const rows: { m: Mount; target: string }[] = [];
  if (!tree) rows.push(...found.map((m) => ({ m, target: m.TARGET })));
  else {
    const ids = new Set(found.map((m) => m.id));
    const add = (m: Mount, indent: string, branch: string): void => {
      rows.push({ m, target: indent + branch + m.TARGET });
      const children = found.filter((c) => c.parent === m.id && c.id !== m.id);
      const below = branch === '' ? indent : indent + (branch.startsWith('├') ? '│ ' : '  ');
      children.forEach((c, i) => {
        add(c, below, i === children.length - 1 ? '└─' : '├─');
      });
    };
    for (const m of found) if (!ids.has(m.parent) || m.parent === m.id) add(m, '', '');
  }
  if (opts.json) {
    const list = rows.map(
      ({ m }) =>
        `      {\n${columns.map((c) => `         "${c.toLowerCase()}": ${JSON.stringify(m[c])}`).join(',\n')}\n      }`,
    );
    yield* stdout.write(`{\n   "filesystems": [\n${list.join(',\n')}\n   ]\n}\n`);
    return;
  }
  const cells = rows.map(({ m, target }) => columns.map((c) => (c === 'TARGET' ? target : m[c])));
  if (!opts.noheadings) cells.unshift([...columns]);
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  for (const row of cells) {
    const line = opts.raw
      ? row.join(' ')
      : row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join(' ');
    yield* stdout.write(`${line}\n`);
  }
}
