import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { isDirectory, isRegular, Stat } from '../../abi/stat.ts';
import { type Bunzip2Error, bunzip2 } from '../../lib/bzip2.ts';
import { bzip2 } from '../../lib/bzip2-encode.ts';
import { open, type Wait } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { busyboxPack } from '../compress/busybox.ts';
import { type Pumped, pump } from '../compress/pump.ts';
import { likeOriginal } from '../compress/replace.ts';

const UNPACK_HELP = {
  usage: '[-cfk] [FILE]...',
  help: 'Decompress FILEs (or stdin)\n\n\t-c\tWrite to stdout\n\t-f\tForce\n\t-k\tKeep input files\n\t-t\tTest integrity\n',
};

export default program({
  name: 'bzip2',
  at: ['/usr/bin/bzip2', '/usr/bin/bunzip2', '/usr/bin/bzcat'],
  spec: 'bzip2 1.0.8 bzip2(1) and the applets of busybox; without bzip2recover; -s changes nothing',
  usage: '[flags and input files in any order]',
  about: 'a block-sorting file compressor',
  options: {},
  raw: true,
  busybox: {
    at: '/usr/bin/bzip2',
    usage: '[-cfkdt123456789] [FILE]...',
    help: 'Compress FILEs (or stdin) with bzip2 algorithm\n\n\t-1..9\tCompression level\n\t-d\tDecompress\n\t-c\tWrite to stdout\n\t-f\tForce\n\t-k\tKeep input files\n\t-t\tTest integrity\n',
    called: { bunzip2: UNPACK_HELP, bzcat: { usage: '[FILE]...', help: 'Decompress to stdout\n' } },
  },
  *main(ctx) {
    const how = yield* parse(ctx);
    if (typeof how === 'number') return how;
    if (ctx.form === 'busybox') {
      ctx.args = how.names;
      return yield* busyboxPack(ctx, {
        ...how,
        unpack: how.mode !== 'pack',
        test: how.mode === 'test',
        verbose: how.verbose > 0,
        suffix: '.bz2',
        codec: () => (how.mode === 'pack' ? bzip2(how.level) : bunzip2()),
        words: (done) => (done.wrong === undefined ? undefined : BUSYBOX[done.wrong]),
      });
    }
    let status = 0;
    for (const name of how.names.length === 0 ? ['-'] : how.names)
      status = Math.max(status, yield* one(ctx, how, name, how.names.length === 0));
    return status;
  },
});

const BUSYBOX: Readonly<Record<Bunzip2Error, string | undefined>> = {
  'not-bzip2': 'invalid magic',
  data: 'bunzip error -5',
  crc: 'CRC error',
  truncated: 'bunzip error -3',
  trailing: undefined,
};

interface How {
  mode: 'pack' | 'unpack' | 'test';
  stdout: boolean;
  keep: boolean;
  force: boolean;
  quiet: boolean;
  verbose: number;
  level: number;
  names: string[];
}

const LONG: Readonly<Record<string, string>> = {
  '--stdout': 'c',
  '--decompress': 'd',
  '--compress': 'z',
  '--force': 'f',
  '--test': 't',
  '--keep': 'k',
  '--small': 's',
  '--quiet': 'q',
  '--version': 'V',
  '--license': 'L',
  '--exponential': '9',
  '--repetitive-best': '9',
  '--repetitive-fast': '9',
  '--fast': '1',
  '--best': '9',
  '--help': 'h',
  '--verbose': 'v',
};

/** Flags stand among the names in any order. @returns a status where that is all */
function* parse(ctx: Context): Wait<How | number> {
  const called = basename(ctx.sys.argv[0] ?? 'bzip2');
  const how: How = {
    mode: /unzip|UNZIP|z2?cat|ZCAT/.test(called) ? 'unpack' : 'pack',
    stdout: /z2?cat|ZCAT/.test(called),
    keep: false,
    force: false,
    quiet: false,
    verbose: 0,
    level: 9,
    names: [],
  };
  const own = ctx.form === 'gnu' ? `${ctx.env.get('BZIP2') ?? ''} ${ctx.env.get('BZIP') ?? ''}`.split(/\s+/) : [];
  let flags = true;
  for (const arg of [...own.filter((word) => word !== ''), ...ctx.args]) {
    if (flags && arg === '--') flags = false;
    else if (!flags || !arg.startsWith('-') || (arg === '-' && ctx.form === 'busybox')) how.names.push(arg);
    else {
      const letters = arg.startsWith('--') ? LONG[arg] : arg.slice(1);
      if (letters === undefined) return yield* badFlag(ctx, arg);
      for (const letter of letters) {
        if (letter === 'h') {
          yield* ctx.stderr.write(help(ctx.name));
          return 0;
        }
        if (letter === 'L' || letter === 'V') {
          yield* ctx.stderr.write(`${VERSION}\n   \n   ${LICENCE.join('\n   ')}\n   \n`);
          return 0;
        }
        if (!flag(how, letter)) return yield* badFlag(ctx, arg, letter);
      }
    }
  }
  return how;
}

