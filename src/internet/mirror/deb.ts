import { arHeader, arMagic } from '../../lib/ar.ts';
import { formatDeb822 } from '../../lib/deb822.ts';
import type { Hash, HashFactory } from '../../lib/hash.ts';
import { TarWriter, tarHeader } from '../../lib/tar.ts';
import { encode } from '../../lib/utf8.ts';
import { joinBytes } from '../../libc/io.ts';
import { contentOf, scriptsOf } from './content.ts';
import type { Package } from './package.ts';
import { PACKED, type PayloadFile, packPayload, payloadOf } from './payload.ts';

/** Bytes of a filling member with its header. Archives are as large as the real ones; equal beginnings are hashed once. */
const FILL = 256 * 1024;
const FILL_NAME = '_fill';
const HEADER = 60;

/** Who looks after all packages of a distribution. */
export interface Maintainers {
  maintainer: string;
}

/** The fields that the archive's control file and the index have in common. */
export function controlFields(pkg: Package, { maintainer }: Maintainers): [string, string][] {
  const list = (text: string): string => text.replaceAll('|', ' | ').replaceAll(',', ', ');
  const fields: [string, string | undefined][] = [
    ['Package', pkg.name],
    ['Essential', pkg.essential ? 'yes' : undefined],
    ['Source', pkg.source === pkg.name ? undefined : pkg.source],
    ['Version', pkg.version],
    ['Architecture', pkg.arch],
    ['Maintainer', maintainer],
    ['Installed-Size', String(pkg.installed)],
    ['Depends', list(pkg.depends)],
    ['Recommends', list(pkg.recommends)],
    ['Conflicts', list(pkg.conflicts)],
    ['Provides', list(pkg.provides)],
    ['Section', pkg.component === 'main' ? pkg.section : `${pkg.component}/${pkg.section}`],
    ['Priority', pkg.priority],
    ['Multi-Arch', pkg.multiArch],
    ['Description', pkg.summary],
  ];
  return fields.filter((field): field is [string, string] => field[1] !== undefined && field[1] !== '');
}

/** `pool/main/c/curl/curl_8.5.0-2_amd64.deb`, without an epoch. */
export function poolPath(pkg: Package): string {
  const letter = pkg.source.startsWith('lib') ? pkg.source.slice(0, 4) : pkg.source[0]!;
  return `pool/${pkg.component}/${letter}/${pkg.source}/${pkg.name}_${pkg.version.replace(/^\d+:/, '')}_${pkg.arch}.deb`;
}

const member = (name: string, bytes: Uint8Array): Uint8Array =>
  joinBytes([arHeader(name, bytes.length, PACKED), bytes, new Uint8Array(bytes.length % 2)]);

const start = (): Uint8Array => joinBytes([arMagic(), member('debian-binary', encode('2.0\n'))]);

/** A .deb: how it begins, how often it is filled up, and what follows. */
export interface DebArchive {
  fills: number;
  tail: Uint8Array;
  size: number;
}

/**
 * Makes the archive of a package; between its first member and the control data are members of zeros whose names begin
 * with an underscore, which every reader skips.
 * @see deb(5)
 */
export function makeDeb(pkg: Package, maintainers: Maintainers, md5: HashFactory): DebArchive {
  const files = payloadOf(pkg);
  const contents = joinBytes([
    member('control.tar', packControl(pkg, maintainers, files, md5)),
    member('data.tar', packPayload(files, './')),
  ]);
  const room = pkg.size - start().length - contents.length;
  const fills = Math.max(0, Math.floor(room / FILL));
  const rest = (room - fills * FILL - HEADER) & ~1;
  const tail = rest < 0 ? contents : joinBytes([member(FILL_NAME, new Uint8Array(rest)), contents]);
  return { fills, tail, size: start().length + fills * FILL + tail.length };
}

/** The bytes of the archive, in pieces. */
export function* debPieces(deb: DebArchive): Generator<Uint8Array, void, void> {
  yield start();
  const fill = member(FILL_NAME, new Uint8Array(FILL - HEADER));
  for (let n = 0; n < deb.fills; n++) yield fill;
  yield deb.tail;
}

/** Digests archives: what they have in common only once. */
export class DebDigests {
  private readonly begun: Hash[];
  private readonly fill = member(FILL_NAME, new Uint8Array(FILL - HEADER));

  constructor(sha256: HashFactory) {
    this.begun = [sha256.create().update(start())];
  }

  of(deb: DebArchive): string {
    for (let n = this.begun.length; n <= deb.fills; n++) this.begun.push(this.begun[n - 1]!.copy().update(this.fill));
    return this.begun[deb.fills]!.copy().update(deb.tail).digestHex();
  }
}

function packControl(
  pkg: Package,
  maintainers: Maintainers,
  files: readonly PayloadFile[],
  md5: HashFactory,
): Uint8Array {
  const sums = files
    .filter((file) => file.link === undefined && (file.size ?? 0) <= (file.data?.length ?? 0))
    .map((file) => `${md5.hex(file.data ?? new Uint8Array(0))}  ${file.path.slice(1)}\n`)
    .join('');
  const conffiles = files
    .filter((file) => file.path.startsWith('/etc/') && file.link === undefined)
    .map((file) => `${file.path}\n`)
    .join('');
  const library = files.some((file) => /^\/usr\/lib\/x86_64-linux-gnu\/[^/]+\.so\.\d/.test(file.path));
  const members: [string, string, number][] = [
    ['control', formatDeb822(controlFields(pkg, maintainers)), 0o644],
    ['conffiles', conffiles, 0o644],
    ['md5sums', sums, 0o644],
    ['triggers', contentOf(pkg).triggers ?? (library ? 'activate-noawait ldconfig\n' : ''), 0o644],
    ...Object.entries(scriptsOf(pkg)).map(([name, text]): [string, string, number] => [name, text, 0o755]),
  ];
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [writer.header(tarHeader({ name: './', type: 'dir', mtimeSec: PACKED }))];
  for (const [name, text, mode] of members) {
    if (text === '') continue;
    const bytes = encode(text);
    pieces.push(
      writer.header(tarHeader({ name: `./${name}`, type: 'file', mode, size: bytes.length, mtimeSec: PACKED })),
      writer.data(bytes),
    );
  }
  pieces.push(writer.finish());
  return joinBytes(pieces);
}
