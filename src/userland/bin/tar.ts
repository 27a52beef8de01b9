import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { decode } from '../../lib/utf8.ts';
import { open, readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { Input } from '../../libc/stdio.ts';
import { ArchiveOutput, NameFilter } from '../tar/archive.ts';
import { Creator } from '../tar/create.ts';
import { Listing } from '../tar/listing.ts';
import { oldStyle, TAR_OPTIONS } from '../tar/options.ts';
import { Extractor } from '../tar/read.ts';

type Ctx = Context<typeof TAR_OPTIONS>;

const hint = (name: string): string => `Try '${name} --help' or '${name} --usage' for more information.\n`;

export default program({
  name: 'tar',
  at: ['/usr/bin/tar', '/bin/tar'],
  spec: 'GNU tar 1.35 and busybox tar; gzip only, without -A, -d, -u, --delete, incremental and multi-volume archives',
  version: '(GNU tar) 1.35',
  usage: '[OPTION...] [FILE]...',
  about: 'Save many files together into a single archive, and restore them from it.',
  options: TAR_OPTIONS,
  usageStatus: 64,
  rewrite: (argv) => oldStyle(argv),
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
    const modes = [opts.create, opts.extract || opts.get, opts.list, opts.append, opts.update].filter(Boolean).length;
    if (modes === 0)
      return yield* misused(ctx, "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
    if (modes > 1 && ctx.form === 'gnu')
      return yield* misused(ctx, "You may not specify more than one '-Acdtrux', '--delete' or '--test-label' option");
    if (opts.append || opts.update) return yield* ctx.die('appending is not simulated', 2);
    return opts.create ? yield* create(ctx) : yield* extract(ctx);
  },
});

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
  return text.split('\n').filter((line) => line !== '');
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

function* create(ctx: Ctx): Wait<number> {
  const { opts, sys } = ctx;
  const names = [...ctx.args];
  for (const file of opts.filesFrom) names.push(...(yield* lines(ctx, file)));
  if (names.length === 0 && opts.filesFrom.length === 0) {
    if (ctx.form === 'busybox') return yield* ctx.die('empty archive');
    return yield* misused(ctx, 'Cowardly refusing to create an empty archive');
  }
  const file = opts.file ?? '-';
  if (opts.bzip2 || opts.xz) return yield* ctx.die('this compression is not simulated', 2);
  if (file === '-' && sys.isatty(1) && ctx.form === 'gnu')
    return yield* fatal(ctx, 'Refusing to write archive contents to terminal (missing -f option?)', '');
  const fd = file === '-' ? 1 : yield* open(sys, file, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
  if (fd < 0)
    return yield* fatal(ctx, `${file}: Cannot open: ${ctx.strerror(fd)}`, `can't open '${file}': ${ctx.strerror(fd)}`);
  const compress = opts.gzip || opts.gunzip || (opts.autoCompress && /\.(?:t?gz|taz)$/.test(file));
  const out = new ArchiveOutput(sys, fd, compress);
  const filter = new NameFilter(yield* patterns(ctx), opts.transform === undefined ? [] : [opts.transform]);
  const creator = new Creator(ctx, out, filter, new Listing(ctx.form === 'busybox', opts.numericOwner));
  // every -C takes effect where it stands; the parser keeps only their order, so all come before the names
  for (const dir of opts.directory) yield* chdir(ctx, dir);
  for (const name of names) yield* creator.add(name);
  yield* creator.finish();
  if (out.error !== 0)
    return yield* fatal(ctx, `${file}: Wrote only 0 of 10240 bytes`, `write error: ${ctx.strerror(out.error)}`);
  if (!creator.failed) return 0;
  yield* ctx.warn(
    ctx.form === 'gnu'
      ? 'Exiting with failure status due to previous errors'
      : 'error exit delayed from previous errors',
  );
  return ctx.form === 'gnu' ? 2 : 1;
}

function* extract(ctx: Ctx): Wait<number> {
  const { opts, sys } = ctx;
  const file = opts.file ?? '-';
  if (file === '-' && sys.isatty(0) && ctx.form === 'gnu')
    return yield* fatal(ctx, 'Refusing to read archive contents from terminal (missing -f option?)', '');
  const fd = file === '-' ? 0 : yield* open(sys, file, O_RDONLY);
  if (fd < 0)
    return yield* fatal(ctx, `${file}: Cannot open: ${ctx.strerror(fd)}`, `can't open '${file}': ${ctx.strerror(fd)}`);
  const names = [...ctx.args];
  for (const from of opts.filesFrom) names.push(...(yield* lines(ctx, from)));
  const filter = new NameFilter(yield* patterns(ctx), opts.transform === undefined ? [] : [opts.transform]);
  for (const dir of opts.directory) yield* chdir(ctx, dir);
  const extractor = new Extractor(
    ctx,
    opts.list ? 'list' : 'extract',
    names,
    filter,
    new Listing(ctx.form === 'busybox', opts.numericOwner),
  );
  return yield* extractor.run(fd === 0 ? ctx.stdin : new Input(sys, fd));
}