function flag(how: How, letter: string): boolean {
  if (/[1-9]/.test(letter)) how.level = Number(letter);
  else if (letter === 'c') how.stdout = true;
  else if (letter === 'd') how.mode = 'unpack';
  else if (letter === 'z') how.mode = 'pack';
  else if (letter === 't') how.mode = 'test';
  else if (letter === 'k') how.keep = true;
  else if (letter === 'f') how.force = true;
  else if (letter === 'q') how.quiet = true;
  else if (letter === 'v') how.verbose++;
  else if (letter !== 's') return false;
  return true;
}

function* badFlag(ctx: Context, arg: string, letter = arg): Wait<number> {
  if (ctx.form === 'busybox')
    return yield* ctx.usage(arg.startsWith('--') ? `unrecognized option '${arg}'` : `invalid option -- '${letter}'`);
  yield* ctx.stderr.write(`${ctx.name}: Bad flag \`${arg}'\n${help(ctx.name)}`);
  return 1;
}

const VERSION = 'bzip2, a block-sorting file compressor.  Version 1.0.8, 13-Jul-2019.';
const LICENCE = ['A program that packs and unpacks the files of bzip2 by Julian Seward; it has none of its code.'];

const help = (name: string): string => `${VERSION}

   usage: ${name} [flags and input files in any order]

   -h --help           say this
   -d --decompress     unpack
   -z --compress       pack
   -k --keep           leave the input files where they are
   -f --force          replace files that exist already
   -t --test           see whether a packed file is whole
   -c --stdout         write to standard output
   -q --quiet          say only what is grave
   -v --verbose        say what is done (twice: more of it)
   -L --license        show the version and the licence
   -V --version        show the version and the licence
   -s --small          use less memory (at most 2500k)
   -1 .. -9            pack in blocks of 100k .. 900k
   --fast              the same as -1
   --best              the same as -9

   \`bzip2' packs unless it is told otherwise,
   \`bunzip2' unpacks, \`bzcat' unpacks to standard output.

   Without names of files it goes from standard input to standard
   output. Flags of one letter can be put together: -v -4 is -v4.

`;

const SUFFIXES: readonly (readonly [string, string])[] = [
  ['.bz2', ''],
  ['.bz', ''],
  ['.tbz2', '.tar'],
  ['.tbz', '.tar'],
];

function* one(ctx: Context, how: How, name: string, piped: boolean): Wait<number> {
  const { sys } = ctx;
  const shown = piped ? '(stdin)' : name;
  const say = function* (words: string): Wait<number> {
    if (!how.quiet) yield* ctx.stderr.write(`${ctx.name}: ${words}\n`);
    return 1;
  };
  const pack = how.mode === 'pack';
  const st = new Stat();
  const toStdout = piped || how.stdout || how.mode === 'test';
  let path = '';
  let from = 0;
  if (piped) {
    if (pack && sys.isatty(1) && !how.force) return yield* terminal(ctx, 'write compressed data to');
    if (!pack && sys.isatty(0)) return yield* terminal(ctx, 'read compressed data from');
  } else {
    const found = sys.stat(name, st);
    if (found < 0) return yield* grave(ctx, `Can't open input file ${name}: ${ctx.strerror(found)}.`);
    const suffix = SUFFIXES.find(([s]) => name.endsWith(s));
    if (pack && suffix) return yield* say(`Input file ${name} already has ${suffix[0]} suffix.`);
    if (isDirectory(st.mode)) return yield* grave(ctx, `Input file ${name} is a directory.`);
    if (!toStdout && !how.force) {
      sys.lstat(name, st);
      if (!isRegular(st.mode)) return yield* say(`Input file ${name} is not a normal file.`);
    }
    sys.stat(name, st);
    if (!toStdout) {
      if (pack) path = `${name}.bz2`;
      else if (suffix) path = name.slice(0, -suffix[0].length) + suffix[1];
      else {
        path = `${name}.out`;
        yield* say(`Can't guess original name for ${name} -- using ${path}`);
      }
      if (sys.lstat(path, new Stat()) === 0 && !how.force)
        return yield* grave(ctx, `Output file ${path} already exists.`);
      if (!how.force && st.nlink > 1)
        return yield* say(`Input file ${name} has ${st.nlink - 1} other link${st.nlink > 2 ? 's' : ''}.`);
    }
    from = yield* open(sys, name, O_RDONLY);
    if (from < 0) return yield* grave(ctx, `Can't open input file ${name}: ${ctx.strerror(from)}.`);
  }
  if (pack && toStdout && !piped && sys.isatty(1)) {
    sys.close(from);
    return yield* terminal(ctx, 'write compressed data to');
  }
  let to = how.mode === 'test' ? -1 : 1;
  if (path !== '') {
    if (how.force) sys.unlink(path);
    to = yield* open(sys, path, O_WRONLY | O_CREAT | (how.force ? O_TRUNC : O_EXCL), 0o600);
    if (to < 0) return yield* grave(ctx, `Can't create output file ${path}: ${ctx.strerror(to)}.`);
  }
  if (how.verbose > 0)
    yield* ctx.stderr.write(`  ${shown}:`.padEnd(Math.max(7, ...how.names.map((n) => n.length)) + 4));
  const done: Pumped<Bunzip2Error> = yield* pump(sys, pack ? bzip2(how.level) : bunzip2(), from, to);
  if (from !== 0) sys.close(from);
  if (path !== '') sys.close(to);
  const failed = yield* outcome(ctx, how, done, shown, path === '' ? '(stdout)' : path);
  if (failed !== 0) {
    if (path !== '') {
      sys.unlink(path);
      if (done.wrong !== 'not-bzip2')
        yield* ctx.stderr.write(`${ctx.name}: Deleting output file ${path}, if it exists.\n`);
    }
    return failed;
  }
  if (path !== '') {
    likeOriginal(sys, path, st);
    if (!how.keep) sys.unlink(name);
  }
  return 0;
}

