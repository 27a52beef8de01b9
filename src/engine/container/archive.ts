import {
  isDirectory,
  isSymlink,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFSOCK,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
  Stat,
} from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { PathStat } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import { toBase64 } from '../../lib/base64.ts';
import { formatRfc3339Nano } from '../../lib/go-time.ts';
import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import { tarTree } from '../../libc/tar-tree.ts';
import { Untar, UntarError } from '../../libc/untar.ts';
import { resolveIn } from '../runtime/scope.ts';
import { type ContainerView, viewContainer } from '../runtime/view.ts';
import type { Call } from '../server/call.ts';
import type { Container } from './container.ts';
import { logEvent } from './log-event.ts';

/** Where a path of a container is for the engine. */
interface Place {
  /** Absolute path in the container, links resolved but the last. */
  absolute: string;
  /** The engine's path of it. */
  host: string;
}

function placeOf(sys: Sys, view: ContainerView, path: string): Place {
  const clean = path.startsWith('/') ? path : `/${path}`;
  const trailing = clean.endsWith('/') || clean.endsWith('/.');
  const bare = clean.replace(/\/\.?$/, '') || '/';
  if (bare === '/') return { absolute: '/', host: view.root };
  const slash = bare.lastIndexOf('/');
  const parent = resolveIn(sys, view.root, bare.slice(0, slash) || '/');
  const host = trailing ? resolveIn(sys, view.root, bare) : `${parent === '/' ? '' : parent}/${bare.slice(slash + 1)}`;
  return { absolute: bare, host };
}

/** Go's os.FileMode of a st_mode. */
function goMode(mode: number): number {
  const type: Readonly<Record<number, number>> = {
    [S_IFDIR]: 2 ** 31,
    [S_IFLNK]: 2 ** 27,
    [S_IFIFO]: 2 ** 25,
    [S_IFSOCK]: 2 ** 24,
    [S_IFBLK]: 2 ** 26,
    [S_IFCHR]: 2 ** 26 + 2 ** 21,
  };
  let out = (mode & 0o777) + (type[mode & S_IFMT] ?? 0);
  if (mode & S_ISUID) out += 2 ** 23;
  if (mode & S_ISGID) out += 2 ** 22;
  if (mode & S_ISVTX) out += 2 ** 20;
  return out;
}

const notFound = (path: string, reference: string): ApiError =>
  new ApiError('not-found', `Could not find the file ${path} in container ${reference}`);

function statPath(sys: Sys, view: ContainerView, path: string, reference: string): { place: Place; stat: PathStat } {
  const place = placeOf(sys, view, path);
  const st = new Stat();
  const r = sys.lstat(place.host, st);
  if (r < 0) throw notFound(path, reference);
  let linkTarget = '';
  if (isSymlink(st.mode)) {
    const target = resolveIn(sys, view.root, place.absolute);
    linkTarget = view.root === '/' ? target : target.slice(view.root.length) || '/';
  }
  const name = place.absolute === '/' ? '/' : basename(place.absolute);
  const mtime = formatRfc3339Nano(st.mtimeSec, st.mtimeNsec);
  return { place, stat: { name, size: st.size, mode: goMode(st.mode), mtime, linkTarget } };
}

const headerOf = (stat: PathStat): string => toBase64(encode(JSON.stringify(stat)));

/** HEAD: tells what is at a path. */
export function* statArchive(call: Call, c: Container, reference: string, path: string): Wait<void> {
  yield* viewContainer(call.sys, call.daemon, c, function* (sys, view) {
    const { stat } = statPath(sys, view, path, reference);
    call.headers['X-Docker-Container-Path-Stat'] = headerOf(stat);
  });
}

/** GET: sends what is at a path as a tar archive. */
export function* getArchive(call: Call, c: Container, reference: string, path: string): Wait<void> {
  yield* viewContainer(call.sys, call.daemon, c, function* (sys, view) {
    const { place, stat } = statPath(sys, view, path, reference);
    call.headers['X-Docker-Container-Path-Stat'] = headerOf(stat);
    const stream = yield* call.stream('application/x-tar');
    const st = new Stat();
    sys.lstat(place.host, st);
    const trailing = /\/\.?$/.test(path) && path !== '/';
    const prefix = stat.name === '/' ? '/' : trailing && path.endsWith('/.') ? '.' : stat.name;
    yield* tarTree(sys, place.host, { prefix, layer: false }, (bytes) => stream.write(bytes));
    logEvent(sys, call.daemon, c, 'archive-path');
  });
}

/** PUT: unpacks an archive into a directory. */
export function* putArchive(
  call: Call,
  c: Container,
  reference: string,
  path: string,
  noOverwrite: boolean,
): Wait<void> {
  if (path === '') throw new ApiError('invalid-parameter', 'bad parameter: pathcannot be empty');
  yield* viewContainer(call.sys, call.daemon, c, function* (sys, view) {
    const host = resolveIn(sys, view.root, path);
    const st = new Stat();
    const r = sys.stat(host, st);
    if (r < 0) throw notFound(path, reference);
    if (!isDirectory(st.mode)) throw new ApiError('invalid-parameter', 'extraction point is not a directory');
    if (view.readOnly(path)) {
      if (c.hostConfig.ReadonlyRootfs && view.onRoot(path))
        throw new ApiError('forbidden', 'container rootfs is marked read-only');
      throw new ApiError('forbidden', 'mounted volume is marked read-only');
    }
    yield* unpack(call, sys, host, noOverwrite);
    logEvent(sys, call.daemon, c, 'extract-to-dir');
  });
}

function* unpack(call: Call, sys: Sys, host: string, noOverwrite: boolean): Wait<void> {
  const untar = new Untar(sys, host, { whiteouts: false, keepTypes: noOverwrite });
  try {
    for (;;) {
      const bytes = yield* call.read();
      if (bytes === undefined) break;
      yield* untar.push(bytes);
    }
    yield* untar.finish();
  } catch (error) {
    if (error instanceof UntarError) throw new ApiError('internal', error.message);
    throw error;
  }
}

/** The whole filesystem of a container as an archive. */
export function* exportContainer(call: Call, c: Container): Wait<void> {
  const { sys, daemon } = call;
  if (!c.layer) throw new ApiError('internal', `container ${c.id} has no layer`);
  const root = yield* daemon.layers.mount(sys, c.layer.mountId);
  try {
    const stream = yield* call.stream('application/octet-stream');
    const r = yield* tarTree(sys, root, { prefix: '', layer: false, withoutRoot: true }, (bytes) =>
      stream.write(bytes),
    );
    if (r < 0) throw new ApiError('internal', strerror(-r, 'go'));
    logEvent(sys, daemon, c, 'export');
  } finally {
    daemon.layers.unmount(sys, c.layer.mountId);
  }
}
