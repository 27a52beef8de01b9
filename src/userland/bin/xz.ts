import { EISDIR } from '../../abi/errno.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { isDirectory, isRegular, isSymlink, Stat } from '../../abi/stat.ts';
import type { Codec } from '../../lib/codec.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { unxz, type XzError, type XzStream } from '../../lib/xz.ts';
import { lzmaAlone, xz } from '../../lib/xz-encode.ts';
import { library, open, type Wait } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { busyboxPack } from '../compress/busybox.ts';
import { SHA256 } from '../compress/libraries.ts';
import { pump } from '../compress/pump.ts';
import { likeOriginal } from '../compress/replace.ts';
import {
  HEAD,
  type Listed,
  longRows,
  niceRatio,
  niceSize,
  robotRows,
  shortRow,
  totalRow,
} from '../compress/xz-list.ts';

const level = (n: string) => ({ short: n, long: false, busybox: false, help: `preset ${n} of the packer` }) as const;

const options = {
  compress: { short: 'z', busybox: false, help: 'pack' },
  decompress: { short: 'd', help: 'unpack' },
  uncompress: { busybox: false, help: 'unpack' },
  test: { short: 't', help: 'see whether packed files are whole' },
  list: { short: 'l', busybox: false, help: 'say what .xz files hold' },
  keep: { short: 'k', help: 'leave the input files where they are' },
  force: { short: 'f', help: 'replace files; take links too' },
  stdout: { short: 'c', help: 'write to standard output, leave the input files' },
  toStdout: { busybox: false, help: 'the same as --stdout' },
  singleStream: { busybox: false, help: 'unpack the first stream and leave the rest' },
  noSparse: { busybox: false, help: 'do not make files with holes (they have none)' },
  suffix: { short: 'S', arg: '.SUF', busybox: false, help: 'suffix of packed files' },
  format: { short: 'F', arg: 'FMT', busybox: false, help: "format: `auto', `xz' or `lzma'" },
  check: { short: 'C', arg: 'CHECK', busybox: false, help: "integrity check: `none', `crc32', `crc64' or `sha256'" },
  ignoreCheck: { busybox: false, help: 'do not compare the integrity check' },
  fast: { busybox: false, help: 'the same as -0' },
  best: { busybox: false, help: 'the same as -9' },
  level0: level('0'),
  level1: level('1'),
  level2: level('2'),
  level3: level('3'),
  level4: level('4'),
  level5: level('5'),
  level6: level('6'),
  level7: level('7'),
  level8: level('8'),
  level9: level('9'),
  extreme: { short: 'e', busybox: false, help: 'take more time (the same here)' },
  threads: { short: 'T', arg: 'NUM', busybox: false, help: 'use at most NUM threads (there is one)' },
  memlimitCompress: { arg: 'LIMIT', busybox: false, help: 'limit of memory when packing' },
  memlimitDecompress: { arg: 'LIMIT', busybox: false, help: 'limit of memory when unpacking' },
  memlimit: { short: 'M', arg: 'LIMIT', busybox: false, help: 'limit of memory' },
  quiet: { short: 'q', many: true, busybox: false, help: 'no warnings; twice: no errors' },
  verbose: { short: 'v', many: true, busybox: false, help: 'say what is done' },
  noWarn: { short: 'Q', busybox: false, help: 'warnings do not change the exit status' },
  robot: { busybox: false, help: 'messages for scripts' },
  shortHelp: { short: 'h', long: false, busybox: false, help: 'show this help' },
  longHelp: { short: 'H', busybox: false, help: 'show this help' },
  showVersion: { short: 'V', long: 'version', busybox: false, help: 'show the version' },
} as const;
type Ctx = Context<typeof options>;

const unpackHelp = {
  usage: '[-cfk] [FILE]...',
  help: 'Decompress FILEs (or stdin)\n\n\t-c\tWrite to stdout\n\t-f\tForce\n\t-k\tKeep input files\n\t-t\tTest integrity\n',
};
const packHelp = {
  usage: '-d [-cfk] [FILE]...',
  help: 'Decompress FILEs (or stdin)\n\n\t-d\tDecompress\n\t-c\tWrite to stdout\n\t-f\tForce\n\t-k\tKeep input files\n\t-t\tTest integrity\n',
};
const catHelp = { usage: '[FILE]...', help: 'Decompress to stdout\n' };

