import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { Headers } from '../../lib/http-headers.ts';
import { connectTcp, HttpConnection, type HttpResponse } from '../../libc/http-client.ts';
import { open, read, type Wait, writeAll } from '../../libc/io.ts';
import { resolve } from '../../libc/resolver.ts';
import { secure, type TrustError } from '../http/secure.ts';
import { hostField, parseTarget, resolveLocation, type Target } from '../http/target.ts';

/** What became of a download. */
export type Fetched =
  | { kind: 'ok'; size: number; sha256: string; modified: string | undefined }
  /** The server's copy is not newer than ours. */
  | { kind: 'unchanged' }
  | { kind: 'status'; status: number; reason: string; peer: string }
  | { kind: 'resolve'; host: string; temporary: boolean }
  | { kind: 'connect'; host: string; errno: number; peer: string }
  | { kind: 'untrusted'; host: string; why: TrustError | 'handshake'; peer: string }
  | { kind: 'broken'; peer: string }
  | { kind: 'local'; path: string; errno: number };

export interface FetchOptions {
  agent: string;
  /** Time of our copy, as Last-Modified had it. */
  since?: string;
  /** Certificates are not looked at. */
  insecure?: boolean;
  /** Called with the number of bytes of each piece. */
  progress?(bytes: number, total: number | undefined): void;
}

const REDIRECTS = 5;
/** A piece of a file that is all zeros is left as a hole if it is at least this long. */
const HOLE = 4096;

/** Gets files over HTTP and HTTPS, several over one connection, and writes them to the disk. */
export class Downloader {
  private readonly connections = new Map<string, { connection: HttpConnection; peer: string }>();

  constructor(
    private readonly sys: Sys,
    private readonly sha256: HashFactory,
  ) {}

  close(): void {
    for (const { connection } of this.connections.values()) connection.close();
    this.connections.clear();
  }

  /** Gets `url` into the file `path`. */
  *fetch(url: string, path: string, options: FetchOptions): Wait<Fetched> {
    const file = /^(?:file|copy):(?:\/\/)?(\/.*)$/.exec(url)?.[1];
    if (file !== undefined) return yield* this.copy(file, path);
    let target = parseTarget(url);
    for (let hops = 0; target && hops <= REDIRECTS; hops++) {
      const answer = yield* this.ask(target, options);
      if (answer.kind !== 'answer') return answer;
      const { response, peer } = answer;
      const location = response.headers.get('location');
      if (response.status >= 301 && response.status <= 308 && response.status !== 304 && location !== undefined) {
        yield* response.bytes();
        target = resolveLocation(target, location);
        continue;
      }
      if (response.status === 304) {
        yield* response.bytes();
        return { kind: 'unchanged' };
      }
      if (response.status !== 200) {
        yield* response.bytes();
        return { kind: 'status', status: response.status, reason: response.head.reason, peer };
      }
      return yield* this.store(response, path, peer, options);
    }
    return { kind: 'resolve', host: url, temporary: false };
  }

  private *copy(from: string, path: string): Wait<Fetched> {
    const fd = yield* open(this.sys, from, O_RDONLY);
    if (fd < 0) return { kind: 'local', path: from, errno: -fd };
    const to = yield* open(this.sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    if (to < 0) return { kind: 'local', path, errno: -to };
    const hash = this.sha256.create();
    const buf = new Uint8Array(65536);
    let size = 0;
    for (let n: number; (n = yield* read(this.sys, fd, buf)) > 0; size += n) {
      hash.update(buf.subarray(0, n));
      yield* writeAll(this.sys, to, buf.subarray(0, n));
    }
    this.sys.close(fd);
    this.sys.close(to);
    return { kind: 'ok', size, sha256: hash.digestHex(), modified: undefined };
  }

  private *ask(
    target: Target,
    options: FetchOptions,
  ): Wait<{ kind: 'answer'; response: HttpResponse; peer: string } | Exclude<Fetched, { kind: 'ok' }>> {
    const key = `${target.scheme}://${hostField(target)}`;
    for (;;) {
      const old = this.connections.get(key);
      const usable = old?.connection.usable ? old : undefined;
      const opened = usable ?? (yield* this.connect(target, options));
      if ('kind' in opened) return opened;
      this.connections.set(key, opened);
      const headers = new Headers();
      headers.append('Host', hostField(target));
      headers.append('User-Agent', options.agent);
      if (options.since !== undefined) headers.append('If-Modified-Since', options.since);
      // a `+` in a path stands for itself
      const answer = yield* opened.connection.request({
        method: 'GET',
        target: target.path.replaceAll('+', '%2b'),
        headers,
      });
      if (answer.kind === 'response') return { kind: 'answer', response: answer, peer: opened.peer };
      this.connections.delete(key);
      if (!usable) return { kind: 'broken', peer: opened.peer };
    }
  }

  private *connect(
    target: Target,
    options: FetchOptions,
  ): Wait<{ connection: HttpConnection; peer: string } | Exclude<Fetched, { kind: 'ok' }>> {
    const { host } = target;
    const found = yield* resolve(this.sys, host);
    if (typeof found === 'string') return { kind: 'resolve', host, temporary: found === 'again' };
    let errno = 0;
    let peer = '';
    for (const address of found.addresses) {
      peer = `${address} ${target.port}`;
      const fd = yield* connectTcp(this.sys, address, target.port);
      if (fd < 0) {
        errno = -fd;
        continue;
      }
      if (target.scheme === 'https') {
        const secured = yield* secure(this.sys, fd, host);
        const why = typeof secured === 'string' ? 'handshake' : options.insecure ? undefined : secured.trust;
        if (why !== undefined) {
          this.sys.close(fd);
          return { kind: 'untrusted', host, why, peer };
        }
      }
      return { connection: new HttpConnection(this.sys, fd), peer };
    }
    return { kind: 'connect', host, errno, peer };
  }

  private *store(response: HttpResponse, path: string, peer: string, options: FetchOptions): Wait<Fetched> {
    const { sys } = this;
    const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    if (fd < 0) {
      response.close();
      return { kind: 'local', path, errno: -fd };
    }
    const total = response.headers.get('content-length');
    const hash = this.sha256.create();
    let size = 0;
    let failed = 0;
    for (let piece; (piece = yield* response.chunk()) !== undefined; ) {
      hash.update(piece);
      options.progress?.(piece.length, total === undefined ? undefined : Number(total));
      const r = isZero(piece) ? sys.lseek(fd, piece.length, 1) : yield* writeAll(sys, fd, piece);
      if (r < 0) {
        failed = -r;
        break;
      }
      size += piece.length;
      if (sys.tick()) yield;
    }
    sys.ftruncate(fd, size);
    sys.close(fd);
    if (failed !== 0) {
      response.close();
      return { kind: 'local', path, errno: failed };
    }
    if (response.broken) return { kind: 'broken', peer };
    return { kind: 'ok', size, sha256: hash.digestHex(), modified: response.headers.get('last-modified') };
  }
}

function isZero(bytes: Uint8Array): boolean {
  if (bytes.length < HOLE || bytes[0] !== 0) return false;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
