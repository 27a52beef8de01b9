import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
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
import { type Dockerfile, parseDockerfile } from './dockerfile.ts';
import { DockerfileError } from './dockerfile-error.ts';
import { exportImage } from './export.ts';
import { isGit } from './git.ts';
import { importCaches } from './inline-cache.ts';
import { Linter, type Warning } from './lint.ts';
import { isHere, loadMetadata, type NeededImage, neededImages } from './metadata.ts';
import { Solver } from './solve.ts';
import { neededStages, planStages, type Stage } from './stages.ts';
import { lintResult, outlineResult, requestsResult, targetsResult } from './subrequests.ts';
import { bytesText, sentSize } from './transfer.ts';
import { fetchContext, unpackContext } from './unpack.ts';

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

/**
 * One build: unpacks what the client sent, reads the Dockerfile, solves it.
 * @param next bytes of the archive: context/…, dockerfile/NAME, contexts/NAME/…, secrets/ID
 */
export function* buildImage(
  sys: Sys,
  host: BuildHost,
  cache: BuildCache,
  options: BuildOptions,
  next: () => Wait<Uint8Array | undefined>,
  observer: BuildObserver,
  tree: TreeSink,
  control: BuildControl,
): Wait<BuildSuccess | BuildFailure> {
  const dir = `${host.root}/tmp/buildkit-mount${randomHex(sys, 5)}`;
  mkdirp(sys, dir, 0o700);
  const begun = sys.now(CLOCK_MONOTONIC);
  const display = new Display(observer, () => sys.now(CLOCK_MONOTONIC) - begun);
  const job = new Job(sys, host, cache, options, display, dir, control);
  try {
    return yield* job.run(next, tree);
  } catch (error) {
    if (
      error instanceof BuildError ||
      error instanceof DockerfileError ||
      error instanceof ApiError ||
      error instanceof UntarError
    )
      return yield* job.failure(error);
    throw error;
  } finally {
    job.close();
    removeTree(sys, dir);
  }
}

/** Questions that warnings are the answer to, or no matter of. */
const QUIET_CALLS: ReadonlySet<string> = new Set(['lint', 'targets', 'subrequests.describe']);

class Job {
  #text = '';
  #definition = '';
  #lint = new Linter();
  #warned = 0;
  /** The Dockerfile could be read: what is wrong with it now is an answer. */
  #linted = false;
  #solver: Solver | undefined;
  readonly #filename: string;

  constructor(
    readonly sys: Sys,
    readonly host: BuildHost,
    readonly cache: BuildCache,
    readonly options: BuildOptions,
    readonly display: Display,
    readonly dir: string,
    readonly control: BuildControl,
  ) {
    this.#filename = options.dockerfile.replace(/^.*\//, '');
  }

  close(): void {
    this.#solver?.close(this.sys);
  }

