import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { isDirectory, isRegular, isSymlink, Stat } from '../../../abi/stat.ts';
import { arHeader, arMagic } from '../../../lib/ar.ts';
import { parseDeb822 } from '../../../lib/deb822.ts';
import { gzip } from '../../../lib/gzip.ts';
import { TarReader, TarWriter, tarHeader } from '../../../lib/tar.ts';
import { decode, encode } from '../../../lib/utf8.ts';
import { calendar, two } from '../../../libc/clock-text.ts';
import { joinBytes, open, readFile, type Wait, writeAll } from '../../../libc/io.ts';
import { isDir, joinPath, listDir, mkdirp } from '../../../libc/paths.ts';
import type { Context } from '../../../libc/program.ts';
import { DebFile } from './archive.ts';
import { DataUnpacker } from './unpack.ts';

function* complain(ctx: Context, text: string): Wait<number> {
  yield* ctx.stdout.flush();
  yield* ctx.stderr.write(`dpkg-deb: error: ${text}\n`);
  return 2;
}

function* openDeb(ctx: Context, path: string): Wait<DebFile | undefined> {
  const deb = yield* DebFile.open(ctx.sys, path);
  if (typeof deb === 'number') yield* complain(ctx, `failed to read archive '${path}': ${ctx.strerror(deb)}`);
  else if (deb === 'format') yield* complain(ctx, `'${path}' is not a Debian format archive`);
  else return deb;
  return undefined;
}

/** `dpkg-deb -I`. */
export function* info(ctx: Context, path: string, names: readonly string[]): Wait<number> {
  const deb = yield* openDeb(ctx, path);
  if (!deb) return 2;
  const control = (yield* deb.control()) ?? new Map<string, { text: string; mode: number }>();
  for (const name of names) {
    const file = control.get(name);
    if (!file) return yield* complain(ctx, `open component '${name}' failed: No such file or directory`);
    yield* ctx.stdout.write(file.text);
  }
  if (names.length > 0) return 0;
  const member = deb.members.find((one) => one.name.startsWith('control.tar'));
  yield* ctx.stdout.write(
    ` new Debian package, version 2.0.\n size ${deb.size} bytes: control archive=${member?.size ?? 0} bytes.\n`,
  );
  for (const [name, { text, mode }] of [...control].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const lines = text.split('\n').length - 1;
    const script = /^#!\s*(\S+)/.exec(text)?.[1];
    yield* ctx.stdout.write(
      ` ${String(encode(text).length).padStart(7)} bytes, ${String(lines).padStart(5)} lines   ${mode & 0o111 ? '*' : ' '}  ${name.padEnd(20)} ${script ? `#!${script}` : ''}\n`,
    );
  }
  yield* ctx.stdout.write((control.get('control')?.text ?? '').replace(/^(?=.)/gm, ' '));
  return 0;
}

/** `dpkg-deb -f`. */
export function* field(ctx: Context, path: string, names: readonly string[]): Wait<number> {
  const deb = yield* openDeb(ctx, path);
  if (!deb) return 2;
  const fields = (yield* deb.fields()) ?? new Map<string, string>();
  for (const [name, value] of fields) {
    if (names.length > 0 && !names.some((one) => one.toLowerCase() === name.toLowerCase())) continue;
    yield* ctx.stdout.write(names.length === 1 ? `${value}\n` : `${name}: ${value}\n`);
  }
  return 0;
}

const TYPES: Readonly<Record<string, string>> = {
  dir: 'd',
  symlink: 'l',
  file: '-',
  link: 'h',
  char: 'c',
  block: 'b',
  fifo: 'p',
};

const bits = (mode: number): string =>
  [6, 3, 0]
    .map((at) => `${(mode >> at) & 4 ? 'r' : '-'}${(mode >> at) & 2 ? 'w' : '-'}${(mode >> at) & 1 ? 'x' : '-'}`)
    .join('');

/** `dpkg-deb -c`: as tar -tv lists it. */
export function* contents(ctx: Context, path: string): Wait<number> {
  const deb = yield* openDeb(ctx, path);
  if (!deb) return 2;
  const reader = new TarReader();
  yield* deb.member('data.tar', function* (bytes) {
    for (const event of reader.push(bytes)) {
      if (event.type !== 'header') continue;
      const { header } = event;
      const c = calendar(header.mtimeSec);
      const time = `${c.year}-${two(c.month)}-${two(c.day)} ${two(c.hour)}:${two(c.minute)}`;
      const link = header.type === 'symlink' ? ` -> ${header.linkname}` : '';
      yield* ctx.stdout.write(
        `${TYPES[header.type] ?? '?'}${bits(header.mode)} root/root ${String(header.size).padStart(9)} ${time} ${header.name}${link}\n`,
      );
    }
  });
  return 0;
}

