import { EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR } from '../../../abi/errno.ts';
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../../../abi/flags.ts';
import { isDirectory, isRegular, Stat } from '../../../abi/stat.ts';
import { open, pread, type Wait } from '../../../libc/io.ts';
import { autoindex } from './autoindex.ts';
import { errnoText } from './config-file.ts';
import { aliasOf, filePath } from './file-path.ts';
import { contentType } from './mime.ts';
import { bytesReply } from './pages.ts';
import { type Log, type Outcome, type Reply, special } from './reply.ts';
import type { Request } from './request.ts';
import { escapePath } from './request-line.ts';

const PIECE = 65536;

/** Looks for index files of a directory. @returns the URI to go on with, or an answer */
export function* directory(request: Request, log: Log): Wait<{ uri: string } | Outcome> {
  if (!['GET', 'HEAD', 'POST'].includes(request.method)) return special(405);
  const st = new Stat();
  const names = request.scope.find('index')?.args ?? ['index.html'];
  for (const name of names.map((n) => request.text(n))) {
    if (name.startsWith('/')) return { uri: name };
    const path = filePath(request, request.uri + name);
    const r = request.sys.stat(path, st);
    if (r === 0 && !isDirectory(st.mode)) return { uri: request.uri + name };
    if (r === -EACCES) {
      yield* log('error', `"${path}" is forbidden ${errnoText(request.sys, r)}`);
      return special(403);
    }
  }
  const path = filePath(request);
  if (request.sys.stat(path, st) < 0) {
    yield* log('error', `"${path}${names.at(-1) ?? ''}" is not found ${errnoText(request.sys, ENOENT)}`);
    return special(404);
  }
  if (request.scope.flag('autoindex', false)) return yield* autoindex(request, path, log);
  yield* log('error', `directory index of "${path}" is forbidden`);
  return special(403);
}

/** Serves the file of the request's URI. */
export function* staticFile(request: Request, log: Log): Wait<Outcome> {
  const { sys } = request;
  if (!['GET', 'HEAD', 'POST'].includes(request.method)) return special(405);
  const path = filePath(request);
  const fd = yield* open(sys, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return yield* cannotOpen(request, path, fd, log);
  const st = new Stat();
  sys.fstat(fd, st);
  if (isDirectory(st.mode)) {
    sys.close(fd);
    return redirectToDirectory(request);
  }
  if (!isRegular(st.mode)) {
    sys.close(fd);
    yield* log('crit', `"${path}" is not a regular file`);
    return special(404);
  }
  if (request.method === 'POST') {
    sys.close(fd);
    return special(405);
  }
  return fileReply(request, fd, st);
}

function* cannotOpen(request: Request, path: string, errno: number, log: Log): Wait<Outcome> {
  const missing = [ENOENT, ENOTDIR, ENAMETOOLONG].includes(-errno);
  if (!missing || request.scope.flag('log_not_found', true))
    yield* log(
      missing || errno === -EACCES ? 'error' : 'crit',
      `open() "${path}" failed ${errnoText(request.sys, errno)}`,
    );
  return special(missing ? 404 : errno === -EACCES || errno === -ELOOP ? 403 : 500);
}

function redirectToDirectory(request: Request): Outcome {
  const args = request.args === '' ? '' : `?${request.args}`;
  const reply = special(301);
  reply.fields.push(['Location', `${escapePath(request.uri)}/${args}`]);
  return reply;
}

/** nginx's ETag: time and size in hexadecimal. */
export const etagOf = (st: Stat): string => `"${st.mtimeSec.toString(16)}-${st.size.toString(16)}"`;

function fileReply(request: Request, fd: number, st: Stat): Reply {
  const { sys } = request;
  const { size } = st;
  return {
    kind: 'reply',
    status: 200,
    contentType: contentType(request.scope, aliasOf(request) === undefined ? request.uri : filePath(request)),
    length: size,
    lastModified: st.mtimeSec,
    ...(request.scope.flag('etag', true) && { etag: etagOf(st) }),
    fields: [],
    ranges: true,
    *body(write, from, to) {
      const buf = new Uint8Array(Math.min(PIECE, to - from));
      for (let at = from; at < to; ) {
        const n = yield* pread(sys, fd, buf.subarray(0, Math.min(buf.length, to - at)), at);
        if (n <= 0 || (yield* write(buf.subarray(0, n))) < 0) return;
        at += n;
      }
    },
    release: () => void sys.close(fd),
  };
}

/** Text of the configuration (`return 200 "hello"`). */
export function textReply(request: Request, status: number, body: Uint8Array): Reply {
  return bytesReply(status, contentType(request.scope, request.uri), body);
}
