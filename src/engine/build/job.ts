import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { BuildStatus } from '../../api/build.ts';
import { ApiError } from '../../api/errors.ts';
import { Gunzip } from '../../lib/gzip.ts';
import { humanSize } from '../../lib/units.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { basename, dirname, listDir, mkdirp, removeTree } from '../../libc/paths.ts';
import { Untar, UntarError } from '../../libc/untar.ts';
import { randomHex } from '../ids.ts';
import type { Image } from '../image/image-store.ts';
import { resolveIn } from '../runtime/scope.ts';
import type { BuildCache } from './cache.ts';
import { BuildError, type BuildHost, type BuildOptions, type BuildWork } from './context.ts';
import { type Dockerfile, DockerfileError, parseDockerfile } from './dockerfile.ts';
import { solve } from './solve.ts';
import { planStages } from './stages.ts';

/** What a build that failed leaves to say: the source for the excerpt. */
export interface BuildFailure {
  message: string;
  filename: string;
  text: string;
  first: number;
  last: number;
  vertex: string | undefined;
}

/** Who sees how a build goes on. */
export interface BuildObserver {
  status(status: BuildStatus): Wait<void>;
}

/**
 * One build: unpacks the context, reads the Dockerfile, solves it.
 * @param next bytes of the context's archive
 * @returns the image, or why there is none
 */