/** `dpkg-deb -x` and `-e`. */
export function* extract(ctx: Context, path: string, dir: string, member: 'data.tar' | 'control.tar'): Wait<number> {
  const deb = yield* openDeb(ctx, path);
  if (!deb) return 2;
  mkdirp(ctx.sys, dir, 0o755);
  const unpacker = new DataUnpacker(ctx.sys, (file) => file, dir.replace(/\/+$/, '') || '.');
  yield* deb.member(member, (bytes) => unpacker.push(bytes));
  return unpacker.result.failed ? 2 : 0;
}

/** `dpkg-deb -b DIR [FILE]`: makes an archive of a folder that has DEBIAN/control. */
export function* build(ctx: Context, dir: string, target: string | undefined): Wait<number> {
  const bytes = yield* readFile(ctx.sys, joinPath(dir, 'DEBIAN/control'));
  if (typeof bytes === 'number')
    return yield* complain(
      ctx,
      `failed to open package info file '${joinPath(dir, 'DEBIAN/control')}' for reading: ${ctx.strerror(bytes)}`,
    );
  const fields = parseDeb822(decode(bytes))[0];
  const name = fields?.get('Package');
  const version = fields?.get('Version');
  const arch = fields?.get('Architecture');
  const lacking = !name ? 'Package' : !version ? 'Version' : !arch ? 'Architecture' : undefined;
  if (lacking !== undefined)
    return yield* complain(
      ctx,
      `parsing file '${joinPath(dir, 'DEBIAN/control')}' near line 1:\n missing '${lacking}' field`,
    );
  const file =
    target === undefined
      ? `${dir.replace(/\/+$/, '')}.deb`
      : isDir(ctx.sys, target)
        ? joinPath(target, `${name}_${version!.replace(/^\d+:/, '')}_${arch}.deb`)
        : target;
  yield* ctx.stdout.write(`dpkg-deb: building package '${name}' in '${file}'.\n`);
  const now = Math.floor(ctx.sys.now(0) / 1000);
  const control = yield* pack(ctx, joinPath(dir, 'DEBIAN'), []);
  const data = yield* pack(ctx, dir, ['DEBIAN']);
  const parts: Uint8Array[] = [arMagic()];
  for (const [member, content] of [
    ['debian-binary', encode('2.0\n')],
    ['control.tar.gz', gzip(control)],
    ['data.tar.gz', gzip(data)],
  ] as const)
    parts.push(arHeader(member, content.length, now), content, new Uint8Array(content.length % 2).fill(10));
  const fd = yield* open(ctx.sys, file, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
  if (fd < 0) return yield* complain(ctx, `unable to create '${file}': ${ctx.strerror(fd)}`);
  yield* writeAll(ctx.sys, fd, joinBytes(parts));
  ctx.sys.close(fd);
  return 0;
}

function* pack(ctx: Context, dir: string, leaveOut: readonly string[]): Wait<Uint8Array> {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  const st = new Stat();
  const walk = function* (path: string, name: string): Wait<void> {
    if (ctx.sys.lstat(path, st) < 0) return;
    const common = { mode: st.mode & 0o7777, uid: st.uid, gid: st.gid, mtimeSec: st.mtimeSec };
    if (isDirectory(st.mode)) {
      pieces.push(writer.header(tarHeader({ ...common, name, type: 'dir' })));
      const names = listDir(ctx.sys, path);
      for (const one of typeof names === 'number' ? [] : names.sort())
        if (name !== './' || !leaveOut.includes(one))
          yield* walk(joinPath(path, one), `${name}${name.endsWith('/') ? '' : '/'}${one}`);
    } else if (isSymlink(st.mode)) {
      const linkname = ctx.sys.readlink(path);
      if (typeof linkname === 'string')
        pieces.push(writer.header(tarHeader({ ...common, name, type: 'symlink', linkname })));
    } else if (isRegular(st.mode)) {
      const bytes = yield* readFile(ctx.sys, path);
      if (typeof bytes === 'number') return;
      pieces.push(writer.header(tarHeader({ ...common, name, type: 'file', size: bytes.length })), writer.data(bytes));
    }
  };
  yield* walk(dir, './');
  pieces.push(writer.finish());
  return joinBytes(pieces);
}
