import { AF_UNIX, SHUT_WR, SOCK_STREAM } from '../src/abi/socket.ts';
import type { Sys } from '../src/abi/sys.ts';
import { ApiClient } from '../src/api/client.ts';
import { ContainerAttach, ContainerCreate, ContainerStart, ContainerWait } from '../src/api/container.ts';
import type { Endpoint } from '../src/api/endpoint.ts';
import { endpoint } from '../src/api/endpoint.ts';
import { FrameReader } from '../src/api/frames.ts';
import type { ByteStream, Wait } from '../src/api/stream.ts';
import { makeDockerd } from '../src/engine/dockerd.ts';
import { makeElf } from '../src/lib/elf.ts';
import { loadSha256 } from '../src/lib/sha256.ts';
import { TarWriter, tarHeader } from '../src/lib/tar.ts';
import { decode, encode } from '../src/lib/utf8.ts';
import { connect, read, sleep, spawn, writeAll } from '../src/libc/io.ts';
import { loadUserland } from '../src/userland/index.ts';
import { bootTestKernel, type TestKernel } from './kernel-harness.ts';

const SOCKET = '/var/run/docker.sock';

/** A connected unix socket as a stream of bytes. */
class SocketStream implements ByteStream {
  readonly #sys: Sys;
  readonly #fd: number;
  readonly #buffer = new Uint8Array(65536);

  constructor(sys: Sys, fd: number) {
    this.#sys = sys;
    this.#fd = fd;
  }