export default program({
  name: 'xz',
  at: ['/usr/bin/xz', '/usr/bin/unxz', '/usr/bin/xzcat', '/usr/bin/lzma', '/usr/bin/unlzma', '/usr/bin/lzcat'],
  spec: 'XZ Utils 5.4 xz(1) and the applets of busybox; LZMA2 alone (no BCJ and delta filters, no raw streams), one thread, matches up to 4 MiB back',
  usage: '[OPTION]... [FILE]...',
  about: 'Compress or decompress FILEs in the .xz format.',
  options,
  hint: (name) => `${name}: Try \`${name} --help' for more information.\n`,
  busybox: {
    at: '/usr/bin/xz',
    ...packHelp,
    called: { unxz: unpackHelp, unlzma: unpackHelp, xzcat: catHelp, lzcat: catHelp, lzma: packHelp },
  },
  *main(ctx) {
    const { opts } = ctx;
    const called = basename(ctx.sys.argv[0] ?? 'xz');
    const cat = called.endsWith('cat');
    const alone = called.includes('lz') && !called.includes('xz');
    const unpack = opts.decompress || opts.uncompress || opts.test || cat || called.startsWith('un');
    const sha256 = yield* library(ctx.sys, SHA256);
    const hash = typeof sha256 === 'number' ? undefined : sha256;
    if (ctx.form === 'busybox') {
      if (!unpack) return yield* ctx.usage();
      return yield* busyboxPack<XzError>(ctx, {
        ...opts,
        stdout: opts.stdout || cat,
        unpack,
        verbose: false,
        suffix: alone ? '.lzma' : '.xz',
        codec: () => unxz({ only: alone ? 'lzma' : 'xz', sha256: maker(hash) }),
        words: (done) => (done.wrong === undefined ? undefined : 'corrupted data'),
      });
    }
    if (opts.shortHelp || opts.longHelp) {
      yield* ctx.stdout.write(`Usage: ${ctx.name} [OPTION]... [FILE]...\nSee --help.\n`);
      return 0;
    }
    if (opts.showVersion) {
      const version = /^\d+\.\d+\.\d+/.exec(ctx.sys.image.version)?.[0] ?? '5.4.5';
      const [major, minor, patch] = version.split('.').map(Number) as [number, number, number];
      const code = `${major}${String(minor).padStart(3, '0')}${String(patch).padStart(3, '0')}2`;
      yield* ctx.stdout.write(
        opts.robot ? `XZ_VERSION=${code}\nLIBLZMA_VERSION=${code}\n` : `xz (XZ Utils) ${version}\nliblzma ${version}\n`,
      );
      return 0;
    }
    const how = yield* settings(ctx, unpack, alone, cat, hash);
    if (opts.list) return yield* list(ctx, how);
    let status = 0;
    for (const name of ctx.args.length === 0 ? ['-'] : ctx.args) {
      const r = yield* one(ctx, how, name);
      if (r === 1 || status === 0) status = r;
    }
    return status === 2 && opts.noWarn ? 0 : status;
  },
});

const maker = (hash: HashFactory | undefined) => (hash ? () => hash.create() : undefined);

interface How {
  unpack: boolean;
  stdout: boolean;
  format: 'auto' | 'xz' | 'lzma';
  preset: number;
  check: number;
  suffix: string | undefined;
  hash: HashFactory | undefined;
}

