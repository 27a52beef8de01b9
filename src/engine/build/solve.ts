import type { Sys } from '../../abi/sys.ts';
import { formatReference, parseReference, tagNameOnly } from '../../lib/reference.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp, removeTree } from '../../libc/paths.ts';
import { randomHex } from '../ids.ts';
import type { Image } from '../image/image-store.ts';
import type { Layer } from '../image/layer-store.ts';
import { BuildError, type BuildWork } from './context.ts';
import { CANCELED } from './control.ts';
import { Once, together } from './once.ts';
import { type FetchOp, type ImageOp, type LayerOp, type LocalOp, type Op, sourcesOf } from './ops.ts';

/** What an op gave: a layer, a folder, or nothing at all (scratch). */
export interface Result {
  layer: Layer | undefined;
  /** Folder of the daemon, where it is no layer. */
  dir: string | undefined;
  /** When the layer was made, RFC 3339. */
  created: string | undefined;
}

/** A step that was not done, or not to its end, because another failed. */
class Cancelled extends BuildError {
  constructor() {
    super(CANCELED);
  }
}

const NOTHING: Result = { layer: undefined, dir: undefined, created: undefined };

/** A folder of this size (bytes) is shown while it comes, at each step of this size. */
const SHOWN_SIZE = 1_000_000;

/** How a folder came from the client. Times as the display has them. */
interface Received {
  size: number;
  started: number;
  /** Its step in the display, where it is shown already. */
  vertex: string | undefined;
}

/** What is known of an op before anything runs. */
type Guess = 'hit' | 'miss' | 'unknown';

interface State {
  key: Once<string>;
  result: Once<Result>;
  /** What a fetched folder is known by. */
  digest: string;
  shown: boolean;
  guess: Guess | undefined;
}

/**
 * Runs the graph of steps: what the cache has is not done, what is independent is done at the same time.
 * @see moby/buildkit docs/dev/solver.md
 */
export class Solver {
  readonly #states = new Map<Op, State>();
  readonly #keys = new Map<Op, string>();
  readonly #temporary: string[] = [];
  readonly #received = new Map<LocalOp, Received>();

  constructor(readonly build: BuildWork) {}

