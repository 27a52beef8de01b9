import { O_CREAT, O_EXCL, O_WRONLY } from '../../../abi/flags.ts';
import { isDirectory, isRegular, isSocket, isSymlink, makedev, S_IFMT } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';
import { strerror } from '../../../libc/strerror.ts';
import { BuildError } from '../context.ts';
import type { RpcStream } from '../rpc/peer.ts';
import type { TransferProgress } from '../source.ts';
import { fromGoMode } from './file-mode.ts';
import { metadataOf } from './metadata.ts';
import type { Session } from './session.ts';
import { PACKET_DATA, PACKET_ERR, PACKET_FIN, PACKET_REQ, PACKET_STAT, Packet, type Stat } from './session-proto.ts';

const DIFF_COPY = '/moby.filesync.v1.FileSync/DiffCopy';
/** Files that are asked for at a time. */
const REQUESTS_MAX = 64;

/** What of a folder of the client is wanted. */
export interface SyncRequest {
  /** `context`, `dockerfile`, or a context's name. */
  name: string;
  /** Folder of ours, which is empty. */
  dir: string;
  /** Paths and patterns that are wanted, with what links in them lead to; empty: all. */
  followPaths: readonly string[];
  excludes: readonly string[];
  progress: TransferProgress;
}

/**
 * Lets a client send a folder. @returns bytes of its messages. @throws BuildError, RpcError
 * @see tonistiigi/fsutil receive.go for the protocol
 */
export function* syncFolder(sys: Sys, session: Session, request: SyncRequest): Wait<number> {
  if (!session.supports(DIFF_COPY)) throw new BuildError('no local sources enabled');
  mkdirp(sys, request.dir, 0o755);
  const lists: Record<string, readonly string[]> = { 'dir-name': [request.name] };
  if (request.excludes.length > 0) lists['exclude-patterns'] = request.excludes;
  if (request.followPaths.length > 0) lists.followpaths = request.followPaths;
  const stream = session.open(sys, DIFF_COPY, metadataOf(lists));
  try {
    return yield* new Receiver(sys, stream, request).run();
  } finally {
    stream.cancel(sys);
  }
}

interface Incoming {
  stat: Stat;
  path: string;
  fd: number;
}

class Receiver {
  /** Folders that came: only in them may something be. */
  readonly #folders = new Map<string, Stat | undefined>([['', undefined]]);
  readonly #files = new Map<number, Incoming>();
  /** Numbers of files that are still to be asked for. */
  readonly #waiting: number[] = [];
  #asked = 0;
  #listed = false;
  #size = 0;

  constructor(
    readonly sys: Sys,
    readonly stream: RpcStream,
    readonly request: SyncRequest,
  ) {}

  *run(): Wait<number> {
    const { sys, stream } = this;
    let number = 0;
    let finished = false;
    for (let bytes: Uint8Array | undefined; (bytes = yield* stream.receive(sys)) !== undefined; ) {
      this.#size += bytes.length;
      const packet = Packet.decode(bytes);
      if (packet.type === PACKET_STAT && packet.stat) yield* this.#entry(packet.stat, number++);
      else if (packet.type === PACKET_STAT) this.#listed = true;
      else if (packet.type === PACKET_DATA) yield* this.#data(packet.ID, packet.data);
      else if (packet.type === PACKET_ERR) throw new BuildError(`error from sender: ${decode(packet.data)}`);
      else if (packet.type === PACKET_FIN) break;
      if (this.#listed && this.#files.size === 0 && !finished) {
        finished = true;
        this.#closeFolders();
        yield* stream.send(sys, Packet.encode({ type: PACKET_FIN }));
      }
      yield* this.request.progress(this.#size);
      if (sys.tick()) yield;
    }
    return this.#size;
  }

  *#entry(stat: Stat, number: number): Wait<void> {
    const { sys } = this;
    const place = this.#place(stat.path);
    const mode = fromGoMode(stat.mode);
    if (isDirectory(mode)) {
      this.#check(stat.path, 'mkdir', sys.mkdir(place, 0o755));
      this.#folders.set(stat.path, stat);
      return;
    }
    if (isRegular(mode) && stat.linkname !== '') {
      const target = this.#place(stat.linkname);
      this.#check(stat.path, 'link', sys.link(target, place));
      return;
    }
    if (isRegular(mode)) {
      const fd = yield* open(sys, place, O_WRONLY | O_CREAT | O_EXCL, 0o600);
      this.#check(stat.path, 'open', fd);
      // the number of open files is bounded: what is not asked for yet is opened again
      sys.close(fd);
      this.#files.set(number, { stat, path: place, fd: -1 });
      this.#waiting.push(number);
      yield* this.#ask();
      return;
    }
    if (isSymlink(mode)) this.#check(stat.path, 'symlink', sys.symlink(stat.linkname, place));
    else if (isSocket(mode)) return;
    else
      this.#check(stat.path, 'mknod', sys.mknod(place, (mode & S_IFMT) | 0o600, makedev(stat.devmajor, stat.devminor)));
    this.#attributes(place, stat, mode);
  }

  *#ask(): Wait<void> {
    while (this.#asked < REQUESTS_MAX) {
      const number = this.#waiting.shift();
      if (number === undefined) return;
      this.#asked++;
      yield* this.stream.send(this.sys, Packet.encode({ type: PACKET_REQ, ID: number }));
    }
  }

  *#data(number: number, data: Uint8Array): Wait<void> {
    const { sys } = this;
    const file = this.#files.get(number);
    if (!file) throw new BuildError(`invalid file request ${number}`);
    if (data.length > 0) {
      if (file.fd < 0) file.fd = yield* open(sys, file.path, O_WRONLY, 0);
      this.#check(file.stat.path, 'open', file.fd);
      this.#check(file.stat.path, 'write', yield* writeAll(sys, file.fd, data));
      return;
    }
    if (file.fd >= 0) sys.close(file.fd);
    this.#files.delete(number);
    this.#asked--;
    this.#attributes(file.path, file.stat, fromGoMode(file.stat.mode));
    yield* this.#ask();
  }

  /** Where an entry is put. @throws BuildError for a path that leads out of the folder */
  #place(path: string): string {
    const parts = path.split('/');
    const above = parts.slice(0, -1).join('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..') || !this.#folders.has(above))
      throw new BuildError(`invalid path: ${path}`);
    return `${this.request.dir}/${path}`;
  }

  #check(path: string, what: string, r: number): void {
    if (r < 0) throw new BuildError(`${what} ${path}: ${strerror(-r, 'go')}`);
  }

  #attributes(place: string, stat: Stat, mode: number): void {
    const { sys } = this;
    sys.lchown(place, stat.uid, stat.gid);
    if (!isSymlink(mode)) sys.chmod(place, mode & 0o7777);
    for (const [name, value] of stat.xattrs) sys.setxattr(place, name, value, true);
    const sec = Number(stat.modTime / 1_000_000_000n);
    const nsec = Number(stat.modTime % 1_000_000_000n);
    sys.utimens(place, sec, nsec, sec, nsec, true);
  }

  /** Folders get their attributes when nothing more comes into them. */
  #closeFolders(): void {
    for (const [path, stat] of [...this.#folders].reverse())
      if (stat) this.#attributes(`${this.request.dir}/${path}`, stat, fromGoMode(stat.mode));
  }
}