function* settings(ctx: Ctx, unpack: boolean, alone: boolean, cat: boolean, hash: HashFactory | undefined): Wait<How> {
  const { opts } = ctx;
  const format = opts.format ?? (alone ? (unpack ? 'auto' : 'lzma') : 'auto');
  if (format !== 'auto' && format !== 'xz' && format !== 'lzma' && format !== 'alone')
    return yield* ctx.die(`${format}: Unknown file format type`);
  const check = { none: 0, crc32: 1, crc64: 4, sha256: 10 }[opts.check ?? 'crc64'];
  if (check === undefined) return yield* ctx.die(`${opts.check}: Unsupported integrity check type`);
  for (const number of [opts.threads, opts.memlimit, opts.memlimitCompress, opts.memlimitDecompress])
    if (number !== undefined && !/^\d+(?:[kKmMgG]i?B?|%)?$/.test(number) && number !== 'max')
      yield* ctx.die(`${number}: Value is not a non-negative decimal integer`);
  let preset = 6;
  for (const { key } of ctx.order) {
    if (key.startsWith('level')) preset = Number(key.slice(5));
    else if (key === 'fast') preset = 0;
    else if (key === 'best') preset = 9;
  }
  const [before, last] = [
    unpack,
    ctx.order.findLast(({ key }) => /^(?:compress|decompress|uncompress|test)$/.test(key)),
  ];
  return {
    unpack: last ? last.key !== 'compress' : before,
    stdout: opts.stdout || opts.toStdout || opts.test || cat,
    format: format === 'alone' ? 'lzma' : format,
    preset,
    check,
    suffix: opts.suffix,
    hash,
  };
}

const WORDS: Readonly<Record<XzError, string>> = {
  format: 'File format not recognized',
  corrupt: 'Compressed data is corrupt',
  truncated: 'Unexpected end of input',
  options: 'Unsupported options',
};

const packer = (how: How): Codec<XzError> =>
  how.format === 'lzma' ? lzmaAlone(how.preset) : xz({ preset: how.preset, check: how.check, sha256: maker(how.hash) });
const unpacker = (how: How, report?: (s: XzStream) => void): Codec<XzError> =>
  unxz({
    only: how.format === 'auto' ? undefined : how.format,
    sha256: maker(how.hash),
    ...(report ? { report } : {}),
  });

/** @returns 0, 1 for an error or 2 for a warning */
function* one(ctx: Ctx, how: How, name: string): Wait<number> {
  const { sys, opts } = ctx;
  const piped = name === '-';
  const shown = piped ? '(stdin)' : name;
  const warning = function* (words: string): Wait<number> {
    if (opts.quiet === 0) yield* ctx.warn(`${shown}: ${words}`);
    return 2;
  };
  const error = function* (words: string): Wait<number> {
    if (opts.quiet < 2) yield* ctx.warn(words);
    return 1;
  };
  const st = new Stat();
  let from = 0;
  let to = opts.test ? -1 : 1;
  let path = '';
  if (piped || (how.stdout && !opts.test && !how.unpack)) {
    const tty = how.unpack ? piped && sys.isatty(0) : sys.isatty(1);
    if (tty) {
      yield* error(`Compressed data cannot be ${how.unpack ? 'read from' : 'written to'} a terminal`);
      yield* ctx.stderr.write(`${ctx.name}: Try \`${ctx.name} --help' for more information.\n`);
      return 1;
    }
  }
  if (!piped) {
    const links = how.stdout || opts.force;
    const found = links ? sys.stat(name, st) : sys.lstat(name, st);
    if (found < 0) return yield* error(`${name}: ${ctx.strerror(found)}`);
    if (isSymlink(st.mode)) return yield* warning('Is a symbolic link, skipping');
    if (isDirectory(st.mode)) return yield* warning(`${ctx.strerror(EISDIR)}, skipping`);
    if (!isRegular(st.mode) && !how.stdout) return yield* warning('Not a regular file, skipping');
    if (!how.stdout && !opts.force && st.nlink > 1)
      return yield* warning('Input file has more than one hard link, skipping');
    if (!how.stdout) {
      const target = how.unpack ? unpackedName(how, name) : packedName(how, name);
      if ('skip' in target) return yield* warning(target.skip);
      path = target.path;
    }
    from = yield* open(sys, name, O_RDONLY);
    if (from < 0) return yield* error(`${name}: ${ctx.strerror(from)}`);
    if (path !== '') {
      if (opts.force) sys.unlink(path);
      to = yield* open(sys, path, O_WRONLY | O_CREAT | (opts.force ? O_TRUNC : O_EXCL), 0o600);
      if (to < 0) {
        sys.close(from);
        return yield* error(`${path}: ${ctx.strerror(to)}`);
      }
    }
  }
  const done = yield* pump(sys, how.unpack ? unpacker(how) : packer(how), from, to);
  if (from !== 0) sys.close(from);
  if (path !== '') sys.close(to);
  const wrong =
    done.readError < 0
      ? `${shown}: Read error: ${ctx.strerror(done.readError)}`
      : done.writeError < 0
        ? `${path === '' ? '(stdout)' : path}: Write error: ${ctx.strerror(done.writeError)}`
        : done.wrong === undefined || (opts.singleStream && done.given > 0 && done.wrong === 'format')
          ? undefined
          : `${shown}: ${WORDS[done.wrong]}`;
  if (wrong !== undefined) {
    if (path !== '') sys.unlink(path);
    return yield* error(wrong);
  }
  if (path !== '') {
    likeOriginal(sys, path, st);
    if (!opts.keep) sys.unlink(name);
  }
  if (opts.verbose > 0) {
    const [packed, size] = how.unpack ? [done.taken, done.given] : [done.given, done.taken];
    const ratio = niceRatio(packed, size);
    yield* ctx.stderr.write(
      `${shown}: ${niceSize(packed)} / ${niceSize(size)} ${ratio === '---' ? '> 9.999' : `= ${ratio}`}\n`,
    );
  }
  return 0;
}

