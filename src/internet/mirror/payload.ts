import { makeElf } from '../../lib/elf.ts';
import { alignSegments, TarWriter, tarHeader } from '../../lib/tar.ts';
import { encode } from '../../lib/utf8.ts';
import { joinBytes } from '../../libc/io.ts';
import { type Content, contentOf } from './content.ts';

/** A file that a package brings. */
export interface PayloadFile {
  path: string;
  mode: number;
  /** Bytes; what `size` says more than they are is a hole. */
  data?: Uint8Array;
  size?: number;
  /** Target of a symbolic link. */
  link?: string;
}

/** What is needed to know of a package to make its files. */
export interface Brings {
  name: string;
  version: string;
  /** KiB. */
  installed: number;
  files: readonly string[];
  summary: string;
}

/** Seconds since the Epoch: the day all archives were made, so that they are the same every time. */
export const PACKED = 1_759_276_800;

/** Programs that are called otherwise on disk. */
const PROGRAM_OF: Readonly<Record<string, string>> = {
  'invoke-rc.d': 'invoke-rcd',
  'update-rc.d': 'update-rcd',
  'vim.basic': 'vi',
  'vim.tiny': 'vi',
  'vim.nox': 'vi',
  vim: 'vi',
  view: 'vi',
  'nc.openbsd': 'nc',
  'nc.traditional': 'nc',
  ncat: 'nc',
  gunzip: 'gzip',
  zcat: 'gzip',
  pkill: 'pgrep',
  killall5: 'pidof',
  bunzip2: 'bzip2',
  bzcat: 'bzip2',
  unxz: 'xz',
  xzcat: 'xz',
  lzma: 'xz',
  unlzma: 'xz',
  lzcat: 'xz',
  unzstd: 'zstd',
  zstdcat: 'zstd',
  zstdmt: 'zstd',
  'telnet.netkit': 'telnet',
  'inetutils-telnet': 'telnet',
  'traceroute.db': 'traceroute',
  'figlet-figlet': 'figlet',
  'figlet-toilet': 'figlet',
  'tini-static': 'tini',
  egrep: 'grep',
  fgrep: 'grep',
  hd: 'hexdump',
  gawk: 'awk',
  mawk: 'awk',
  'nano-tiny': 'nano',
  cowthink: 'cowsay',
  ncal: 'cal',
  unix2dos: 'dos2unix',
  rnano: 'nano',
  mariadb: 'mysql',
  'mariadb-admin': 'mysqladmin',
  'mariadb-dump': 'mysqldump',
  'mariadb-show': 'mysqlshow',
};

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const dir = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** The executable behind a path: an ELF header that names the program; who has none says so when it is started. */
export const programFile = (path: string, version: string, flavour: 'glibc' | 'musl' = 'glibc'): Uint8Array =>
  makeElf({ program: PROGRAM_OF[base(path)] ?? base(path), version: upstream(version), flavour });

/** `1:2.43.0-1ubuntu7` -> `2.43.0`. */
export const upstream = (version: string): string =>
  version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~].*$/, '');

const isProgram = (path: string): boolean => /\/(s?bin|games)\/[^/]+$/.test(path) || /\/gnupg\/[^/]+$/.test(path);

/** Bytes of what stands beside the programs in every package. */
const COPYRIGHT = 1024;

/**
 * The files of a package: its programs and libraries as large as they are installed, texts that content.ts has, units,
 * and the folder of its documents. Parents are not among them.
 */
