import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import type { BuildAnswer } from '../../api/build.ts';
import { ApiError } from '../../api/errors.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { mkdirp, removeTree } from '../../libc/paths.ts';
import { UntarError } from '../../libc/untar.ts';
import { randomHex } from '../ids.ts';
import type { Image } from '../image/image-store.ts';
import { resolveIn } from '../runtime/scope.ts';
import type { BuildCache } from './cache.ts';
import { BuildError, type BuildHost, type BuildOptions, type BuildWork } from './context.ts';
import type { BuildControl } from './control.ts';
import { makeGraph } from './dispatch.ts';
import { type BuildObserver, Display } from './display.ts';
import { type Dockerfile, directivesOf, parseDockerfile } from './dockerfile.ts';
import { DockerfileError } from './dockerfile-error.ts';
import { exportImage } from './export.ts';
import { isGit } from './git.ts';
import { importCaches } from './inline-cache.ts';
import { Linter, type Warning } from './lint.ts';
import { isHere, loadMetadata, localContexts, type NeededImage, neededImages } from './metadata.ts';
import { type Result, Solver } from './solve.ts';
import { ArchiveSource, type BuildSource } from './source.ts';
import { sourceDate } from './source-date.ts';
import { neededStages, planStages, type Stage } from './stages.ts';
import { lintResult, outlineResult, requestsResult, targetsResult } from './subrequests.ts';
import { fetchContext } from './unpack.ts';

/** What a build that failed leaves to say: the source for the excerpt. */
export interface BuildFailure {
  kind: 'failure';
  message: string;
  filename: string;
  text: string;
  first: number;
  last: number;
  /** The step that failed. */
  vertex: string | undefined;
  warnings: readonly Warning[];
}

/** What a build gave. */
export interface BuildSuccess {
  kind: 'success';
  image: Image | undefined;
  answer: BuildAnswer | undefined;
  filename: string;
  text: string;
  warnings: readonly Warning[];
}

/** Takes the tree that was built, if the client wants its files. */
export type TreeSink = (root: string) => Wait<void>;

/** What a build works with. */
export interface BuildRequest {
  host: BuildHost;
  cache: BuildCache;
  options: BuildOptions;
  observer: BuildObserver;
  control: BuildControl;
}

/**
 * One build whose files come in an archive: unpacks it, reads the Dockerfile, solves it.
 * @param next bytes of the archive: context/…, dockerfile/NAME, contexts/NAME/…, secrets/ID
 */
export function* buildImage(
  sys: Sys,
  request: BuildRequest,
  next: () => Wait<Uint8Array | undefined>,
  tree: TreeSink,
): Wait<BuildSuccess | BuildFailure> {
  const job = new BuildJob(sys, request, (dir) => new ArchiveSource(dir, next));
  const { options } = request;
  try {
    const answer = yield* job.prepare();
    if (answer) return job.success(undefined, answer);
    yield* job.solve();
    let image: Image | undefined;
    if (options.output === 'image') image = yield* job.image(options.tags);
    else if (options.output === 'tar') yield* job.tree(tree);
    return job.success(image, undefined);
  } catch (error) {
    if (isBuildProblem(error)) return yield* job.failure(error);
    throw error;
  } finally {
    job.close();
  }
}

/** Whether an error is the build's own: words for the client. */
export const isBuildProblem = (error: unknown): error is Error =>
  error instanceof BuildError ||
  error instanceof DockerfileError ||
  error instanceof ApiError ||
  error instanceof UntarError;

/** Questions that warnings are the answer to, or no matter of. */
const QUIET_CALLS: ReadonlySet<string> = new Set(['lint', 'targets', 'subrequests.describe']);

/** One build, step by step: `prepare`, `solve`, then what becomes of the result, and `close` in any case. */
export class BuildJob {
  #text = '';
  #definition = '';
  #lint = new Linter();
  #warned = 0;
  /** There is a Dockerfile: what is wrong with it now is an answer. */
  #linted = false;
  #build: BuildWork | undefined;
  #solver: Solver | undefined;
  #result: Result | undefined;
  readonly #filename: string;
  readonly #dir: string;
  readonly #source: BuildSource;
  readonly display: Display;

