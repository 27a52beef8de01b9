import type { Sys } from '../../abi/sys.ts';
import { formatReference, parseReference, tagNameOnly } from '../../lib/reference.ts';
import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import type { Image } from '../image/image-store.ts';
import type { Layer } from '../image/layer-store.ts';
import type { HistoryEntry, ImageConfig } from '../image/oci.ts';
import type { BuildWork } from './context.ts';
import { Display } from './display.ts';
import { CACHE_FIELD, type CachedStep, inlineCache } from './inline-cache.ts';
import type { Solver } from './solve.ts';
import { sourceDate } from './source-date.ts';
import type { StageState } from './state.ts';

/** Writes the configuration of what was built as an image of the engine, and names it. */
export function* exportImage(
  sys: Sys,
  build: BuildWork,
  solver: Solver,
  state: StageState,
  tags: readonly string[],
  quiet: boolean,
): Wait<Image> {
  const { host, options } = build;
  const display = quiet ? new Display({ *status() {} }, () => 0) : build.display;
  const vertex = yield* display.begin('exporting to image');
  const layers: Layer[] = [];
  const own: HistoryEntry[] = [];
  const steps: CachedStep[] = [];
  const below = state.base?.config.rootfs.diff_ids.length ?? 0;
  for (const { createdBy, op } of state.history) {
    const result = op ? yield* solver.result(sys, op) : undefined;
    if (op && result?.layer) {
      steps.push({ key: yield* solver.key(sys, op), layer: below + layers.length, created: result.created });
      layers.push(result.layer);
    }
    own.push({
      ...(result?.created === undefined ? {} : { created: result.created }),
      created_by: createdBy,
      comment: 'buildkit.dockerfile.v0',
      ...(op ? {} : { empty_layer: true }),
    });
  }
  const base = state.base?.config;
  const diffIds = [...(base?.rootfs.diff_ids ?? []), ...layers.map((layer) => layer.diffId)];
  if (diffIds.length > 0) yield* display.status(vertex, 'exporting layers', true);
  const config = { ...state.config };
  if (Object.keys(options.labels).length > 0) config.Labels = { ...config.Labels, ...options.labels };
  const epoch = sourceDate(options);
  const history = withTimes([...(base?.history ?? []), ...own.map((entry) => notAfter(entry, epoch))]);
  const created = epoch ?? history.findLast((entry) => entry.created !== undefined)?.created;
  const { os, architecture, variant } = options.platform;
  const inline = options.inlineCache && diffIds.length > 0;
  if (inline) yield* display.status(vertex, 'preparing layers for inline cache', true);
  const document: ImageConfig & { [CACHE_FIELD]?: string } = {
    architecture: base?.architecture ?? architecture,
    ...(state.author ? { author: state.author } : {}),
    config: orderConfig(config),
    ...(created === undefined ? {} : { created }),
    history,
    os: base?.os ?? os,
    rootfs: { type: 'layers', diff_ids: diffIds },
    ...(inline ? { [CACHE_FIELD]: inlineCache(diffIds, steps) } : {}),
    ...(base?.variant || (!base && variant) ? { variant: base?.variant ?? variant! } : {}),
  };
  const image = yield* host.store.add(sys, encode(JSON.stringify(document)));
  yield* display.status(vertex, `writing image ${image.id}`, true);
  for (const tag of tags) {
    yield* host.store.name(sys, image, tagNameOnly(parseReference(tag)));
    yield* display.status(vertex, `naming to ${formatReference(parseReference(tag))}`, true);
  }
  yield* display.end(vertex);
  return image;
}

/** A line of a history that is not younger than a date. */
const notAfter = (entry: HistoryEntry, epoch: string | undefined): HistoryEntry =>
  epoch === undefined || (entry.created !== undefined && Date.parse(entry.created) <= Date.parse(epoch))
    ? entry
    : { ...entry, created: epoch };

/**
 * Gives each line of a history its time: lines without a layer have that of the layer before, or of the first new one.
 * @see moby/buildkit exporter/containerimage/writer.go normalizeLayersAndHistory
 */
function withTimes(history: readonly HistoryEntry[]): HistoryEntry[] {
  let created: string | undefined;
  let without = false;
  for (const entry of history) {
    if (entry.created === undefined) without = true;
    else {
      created = entry.created;
      if (without) break;
    }
  }
  without = false;
  return history.map((entry) => {
    if (entry.created !== undefined) {
      if (without) created = entry.created;
      return entry;
    }
    without = true;
    return created === undefined ? entry : { created, ...entry };
  });
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
