import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { isDirectory, isRegular, Stat } from '../../abi/stat.ts';
import { Gunzip, type GunzipError, Gzip } from '../../lib/gzip.ts';
import { open, read, type Wait, writeAll } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  stdout: { short: 'c', help: 'write to standard output, keep the files' },
  decompress: { short: 'd', help: 'decompress' },
  uncompress: { busybox: false, help: 'decompress' },
  force: { short: 'f', help: 'overwrite; compress links and terminals too' },
  keep: { short: 'k', help: 'keep the input files' },
  list: { short: 'l', busybox: false, help: 'list the content' },
  noName: { short: 'n', help: 'neither save nor restore name and time' },
  name: { short: 'N', busybox: false, help: 'save and restore name and time' },
  quiet: { short: 'q', busybox: false, help: 'no warnings' },
  recursive: { short: 'r', busybox: false, help: 'go through directories' },
  suffix: { short: 'S', arg: 'SUF', busybox: false, help: 'use SUF instead of .gz' },
  test: { short: 't', help: 'test the file' },
  verbose: { short: 'v', help: 'say what is done' },
  fast: { short: '1', help: 'compress faster' },
  level2: { short: '2', long: false, help: '' },
  level3: { short: '3', long: false, help: '' },
  level4: { short: '4', long: false, help: '' },
  level5: { short: '5', long: false, help: '' },
  level6: { short: '6', long: false, help: '' },
  level7: { short: '7', long: false, help: '' },
  level8: { short: '8', long: false, help: '' },
  best: { short: '9', help: 'compress better' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'gzip',
  at: ['/usr/bin/gzip', '/usr/bin/gunzip', '/usr/bin/zcat'],
  spec: 'GNU gzip 1.12 gzip(1); called as gunzip and zcat it decompresses; -r is missing',
  version: '1.12',
  usage: '[OPTION]... [FILE]...',
  about: 'Compress or decompress FILEs (by default, in place).',
  options,
  busybox: {
    at: '/bin/gzip',
    long: ['stdout', 'force', 'no-name', 'test', 'verbose', 'fast', 'best'],
    usage: '[-cfkdt] [FILE]...',
    help: 'Compress FILEs (or stdin)\n\n\t-d\tDecompress\n\t-c\tWrite to stdout\n\t-f\tForce\n\t-k\tKeep input files\n\t-t\tTest integrity\n',
  },
  *main(ctx) {
    const called = basename(ctx.sys.argv[0] ?? 'gzip');
    const unpack =
      ctx.opts.decompress || ctx.opts.uncompress || ctx.opts.test || called === 'gunzip' || called === 'zcat';
    const toStdout = ctx.opts.stdout || ctx.opts.test || called === 'zcat';
    let status = 0;
    for (const name of ctx.args.length === 0 ? ['-'] : ctx.args) {
      const r = yield* one(ctx, name, unpack, toStdout);
      if (r !== 0) status = status === 1 ? 1 : r;
    }
    return status;
  },
});

const ERRORS: Readonly<Record<GunzipError, string>> = {
  'not-gzip': 'not in gzip format',
  data: 'invalid compressed data--format violated',
  crc: 'invalid compressed data--crc error',
  length: 'invalid compressed data--length error',
  truncated: 'unexpected end of file',
};
const BUSYBOX: Readonly<Record<GunzipError, string>> = {
  'not-gzip': 'invalid magic',
  data: 'corrupted data',
  crc: 'crc error',
  length: 'incorrect length',
  truncated: 'short read',
};