  *failure(error: Error): Wait<BuildSuccess | BuildFailure> {
    yield* this.#warn();
    yield* this.display.end(this.#definition);
    const { first, last } =
      error instanceof BuildError || error instanceof DockerfileError ? error : { first: 0, last: 0 };
    const common = { filename: this.#filename, text: this.#text, warnings: this.#lint.warnings };
    if (this.options.call === 'lint' && this.#linted && !/^dockerfile parse error/.test(error.message))
      return { kind: 'success', image: undefined, answer: lintResult(this.#lint.warnings, error.message), ...common };
    return { kind: 'failure', message: error.message, first, last, vertex: this.display.failed, ...common };
  }

  *run(next: () => Wait<Uint8Array | undefined>, tree: TreeSink): Wait<BuildSuccess> {
    const { options, display } = this;
    const file = yield* this.#read(next);
    if (options.call !== undefined && !['lint', 'outline', 'targets', 'subrequests.describe'].includes(options.call))
      throw new BuildError(
        `unsupported request frontend.${options.call}: unsupported request frontend.${options.call}`,
      );
    this.#lint = new Linter(file.check);
    for (const line of file.emptyContinuations)
      this.#lint.add('NoEmptyContinuation', { first: line, last: line }, 'Empty continuation line');
    this.#linted = true;
    const plan = planStages(file, options.buildArgs, options.target, this.#lint, options.platform);
    const build: BuildWork = {
      host: this.host,
      cache: this.cache,
      options,
      plan,
      escape: file.escape,
      display,
      lint: this.#lint,
      dir: this.dir,
      states: new Map(),
      control: this.control,
    };
    if (options.call === 'targets') return yield* this.#answer(targetsResult(plan));
    if (options.call === 'subrequests.describe') return yield* this.#answer(requestsResult());
    const needed = options.call === 'lint' ? plan.stages : neededStages(plan);
    yield* this.#prepare(build, needed, neededImages(build, needed));
    if (options.call === 'outline') return yield* this.#answer(outlineResult(build));
    const violation = this.#lint.violation();
    if (options.call === 'lint') return yield* this.#answer(lintResult(this.#lint.warnings, violation));
    if (violation !== undefined) throw new BuildError(violation);
    return yield* this.#solve(build, tree);
  }

  *#solve(build: BuildWork, tree: TreeSink): Wait<BuildSuccess> {
    const { sys, options, host } = this;
    const solver = new Solver(build);
    this.#solver = solver;
    const state = build.states.get(build.plan.target)!;
    yield* importCaches(sys, build, options.cacheFrom);
    const { layer, dir } = yield* solver.solve(sys, state.op);
    let image: Image | undefined;
    if (options.output === 'image') image = yield* exportImage(sys, build, solver, state);
    else if (options.output === 'tar') {
      if (layer) {
        const root = yield* host.mount(sys, layer.cacheId);
        try {
          yield* tree(root);
        } finally {
          host.unmount(sys, layer.cacheId);
        }
      } else {
        const empty = dir ?? `${this.dir}/empty`;
        mkdirp(sys, empty, 0o755);
        yield* tree(empty);
      }
    }
    return this.#success(image, undefined);
  }

  #success(image: Image | undefined, answer: BuildAnswer | undefined): BuildSuccess {
    return {
      kind: 'success',
      image,
      answer,
      filename: this.#filename,
      text: this.#text,
      warnings: this.#lint.warnings,
    };
  }

  *#answer(answer: BuildAnswer): Wait<BuildSuccess> {
    yield* this.#endDefinition();
    return this.#success(undefined, answer);
  }

  /** Unpacks what the client sent and reads the Dockerfile. */
  *#read(next: () => Wait<Uint8Array | undefined>): Wait<Dockerfile> {
    const { sys, options, display } = this;
    if (options.remote !== undefined) {
      yield* unpackContext(sys, this.dir, next);
      yield* this.#fetch(options.remote);
    }
    this.#definition = yield* display.begin(`[internal] load build definition from ${this.#filename}`);
    if (options.remote === undefined) yield* unpackContext(sys, this.dir, next);
    const bytes = yield* readFile(sys, resolveIn(sys, this.dir, `/dockerfile/${this.#filename}`));
    if (typeof bytes === 'number') {
      yield* display.status(this.#definition, 'transferring dockerfile: 2B', true);
      throw new BuildError(`failed to read dockerfile: open ${options.dockerfile}: no such file or directory`);
    }
    this.#text = decode(bytes);
    yield* this.cache.noteSource(sys, 'local source for dockerfile');
    const size = 2 + sentSize(this.#filename, bytes.length);
    yield* display.status(this.#definition, `transferring dockerfile: ${bytesText(size)}`, true);
    if (this.#text === '') throw new BuildError('the Dockerfile cannot be empty');
    return parseDockerfile(this.#text);
  }

  /** Fetches the context: an archive, or a Dockerfile alone. */
  *#fetch(url: string): Wait<void> {
    const { sys, display } = this;
    const remote = isGit(url);
    const vertex = yield* display.begin(
      remote ? `[internal] load git source ${url}` : '[internal] load remote build context',
    );
    try {
      const log = (text: string): Wait<void> => display.log(vertex, 2, text);
      yield* fetchContext(sys, this.host, url, this.dir, this.options.dockerfile, log);
      yield* display.end(vertex);
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
    if (QUIET_CALLS.has(this.options.call ?? '')) return;
    for (; this.#warned < warnings.length; this.#warned++) {
      const { rule, detail, first } = warnings[this.#warned]!;
      yield* this.display.warn(this.#definition, `${rule}: ${detail} (line ${first})`);
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
    yield* this.#showIgnore();
    if (failure) throw failure;
    if (early) return;
    makeGraph(build, needed);
    yield* this.#warn();
  }

  *#showIgnore(): Wait<void> {
    const st = new Stat();
    const name = this.sys.stat(`${this.dir}/dockerfile/.dockerignore`, st) === 0 ? '.dockerignore' : undefined;
    const size = name === undefined ? 2 : 2 + sentSize(name, st.size);
    const vertex = yield* this.display.begin('[internal] load .dockerignore');
    yield* this.display.status(vertex, `transferring context: ${bytesText(size)}`, true);
    yield* this.display.end(vertex);
  }
}
