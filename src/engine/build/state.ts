import type { ImageContainerConfig } from '../../api/image.ts';
import { setEnv } from '../image/changes.ts';
import type { Image } from '../image/image-store.ts';
import type { Layer } from '../image/layer-store.ts';
import type { HistoryEntry } from '../image/oci.ts';
import { PLATFORM_ARGS, type Stage } from './stages.ts';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How far a stage is built. */
export class StageState {
  base: Image | undefined;
  config: Partial<ImageContainerConfig> = {};
  /** Top layer; undefined: nothing yet (scratch). */
  layer: Layer | undefined;
  /** Layers above the base's. */
  layers: Layer[] = [];
  history: HistoryEntry[] = [];
  /** ARGs in scope. */
  args = new Map<string, string | undefined>();
  /** Key of the last step in the cache. */
  key = '';
  /** When the last layer was made, RFC 3339. */
  created: string | undefined;
  author: string | undefined;

  constructor(readonly stage: Stage) {}

  /** What a name stands for: ENV before ARG before the platform's. */
  lookup = (name: string): string | undefined => {
    const pair = (this.config.Env ?? []).find((p) => p.startsWith(`${name}=`));
    if (pair !== undefined) return pair.slice(name.length + 1);
    if (this.args.has(name)) return this.args.get(name);
    return undefined;
  };

  setEnv(name: string, value: string): void {
    this.config.Env = setEnv(this.config.Env, name, value);
  }

  get shell(): readonly string[] {
    return this.config.Shell ?? ['/bin/sh', '-c'];
  }

  /** Notes a step that changed only the configuration. */
  noteConfig(createdBy: string): void {
    this.history.push({ created_by: createdBy, comment: 'buildkit.dockerfile.v0', empty_layer: true });
  }

  /** Notes a step that made a layer. */
  noteLayer(layer: Layer, createdBy: string, created: string): void {
    this.layer = layer;
    this.layers.push(layer);
    this.created = created;
    this.history.push({ created, created_by: createdBy, comment: 'buildkit.dockerfile.v0' });
  }

  /** The environment of RUN: ENV, then ARGs that ENV does not have. */
  environment(): string[] {
    const env = [...(this.config.Env ?? [])];
    const has = (name: string): boolean => env.some((pair) => pair.startsWith(`${name}=`));
    if (!has('PATH')) env.unshift(`PATH=${DEFAULT_PATH}`);
    for (const [name, value] of this.args) if (value !== undefined && !has(name)) env.push(`${name}=${value}`);
    return env;
  }

  /** `|2 A=1 B=2 `: the ARGs as the history shows them before a RUN. */
  argsPrefix(): string {
    const set = [...this.args].filter(([name, value]) => value !== undefined && !(name in PLATFORM_ARGS));
    return set.length === 0 ? '' : `|${set.length} ${set.map(([name, value]) => `${name}=${value}`).join(' ')} `;
  }
}