function* one(ctx: Ctx, name: string, unpack: boolean, toStdout: boolean): Wait<number> {
  const { sys, opts, form } = ctx;
  const suffix = opts.suffix ?? '.gz';
  const st = new Stat();
  let from = 0;
  let to = 1;
  let path: string | undefined;
  if (name !== '-') {
    from = yield* open(sys, name, O_RDONLY);
    if (from < 0) {
      yield* ctx.warn(form === 'gnu' ? `${name}: ${ctx.strerror(from)}` : `${name}: ${ctx.strerror(from)}`);
      return 1;
    }
    sys.fstat(from, st);
    if (isDirectory(st.mode) || (!isRegular(st.mode) && !toStdout && !opts.force)) {
      yield* ctx.warn(form === 'gnu' ? `${name} is a directory -- ignored` : `${name}: not a regular file`);
      sys.close(from);
      return 2;
    }
    if (!toStdout) {
      if (unpack && !name.endsWith(suffix) && !name.endsWith('.tgz')) {
        yield* ctx.warn(form === 'gnu' ? `${name}: unknown suffix -- ignored` : `${name}: unknown suffix - ignored`);
        sys.close(from);
        return 2;
      }
      if (!unpack && name.endsWith(suffix) && !opts.force) {
        yield* ctx.warn(`${name} already has ${suffix} suffix -- unchanged`);
        sys.close(from);
        return 2;
      }
      path = unpack
        ? name.endsWith('.tgz')
          ? `${name.slice(0, -4)}.tar`
          : name.slice(0, -suffix.length)
        : name + suffix;
      to = yield* open(sys, path, O_WRONLY | O_CREAT | (opts.force ? O_TRUNC : O_EXCL), st.mode & 0o777);
      if (to < 0) {
        yield* ctx.warn(
          to === -17
            ? form === 'gnu'
              ? `${path} already exists;\tnot overwritten`
              : `can't open '${path}': File exists`
            : `${path}: ${ctx.strerror(to)}`,
        );
        sys.close(from);
        return 1;
      }
    }
  } else if (!unpack && sys.isatty(1) && !opts.force) {
    yield* ctx.stderr.write(
      `${ctx.name}: compressed data not written to a terminal. Use -f to force compression.\nFor help, type: ${ctx.name} -h\n`,
    );
    return 1;
  }
  const level = opts.fast ? 1 : opts.best ? 9 : (([2, 3, 4, 5, 6, 7, 8] as const).find((n) => opts[`level${n}`]) ?? 6);
  const gunzip = unpack ? new Gunzip() : undefined;
  const gzip = unpack
    ? undefined
    : new Gzip({ level, ...(opts.noName || name === '-' ? {} : { name: basename(name), mtime: st.mtimeSec }) });
  const buf = new Uint8Array(65536);
  let failed = 0;
  let total = 0;
  let written = 0;
  const emit = function* (pieces: Uint8Array[]): Wait<boolean> {
    for (const piece of pieces) {
      written += piece.length;
      if (opts.test) continue;
      const r = yield* writeAll(sys, to, piece);
      if (r < 0) {
        failed = r;
        return false;
      }
    }
    return true;
  };
  for (;;) {
    const n = yield* read(sys, from, buf);
    if (n < 0) failed = n;
    if (n <= 0) break;
    total += n;
    if (!(yield* emit(gunzip ? gunzip.push(buf.subarray(0, n)) : gzip!.push(buf.subarray(0, n)))) || gunzip?.error)
      break;
    if (sys.tick()) yield;
  }
  if (gunzip) gunzip.finish();
  else if (failed === 0) yield* emit(gzip!.finish());
  if (from !== 0) sys.close(from);
  if (path !== undefined) sys.close(to);
  if (gunzip?.error || failed < 0) {
    yield* ctx.stderr.write(
      gunzip?.error
        ? form === 'gnu'
          ? `\n${ctx.name}: ${name === '-' ? 'stdin' : name}: ${ERRORS[gunzip.error]}\n`
          : `${ctx.name}: ${BUSYBOX[gunzip.error]}\n`
        : `${ctx.name}: ${ctx.strerror(failed)}\n`,
    );
    if (path !== undefined) sys.unlink(path);
    return 1;
  }
  if (path !== undefined) {
    sys.chmod(path, st.mode & 0o7777);
    sys.utimens(path, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec);
    if (!opts.keep) sys.unlink(name);
  }
  if (opts.verbose && path !== undefined) {
    const ratio = unpack ? 100 - (total * 100) / (written || 1) : 100 - (written * 100) / (total || 1);
    yield* ctx.stderr.write(
      `${name}:\t${ratio.toFixed(1).padStart(5)}% -- ${opts.keep ? 'created' : 'replaced with'} ${path}\n`,
    );
  }
  return 0;
}