  /** @param source makes what the client's files come from, for the folder that they go to */
  constructor(
    readonly sys: Sys,
    readonly request: BuildRequest,
    source: (dir: string) => BuildSource,
  ) {
    const begun = sys.now(CLOCK_MONOTONIC);
    this.#dir = `${request.host.root}/tmp/buildkit-mount${randomHex(sys, 5)}`;
    this.#filename = request.options.dockerfile.replace(/^.*\//, '');
    this.#source = source(this.#dir);
    this.display = new Display(request.observer, () => sys.now(CLOCK_MONOTONIC) - begun);
    mkdirp(sys, this.#dir, 0o700);
  }

  close(): void {
    this.#solver?.close(this.sys);
    removeTree(this.sys, this.#dir);
  }

  /** The Dockerfile, as far as it was read. */
  get dockerfile(): { filename: string; text: string } {
    return { filename: this.#filename, text: this.#text };
  }

  success(image: Image | undefined, answer: BuildAnswer | undefined): BuildSuccess {
    const { warnings } = this.#lint;
    return { kind: 'success', image, answer, filename: this.#filename, text: this.#text, warnings };
  }

  /** What is to be said of an error of the build. */
  *failure(error: Error): Wait<BuildSuccess | BuildFailure> {
    yield* this.#warn();
    yield* this.display.end(this.#definition);
    const { first, last } =
      error instanceof BuildError || error instanceof DockerfileError ? error : { first: 0, last: 0 };
    const { warnings } = this.#lint;
    const common = { filename: this.#filename, text: this.#text, warnings };
    if (this.request.options.call === 'lint' && this.#linted) {
      const answer = lintResult(warnings, { message: error.message, first, last });
      return { kind: 'success', image: undefined, answer, ...common };
    }
    return { kind: 'failure', message: error.message, first, last, vertex: this.display.failed, ...common };
  }

  /** Reads the Dockerfile, finds its images and makes the graph of its steps. @returns the answer, where one was asked for */
  *prepare(): Wait<BuildAnswer | undefined> {
    const { host, cache, options, control } = this.request;
    sourceDate(options);
    const file = yield* this.#read();
    if (options.call !== undefined && !['lint', 'outline', 'targets', 'subrequests.describe'].includes(options.call))
      throw new BuildError(
        `unsupported request frontend.${options.call}: unsupported request frontend.${options.call}`,
      );
    for (const line of file.emptyContinuations)
      this.#lint.add('NoEmptyContinuation', { first: line, last: line }, 'Empty continuation line');
    const plan = planStages(file, options.buildArgs, options.target, this.#lint, options.platform);
    const build: BuildWork = {
      host,
      cache,
      options,
      plan,
      escape: file.escape,
      display: this.display,
      lint: this.#lint,
      dir: this.#dir,
      states: new Map(),
      control,
      source: this.#source,
    };
    this.#build = build;
    if (options.call === 'targets') return yield* this.#answer(targetsResult(plan));
    if (options.call === 'subrequests.describe') return yield* this.#answer(requestsResult());
    const needed = options.call === 'lint' ? plan.stages : neededStages(plan);
    yield* this.#prepare(build, needed, neededImages(build, needed));
    if (options.call === 'outline') return yield* this.#answer(outlineResult(build));
    const violation = this.#lint.violation();
    if (options.call === 'lint')
      return yield* this.#answer(
        lintResult(
          this.#lint.warnings,
          violation === undefined ? undefined : { message: violation, first: 0, last: 0 },
        ),
      );
    if (violation !== undefined) throw new BuildError(violation);
    return undefined;
  }

  /** Runs the steps that the target needs. @throws BuildError, DockerfileError, ApiError */
  *solve(): Wait<void> {
    if (this.#result) return;
    const build = this.#build!;
    this.#solver = new Solver(build);
    yield* importCaches(this.sys, build, build.options.cacheFrom);
    this.#result = yield* this.#solver.solve(this.sys, build.states.get(build.plan.target)!.op);
  }

  /** The result as an image of the engine. @param quiet it is no step of the build */
  *image(tags: readonly string[], quiet = false): Wait<Image> {
    const build = this.#build!;
    return yield* exportImage(this.sys, build, this.#solver!, build.states.get(build.plan.target)!, tags, quiet);
  }

  /** The files of the result. */
  *tree(take: TreeSink): Wait<void> {
    const { sys } = this;
    const { host } = this.request;
    const { layer, dir } = this.#result!;
    if (!layer) {
      const empty = dir ?? `${this.#dir}/empty`;
      mkdirp(sys, empty, 0o755);
      yield* take(empty);
      return;
    }
    const root = yield* host.mount(sys, layer.cacheId);
    try {
      yield* take(root);
    } finally {
      host.unmount(sys, layer.cacheId);
    }
  }

  *#answer(answer: BuildAnswer): Wait<BuildAnswer> {
    yield* this.#endDefinition();
    return answer;
  }

  /** Takes what the client sends first and reads the Dockerfile. */
  *#read(): Wait<Dockerfile> {
    const { sys, display } = this;
    const { options, cache } = this.request;
    const source = this.#source;
    if (options.remote !== undefined) {
      yield* source.begin(sys);
      yield* this.#fetch(options.remote);
    }
    const verb = 'transferring dockerfile:';
    let size = 0;
    if (options.remote === undefined || options.localDockerfile) {
      this.#definition = yield* display.begin(`[internal] load build definition from ${this.#filename}`);
      size = yield* source.dockerfile(sys, this.#filename);
    }
    const bytes = yield* this.#dockerfile();
    if (size > 0) yield* display.transfer(this.#definition, verb, size, true);
    if (bytes === undefined)
      throw new BuildError(`failed to read dockerfile: open ${options.dockerfile}: no such file or directory`);
    this.#text = decode(bytes);
    this.#linted = true;
    yield* cache.noteSource(sys, 'local source for dockerfile');
    if (this.#text === '') throw new BuildError('the Dockerfile cannot be empty');
    this.#lint = new Linter(directivesOf(this.#text).check);
    return parseDockerfile(this.#text);
  }

  /** The Dockerfile, which may be called `dockerfile` too. */
  *#dockerfile(): Wait<Uint8Array | undefined> {
    const names = this.#filename === 'Dockerfile' ? ['Dockerfile', 'dockerfile'] : [this.#filename];
    for (const name of names) {
      const bytes = yield* readFile(this.sys, resolveIn(this.sys, this.#dir, `/dockerfile/${name}`));
      if (typeof bytes !== 'number') return bytes;
    }
    return undefined;
  }

  /** Fetches the context: an archive, or a Dockerfile alone. */
  *#fetch(url: string): Wait<void> {
    const { sys, display } = this;
    const { host, options } = this.request;
    const remote = isGit(url);
    const vertex = yield* display.begin(
      remote ? `[internal] load git source ${url}` : '[internal] load remote build context',
    );
    // the Dockerfile is there, unless the client has another
    this.#definition = vertex;
    try {
      const log = (text: string): Wait<void> => display.log(vertex, 2, text);
      const source = this.#source;
      const archive = yield* fetchContext(sys, host, {
        url,
        dir: this.#dir,
        dockerfile: options.dockerfile,
        log,
        upload: (own, at, path) => source.upload(own, at, path),
      });
      yield* display.end(vertex);
      if (archive) yield* display.note('copy /context /');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      yield* display.end(vertex, { error: error.message });
      const what = remote ? 'failed to read dockerfile' : 'failed to read downloaded context';
      throw new BuildError(`${what}: failed to load cache key: ${error.message}`);
    }
  }

  *#warn(): Wait<void> {
    const { warnings } = this.#lint;
    // they are the answer
    if (QUIET_CALLS.has(this.request.options.call ?? '')) return;
    for (; this.#warned < warnings.length; this.#warned++) {
      yield* this.display.warn(this.#definition, warnings[this.#warned]!);
    }
  }

  *#endDefinition(): Wait<void> {
    yield* this.#warn();
    yield* this.display.end(this.#definition);
  }

  /** Finds the images and makes the graph. Where all images are here, warnings come before anything else is shown. */
  *#prepare(build: BuildWork, needed: readonly Stage[], images: readonly NeededImage[]): Wait<void> {
    let failure: unknown;
    const early = images.every((image) => isHere(build, image));
    if (early) {
      try {
        makeGraph(build, needed);
      } catch (error) {
        failure = error;
      }
    }
    yield* this.#endDefinition();
    yield* loadMetadata(this.sys, build, images);
    for (const name of localContexts(build, needed)) yield* this.#showIgnore(name);
    yield* this.#showIgnore(undefined);
    if (failure) throw failure;
    if (early) return;
    makeGraph(build, needed);
    yield* this.#warn();
  }

  *#showIgnore(context: string | undefined): Wait<void> {
    const { display } = this;
    const started = display.now();
    const size = yield* this.#source.ignoreFile(this.sys, this.#filename, context);
    if (size === undefined) return;
    const vertex = yield* display.begin(
      `[${context === undefined ? 'internal' : `context ${context}`}] load .dockerignore`,
      started,
    );
    yield* display.transfer(vertex, `transferring ${context ?? 'context'}:`, size, true);
    yield* display.end(vertex);
  }
}