function packedName(how: How, name: string): { path: string } | { skip: string } {
  const own = how.format === 'lzma' ? ['.lzma', '.tlz'] : ['.xz', '.txz'];
  const has = [...own, ...(how.suffix === undefined ? [] : [how.suffix])].find((s) => name.endsWith(s));
  if (has !== undefined) return { skip: `File already has \`${has}' suffix, skipping` };
  return { path: name + (how.suffix ?? own[0]) };
}

function unpackedName(how: How, name: string): { path: string } | { skip: string } {
  const known: [string, string][] = [
    ['.xz', ''],
    ['.txz', '.tar'],
    ['.lzma', ''],
    ['.tlz', '.tar'],
  ];
  if (how.suffix !== undefined) known.push([how.suffix, '']);
  const base = basename(name);
  const found = known.find(([suffix]) => base.endsWith(suffix) && base.length > suffix.length);
  if (!found) return { skip: 'Filename has an unknown suffix, skipping' };
  return { path: name.slice(0, -found[0].length) + found[1] };
}

function* list(ctx: Ctx, how: How): Wait<number> {
  const { sys, opts } = ctx;
  if (how.format === 'lzma') return yield* ctx.die('--list works only on .xz files (--format=xz or --format=auto)');
  if (ctx.args.length === 0 || ctx.args.includes('-'))
    return yield* ctx.die('--list does not support reading from standard input');
  const files: Listed[] = [];
  let status = 0;
  for (const name of ctx.args) {
    const fd = yield* open(sys, name, O_RDONLY);
    if (fd < 0) {
      yield* ctx.warn(`${name}: ${ctx.strerror(fd)}`);
      status = 1;
      continue;
    }
    const streams: XzStream[] = [];
    const done = yield* pump(
      sys,
      unpacker({ ...how, format: 'xz' }, (s) => streams.push(s)),
      fd,
      -1,
    );
    sys.close(fd);
    if (done.wrong !== undefined || done.readError < 0) {
      yield* ctx.warn(`${name}: ${done.readError < 0 ? ctx.strerror(done.readError) : WORDS[done.wrong!]}`);
      status = 1;
      continue;
    }
    const file = { name, packed: done.taken, streams };
    if (!opts.robot && opts.verbose > 0) yield* ctx.stdout.write(longRows(file, files.length + 1, ctx.args.length));
    else if (!opts.robot) yield* ctx.stdout.write((files.length === 0 ? HEAD : '') + shortRow(file));
    files.push(file);
  }
  if (opts.robot) yield* ctx.stdout.write(robotRows(files));
  else if (files.length > 1) yield* ctx.stdout.write(totalRow(files));
  return status;
}