  #state(op: Op): State {
    let state = this.#states.get(op);
    if (!state) {
      state = { key: new Once(), result: new Once(), digest: '', shown: false, guess: undefined };
      this.#states.set(op, state);
    }
    return state;
  }

  /** Solves `target`. @throws BuildError, DockerfileError, ApiError */
  *solve(sys: Sys, target: Op): Wait<Result> {
    const order = postOrder(target);
    const { remote } = this.build.options;
    for (const op of order)
      if (op.kind === 'local' && !(remote !== undefined && op.context === undefined)) yield* this.#receive(sys, op);
    for (const op of order) this.#state(op).guess = yield* this.#guess(sys, op);
    const wanted = this.#wanted(target);
    yield* this.#showSources(sys, target, order, wanted);
    const tops = this.#independent(order, wanted);
    let result = NOTHING;
    yield* together(sys, [
      (own) =>
        this.#into(own, target, (made) => {
          result = made;
        }),
      ...tops.filter((op) => op !== target).map((op) => (own: Sys) => this.#into(own, op, () => {})),
    ]);
    return result;
  }

  /** The result of an op that was solved. */
  *result(sys: Sys, op: Op): Wait<Result> {
    return yield* this.#load(sys, op);
  }

  /** The key of an op in the cache. */
  key(sys: Sys, op: Op): Wait<string> {
    return this.#key(sys, op);
  }

  /** Removes what was fetched. */
  close(sys: Sys): void {
    for (const dir of this.#temporary) removeTree(sys, dir);
  }

  *#into(sys: Sys, op: Op, take: (result: Result) => void): Wait<void> {
    try {
      take(yield* this.#load(sys, op));
    } catch (error) {
      this.build.control.cancel(sys);
      throw error;
    }
  }

  /** Whether the cache has an op's result, as far as that can be said without running anything. */
  *#guess(sys: Sys, op: Op): Wait<Guess> {
    if (op.kind !== 'layer') return op.kind === 'fetch' ? 'unknown' : 'hit';
    if (op.ignoreCache || this.#state(op.parent).guess === 'miss') return 'miss';
    if (this.#state(op.parent).guess === 'unknown') return 'unknown';
    const before = yield* this.#key(sys, op.parent);
    const key = this.build.cache.key(before, op.identity);
    if (op.inputs.length === 0) return this.build.cache.has(key) ? 'hit' : 'miss';
    if (op.inputs.every((input) => input.kind === 'local'))
      return this.build.cache.has(yield* this.#key(sys, op)) ? 'hit' : 'miss';
    if (op.inputs.some((input) => this.#fresh(input) || this.#state(input).guess !== 'hit')) return 'unknown';
    const alias = this.build.cache.alias(yield* this.#definition(sys, op, key));
    return alias !== undefined && this.build.cache.has(alias) ? 'hit' : 'unknown';
  }

  /** Whether an op, or one that it needs, is done whatever the cache has. */
  #fresh(op: Op): boolean {
    if (op.kind === 'fetch') return true;
    return op.kind === 'layer' && (op.ignoreCache || sourcesOf(op).some((source) => this.#fresh(source)));
  }

  /** The ops whose results are needed: those that the cache does not have, what they need, and the target. */
  #wanted(target: Op): Set<Op> {
    const wanted = new Set<Op>();
    const visit = (op: Op): void => {
      if (wanted.has(op)) return;
      wanted.add(op);
      if (this.#state(op).guess !== 'hit' || op.kind !== 'layer') for (const source of sourcesOf(op)) visit(source);
    };
    visit(target);
    return wanted;
  }

  /** Ops that run in any case and that nothing else that runs waits for first. */
  #independent(order: readonly Op[], wanted: ReadonlySet<Op>): Op[] {
    const below = new Set<Op>();
    const tops: Op[] = [];
    for (const op of [...order].reverse()) {
      if (op.kind !== 'layer' || !wanted.has(op)) continue;
      const guess = this.#state(op).guess;
      const covered = below.has(op);
      if (covered) below.add(op.parent);
      if (covered || guess === 'unknown') {
        for (const input of op.inputs) if (!covered || guess === 'unknown') tops.push(input);
        continue;
      }
      below.add(op.parent);
      tops.push(op);
    }
    return tops.filter((op) => op.kind === 'layer');
  }

  /** Shows the images and the folders that the steps begin with. */
  *#showSources(sys: Sys, target: Op, order: readonly Op[], wanted: ReadonlySet<Op>): Wait<void> {
    const { display, cache } = this.build;
    const images = order.filter((op): op is ImageOp => op.kind === 'image');
    const first = bottomOf(target);
    images.sort((a, b) => Number(b === first) - Number(a === first));
    for (const op of images) {
      const key = yield* this.#key(sys, op);
      const used = wanted.has(op);
      const cached = used && cache.has(key);
      if (used)
        yield* cache.put(sys, key, op.image.topLayer, `pulled from ${op.name.replace(/^(\[.*?\] )?FROM /, '')}`);
      yield* display.note(op.name, cached ? { cached: true } : {});
    }
    for (const op of order) if (op.kind === 'local') yield* this.#showLocal(sys, op);
    for (const op of order)
      for (let n = op.kind === 'layer' ? op.documents : 0; n > 0; n--)
        yield* display.note('[internal] preparing inline document');
  }

  /** Lets the client send a folder. A large one is shown while it comes, others in the order of the steps. */
  *#receive(sys: Sys, op: LocalOp): Wait<void> {
    const { display, source } = this.build;
    const started = display.now();
    let vertex: string | undefined;
    let shown = 0;
    const size = yield* source.folder(sys, op.context, op.root, op.paths, function* (bytes) {
      if (bytes - shown < SHOWN_SIZE) return;
      shown = bytes;
      vertex ??= yield* display.begin(op.name, started);
      yield* display.transfer(vertex, op.verb, bytes, false);
    });
    this.#received.set(op, { size, started, vertex });
  }

  *#showLocal(sys: Sys, op: LocalOp): Wait<void> {
    const { display } = this.build;
    const received = this.#received.get(op);
    if (!received) return;
    const vertex = received.vertex ?? (yield* display.begin(op.name, received.started));
    yield* display.transfer(vertex, op.verb, received.size, true, received.started);
    yield* display.end(vertex);
    yield* this.build.cache.noteSource(
      sys,
      `local source for ${op.verb.replace(/^transferring /, '').replace(/:$/, '')}`,
    );
  }

  *#key(sys: Sys, op: Op): Wait<string> {
    const known = this.#keys.get(op);
    if (known !== undefined) return known;
    const key = yield* this.#state(op).key.get(sys, () => this.#makeKey(sys, op));
    this.#keys.set(op, key);
    return key;
  }

  *#makeKey(sys: Sys, op: Op): Wait<string> {
    const { cache } = this.build;
    switch (op.kind) {
      case 'scratch':
        return cache.key('scratch', '');
      case 'image':
        return cache.key('image', op.image.topLayer?.chainId ?? op.image.id);
      case 'local':
        return cache.key('local', op.root);
      case 'fetch':
        yield* this.#load(sys, op);
        return cache.key('fetch', this.#state(op).digest);
      default:
        return yield* this.#layerKey(sys, op);
    }
  }

  *#layerKey(sys: Sys, op: LayerOp): Wait<string> {
    const { cache } = this.build;
    const before = yield* this.#key(sys, op.parent);
    const key = cache.key(before, op.identity);
    if (op.inputs.length === 0) return key;
    let definition: string | undefined;
    if (!op.inputs.some((input) => this.#fresh(input) || input.kind === 'local')) {
      definition = yield* this.#definition(sys, op, key);
      const alias = cache.alias(definition);
      if (alias !== undefined && !op.ignoreCache) return alias;
    }
    const roots = yield* this.#mountAll(sys, op.inputs);
    try {
      const byContent = cache.key(
        key,
        yield* op.content(
          sys,
          roots.map((r) => r.root),
        ),
      );
      if (definition !== undefined) cache.link(definition, byContent);
      return byContent;
    } catch (error) {
      if (error instanceof BuildError && error.stepMessage !== undefined) {
        this.#state(op).shown = true;
        yield* this.build.display.note(op.name, { error: error.stepMessage });
      }
      throw error;
    } finally {
      for (const root of roots) root.release();
    }
  }

  /** Key of a step by what its inputs are made of. */
  *#definition(sys: Sys, op: LayerOp, key: string): Wait<string> {
    const parts: string[] = [];
    for (const input of op.inputs) parts.push(yield* this.#key(sys, input));
    return this.build.cache.key(`inputs ${key}`, parts);
  }

  *#load(sys: Sys, op: Op): Wait<Result> {
    return yield* this.#state(op).result.get(sys, () => this.#begin(sys, op));
  }

  *#begin(sys: Sys, op: Op): Wait<Result> {
    switch (op.kind) {
      case 'scratch':
        return NOTHING;
      case 'image':
        return { layer: op.image.topLayer, dir: undefined, created: op.image.config.created };
      case 'local':
        return { layer: undefined, dir: op.root, created: undefined };
      case 'fetch':
        return yield* this.#fetch(sys, op);
      default:
        return yield* this.#layer(sys, op);
    }
  }

  *#fetch(sys: Sys, op: FetchOp): Wait<Result> {
    const { display, host } = this.build;
    const dir = `${host.root}/tmp/buildkit-fetch${randomHex(sys, 5)}`;
    mkdirp(sys, dir, 0o700);
    this.#temporary.push(dir);
    const vertex = yield* display.begin(op.name);
    try {
      this.#state(op).digest = yield* op.fetch(sys, dir, (text) => display.log(vertex, 2, text));
      yield* display.end(vertex);
      return { layer: undefined, dir, created: undefined };
    } catch (error) {
      yield* display.end(vertex, {
        error: error instanceof BuildError ? (error.stepMessage ?? error.message) : String(error),
      });
      throw error;
    }
  }

  *#layer(sys: Sys, op: LayerOp): Wait<Result> {
    const { cache } = this.build;
    // what is done in any case does not wait until its inputs are known
    if (this.#state(op).guess === 'miss') yield* this.#sources(sys, op);
    const key = yield* this.#key(sys, op);
    const known = op.ignoreCache ? undefined : cache.find(sys, key);
    if (known) {
      yield* this.#showCached(op);
      return { layer: known.layer, dir: undefined, created: known.created };
    }
    yield* this.#sources(sys, op);
    if (this.build.control.cancelled) throw new Cancelled();
    if (op.ignoreCache) return yield* this.#make(sys, op, key);
    // another build may be at the same step
    return yield* cache.alone(sys, key, () => this.#take(sys, op, key));
  }

  /** What another build has just made, or the step's own work. */
  *#take(sys: Sys, op: LayerOp, key: string): Wait<Result> {
    const known = this.build.cache.find(sys, key);
    if (!known) return yield* this.#make(sys, op, key);
    yield* this.#showCached(op);
    return { layer: known.layer, dir: undefined, created: known.created };
  }

  *#make(sys: Sys, op: LayerOp, key: string): Wait<Result> {
    const { cache, display } = this.build;
    if (this.build.control.cancelled) throw new Cancelled();
    const roots = yield* this.#mountAll(sys, op.inputs);
    const vertex = yield* display.begin(op.name);
    this.#state(op).shown = true;
    try {
      const below = yield* this.#load(sys, op.parent);
      const layer = yield* this.#run(
        sys,
        op,
        below.layer,
        vertex,
        roots.map((r) => r.root),
      );
      const created = yield* cache.put(sys, key, layer, op.name);
      yield* display.end(vertex);
      return { layer, dir: undefined, created };
    } catch (error) {
      if (this.build.control.cancelled) {
        yield* display.end(vertex, { error: CANCELED });
        throw new Cancelled();
      }
      const message = error instanceof Error ? error.message : String(error);
      yield* display.end(vertex, { error: error instanceof BuildError ? (error.stepMessage ?? message) : message });
      throw error;
    } finally {
      for (const root of roots) root.release();
    }
  }

  /** Makes all that a step needs, at the same time. */
  *#sources(sys: Sys, op: LayerOp): Wait<void> {
    yield* together(
      sys,
      sourcesOf(op).map((source) => (own: Sys) => this.#into(own, source, () => {})),
    );
  }

  /** Mounts a new layer, lets the step work in it, and seals it. */
  *#run(sys: Sys, op: LayerOp, below: Layer | undefined, vertex: string, roots: readonly string[]): Wait<Layer> {
    const { host } = this.build;
    const layerId = randomHex(sys, 32);
    yield* host.store.layers.driver.create(sys, layerId, below?.cacheId);
    let mounted = false;
    try {
      const merged = yield* host.mount(sys, layerId);
      mounted = true;
      yield* op.work({ sys, merged, layerId, vertex, roots });
    } catch (error) {
      if (mounted) host.unmount(sys, layerId);
      mounted = false;
      yield* host.store.layers.driver.remove(sys, layerId);
      throw error;
    } finally {
      if (mounted) host.unmount(sys, layerId);
    }
    return yield* host.store.layers.seal(sys, below, layerId);
  }

  /** The trees of ops that are only read. */
  *#mountAll(sys: Sys, inputs: readonly Op[]): Wait<{ root: string; release(): void }[]> {
    yield* together(
      sys,
      inputs.map((input) => (own: Sys) => this.#into(own, input, () => {})),
    );
    const { host } = this.build;
    const roots: { root: string; release(): void }[] = [];
    for (const input of inputs) {
      const { layer, dir } = yield* this.#load(sys, input);
      if (dir !== undefined) roots.push({ root: dir, release: () => {} });
      else if (layer) {
        const id = layer.cacheId;
        roots.push({ root: yield* host.mount(sys, id), release: () => host.unmount(sys, id) });
      } else {
        const empty = `${host.root}/tmp/buildkit-empty${randomHex(sys, 5)}`;
        mkdirp(sys, empty, 0o755);
        roots.push({ root: empty, release: () => removeTree(sys, empty) });
      }
    }
    return roots;
  }

  /** Shows a step that the cache has, and those below it. */
  *#showCached(op: Op): Wait<void> {
    if (op.kind !== 'layer') return;
    const state = this.#state(op);
    if (state.shown) return;
    state.shown = true;
    for (const source of sourcesOf(op)) if (!this.#state(source).result.settled) yield* this.#showCached(source);
    yield* this.build.display.note(op.name, { cached: true });
  }
}

/** All ops that one needs, each after those that it needs itself. */
function postOrder(target: Op): Op[] {
  const order: Op[] = [];
  const seen = new Set<Op>();
  const visit = (op: Op): void => {
    if (seen.has(op)) return;
    seen.add(op);
    for (const source of sourcesOf(op)) visit(source);
    order.push(op);
  };
  visit(target);
  return order;
}

/** What a chain of layers stands on. */
function bottomOf(op: Op): Op {
  let at = op;
  while (at.kind === 'layer') at = at.parent;
  return at;
}

/** `docker.io/library/busybox:latest@sha256:…`: how a base image is shown. */
export function shownImage(build: BuildWork, text: string, image: Image): string {
  const reference = tagNameOnly(parseReference(text));
  const digest = build.host.store.digests(image.id)[0]?.replace(/^.*@/, '');
  return `${formatReference(reference)}${digest && reference.digest === undefined ? `@${digest}` : ''}`;
}
