import { Stat } from '../../abi/stat.ts';
import { Glob } from '../../lib/glob.ts';
import { readZip, type ZipMember, zipContent } from '../../lib/zip.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { dirname, joinPath, mkdirp } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  list: { short: 'l', long: false, help: 'list files (short format)' },
  verboseList: { short: 'v', long: false, help: 'list verbosely' },
  test: { short: 't', long: false, help: 'test compressed archive data' },
  pipe: { short: 'p', long: false, help: 'extract files to pipe, no messages' },
  never: { short: 'n', long: false, help: 'never overwrite existing files' },
  overwrite: { short: 'o', long: false, help: 'overwrite files without prompting' },
  junk: { short: 'j', long: false, help: 'junk paths (do not make directories)' },
  quiet: { short: 'q', long: false, many: true, help: 'quiet mode (-qq: quieter)' },
  directory: { short: 'd', long: false, arg: 'exdir', help: 'extract files into exdir' },
  names: { short: 'Z', long: false, busybox: false, help: 'print only the names' },
  one: { short: '1', long: false, busybox: false, help: 'with -Z: one name a line' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'unzip',
  at: ['/usr/bin/unzip'],
  spec: 'Info-ZIP UnZip 6.00: -l -v -t -p -n -o -j -q -d -x -Z1; no encryption, no ZIP64',
  usage: '[-lvtpnojq] file[.zip] [list] [-x xlist] [-d exdir]',
  about: 'List, test and extract files of a ZIP archive.',
  options,
  usageStatus: 10,
  rewrite: (argv) => {
    // what follows -x are names
    const at = argv.indexOf('-x');
    if (at < 0) return argv;
    const end = argv.findIndex((word, i) => i > at && word === '-d');
    const names = argv.slice(at + 1, end < 0 ? undefined : end);
    return [...argv.slice(0, at), ...(end < 0 ? [] : argv.slice(end)), ...names.map((name) => `\0${name}`)];
  },
  busybox: {
    at: '/usr/bin/unzip',
    long: [],
    usage: '[-lnojpq] FILE[.zip] [FILE]... [-x FILE]... [-d DIR]',
    help: 'Extract FILEs from ZIP archive\n\n\t-l\tList contents (with -q for short form)\n\t-n\tNever overwrite files (default: ask)\n\t-o\tOverwrite\n\t-j\tDo not restore paths\n\t-p\tWrite to stdout\n\t-t\tTest\n\t-q\tQuiet\n\t-x FILE\tExclude FILEs\n\t-d DIR\tExtract into DIR\n',
  },
  *main(ctx) {
    const { args, opts, form } = ctx;
    const file = args.shift();
    if (file === undefined) return yield* ctx.usage();
    const found = yield* openArchive(ctx, file);
    if (!found) {
      if (form === 'busybox') return yield* ctx.die(`can't open ${file}[.zip]`);
      yield* ctx.stderr.write(`unzip:  cannot find or open ${file}, ${file}.zip or ${file}.ZIP.\n`);
      return 9;
    }
    const [name, bytes] = found;
    const members = readZip(bytes);
    if (!members) {
      if (form === 'busybox') return yield* ctx.die('short read');
      yield* ctx.stdout.write(`Archive:  ${name}\n`);
      yield* ctx.stderr.write(
        `  End-of-central-directory signature not found.  Either this file is not\n  a zipfile, or it constitutes one disk of a multi-part archive.\nunzip:  cannot find zipfile directory in ${name}.\n`,
      );
      return 9;
    }
    const wanted = args.filter((word) => !word.startsWith('\0')).map((word) => new Glob(word));
    const unwanted = args.filter((word) => word.startsWith('\0')).map((word) => new Glob(word.slice(1)));
    const chosen = members.filter(
      (m) => (wanted.length === 0 || wanted.some((g) => g.match(m.name))) && !unwanted.some((g) => g.match(m.name)),
    );
    if (opts.names) {
      for (const member of chosen) yield* ctx.stdout.write(`${member.name}\n`);
      return 0;
    }
    if (opts.quiet === 0 && !opts.pipe) yield* ctx.stdout.write(`Archive:  ${name}\n`);
    if (opts.list || opts.verboseList) return yield* list(ctx, chosen);
    let status = 0;
    for (const member of chosen) {
      status = Math.max(status, yield* one(ctx, bytes, member));
      if (ctx.sys.tick()) yield;
    }
    for (const word of args.filter((w) => !w.startsWith('\0')))
      if (form === 'gnu' && !members.some((m) => new Glob(word).match(m.name))) {
        yield* ctx.stderr.write(`caution: filename not matched:  ${word}\n`);
        status = 11;
      }
    if (opts.test && status === 0 && form === 'gnu')
      yield* ctx.stdout.write(`No errors detected in compressed data of ${name}.\n`);
    return status;
  },
});

