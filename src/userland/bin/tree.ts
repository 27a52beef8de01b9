import { isDirectory, isFifo, isRegular, isSocket, isSymlink, Stat } from '../../abi/stat.ts';
import { matchGlob } from '../../lib/glob.ts';
import { busyboxHuman } from '../../libc/human.ts';
import type { Wait } from '../../libc/io.ts';
import { modeString } from '../../libc/mode.ts';
import { joinPath, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  all: { short: 'a', long: false, help: 'All files are listed.' },
  directories: { short: 'd', long: false, help: 'List directories only.' },
  full: { short: 'f', long: false, help: 'Print the full path prefix for each file.' },
  level: { short: 'L', long: false, arg: 'level', help: 'Descend only level directories deep.' },
  pattern: {
    short: 'P',
    long: false,
    arg: 'pattern',
    many: true,
    help: 'List only those files that match the pattern given.',
  },
  ignore: {
    short: 'I',
    long: false,
    arg: 'pattern',
    many: true,
    help: 'Do not list files that match the given pattern.',
  },
  size: { short: 's', long: false, help: 'Print the size in bytes of each file.' },
  human: { short: 'h', long: false, help: 'Print the size in a more human readable way.' },
  perms: { short: 'p', long: false, help: 'Print the protections for each file.' },
  classify: { short: 'F', long: false, help: "Appends '/', '=', '*', '@', '|' or '>' as per ls -F." },
  noIndent: { short: 'i', long: false, help: "Don't print indentation lines." },
  reverse: { short: 'r', long: false, help: 'Reverse the order of the sort.' },
  byTime: { short: 't', long: false, help: 'Sort files by last modification time.' },
  noColor: { short: 'n', long: false, help: 'Turn colorization off always.' },
  color: { short: 'C', long: false, help: 'Turn colorization on always.' },
  dirsfirst: { help: 'List directories before files.' },
  noreport: { help: 'Turn off file/directory count at end of tree listing.' },
  charset: { arg: 'X', help: 'Use charset X for terminal/HTML and indentation line output.' },
} as const;
type Ctx = Context<typeof options>;

interface Tally {
  directories: number;
  files: number;
}

export default program({
  name: 'tree',
  at: ['/usr/bin/tree'],
  spec: 'tree 2.1 tree(1): the text form',
  version: 'v2.1.1 © 1996 - 2023 by Steve Baker, Thomas Moore, Francesc Rocher, Florian Sesser, Kyosuke Tokoro',
  usage: '[-acdfghilnpqrstuvxACDFJQNSUX] [-L level [-R]] [directory ...]',
  about: 'List contents of directories in a tree-like format.',
  options,
  busybox: { at: '/usr/bin/tree', usage: '[DIR]...', help: 'Recursively list DIRs as a tree\n' },
  *main(ctx) {
    const { opts } = ctx;
    const tally: Tally = { directories: 0, files: 0 };
    const utf8 =
      ctx.form === 'busybox' ||
      /utf-?8/i.test(opts.charset ?? ctx.env.get('LC_ALL') ?? ctx.env.get('LC_CTYPE') ?? ctx.env.get('LANG') ?? '');
    const draw = utf8 ? ['│\u00a0\u00a0 ', '    ', '├── ', '└── '] : ['|   ', '    ', '|-- ', '`-- '];
    let status = 0;
    for (const dir of ctx.args.length === 0 ? ['.'] : ctx.args) {
      const names = listDir(ctx.sys, dir);
      if (typeof names === 'number') {
        yield* ctx.stdout.write(`${dir}  [error opening dir]\n`);
        status = 2;
        continue;
      }
      yield* ctx.stdout.write(`${dir}${opts.classify && !dir.endsWith('/') ? '/' : ''}\n`);
      if (ctx.form === 'gnu') tally.directories++;
      yield* walk(ctx, dir, '', 1, draw, tally);
    }
    if (!opts.noreport) {
      const dirs = `${tally.directories} director${tally.directories === 1 ? 'y' : 'ies'}`;
      const files = opts.directories ? '' : `, ${tally.files} file${tally.files === 1 ? '' : 's'}`;
      yield* ctx.stdout.write(`\n${dirs}${files}\n`);
    }
    return status;
  },
});

function* walk(
  ctx: Ctx,
  dir: string,
  indent: string,
  depth: number,
  draw: readonly string[],
  tally: Tally,
): Wait<void> {
  const { opts, sys } = ctx;
  const found = listDir(sys, dir);
  if (typeof found === 'number') return;
  const entries: { name: string; st: Stat; target: Stat }[] = [];
  for (const name of found) {
    if (!opts.all && ctx.form === 'gnu' && name.startsWith('.')) continue;
    const [st, target] = [new Stat(), new Stat()];
    if (sys.lstat(joinPath(dir, name), st) < 0) continue;
    if (sys.stat(joinPath(dir, name), target) < 0) target.mode = 0;
    if (opts.directories && !isDirectory(target.mode)) continue;
    if (opts.ignore.some((pattern) => globMatch(pattern, name))) continue;
    if (opts.pattern.length > 0 && !isDirectory(st.mode) && !opts.pattern.some((pattern) => globMatch(pattern, name)))
      continue;
    entries.push({ name, st, target });
  }
  entries.sort((x, y) => {
    if (opts.dirsfirst && isDirectory(x.st.mode) !== isDirectory(y.st.mode)) return isDirectory(x.st.mode) ? -1 : 1;
    const order = opts.byTime ? x.st.mtimeSec - y.st.mtimeSec : x.name < y.name ? -1 : 1;
    return opts.reverse ? -order : order;
  });
  for (const [i, { name, st, target }] of entries.entries()) {
    const last = i === entries.length - 1;
    const path = joinPath(dir, name);
    const link = isSymlink(st.mode) ? sys.readlink(path) : undefined;
    const notes = [
      ...(opts.perms ? [modeString(st.mode)] : []),
      ...(opts.human
        ? [busyboxHuman(st.size).replace('.0', '').padStart(4)]
        : opts.size
          ? [String(st.size).padStart(11)]
          : []),
    ];
    const shown = `${notes.length > 0 ? `[${notes.join(' ')}]  ` : ''}${opts.full ? path : name}`;
    const mark = opts.classify ? suffix(st.mode) : '';
    const lead = opts.noIndent ? '' : indent + draw[last ? 3 : 2]!;
    yield* ctx.stdout.write(`${lead}${shown}${mark}${typeof link === 'string' ? ` -> ${link}` : ''}\n`);
    if (isDirectory(target.mode)) tally.directories++;
    else tally.files++;
    if (isDirectory(st.mode) && depth < Number(opts.level ?? Number.POSITIVE_INFINITY))
      yield* walk(ctx, path, indent + draw[last ? 1 : 0]!, depth + 1, draw, tally);
    if (sys.tick()) yield;
  }
}

function suffix(mode: number): string {
  if (isRegular(mode)) return mode & 0o111 ? '*' : '';
  if (isDirectory(mode)) return '/';
  return isFifo(mode) ? '|' : isSocket(mode) ? '=' : '';
}

/** tree's patterns: alternatives parted by `|`. */
const globMatch = (pattern: string, name: string): boolean => pattern.split('|').some((part) => matchGlob(part, name));