/** Errors that -q does not silence. */
function* grave(ctx: Context, words: string): Wait<number> {
  yield* ctx.stderr.write(`${ctx.name}: ${words}\n`);
  return 1;
}

function* terminal(ctx: Context, what: string): Wait<number> {
  yield* ctx.stderr.write(
    `${ctx.name}: I won't ${what} a terminal.\n${ctx.name}: For help, type: \`${ctx.name} --help'.\n`,
  );
  return 1;
}

const RECOVER =
  "\nYou can use the `bzip2recover' program to attempt to recover\ndata from undamaged sections of corrupted files.\n\n";
const CORRUPT =
  '\nIt is possible that the compressed file(s) have become corrupted.\nYou can use the -tvv option to test integrity of such files.\n';
const TESTED: Readonly<Record<Bunzip2Error, string>> = {
  'not-bzip2': 'bad magic number (file not created by bzip2)',
  data: 'data integrity (CRC) error in data',
  crc: 'data integrity (CRC) error in data',
  truncated: 'file ends unexpectedly',
  trailing: 'trailing garbage after EOF ignored',
};

/** Says how it went. @returns the status */
function* outcome(ctx: Context, how: How, done: Pumped<Bunzip2Error>, from: string, to: string): Wait<number> {
  const files = `\tInput file = ${from}, output file = ${to}\n`;
  const { name, stderr } = ctx;
  const failed = done.readError || done.writeError;
  if (failed < 0) {
    yield* stderr.write(
      `\n${name}: I/O or other error, bailing out.  Possible reason follows.\n${name}: ${ctx.strerror(failed)}\n${files}`,
    );
    return 1;
  }
  if (how.mode === 'pack') {
    if (how.verbose === 0) return 0;
    yield* stderr.write(done.taken === 0 ? ' no data compressed.\n' : ratio(done));
    return 0;
  }
  const { wrong } = done;
  if (wrong === 'trailing' && how.verbose === 0)
    yield* stderr.write(`${how.mode === 'test' ? '' : '\n'}${name}: ${from}: ${TESTED.trailing}\n`);
  else if (wrong === 'trailing') yield* stderr.write('trailing garbage after EOF ignored\n');
  if (wrong === undefined || wrong === 'trailing') {
    if (how.verbose > 0 && wrong === undefined) yield* stderr.write(how.mode === 'test' ? 'ok\n' : 'done\n');
    return 0;
  }
  if (how.mode === 'test') {
    yield* stderr.write(`${how.verbose > 0 ? '' : `${name}: ${from}: `}${TESTED[wrong]}\n${RECOVER}`);
    return 2;
  }
  if (wrong === 'not-bzip2') {
    yield* stderr.write(how.verbose > 0 ? 'not a bzip2 file.\n' : `${name}: ${from} is not a bzip2 file.\n`);
    return 2;
  }
  const head =
    wrong === 'truncated'
      ? `\n${name}: Compressed file ends unexpectedly;\n\tperhaps it is corrupted?  *Possible* reason follows.\n${name}: ${ctx.strerror(to === '(stdout)' ? 0 : -2)}\n`
      : `\n${name}: Data integrity error when decompressing.\n`;
  yield* stderr.write(head + files + CORRUPT + RECOVER);
  return 2;
}

function ratio(done: Pumped<string>): string {
  const n = (value: number, digits = 3): string => value.toFixed(digits).padStart(6);
  const { taken, given } = done;
  return `${n(taken / given)}:1, ${n((given * 8) / taken)} bits/byte, ${n((1 - given / taken) * 100, 2)
    .trimStart()
    .padStart(5)}% saved, ${taken} in, ${given} out.\n`;
}