function* openArchive(ctx: Ctx, file: string): Wait<[string, Uint8Array] | undefined> {
  for (const name of [file, `${file}.zip`, `${file}.ZIP`]) {
    const bytes = yield* readFile(ctx.sys, name);
    if (typeof bytes !== 'number') return [name, bytes];
  }
  return undefined;
}

const two = (n: number): string => String(n).padStart(2, '0');

function* list(ctx: Ctx, members: readonly ZipMember[]): Wait<number> {
  const { opts, stdout } = ctx;
  const bare = opts.quiet > 0;
  if (!bare) yield* stdout.write('  Length      Date    Time    Name\n---------  ---------- -----   ----\n');
  let total = 0;
  for (const { name, size, time } of members) {
    total += size;
    const date =
      ctx.form === 'gnu'
        ? `${time.year}-${two(time.month)}-${two(time.day)}`
        : `${two(time.month)}-${two(time.day)}-${time.year}`;
    yield* stdout.write(`${String(size).padStart(9)}  ${date} ${two(time.hour)}:${two(time.minute)}   ${name}\n`);
  }
  if (!bare)
    yield* stdout.write(
      `---------                     -------\n${String(total).padStart(9)}                     ${members.length} file${members.length === 1 && ctx.form === 'gnu' ? '' : 's'}\n`,
    );
  return 0;
}

/** Extracts, tests or prints a member. @returns exit status */
function* one(ctx: Ctx, bytes: Uint8Array, member: ZipMember): Wait<number> {
  const { opts, sys, stdout, form } = ctx;
  const content = zipContent(bytes, member);
  if (!content) {
    yield* ctx.stderr.write(`${member.name}:  bad CRC or unsupported compression method ${member.method}\n`);
    return 3;
  }
  if (opts.pipe) {
    yield* stdout.write(content);
    return 0;
  }
  if (opts.test) {
    if (opts.quiet === 0) yield* stdout.write(`    testing: ${member.name.padEnd(22)}   OK\n`);
    return 0;
  }
  const safe = member.name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const isDirectory = member.name.endsWith('/');
  if (isDirectory && opts.junk) return 0;
  const relative = opts.junk ? safe.at(-1)! : safe.join('/');
  const path = opts.directory === undefined ? relative : joinPath(opts.directory, relative);
  const st = new Stat();
  if (isDirectory) {
    if (sys.stat(path, st) === 0) return 0;
    if (opts.quiet === 0) yield* stdout.write(`   creating: ${path}/\n`);
    mkdirp(sys, path, 0o777);
    return 0;
  }
  if (dirname(path) !== '.') mkdirp(sys, dirname(path), 0o777);
  if (sys.lstat(path, st) === 0) {
    if (opts.never) return 0;
    if (!opts.overwrite) {
      yield* stdout.write(
        form === 'gnu'
          ? `replace ${path}? [y]es, [n]o, [A]ll, [N]one, [r]ename: `
          : `${ctx.name}: replace ${path}? [y]es, [n]o, [A]ll, [N]one, [r]ename: `,
      );
      yield* stdout.flush();
      const answer = (yield* ctx.stdin.line()) ?? '';
      if (answer === '' && form === 'gnu')
        yield* ctx.stderr.write(' NULL\n(EOF or read error, treating as "[N]one" ...)\n');
      if (!/^[yA]/.test(answer)) return 0;
    }
  }
  if (opts.quiet === 0) {
    const verb = member.method === 0 && form === 'gnu' ? ' extracting' : '  inflating';
    yield* stdout.write(`${verb}: ${path}${form === 'gnu' ? '  ' : ''}\n`);
  }
  const r = yield* writeFile(sys, path, content, member.mode === 0 ? 0o666 : member.mode & 0o777);
  if (r < 0) {
    yield* ctx.stderr.write(`error:  cannot create ${path}\n        ${ctx.strerror(r)}\n`);
    return 50;
  }
  if (member.mode !== 0) sys.chmod(path, member.mode & 0o777);
  const { year, month, day, hour, minute, second } = member.time;
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  sys.utimens(path, seconds, 0, seconds, 0);
  return 0;
}
