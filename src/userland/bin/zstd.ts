import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { isDirectory, isRegular, Stat } from '../../abi/stat.ts';
import type { Codec } from '../../lib/codec.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { unzstd, type ZstdError, type ZstdFrame, type ZstdLibrary, zstd } from '../../lib/zstd.ts';
import { library, open, read, type Wait } from '../../libc/io.ts';
import { basename, joinPath, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { XXHASH, ZSTD } from '../compress/libraries.ts';
import { type Pumped, pump } from '../compress/pump.ts';
import { likeOriginal } from '../compress/replace.ts';
import { LIST_HEAD, listLong, listRow, listTotal, paddedSize, type ZstdFile } from '../compress/zstd-list.ts';
import { parseZstd, type ZstdHow } from '../compress/zstd-options.ts';

export default program({
  name: 'zstd',
  at: ['/usr/bin/zstd', '/usr/bin/unzstd', '/usr/bin/zstdcat', '/usr/bin/zstdmt'],
  spec: 'Zstandard CLI 1.5.5 zstd(1); without dictionaries, benchmarks, --patch-from and the formats of others; one thread, a frame for each 8 MiB, as levels the library has them',
  usage: '[OPTIONS...] [INPUT... | -] [-o OUTPUT]',
  about: 'Compress or decompress the INPUT file(s); reads from STDIN if INPUT is `-` or not provided.',
  options: {},
  raw: true,
  *main(ctx) {
    const how = parseZstd(ctx.args, basename(ctx.sys.argv[0] ?? 'zstd'), ctx.env);
    if (typeof how === 'string') {
      yield* ctx.stderr.write(`${how}\n${how.startsWith('error') ? '' : HELP}`);
      return 1;
    }
    if (how.ask === 'version' || how.ask === 'long-help') yield* ctx.stdout.write(`${banner(ctx)}\n`);
    if (how.ask === 'long-help') yield* ctx.stdout.write('\n');
    if (how.ask !== undefined) {
      if (how.ask !== 'version') yield* ctx.stdout.write(HELP + (how.ask === 'long-help' ? ADVANCED : ''));
      return 0;
    }
    const most = how.ultra ? 22 : 19;
    if (how.level > most) {
      yield* ctx.stderr.write(`Warning : compression level higher than max, reduced to ${most} \n`);
      how.level = most;
    }
    const xxh = yield* library(ctx.sys, XXHASH);
    const tools: Tools = { xxh: how.check && typeof xxh !== 'number' ? xxh : undefined, packer: undefined };
    if (how.mode === 'pack') {
      const packer = yield* library(ctx.sys, ZSTD);
      if (typeof packer === 'number') return yield* ctx.die(`cannot be loaded: ${ctx.strerror(packer)}`);
      tools.packer = packer;
    }
    if (how.talk >= 3) yield* ctx.stderr.write(`${banner(ctx)}\n`);
    if (how.mode === 'list') return yield* list(ctx, how, tools);
    return yield* all(ctx, how, tools);
  },
});

interface Tools {
  xxh: HashFactory | undefined;
  packer: ZstdLibrary | undefined;
}

const banner = (ctx: Context): string =>
  `*** Zstandard CLI (64-bit) v${/^\d+\.\d+\.\d+/.exec(ctx.sys.image.version)?.[0] ?? '1.5.5'}, by Yann Collet ***`;

const HELP = `Compress or decompress the INPUT file(s); reads from STDIN if INPUT is \`-\` or not provided.

Usage: zstd [OPTIONS...] [INPUT... | -] [-o OUTPUT]

Options:
  -o OUTPUT                     One file for all output.
  -k, --keep                    Leave the INPUT file(s) where they are. [Default]
  --rm                          Remove each INPUT file when it is done.

  -#                            Level, \`#\` from 1 to 19: the higher, the smaller and slower. [Default: 3]

  -d, --decompress              Unpack.

  -f, --force                   Replace files that exist; take links and terminals; what is not packed goes
                                through as it is.

  -h                            Show this help.
  -H, --help                    Show this help and the further options.
  -V, --version                 Show the version.

`;
const ADVANCED = `Advanced options:
  -c, --stdout                  Write to standard output, leave the INPUT file(s).
  -v, --verbose                 Say more; -q, --quiet: say less.
  -r                            Go through directories.
  --output-dir-flat DIR         Put all output into DIR.
  --[no-]check                  With or without a checksum of the content. [Default: with]
  --[no-]progress, -T#, --long[=#], --adapt, --rsyncable, -M#, -B# are taken and change nothing.
  --ultra                       Levels up to 22.
  --fast[=#]                    Levels below 1.

Advanced decompression options:
  -l                            Say what packed files hold.
  --test                        See whether packed files are whole.
  --[no-]pass-through           What is not packed goes through as it is.
`;

const STDIN = '/*stdin*\\';
const STDOUT = '/*stdout*\\';

interface Totals {
  files: number;
  taken: number;
  given: number;
}

function* all(ctx: Context, how: ZstdHow, tools: Tools): Wait<number> {
  const { sys } = ctx;
  const names = how.recursive ? yield* below(ctx, how.names) : [...how.names];
  const readable: string[] = [];
  let status = 0;
  for (const name of names) {
    const found = name === '-' ? 0 : sys.stat(name, new Stat());
    if (found === 0) readable.push(name);
    else {
      yield* ctx.stderr.write(`zstd: can't stat ${name} : ${ctx.strerror(found)} -- ignored \n`);
      status = 1;
    }
  }
  if (names.length > 0 && readable.length === 0) return 1;
  if (names.length === 0) readable.push('-');
  const many = readable.length > 1;
  if (readable[0] === '-' && !many && how.output === undefined) how.stdout = true;
  if (how.mode === 'pack' && how.stdout && sys.isatty(1) && !how.force) {
    yield* ctx.stderr.write('stdout is a console, aborting\n');
    return 1;
  }
  const talk = how.talk >= 3 || (how.talk === 2 && !how.stdout);
  let to = how.stdout ? 1 : -1;
  if (how.output !== undefined && how.mode !== 'test') {
    if (many && talk && how.mode === 'pack')
      yield* ctx.stderr.write(
        `zstd: WARNING: all input files will be processed and concatenated into a single output file: ${how.output} \nThe concatenated output CANNOT regenerate original file names nor directory structure. \n`,
      );
    to = how.output === '-' ? 1 : yield* openOutput(ctx, how, how.output, 0o666);
    if (to < 0) return 1;
  }
  const totals: Totals = { files: 0, taken: 0, given: 0 };
  for (const name of readable) {
    const ok = yield* one(ctx, how, tools, name, to, talk && !(many && how.talk < 3), totals);
    if (!ok) status = 1;
  }
  if (to > 1) sys.close(to);
  if (many && talk && totals.files > 0) {
    const { files, taken, given } = totals;
    yield* ctx.stderr.write(
      how.mode === 'pack'
        ? `${String(files).padStart(3)} files compressed : ${percent(taken, given)}% (${paddedSize(taken, true)} => ${paddedSize(given, true)})\n`
        : `${files} files decompressed : ${String(given).padStart(6)} bytes total \n`,
    );
  }
  return status;
}

const percent = (taken: number, given: number): string => ((given / (taken || 1)) * 100).toFixed(2).padStart(5);

function* below(ctx: Context, names: readonly string[]): Wait<string[]> {
  const out: string[] = [];
  for (const name of names) {
    const st = new Stat();
    if (ctx.sys.stat(name, st) < 0 || !isDirectory(st.mode)) {
      out.push(name);
      continue;
    }
    const inside = listDir(ctx.sys, name);
    if (typeof inside === 'number')
      yield* ctx.stderr.write(`Cannot open directory '${name}': ${ctx.strerror(inside)}\n`);
    else
      out.push(
        ...(yield* below(
          ctx,
          inside.map((child) => joinPath(name, child)),
        )),
      );
  }
  return out;
}

/** Opens a file for output, asking before one is replaced. @returns fd, or less than 0 where it was said why not */
function* openOutput(ctx: Context, how: ZstdHow, path: string, mode: number): Wait<number> {
  const { sys } = ctx;
  const st = new Stat();
  if (sys.stat(path, st) === 0 && isRegular(st.mode)) {
    if (!how.force) {
      if (how.talk <= 1 || how.names.includes('-') || how.names.length === 0) {
        if (how.talk >= 1) yield* ctx.stderr.write(`zstd: ${path} already exists; not overwritten  \n`);
        return -1;
      }
      yield* ctx.stderr.write(`zstd: ${path} already exists; overwrite (y/n) ? `);
      const answer = new Uint8Array(1);
      if ((yield* read(sys, 0, answer)) !== 1 || (answer[0]! | 0x20) !== 0x79) {
        yield* ctx.stderr.write('Not overwritten  \n \n');
        return -1;
      }
    }
    sys.unlink(path);
  }
  const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (fd < 0) yield* ctx.stderr.write(`zstd: ${path}: ${ctx.strerror(fd)} \n`);
  return fd;
}

const WORDS: Readonly<Record<ZstdError, string>> = {
  format: 'zstd: NAME: unsupported format ',
  head: 'zstd: NAME: unknown header ',
  corrupt: 'NAME : Decoding error (36) : Data corruption detected ',
  checksum: "NAME : Decoding error (36) : Restored data doesn't match checksum ",
  truncated: 'NAME : Read error (39) : premature end ',
};
const UNPACKED: readonly (readonly [string, string])[] = [
  ['.zst', ''],
  ['.tzst', '.tar'],
];

function* one(
  ctx: Context,
  how: ZstdHow,
  tools: Tools,
  name: string,
  shared: number,
  talk: boolean,
  totals: Totals,
): Wait<boolean> {
  const { sys } = ctx;
  const say = function* (words: string): Wait<false> {
    if (how.talk >= 1) yield* ctx.stderr.write(`${words}\n`);
    return false;
  };
  const shown = name === '-' ? STDIN : name;
  const st = new Stat();
  let from = 0;
  if (name !== '-') {
    sys.stat(name, st);
    if (isDirectory(st.mode)) return yield* say(`zstd: ${name} is a directory -- ignored `);
    from = yield* open(sys, name, O_RDONLY);
    if (from < 0) return yield* say(`zstd: ${name}: ${ctx.strerror(from)} `);
  }
  let to = how.mode === 'test' ? -1 : shared;
  let path = '';
  if (to < 0 && how.mode !== 'test') {
    const suffix = UNPACKED.find(([s]) => name.endsWith(s));
    if (how.mode === 'unpack' && !suffix) {
      sys.close(from);
      return yield* say(
        `zstd: ${name}: unknown suffix (.zst/.tzst/.gz/.tgz/.lzma/.xz/.txz/.lz4/.tlz4 expected). Can't derive the output file name. Specify it with -o dstFileName. Ignoring.`,
      );
    }
    path = how.mode === 'pack' ? `${name}.zst` : name.slice(0, -suffix![0].length) + suffix![1];
    if (how.flat !== undefined) path = joinPath(how.flat, basename(path));
    to = yield* openOutput(ctx, how, path, 0o600);
    if (to < 0) {
      sys.close(from);
      return false;
    }
  }
  const done = yield* through(ctx, how, tools, from, to);
  if (from !== 0) sys.close(from);
  if (path !== '') sys.close(to);
  const wrong =
    done.readError < 0
      ? `zstd: ${shown}: ${ctx.strerror(done.readError)} `
      : done.writeError < 0
        ? `zstd: ${path === '' ? (how.output ?? STDOUT) : path}: ${ctx.strerror(done.writeError)} `
        : done.wrong === undefined
          ? undefined
          : done.wrong === 'head' && done.taken === 0
            ? `zstd: ${shown}: unexpected end of file `
            : WORDS[done.wrong].replace('NAME', () => shown);
  if (wrong !== undefined) {
    if (path !== '') sys.unlink(path);
    return yield* say(wrong);
  }
  if (path !== '') likeOriginal(sys, path, st);
  if (how.remove && name !== '-') sys.unlink(name);
  totals.files++;
  totals.taken += done.taken;
  totals.given += done.given;
  if (!talk) return true;
  if (how.mode !== 'pack') yield* ctx.stderr.write(`${shown.padEnd(20)}: ${done.given} bytes \n`);
  else {
    const ratio = done.taken === 0 ? ' ' : `${((done.given / done.taken) * 100).toFixed(2).padStart(6)}%  `;
    const target = how.output ?? (path === '' ? STDOUT : path);
    yield* ctx.stderr.write(
      `${shown.padEnd(20)} :${ratio} (${paddedSize(done.taken)} => ${paddedSize(done.given)}, ${target}) \n`,
    );
  }
  return true;
}

/** Packs or unpacks; with -f what is no Zstandard goes through as it is. */
function* through(ctx: Context, how: ZstdHow, tools: Tools, from: number, to: number): Wait<Pumped<ZstdError>> {
  if (how.mode === 'pack') return yield* pump(ctx.sys, zstd(tools.packer!, how.level, tools.xxh), from, to);
  const first = new Uint8Array(65536);
  let n = 0;
  while (n < 4) {
    const more = yield* read(ctx.sys, from, first.subarray(n));
    if (more <= 0) break;
    n += more;
  }
  const before = first.slice(0, n);
  const known = (before[0] === 0x28 && before[1] === 0xb5) || (before[1] === 0x2a && before[2] === 0x4d);
  const codec = how.passThrough && how.mode === 'unpack' && how.stdout && !known ? asItIs() : unzstd(tools.xxh);
  return yield* pump(ctx.sys, codec, from, to, before);
}

function* asItIs(): Codec<ZstdError> {
  for (let part: Uint8Array | undefined; (part = yield 'input'); ) yield part;
  return undefined;
}

function* list(ctx: Context, how: ZstdHow, tools: Tools): Wait<number> {
  if (how.names.length === 0 || how.names.includes('-')) {
    yield* ctx.stderr.write('zstd: --list does not support reading from standard input \n');
    return 1;
  }
  const files: ZstdFile[] = [];
  let status = 0;
  if (how.talk < 3) yield* ctx.stdout.write(LIST_HEAD);
  for (const name of how.names) {
    const st = new Stat();
    if (ctx.sys.stat(name, st) < 0 || !isRegular(st.mode)) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(`Error : ${name} is not a file \n`);
      status = 1;
      continue;
    }
    const fd = yield* open(ctx.sys, name, O_RDONLY);
    const frames: ZstdFrame[] = [];
    const done = yield* pump(
      ctx.sys,
      unzstd(tools.xxh, (frame) => frames.push(frame)),
      fd,
      -1,
    );
    ctx.sys.close(fd);
    if (done.wrong !== undefined) {
      yield* ctx.stdout.write(`File "${name}" not compressed by zstd \n`);
      status = 1;
      continue;
    }
    const file = { name, packed: done.taken, frames };
    files.push(file);
    yield* ctx.stdout.write(how.talk >= 3 ? listLong(file) : listRow(file));
  }
  if (how.talk < 3 && files.length > 1) yield* ctx.stdout.write(listTotal(files));
  return status;
}
