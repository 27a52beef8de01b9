import { ApiError } from '../../api/errors.ts';
import { formatReference, parseReference, tagNameOnly } from '../../lib/reference.ts';
import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { stamp } from '../clock.ts';
import type { Image } from '../image/image-store.ts';
import type { ImageConfig } from '../image/oci.ts';
import { BuildError, type BuildWork } from './context.ts';
import { DockerfileError, type Instruction, parseDockerfile } from './dockerfile.ts';
import { CONFIG_INSTRUCTIONS } from './instructions/config.ts';
import { copy } from './instructions/copy.ts';
import { run } from './instructions/run.ts';
import { workdir } from './instructions/workdir.ts';
import { neededStages, type Stage } from './stages.ts';
import { StageState } from './state.ts';

type LayerInstruction = (
  build: BuildWork,
  state: StageState,
  instruction: Instruction,
  label: (text: string) => string,
) => Wait<void>;

/** The instructions that make a layer. */
const LAYER_INSTRUCTIONS: Readonly<Record<string, LayerInstruction>> = {
  ADD: copy,
  COPY: copy,
  RUN: run,
  WORKDIR: workdir,
};

/** Builds the target of a plan. @returns the image, not named yet. @throws BuildError, DockerfileError, ApiError */
export function* solve(build: BuildWork): Wait<Image> {
  const { plan } = build;
  const needed = neededStages(plan);
  yield* loadMetadata(build, needed);
  yield* build.showIgnore();
  for (const stage of needed) yield* buildStage(build, stage, plan.stages.length > 1);
  return yield* exportImage(build, build.states.get(plan.target)!);
}

