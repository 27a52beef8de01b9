import { CLOCK_REALTIME, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { SIG_IGN, SIGPIPE } from '../../abi/signal.ts';
import { Stat } from '../../abi/stat.ts';
import { decode } from '../../lib/utf8.ts';
import { parseDate } from '../../libc/date-parse.ts';
import { open, readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { waitFor } from '../../libc/shell-command.ts';
import { Input } from '../../libc/stdio.ts';
import { ArchiveOutput, NameFilter } from '../tar/archive.ts';
import {
  busyboxCodec,
  packerByMagic,
  packerBySuffix,
  packerOf,
  startPacker,
  startUnpacker,
} from '../tar/compression.ts';
import { Creator } from '../tar/create.ts';
import { type ArchiveInput, CodecInput, GzipInput, PlainInput } from '../tar/input.ts';
import { Listing } from '../tar/listing.ts';
import { compare, concatenate, newestOf, openForAppend, remove } from '../tar/modify.ts';
import { CHDIR, oldStyle, placeDirectories, TAR_OPTIONS } from '../tar/options.ts';
import { Extractor } from '../tar/read.ts';

type Ctx = Context<typeof TAR_OPTIONS>;

const hint = (name: string): string => `Try '${name} --help' or '${name} --usage' for more information.\n`;

export default program({
  name: 'tar',
  at: ['/usr/bin/tar', '/bin/tar'],
  spec: 'GNU tar 1.35 and busybox tar; without incremental and multi-volume archives, labels, sparse files and extended attributes; gzip is built in, other packers are the programs of these names',
  version: '(GNU tar) 1.35',
  usage: '[OPTION...] [FILE]...',
  about: 'Save many files together into a single archive, and restore them from it.',
  options: TAR_OPTIONS,
  usageStatus: 64,
  rewrite: (argv) => placeDirectories(oldStyle(argv)),
  hint,
  busybox: {
    at: '/bin/tar',
    long: [
      'create',
      'extract',
      'list',
      'file',
      'directory',
      'verbose',
      'gzip',
      'auto-compress',
      'bzip2',
      'xz',
      'lzma',
      'to-command',
      'exclude',
      'exclude-from',
      'files-from',
      'to-stdout',
      'touch',
      'no-same-owner',
      'overwrite',
      'dereference',
      'strip-components',
      'no-recursion',
      'numeric-owner',
      'no-same-permissions',
    ],
    usage: 'c|x|t [-ZzJjahmvokO] [-f TARFILE] [-C DIR] [FILE]...',
    help: "Create, extract, or list files from a tar file\n\n\tc\tCreate\n\tx\tExtract\n\tt\tList\n\t-f FILE\tName of TARFILE ('-' for stdin/out)\n\t-C DIR\tChange to DIR before operation\n\t-v\tVerbose\n\t-O\tExtract to stdout\n\t-m\tDon't restore mtime\n\t-o\tDon't restore user:group\n\t-k\tDon't replace existing files\n\t-Z\t(De)compress using compress\n\t-z\t(De)compress using gzip\n\t-J\t(De)compress using xz\n\t-j\t(De)compress using bzip2\n\t--lzma\t(De)compress using lzma\n\t-a\t(De)compress based on extension\n\t-h\tFollow symlinks\n\t--overwrite\t\tReplace existing files\n\t--strip-components NUM\tNUM of leading components to strip\n\t--no-recursion\t\tDon't descend in directories\n\t--numeric-owner\t\tUse numeric user:group\n\t--no-same-permissions\tDon't restore access permissions\n\t--to-command COMMAND\tPipe files to COMMAND\n",
  },
  *main(ctx) {
    const { opts } = ctx;
    if (opts.showDefaults) {
      yield* ctx.stdout.write(
        '--format=gnu -f- -b20 --quoting-style=escape --rmt-command=/usr/sbin/rmt --rsh-command=/usr/bin/rsh\n',
      );
      return 0;
    }
    const { create: c, extract: x, get, list: t, append: r, update: u, diff: d, compare: same, concatenate: A } = opts;
    const modes = [c, x || get, t, r, u, d || same, A || opts.catenate, opts.delete].filter(Boolean).length;
    if (modes === 0)
      return yield* misused(ctx, "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
    if (modes > 1 && ctx.form === 'gnu')
      return yield* misused(ctx, "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option");
    const packer = packerOf(opts);
    if (packer === 'conflict') return yield* misused(ctx, 'Conflicting compression options');
    if (c || r || u) return yield* create(ctx, packer);
    if (x || get || t) return yield* extract(ctx, packer);
    const file = opts.file ?? '-';
    if (packer !== undefined && (opts.delete || A || opts.catenate)) return yield* packedUpdate(ctx);
    if (d || same) return yield* compare(ctx, file, yield* namesOf(ctx));
    if (A || opts.catenate) return yield* concatenate(ctx, file, yield* namesOf(ctx));
    return yield* remove(ctx, file, yield* namesOf(ctx), new NameFilter([], []));
  },
});

/** The operands, after the changes of directory among them were made. */
function* namesOf(ctx: Ctx): Wait<string[]> {
  for (const arg of ctx.args) if (arg.startsWith(CHDIR)) yield* chdir(ctx, arg.slice(1));
  return ctx.args.filter((arg) => !arg.startsWith(CHDIR));
}

function* packedUpdate(ctx: Ctx): Wait<number> {
  return yield* misused(ctx, 'Cannot update compressed archives');
}

function* misused(ctx: Ctx, message: string): Wait<number> {
  if (ctx.form === 'busybox') return yield* ctx.usage();
  yield* ctx.warn(message);
  yield* ctx.stderr.write(hint(ctx.name));
  return 2;
}

function* patterns(ctx: Ctx): Wait<string[]> {
  const out = [...ctx.opts.exclude];
  for (const file of ctx.opts.excludeFrom) out.push(...(yield* lines(ctx, file)));
  return out;
}

function* lines(ctx: Ctx, file: string): Wait<string[]> {
  const bytes = file === '-' ? undefined : yield* readFile(ctx.sys, file);
  if (typeof bytes === 'number')
    return yield* fatal(
      ctx,
      `${file}: Cannot open: ${ctx.strerror(bytes)}`,
      `can't open '${file}': ${ctx.strerror(bytes)}`,
    );
  const text = bytes === undefined ? yield* ctx.stdin.text() : decode(bytes);
  return text.split(ctx.opts.null ? '\0' : '\n').filter((line) => line !== '');
}

function* fatal(ctx: Ctx, gnu: string, busybox: string): Wait<never> {
  if (ctx.form === 'busybox') return yield* ctx.die(busybox);
  yield* ctx.warn(gnu);
  return yield* ctx.die('Error is not recoverable: exiting now', 2);
}

function* chdir(ctx: Ctx, dir: string): Wait<void> {
  const r = ctx.sys.chdir(dir);
  if (r < 0)
    yield* fatal(
      ctx,
      `${dir}: Cannot open: ${ctx.strerror(r)}`,
      `can't change directory to '${dir}': ${ctx.strerror(r)}`,
    );
}

function* create(ctx: Ctx, asked: string | undefined): Wait<number> {
  const { opts, sys } = ctx;
  const update = opts.append || opts.update;
  const names = [...ctx.args];
  for (const file of opts.filesFrom) names.push(...(yield* lines(ctx, file)));
  if (names.length === 0 && opts.filesFrom.length === 0 && !update) {
    if (ctx.form === 'busybox') return yield* ctx.die('empty archive');
    return yield* misused(ctx, 'Cowardly refusing to create an empty archive');
  }
  const file = opts.file ?? '-';
  if (update && asked !== undefined) return yield* packedUpdate(ctx);
  if (file === '-' && sys.isatty(1) && ctx.form === 'gnu')
    return yield* fatal(ctx, 'Refusing to write archive contents to terminal (missing -f option?)', '');
  let fd = file === '-' ? 1 : -1;
  let newest: Map<string, number> | undefined;
  let before = 0;
  if (update && file !== '-') {
    const opened = yield* openForAppend(ctx, file);
    fd = typeof opened === 'number' ? opened : opened.fd;
    if (typeof opened !== 'number') {
      before = opened.held.end;
      if (opts.update) newest = newestOf(opened.held);
    }
  } else if (file !== '-') fd = yield* open(sys, file, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
  if (fd < 0)
    return yield* fatal(ctx, `${file}: Cannot open: ${ctx.strerror(fd)}`, `can't open '${file}': ${ctx.strerror(fd)}`);
  const packer = asked ?? (opts.autoCompress && !opts.noAutoCompress ? packerBySuffix(file) : undefined);
  const child = packer === undefined || packer === 'gzip' ? undefined : yield* startPacker(ctx, packer, fd);
  if (typeof child === 'number')
    return yield* fatal(ctx, `${packer}: ${ctx.strerror(child)}`, `can't execute '${packer}': ${ctx.strerror(child)}`);
  const out = new ArchiveOutput(sys, child?.[0] ?? fd, fd, packer === 'gzip');
  out.total = before;
  const filter = new NameFilter(yield* patterns(ctx), opts.transform === undefined ? [] : [opts.transform]);
  const creator = new Creator(ctx, out, filter, new Listing(ctx.form === 'busybox', opts.numericOwner, opts.fullTime));
  if (newest) creator.newest = newest;
  if (opts.newer !== undefined) creator.since = yield* newerThan(ctx, opts.newer);
  for (const dir of opts.directory) yield* chdir(ctx, dir);
  for (const name of names)
    if (name.startsWith(CHDIR)) yield* chdir(ctx, name.slice(1));
    else yield* creator.add(name);
  if (child) sys.sigaction(SIGPIPE, SIG_IGN);
  yield* creator.finish();
  if (child) {
    sys.close(child[0]);
    const status = yield* waitFor(sys, child[1]);
    if (status !== 0) {
      if (ctx.form === 'busybox') return 1;
      yield* ctx.warn(status > 255 ? `Child died with signal ${status - 256}` : `Child returned status ${status}`);
      return yield* ctx.die('Error is not recoverable: exiting now', 2);
    }
  }
  if (out.error !== 0)
    return yield* fatal(
      ctx,
      `${file}: Cannot write: ${ctx.strerror(out.error)}`,
      `write error: ${ctx.strerror(out.error)}`,
    );
  if (!creator.failed) return 0;
  yield* ctx.warn(
    ctx.form === 'gnu'
      ? 'Exiting with failure status due to previous errors'
      : 'error exit delayed from previous errors',
  );
  return ctx.form === 'gnu' ? 2 : 1;
}

/** The time of -N: of a file, or as a date. */
function* newerThan(ctx: Ctx, text: string): Wait<number> {
  const st = new Stat();
  if (/^[/.]/.test(text)) {
    const r = ctx.sys.stat(text, st);
    return r < 0 ? yield* fatal(ctx, `${text}: Cannot stat: ${ctx.strerror(r)}`, '') : st.mtimeSec;
  }
  const date = parseDate(text, Math.floor(ctx.sys.now(CLOCK_REALTIME) / 1000));
  return date?.sec ?? (yield* fatal(ctx, `Unknown date format ${text}`, ''));
}

function* extract(ctx: Ctx, asked: string | undefined): Wait<number> {
  const { opts, sys } = ctx;
  const file = opts.file ?? '-';
  if (file === '-' && sys.isatty(0) && ctx.form === 'gnu')
    return yield* fatal(ctx, 'Refusing to read archive contents from terminal (missing -f option?)', '');
  const fd = file === '-' ? 0 : yield* open(sys, file, O_RDONLY);
  if (fd < 0)
    return yield* fatal(ctx, `${file}: Cannot open: ${ctx.strerror(fd)}`, `can't open '${file}': ${ctx.strerror(fd)}`);
  const names = ctx.args.filter((arg) => !arg.startsWith(CHDIR));
  for (const from of opts.filesFrom) names.push(...(yield* lines(ctx, from)));
  const filter = new NameFilter(yield* patterns(ctx), opts.transform === undefined ? [] : [opts.transform]);
  const [input, child] = yield* openArchive(ctx, fd, file, asked);
  for (const dir of [...opts.directory, ...ctx.args.filter((arg) => arg.startsWith(CHDIR)).map((arg) => arg.slice(1))])
    yield* chdir(ctx, dir);
  const extractor = new Extractor(
    ctx,
    opts.list ? 'list' : 'extract',
    names,
    filter,
    new Listing(ctx.form === 'busybox', opts.numericOwner, opts.fullTime),
  );
  return yield* extractor.run(input, child);
}

/** The archive's bytes, through what unpacks them. @returns and the pid of the program that does */
function* openArchive(
  ctx: Ctx,
  fd: number,
  file: string,
  asked: string | undefined,
): Wait<[ArchiveInput, number | undefined]> {
  const { sys } = ctx;
  const input = fd === 0 ? ctx.stdin : new Input(sys, fd);
  let packer = asked;
  if (packer === undefined || packer === 'gzip') {
    const first = (yield* input.chunk()) ?? new Uint8Array(0);
    const found = packerByMagic(first);
    input.putBack(first.length);
    if (ctx.form === 'gnu' && asked === undefined && found && file === '-') {
      yield* ctx.warn(`Archive is compressed. Use ${found.option} option`);
      yield* ctx.die('Error is not recoverable: exiting now', 2);
    }
    packer = asked ?? found?.command;
  }
  if (packer === undefined) return [new PlainInput(input), undefined];
  if (packer === 'gzip') return [new GzipInput(input), undefined];
  const codec = ctx.form === 'busybox' ? busyboxCodec(packer) : undefined;
  if (codec) return [new CodecInput(input, codec), undefined];
  if (asked === undefined) sys.lseek(fd, 0, 0);
  const started = yield* startUnpacker(ctx, packer, fd);
  if (typeof started === 'number') {
    const child = file === '-' ? 'grandchild' : 'child';
    yield* ctx.stderr.write(
      `tar (${child}): ${packer}: Cannot exec: ${ctx.strerror(started)}\ntar (${child}): Error is not recoverable: exiting now\n`,
    );
    yield* ctx.warn('Child returned status 2');
    return yield* ctx.die('Error is not recoverable: exiting now', 2);
  }
  return [new PlainInput(new Input(sys, started[0])), started[1]];
}
