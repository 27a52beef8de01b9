import { O_RDONLY } from '../../../abi/flags.ts';
import {
  Stat as FileStat,
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isRegular,
  isSymlink,
  major,
  minor,
} from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { open, read, type Wait } from '../../../libc/io.ts';
import { listDir } from '../../../libc/paths.ts';
import { BuildError } from '../context.ts';
import { RpcError, type RpcStream } from '../rpc/peer.ts';
import type { TransferProgress } from '../source.ts';
import { toGoMode } from './file-mode.ts';
import type { Session } from './session.ts';
import {
  BytesMessage,
  PACKET_DATA,
  PACKET_ERR,
  PACKET_FIN,
  PACKET_REQ,
  PACKET_STAT,
  Packet,
  type Stat,
} from './session-proto.ts';

const DIFF_COPY = '/moby.filesync.v1.FileSend/DiffCopy';
const PIECE = 32 * 1024;

/** Begins to send the client the result of one of its exporters. @throws BuildError */
function openTarget(sys: Sys, session: Session, exporter: number): RpcStream {
  if (!session.supports(DIFF_COPY)) throw new BuildError(`method ${DIFF_COPY} not supported by the client`);
  return session.open(sys, DIFF_COPY, [['buildkit-attachable-exporter-id', String(exporter)]]);
}

/** Sends a client an archive. @param write writes the archive to the sink that it is given. @throws BuildError, RpcError */
export function* sendArchive(
  sys: Sys,
  session: Session,
  exporter: number,
  write: (sink: (bytes: Uint8Array) => Wait<boolean>) => Wait<unknown>,
): Wait<void> {
  const stream = openTarget(sys, session, exporter);
  try {
    yield* write(function* (bytes) {
      for (let at = 0; at < bytes.length; at += PIECE)
        if (!(yield* stream.send(sys, BytesMessage.encode({ data: bytes.subarray(at, at + PIECE) })))) return false;
      return true;
    });
    stream.closeSend(sys);
    while ((yield* stream.receive(sys)) !== undefined);
  } finally {
    stream.cancel(sys);
  }
}

/**
 * Sends a client a folder. @throws BuildError, RpcError
 * @see tonistiigi/fsutil send.go
 */
export function* sendFolder(
  sys: Sys,
  session: Session,
  exporter: number,
  root: string,
  progress: TransferProgress,
): Wait<void> {
  const stream = openTarget(sys, session, exporter);
  try {
    yield* new Sender(sys, stream, root, progress).run();
  } finally {
    stream.cancel(sys);
  }
}

class Sender {
  /** Regular files by their number. */
  readonly #files = new Map<number, string>();
  readonly #links = new Map<string, string>();
  #count = 0;
  #size = 0;

  constructor(
    readonly sys: Sys,
    readonly stream: RpcStream,
    readonly root: string,
    readonly progress: TransferProgress,
  ) {}

  *run(): Wait<void> {
    yield* this.#walk('');
    yield* this.#send(Packet.encode({ type: PACKET_STAT }));
    for (let bytes: Uint8Array | undefined; (bytes = yield* this.stream.receive(this.sys)) !== undefined; ) {
      const packet = Packet.decode(bytes);
      if (packet.type === PACKET_ERR) throw new BuildError(`error from receiver: ${decode(packet.data)}`);
      if (packet.type === PACKET_REQ) yield* this.#file(packet.ID);
      else if (packet.type === PACKET_FIN) {
        yield* this.#send(Packet.encode({ type: PACKET_FIN }));
        this.stream.closeSend(this.sys);
      }
    }
    yield* this.progress(this.#size);
  }

  *#send(packet: Uint8Array): Wait<void> {
    this.#size += packet.length;
    if (!(yield* this.stream.send(this.sys, packet)))
      throw this.stream.status ? new RpcError(this.stream.status) : new BuildError('context canceled');
  }

  /** Tells of all that is below, folders before what they hold, names in the order of their bytes. */
  *#walk(dir: string): Wait<void> {
    const names = listDir(this.sys, `${this.root}/${dir}`);
    for (const name of typeof names === 'number' ? [] : names.sort((a, b) => (a < b ? -1 : 1))) {
      const path = dir === '' ? name : `${dir}/${name}`;
      const st = new FileStat();
      if (this.sys.lstat(`${this.root}/${path}`, st) < 0) continue;
      const number = this.#count++;
      const stat = this.#stat(path, st);
      if (isRegular(st.mode) && stat.linkname === '') this.#files.set(number, path);
      yield* this.#send(Packet.encode({ type: PACKET_STAT, stat }));
      if (isDirectory(st.mode)) yield* this.#walk(path);
      if (this.sys.tick()) yield;
    }
  }

  #stat(path: string, st: FileStat): Stat {
    const device = isBlockDevice(st.mode) || isCharDevice(st.mode);
    const target = isSymlink(st.mode) ? this.sys.readlink(`${this.root}/${path}`) : '';
    const key = `${st.dev} ${st.ino}`;
    const first = isRegular(st.mode) && st.nlink > 1 ? this.#links.get(key) : undefined;
    if (isRegular(st.mode) && first === undefined) this.#links.set(key, path);
    return {
      path,
      mode: toGoMode(st.mode),
      uid: st.uid,
      gid: st.gid,
      size: isDirectory(st.mode) ? 0 : st.size,
      modTime: BigInt(st.mtimeSec) * 1_000_000_000n + BigInt(st.mtimeNsec),
      linkname: first ?? (typeof target === 'string' ? target : ''),
      devmajor: device ? major(st.rdev) : 0,
      devminor: device ? minor(st.rdev) : 0,
      xattrs: new Map(),
    };
  }

  *#file(number: number): Wait<void> {
    const { sys } = this;
    const path = this.#files.get(number);
    if (path === undefined) throw new BuildError(`invalid file id ${number}`);
    this.#files.delete(number);
    const fd = yield* open(sys, `${this.root}/${path}`, O_RDONLY, 0);
    if (fd >= 0) {
      try {
        const buffer = new Uint8Array(PIECE);
        for (let n: number; (n = yield* read(sys, fd, buffer)) > 0; ) {
          yield* this.#send(Packet.encode({ type: PACKET_DATA, ID: number, data: buffer.subarray(0, n) }));
          yield* this.progress(this.#size);
        }
      } finally {
        sys.close(fd);
      }
    }
    yield* this.#send(Packet.encode({ type: PACKET_DATA, ID: number }));
  }
}
