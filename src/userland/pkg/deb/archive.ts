import { O_RDONLY } from '../../../abi/flags.ts';
import { Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { type ArMember, arMembers } from '../../../lib/ar.ts';
import { type Paragraph, parseDeb822 } from '../../../lib/deb822.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import { TarReader } from '../../../lib/tar.ts';
import { decode } from '../../../lib/utf8.ts';
import { open, pread, type Wait } from '../../../libc/io.ts';

const PIECE = 65536;

/** A .deb file that is open for reading. */
export class DebFile {
  private constructor(
    readonly sys: Sys,
    readonly path: string,
    private readonly fd: number,
    readonly size: number,
    readonly members: readonly ArMember[],
  ) {}

  /** @returns -errno where it cannot be opened, 'format' where it is no Debian archive */
  static *open(sys: Sys, path: string): Wait<DebFile | number | 'format'> {
    const fd = yield* open(sys, path, O_RDONLY);
    if (fd < 0) return fd;
    const st = new Stat();
    sys.fstat(fd, st);
    const members = yield* arMembers(function* (offset, length) {
      return yield* readAt(sys, fd, offset, length);
    });
    if (members?.[0]?.name !== 'debian-binary') {
      sys.close(fd);
      return 'format';
    }
    return new DebFile(sys, path, fd, st.size, members);
  }

  close(): void {
    this.sys.close(this.fd);
  }

  /** The files of the control member by name, without `./`. */
  *control(): Wait<Map<string, { text: string; mode: number }> | undefined> {
    const files = new Map<string, { text: string; mode: number }>();
    const reader = new TarReader();
    let name = '';
    let mode = 0;
    let parts: string[] = [];
    const ok = yield* this.member('control.tar', function* (bytes) {
      for (const event of reader.push(bytes)) {
        if (event.type === 'header') {
          name = event.header.type === 'file' ? event.header.name.replace(/^\.\//, '') : '';
          mode = event.header.mode;
          parts = [];
        } else if (event.type === 'data') parts.push(decode(event.bytes));
        else if (event.type === 'end-entry' && name !== '') files.set(name, { text: parts.join(''), mode });
      }
    });
    return ok ? files : undefined;
  }

  *fields(): Wait<Paragraph | undefined> {
    const files = yield* this.control();
    return files && parseDeb822(files.get('control')?.text ?? '')[0];
  }

  /** Gives the uncompressed bytes of a member. @returns false where it is not there or damaged */
  *member(name: string, take: (bytes: Uint8Array) => Wait<void>): Wait<boolean> {
    const member = this.members.find((one) => one.name === name || one.name.startsWith(`${name}.`));
    if (!member) return false;
    const gunzip = member.name.endsWith('.gz') ? new Gunzip() : undefined;
    if (member.name !== name && !gunzip) return false;
    for (let at = 0; at < member.size; at += PIECE) {
      const bytes = yield* readAt(this.sys, this.fd, member.offset + at, Math.min(PIECE, member.size - at));
      if (bytes.length === 0) return false;
      for (const piece of gunzip ? gunzip.push(bytes) : [bytes]) yield* take(piece);
      if (this.sys.tick()) yield;
    }
    return true;
  }
}

function* readAt(sys: Sys, fd: number, offset: number, length: number): Wait<Uint8Array> {
  const out = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const n = yield* pread(sys, fd, out.subarray(at), offset + at);
    if (n <= 0) break;
    at += n;
  }
  return out.subarray(0, at);
}