  *read(): Wait<Uint8Array | undefined> {
    const n = yield* read(this.#sys, this.#fd, this.#buffer);
    if (n < 0) throw new Error(`read: ${n}`);
    return n === 0 ? undefined : this.#buffer.subarray(0, n);
  }

  *write(bytes: Uint8Array): Wait<void> {
    const r = yield* writeAll(this.#sys, this.#fd, bytes);
    if (r < 0) throw new Error(`write: ${r}`);
  }

  closeWrite(): void {
    this.#sys.shutdown(this.#fd, SHUT_WR);
  }

  close(): void {
    this.#sys.close(this.#fd);
  }
}

export function clientOf(sys: Sys): ApiClient {
  return new ApiClient(function* () {
    const fd = sys.socket(AF_UNIX, SOCK_STREAM);
    for (let i = 0; i < 200; i++) {
      if ((yield* connect(sys, fd, { family: AF_UNIX, path: SOCKET })) === 0) return new SocketStream(sys, fd);
      yield* sleep(sys, 10);
    }
    throw new Error('the engine does not answer');
  });
}

/** A machine with an engine that has the image `busybox`, for tests. */
export interface TestEngine {
  readonly k: TestKernel;
  /** Ends the engine by a signal and starts a new one. */
  restart(signal: number): Promise<void>;
  call<P, R, B>(e: Endpoint<P, R, B>, params: P, body?: B): Promise<R>;
  /** Runs a piece of a program with a client. */
  run<T>(body: (sys: Sys, client: ApiClient) => Wait<T>): Promise<T>;
  /** Creates a container, attaches, starts it, waits: its output and its exit code. */
  runContainer(
    config: object,
    name?: string,
    stdin?: string,
  ): Promise<{ stdout: string; stderr: string; code: number; id: string }>;
}

const APPLETS = [
  'sh',
  'cat',
  'echo',
  'ls',
  'sleep',
  'true',
  'false',
  'id',
  'pwd',
  'env',
  'touch',
  'mkdir',
  'rm',
  'wc',
  'hostname',
  'stat',
  'mount',
  'ps',
  'head',
  'tr',
  'sort',
  'readlink',
  'kill',
  'mknod',
  'chmod',
  'ip',
  'nc',
  'seq',
  'test',
  'nslookup',
  'grep',
  'tail',
  'printf',
  'df',
  'dd',
  'tty',
  'sed',
  'awk',
  'yes',
];

/** The archive of a small root filesystem. */
export function busyboxTar(): Uint8Array {
  const pieces: Uint8Array[] = [];
  const tar = new TarWriter();
  const put = (out: Uint8Array): void => {
    if (out.length > 0) pieces.push(out.slice());
  };
  const dir = (name: string, mode = 0o755): void => put(tar.header(tarHeader({ name, type: 'dir', mode })));
  const file = (name: string, content: string | Uint8Array, mode = 0o644): void => {
    const bytes = typeof content === 'string' ? encode(content) : content;
    put(tar.header(tarHeader({ name, type: 'file', mode, size: bytes.length })));
    put(tar.data(bytes));
  };
  for (const name of ['bin/', 'etc/', 'home/', 'root/', 'tmp/', 'usr/', 'var/'])
    dir(name, name === 'tmp/' ? 0o1777 : name === 'root/' ? 0o700 : 0o755);
  file('bin/busybox', makeElf({ program: 'busybox', version: '1.36', flavour: 'musl' }), 0o755);
  for (const name of APPLETS)
    put(tar.header(tarHeader({ name: `bin/${name}`, type: 'symlink', mode: 0o777, linkname: 'busybox' })));
  file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n');
  file('etc/group', 'root:x:0:\ndaemon:x:1:\nnobody:x:65534:\n');
  put(tar.finish());
  const total = pieces.reduce((n, p) => n + p.length, 0);
  const out = new Uint8Array(total);
  let at = 0;
  for (const p of pieces) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

const Import = endpoint<{ fromSrc: string; repo: string; tag: string }, void, undefined>({
  method: 'POST',
  path: '/images/create',
  since: '1.0',
  ok: 200,
  query: { fromSrc: 'string', repo: 'string', tag: 'string' },
  body: 'stream',
  answer: 'stream',
});

export async function bootEngine(): Promise<TestEngine> {
  const [sha256, busybox] = await Promise.all([loadSha256(), loadUserland('busybox')]);
  const k = await bootTestKernel({
    programs: { dockerd: makeDockerd({ sha256 }), busybox },
    files: {
      '/etc/hosts': '127.0.0.1 localhost\n',
      '/etc/resolv.conf': 'nameserver 192.168.65.1\n',
      '/etc/group': 'root:x:0:\ndocker:x:999:\n',
      '/run/': '',
      '/var/': '',
    },
    flavour: 'go',
    *setUp(sys) {
      sys.symlink('/run', '/var/run');
    },
  });
  let pid = 0;
  const begin = (): Promise<unknown> =>
    k.run(function* (sys) {
      pid = yield* spawn(sys, '/bin/dockerd', ['dockerd'], []);
      return 0;
    });
  await begin();
  const engine: TestEngine = {
    k,
    async restart(signal) {
      await k.run(function* (sys) {
        sys.kill(pid, signal);
        while (sys.kill(pid, 0) === 0) yield* sleep(sys, 10);
        return 0;
      });
      await begin();
    },
    async run(body) {
      let result: unknown;
      let failure: unknown;
      await k.run(function* (sys) {
        const client = clientOf(sys);
        try {
          result = yield* body(sys, client);
        } catch (error) {
          failure = error;
        }
        client.close();
        return 0;
      });
      if (failure) throw failure;
      return result as never;
    },
    call: (e, params, body) => engine.run((_, client) => client.call(e, params, body)),
    runContainer: (config, name, stdin) => engine.run((sys, client) => runContainer(sys, client, config, name, stdin)),
  };
  const archive = busyboxTar();
  await engine.run(function* (_, client) {
    let sent = false;
    const body = function* (): Wait<Uint8Array | undefined> {
      if (sent) return undefined;
      sent = true;
      return archive;
    };
    const answer = yield* client.stream(Import, { fromSrc: '-', repo: 'busybox', tag: 'latest' }, body as never, {
      headers: { 'Content-Type': 'application/x-tar' },
    });
    const text = decode(yield* answer.readAll());
    if (text.includes('error')) throw new Error(text);
  });
  return engine;
}

function* runContainer(
  sys: Sys,
  client: ApiClient,
  config: object,
  name: string | undefined,
  stdin: string | undefined,
): Wait<{ stdout: string; stderr: string; code: number; id: string }> {
  const { Id } = yield* client.call(ContainerCreate, name ? { name } : {}, config as never);
  const other = clientOf(sys);
  const raw = yield* other.hijack(ContainerAttach, {
    id: Id,
    stream: true,
    stdin: stdin !== undefined,
    stdout: true,
    stderr: true,
  });
  const end = yield* clientOf(sys).stream(ContainerWait, { id: Id, condition: 'next-exit' });
  yield* client.call(ContainerStart, { id: Id });
  if (stdin !== undefined) {
    yield* raw.write(encode(stdin));
    raw.closeWrite();
  }
  const frames = new FrameReader();
  const out: Record<number, string> = { 1: '', 2: '' };
  const tty = (config as { Tty?: boolean }).Tty === true;
  for (let bytes; (bytes = yield* raw.read()) !== undefined; ) {
    if (tty) out[1] += decode(bytes);
    else for (const part of frames.push(bytes)) out[part.stream] += decode(part.bytes);
  }
  raw.close();
  const { StatusCode } = JSON.parse(decode(yield* end.readAll())) as { StatusCode: number };
  end.close();
  return { stdout: out[1]!, stderr: out[2]!, code: StatusCode, id: Id };
}