export function* buildImage(
  sys: Sys,
  host: BuildHost,
  cache: BuildCache,
  options: BuildOptions,
  next: () => Wait<Uint8Array | undefined>,
  observer: BuildObserver,
): Wait<Image | BuildFailure> {
  const contextDir = `${host.root}/tmp/buildkit-mount${randomHex(sys, 5)}`;
  mkdirp(sys, contextDir, 0o700);
  const begun = sys.now(CLOCK_MONOTONIC);
  const display = new Display(observer, () => sys.now(CLOCK_MONOTONIC) - begun);
  let text = '';
  try {
    const definition = yield* display.begin(
      `[internal] load build definition from ${options.dockerfile.replace(/^.*\//, '')}`,
    );
    yield* unpackContext(sys, contextDir, next);
    const bytes = yield* readFile(sys, resolveIn(sys, contextDir, `/${options.dockerfile}`));
    if (typeof bytes === 'number') {
      const message = `failed to read dockerfile: open ${options.dockerfile}: no such file or directory`;
      yield* display.status(definition, 'transferring dockerfile: 2B', true);
      yield* display.end(definition);
      throw new BuildError(message);
    }
    text = decode(bytes);
    // A Dockerfile from outside the context came in a folder of its own, which no COPY may see.
    if (options.dockerfile.startsWith('.dockerfile.')) removeTree(sys, `${contextDir}/${dirname(options.dockerfile)}`);
    yield* display.status(
      definition,
      `transferring dockerfile: ${bytesText(2 + sentSize(basename(options.dockerfile), bytes.length))}`,
      true,
    );
    yield* display.end(definition);
    if (text.trim() === '') throw new BuildError('the Dockerfile cannot be empty');
    const file = parseDockerfile(text);
    let contextShown = false;
    const plan = planStages(file, options.buildArgs, options.target);
    const work: BuildWork = {
      sys,
      host,
      cache,
      options,
      plan,
      escape: file.escape,
      contextDir,
      states: new Map(),
      *showIgnore() {
        const ignore = yield* display.begin('[internal] load .dockerignore');
        yield* display.status(ignore, 'transferring context: 2B', true);
        yield* display.end(ignore);
      },
      *showContext() {
        if (contextShown || !copiesContext(file)) return;
        contextShown = true;
        const context = yield* display.begin('[internal] load build context');
        yield* display.status(context, `transferring context: ${bytesText(transferSize(sys, contextDir))}`, true);
        yield* display.end(context);
      },
      begin: (name) => display.begin(name),
      end: (id, how) => display.end(id, how),
      status: (id, name, done) => display.status(id, name, done),
      log: (id, stream, data) => display.log(id, stream, data),
      send: (status) => observer.status(status),
    };
    return yield* solve(work);
  } catch (error) {
    const filename = options.dockerfile.replace(/^.*\//, '');
    if (error instanceof BuildError)
      return { message: error.message, filename, text, first: error.first, last: error.last, vertex: error.vertex };
    if (error instanceof DockerfileError)
      return { message: error.message, filename, text, first: error.first, last: error.last, vertex: undefined };
    if (error instanceof ApiError || error instanceof UntarError)
      return { message: error.message, filename, text, first: 0, last: 0, vertex: undefined };
    throw error;
  } finally {
    removeTree(sys, contextDir);
  }
}

const copiesContext = (file: Dockerfile): boolean =>
  file.instructions.some(
    (i) => (i.keyword === 'COPY' || i.keyword === 'ADD') && !i.flags.some((f) => f.startsWith('--from=')),
  );

/** Bytes that BuildKit's session sends for a file: its name, attributes and content in protobuf. */
function sentSize(path: string, size: number): number {
  const varint = size > 127 ? 1 : 0;
  return 19 + path.length + varint + (size > 0 ? size + 6 + varint : 0);
}

/** What a whole folder is, sent. @see tonistiigi/fsutil */
function transferSize(sys: Sys, dir: string, prefix = ''): number {
  let sum = prefix === '' ? 2 : 0;
  const names = listDir(sys, dir);
  for (const name of typeof names === 'number' ? [] : names) {
    const st = new Stat();
    if (sys.lstat(`${dir}/${name}`, st) < 0) continue;
    const isDir = isDirectory(st.mode);
    sum += sentSize(prefix + name, isDir ? 0 : st.size);
    if (isDir) sum += transferSize(sys, `${dir}/${name}`, `${prefix}${name}/`);
  }
  return sum;
}

/** `175B`, `3.07kB` */
const bytesText = (bytes: number): string => (bytes < 1000 ? `${bytes}B` : humanSize(bytes, 3));

function* unpackContext(sys: Sys, dir: string, next: () => Wait<Uint8Array | undefined>): Wait<void> {
  const untar = new Untar(sys, dir, { whiteouts: false });
  let gunzip: Gunzip | undefined;
  let first = true;
  for (let piece; (piece = yield* next()) !== undefined; ) {
    if (first && piece[0] === 0x1f && piece[1] === 0x8b) gunzip = new Gunzip();
    first = false;
    for (const part of gunzip ? gunzip.push(piece) : [piece]) yield* untar.push(part);
    if (gunzip?.error) throw new UntarError('unexpected EOF');
  }
  yield* untar.finish();
}

/** Numbers the steps and reports them. */
class Display {
  #count = 0;
  #names = new Map<string, { name: string; started: number }>();

  constructor(
    readonly observer: BuildObserver,
    readonly now: () => number,
  ) {}

  *begin(name: string): Wait<string> {
    const id = `v${++this.#count}`;
    const started = this.now();
    this.#names.set(id, { name, started });
    yield* this.observer.status({ vertexes: [{ id, name, started }] });
    return id;
  }

  *end(id: string, how: { cached?: boolean; error?: string } = {}): Wait<void> {
    const known = this.#names.get(id)!;
    yield* this.observer.status({
      vertexes: [
        {
          id,
          ...known,
          completed: this.now(),
          ...(how.cached ? { cached: true as const } : {}),
          ...(how.error === undefined ? {} : { error: how.error }),
        },
      ],
    });
  }

  *status(vertex: string, name: string, done: boolean): Wait<void> {
    const started = this.#names.get(vertex)!.started;
    yield* this.observer.status({ statuses: [{ vertex, name, started, ...(done ? { completed: this.now() } : {}) }] });
  }

  *log(vertex: string, stream: 1 | 2, data: string): Wait<void> {
    yield* this.observer.status({ logs: [{ vertex, stream, data, at: this.now() }] });
  }
}
