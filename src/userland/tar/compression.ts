import { ENOENT } from '../../abi/errno.ts';
import { O_CLOEXEC } from '../../abi/flags.ts';
import { bunzip2 } from '../../lib/bzip2.ts';
import type { Codec } from '../../lib/codec.ts';
import { unxz } from '../../lib/xz.ts';
import { spawn, type Wait } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import type { Context } from '../../libc/program.ts';
import type { TAR_OPTIONS } from './options.ts';

type Ctx = Context<typeof TAR_OPTIONS>;

/** A program that packs archives: its command, the option that asks for it, how such a file begins, its suffixes. */
interface Packer {
  command: string;
  option: string;
  magic: readonly number[];
  suffixes: readonly string[];
}

const PACKERS: readonly Packer[] = [
  { command: 'gzip', option: '-z', magic: [0x1f, 0x8b], suffixes: ['gz', 'tgz', 'taz'] },
  { command: 'bzip2', option: '-j', magic: [0x42, 0x5a, 0x68], suffixes: ['bz2', 'tbz', 'tbz2', 'tz2'] },
  { command: 'xz', option: '-J', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], suffixes: ['xz', 'txz'] },
  { command: 'zstd', option: '--zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], suffixes: ['zst', 'tzst'] },
  { command: 'lzma', option: '--lzma', magic: [0x5d, 0, 0], suffixes: ['lzma', 'tlz'] },
  { command: 'lzip', option: '--lzip', magic: [0x4c, 0x5a, 0x49, 0x50], suffixes: ['lz'] },
  { command: 'lzop', option: '--lzop', magic: [0x89, 0x4c, 0x5a, 0x4f], suffixes: ['lzo'] },
  { command: 'compress', option: '-Z', magic: [0x1f, 0x9d], suffixes: ['Z', 'taZ'] },
];

/** The command that the options ask for; 'conflict' where they ask for two. */
export function packerOf(opts: Ctx['opts']): string | undefined {
  const asked = [
    (opts.gzip || opts.gunzip) && 'gzip',
    opts.bzip2 && 'bzip2',
    opts.xz && 'xz',
    opts.zstd && 'zstd',
    opts.lzma && 'lzma',
    opts.lzip && 'lzip',
    opts.lzop && 'lzop',
    opts.compress && 'compress',
    opts.useCompressProgram,
  ].filter((name) => typeof name === 'string');
  return asked.length > 1 ? 'conflict' : asked[0];
}

/** The command for a file's suffix (-a). */
export function packerBySuffix(file: string): string | undefined {
  const suffix = /\.([^./]+)$/.exec(file)?.[1] ?? '';
  return PACKERS.find((packer) => packer.suffixes.includes(suffix))?.command;
}

/** The packer whose files begin like this. */
export function packerByMagic(bytes: Uint8Array): { command: string; option: string } | undefined {
  return PACKERS.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
}

/** Starts the packing command with `to` as its output. @returns [fd to write to, pid], or -errno */
export function* startPacker(ctx: Ctx, command: string, to: number): Wait<[number, number] | number> {
  const ends = [0, 0];
  const r = ctx.sys.pipe2(ends, O_CLOEXEC);
  if (r < 0) return r;
  const dup2: [number, number][] = [[ends[0]!, 0]];
  if (to !== 1) dup2.push([to, 1]);
  // GNU tar leaves it to the shell, busybox looks for the program itself
  const path = ctx.form === 'gnu' ? '/bin/sh' : searchPath(ctx.sys, command, ctx.env.get('PATH') ?? '/bin:/usr/bin');
  const argv = ctx.form === 'gnu' ? ['/bin/sh', '-c', command] : [command, '-f'];
  const pid = path === undefined ? -ENOENT : yield* spawn(ctx.sys, path, argv, ctx.sys.envp, { dup2 });
  ctx.sys.close(ends[0]!);
  if (pid >= 0) return [ends[1]!, pid];
  ctx.sys.close(ends[1]!);
  return pid;
}

/** Starts the unpacking command with `from` as its input. @returns [fd to read from, pid], or -errno */
export function* startUnpacker(ctx: Ctx, command: string, from: number): Wait<[number, number] | number> {
  const argv = [...command.split(/\s+/).filter((word) => word !== ''), '-d'];
  const path = searchPath(ctx.sys, argv[0]!, ctx.env.get('PATH') ?? '/bin:/usr/bin');
  if (path === undefined) return -ENOENT;
  const ends = [0, 0];
  const r = ctx.sys.pipe2(ends, O_CLOEXEC);
  if (r < 0) return r;
  const dup2: [number, number][] = [[ends[1]!, 1]];
  if (from !== 0) dup2.push([from, 0]);
  const pid = yield* spawn(ctx.sys, path, argv, ctx.sys.envp, { dup2 });
  ctx.sys.close(ends[1]!);
  if (pid >= 0) return [ends[0]!, pid];
  ctx.sys.close(ends[0]!);
  return pid;
}

/** What busybox' tar unpacks itself. */
export function busyboxCodec(command: string): Codec<string> | undefined {
  if (command === 'bzip2') return bunzip2();
  if (command === 'xz') return unxz({ only: 'xz' });
  return command === 'lzma' ? unxz({ only: 'lzma' }) : undefined;
}

/** What it says where that fails. */
export const busyboxWords = (wrong: string): string =>
  ({ 'not-bzip2': 'invalid magic', format: 'invalid magic', crc: 'CRC error', truncated: 'bunzip error -3' })[wrong] ??
  'corrupted data';