export function payloadOf(
  what: Brings,
  content: Content = contentOf(what),
  flavour: 'glibc' | 'musl' = 'glibc',
  documents = true,
): PayloadFile[] {
  const { files: texts = {}, links = {}, modes = {}, alternatives = [] } = content;
  const out: PayloadFile[] = [];
  const large: PayloadFile[] = [];
  const behind = alternatives.map((line) => line.split(' ')[2]!.replace(/^\/bin\//, '/usr/bin/'));
  const names = [...new Set([...what.files, ...behind])].filter((path) => !(path in texts) && !(path in links));
  for (const path of names) {
    const longer = /\.so(\.|$)/.test(path) ? names.find((other) => other.startsWith(`${path}.`)) : undefined;
    if (longer !== undefined) {
      out.push({ path, mode: 0o777, link: base(longest(names, path)) });
      continue;
    }
    const file: PayloadFile = isProgram(path)
      ? { path, mode: modes[path] ?? 0o755, data: programFile(path, what.version, flavour) }
      : path.endsWith('.service')
        ? { path, mode: 0o644, data: encode(unitText(what, path)) }
        : { path, mode: path.startsWith('/etc/init.d/') ? 0o755 : 0o644 };
    out.push(file);
    if (!path.startsWith('/etc/') && !path.includes('/systemd/')) large.push(file);
  }
  for (const [path, text] of Object.entries(texts)) out.push({ path, mode: modes[path] ?? 0o644, data: encode(text) });
  for (const [path, link] of Object.entries(links)) out.push({ path, mode: 0o777, link });
  if (documents) out.push({ path: `/usr/share/doc/${what.name}/copyright`, mode: 0o644, size: COPYRIGHT });
  let left = Math.max(0, what.installed * 1024 - out.reduce((n, file) => n + (file.data?.length ?? 0), COPYRIGHT));
  if (large.length === 0 && left > 4096) {
    const data: PayloadFile = { path: `/usr/share/${what.name}/${what.name}.dat`, mode: 0o644 };
    out.push(data);
    large.push(data);
  }
  for (const [at, file] of large.entries()) {
    const share = Math.floor(left / (large.length - at));
    left -= share;
    file.size = Math.max(share, file.data?.length ?? 0);
  }
  return out.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function longest(names: readonly string[], path: string): string {
  return names
    .filter((other) => other.startsWith(`${path}.`))
    .reduce((best, other) => (other.length > best.length ? other : best));
}

function unitText(what: Brings, path: string): string {
  const name = base(path).replace(/\.service$/, '');
  const start = what.files.find((file) => isProgram(file) && (base(file) === name || base(file) === `${name}d`));
  const program = start ?? what.files.find(isProgram) ?? `/usr/sbin/${name}`;
  return `[Unit]\nDescription=${what.summary}\nAfter=network.target\n\n[Service]\nExecStart=${program}\n\n[Install]\nWantedBy=multi-user.target\n`;
}

/** All directories above some files, parents first, without the root. */
export function directoriesOf(files: readonly PayloadFile[]): string[] {
  const found = new Set<string>();
  for (const { path } of files)
    for (let up = dir(path); up !== ''; up = dir(up)) {
      if (found.has(up)) break;
      found.add(up);
    }
  return [...found].sort();
}

/** Packs files as a tar archive with their directories. @param prefix `./` in Debian, nothing elsewhere */
export function packPayload(files: readonly PayloadFile[], prefix: string): Uint8Array {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  if (prefix !== '') pieces.push(writer.header(tarHeader({ name: prefix, type: 'dir', mtimeSec: PACKED })));
  const all = new Map<string, PayloadFile | undefined>();
  for (const path of directoriesOf(files)) all.set(path, undefined);
  for (const file of files) all.set(file.path, file);
  for (const [path, file] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = prefix + path.slice(1);
    if (!file) pieces.push(writer.header(tarHeader({ name, type: 'dir', mtimeSec: PACKED })));
    else if (file.link !== undefined)
      pieces.push(
        writer.header(tarHeader({ name, type: 'symlink', mode: 0o777, linkname: file.link, mtimeSec: PACKED })),
      );
    else pieces.push(...packFile(writer, name, file));
  }
  pieces.push(writer.finish());
  return joinBytes(pieces);
}

function packFile(writer: TarWriter, name: string, file: PayloadFile): Uint8Array[] {
  const data = file.data ?? new Uint8Array(0);
  const size = Math.max(file.size ?? 0, data.length);
  const header = tarHeader({ name, type: 'file', mode: file.mode, size, mtimeSec: PACKED });
  if (size === data.length) return [writer.header(header), ...(size > 0 ? [writer.data(data)] : [])];
  header.sparse = alignSegments([[0, data.length]], size);
  const stored = header.sparse[0]?.[1] ?? 0;
  const filled = new Uint8Array(stored);
  filled.set(data.subarray(0, stored));
  return [writer.header(header), ...(stored > 0 ? [writer.data(filled)] : [])];
}