/** Makes sure that every base image is here. */
function* loadMetadata(build: BuildWork, needed: readonly Stage[]): Wait<void> {
  const seen = new Set<string>();
  for (const { base, from } of needed) {
    if (typeof base !== 'string' || base === 'scratch' || seen.has(base)) continue;
    seen.add(base);
    const reference = tagNameOnly(referenceOf(base, from));
    const vertex = yield* build.begin(`[internal] load metadata for ${formatReference(reference)}`);
    try {
      if (!build.host.store.byReference(reference) || build.options.pull) yield* build.host.pull(build.sys, base);
      yield* build.end(vertex);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const words = /manifest unknown/.test(error.message)
        ? `${formatReference(reference)}: not found`
        : /pull access denied/.test(error.message)
          ? `pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
          : error.message;
      yield* build.end(vertex, { error: words });
      throw new BuildError(
        `${base}: failed to resolve source metadata for ${formatReference(reference)}: ${words}`,
        from.first,
        from.last,
        vertex,
      );
    }
  }
}

function referenceOf(base: string, from: Instruction): ReturnType<typeof parseReference> {
  try {
    return parseReference(base);
  } catch (error) {
    throw new BuildError(
      `failed to parse stage name "${base}": ${error instanceof Error ? error.message : ''}`,
      from.first,
      from.last,
    );
  }
}

function* buildStage(build: BuildWork, stage: Stage, many: boolean): Wait<void> {
  const state = new StageState(stage);
  build.states.set(stage, state);
  const own = stage.commands.filter((command) => command.keyword in LAYER_INSTRUCTIONS).length;
  const isImage = typeof stage.base === 'string' && stage.base !== 'scratch';
  const total = own + (isImage ? 1 : 0);
  let step = 0;
  const label = (text: string): string => {
    step++;
    const name = many ? `${stage.name ?? `stage-${stage.index}`} ` : '';
    return `[${name}${step}/${total}] ${text}`;
  };
  if (isImage) yield* fromImage(build, state, stage.base as string, label);
  else if (typeof stage.base !== 'string') fromStage(state, build.states.get(stage.base)!);
  else state.key = build.cache.key('scratch', '');
  yield* build.showContext();
  for (const instruction of [...onBuild(state), ...stage.commands]) yield* apply(build, state, instruction, label);
}

function* fromImage(build: BuildWork, state: StageState, base: string, label: (text: string) => string): Wait<void> {
  const { store } = build.host;
  const reference = tagNameOnly(parseReference(base));
  const image = store.byReference(reference);
  if (!image) throw new BuildError(`${base}: not found`);
  const digest = store.digests(image.id)[0]?.replace(/^.*@/, '');
  const vertex = yield* build.begin(
    label(`FROM ${formatReference(reference)}${digest && reference.digest === undefined ? `@${digest}` : ''}`),
  );
  state.base = image;
  state.layer = image.topLayer;
  state.config = { ...image.config.config };
  state.author = image.config.author;
  state.created = image.config.created;
  state.key = build.cache.key('image', image.id);
  yield* build.end(vertex, { cached: true });
}

function fromStage(state: StageState, other: StageState): void {
  state.base = other.base;
  state.layer = other.layer;
  state.layers = [...other.layers];
  state.history = [...other.history];
  state.config = structuredCopy(other.config);
  state.key = other.key;
  state.created = other.created;
  state.author = other.author;
}

const structuredCopy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The base's ONBUILD triggers, as instructions; the image that is made has none of them. */
function onBuild(state: StageState): Instruction[] {
  const triggers = state.config.OnBuild ?? [];
  if (triggers.length === 0) return [];
  state.config.OnBuild = null;
  const from = state.stage.from;
  return parseDockerfile(triggers.join('\n')).instructions.map((instruction) => ({
    ...instruction,
    first: from.first,
    last: from.last,
  }));
}

function* apply(
  build: BuildWork,
  state: StageState,
  instruction: Instruction,
  label: (text: string) => string,
): Wait<void> {
  const layer = LAYER_INSTRUCTIONS[instruction.keyword];
  try {
    if (layer) {
      yield* layer(build, state, instruction, label);
      return;
    }
    const config = CONFIG_INSTRUCTIONS[instruction.keyword];
    const text = config?.(
      { state, escape: build.escape, buildArgs: build.options.buildArgs, globals: build.plan.globals },
      instruction,
    );
    if (text !== undefined) state.noteConfig(text);
  } catch (error) {
    if (error instanceof DockerfileError && error.first === 0)
      throw new BuildError(error.message, instruction.first, instruction.last);
    if (error instanceof BuildError && error.first === 0)
      throw new BuildError(error.message, instruction.first, instruction.last, error.vertex);
    throw error;
  }
}

/** Writes the image's configuration; the same result has the same times, and so the same id. */
function* exportImage(build: BuildWork, state: StageState): Wait<Image> {
  const { sys, host, options } = build;
  const vertex = yield* build.begin('exporting to image');
  yield* build.status(vertex, 'exporting layers', true);
  const config = { ...state.config };
  if (Object.keys(options.labels).length > 0) config.Labels = { ...config.Labels, ...options.labels };
  if (!config.Env) config.Env = [`PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`];
  config.WorkingDir ||= '/';
  const base = state.base?.config;
  const layers = state.layers.map((layer) => layer.diffId);
  const key = build.cache.key('export', [
    base?.rootfs.diff_ids ?? [],
    layers,
    config,
    state.history.map((entry) => [entry.created_by, entry.created]),
  ]);
  let created = build.options.noCache ? undefined : build.cache.time(key);
  if (created === undefined) {
    created = stamp(sys);
    yield* build.cache.put(sys, key, undefined, created, 'export');
  }
  const last = state.layers.length > 0 ? (state.created ?? created) : created;
  const document: ImageConfig = {
    architecture: base?.architecture ?? 'amd64',
    ...(state.author ? { author: state.author } : {}),
    config: orderConfig(config),
    created: state.layers.length > 0 && state.history.at(-1)?.empty_layer !== true ? last : created,
    history: [
      ...(base?.history ?? []),
      ...state.history.map((entry) => ({ created: entry.created ?? created, ...entry })),
    ],
    os: base?.os ?? 'linux',
    rootfs: { type: 'layers', diff_ids: [...(base?.rootfs.diff_ids ?? []), ...layers] },
  };
  const image = yield* host.store.add(sys, encode(JSON.stringify(document)));
  yield* build.status(vertex, `writing image ${image.id}`, true);
  for (const tag of options.tags) {
    const reference = tagNameOnly(parseReference(tag));
    yield* host.store.name(sys, image, reference);
    yield* build.status(vertex, `naming to ${formatReference(parseReference(tag))}`, true);
  }
  yield* build.end(vertex);
  return image;
}

/** Fields in the order in which the engine writes them, and maps in that of their keys, as encoding/json does; empty ones left out. */
function orderConfig(config: Partial<NonNullable<ImageConfig['config']>>): NonNullable<ImageConfig['config']> {
  const order = [
    'User',
    'ExposedPorts',
    'Env',
    'Entrypoint',
    'Cmd',
    'Volumes',
    'WorkingDir',
    'Labels',
    'StopSignal',
    'ArgsEscaped',
    'Healthcheck',
    'OnBuild',
    'Shell',
  ] as const;
  const out: Record<string, unknown> = {};
  for (const name of order) {
    const value = config[name];
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    const isMap = name === 'ExposedPorts' || name === 'Volumes' || name === 'Labels';
    out[name] = isMap ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  }
  return out as NonNullable<ImageConfig['config']>;
}
