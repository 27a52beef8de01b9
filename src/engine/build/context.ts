import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import type { Platform } from '../../lib/platform.ts';
import type { Wait } from '../../libc/io.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { RuntimeMount } from '../runtime/spec.ts';
import type { BuildCache } from './cache.ts';
import type { BuildControl } from './control.ts';
import type { Display } from './display.ts';
import type { Linter } from './lint.ts';
import type { BuildSource } from './source.ts';
import type { Plan, Stage } from './stages.ts';
import type { StageState } from './state.ts';

/** Limits of a RUN step. */
export interface StepLimits {
  /** Bytes of /dev/shm. */
  shmSize: number;
  ulimits: readonly { resource: number; soft: number; hard: number }[];
  cgroupParent: string;
}

/** A command that a RUN step starts. */
export interface RunRequest {
  /** Layer directory that is written, mounted above its parents. */
  layerId: string;
  args: readonly string[];
  env: readonly string[];
  cwd: string;
  user: string;
  /** `default`, `none`, `host`. */
  network: string;
  mounts: readonly RuntimeMount[];
  /** Lines of /etc/hosts besides those of every step. */
  hosts: readonly string[];
  limits: StepLimits;
  /** Bytes that it writes. */
  output(stream: 1 | 2, data: Uint8Array): Wait<void>;
  /** Hears how to end it early. */
  started(kill: (sys: Sys) => void): void;
}

/** What the builder asks of the rest of the engine. */
export interface BuildHost {
  readonly store: ImageStore;
  readonly sha256: HashFactory;
  /** `/var/lib/docker` */
  readonly root: string;
  /** Identity of the engine, which is the builder's too. */
  readonly id: string;
  /** Mounts a layer above its parents. @returns the mount point */
  mount(sys: Sys, layerId: string): Wait<string>;
  unmount(sys: Sys, layerId: string): void;
  /** Runs a command in a container of its own. @returns its exit status, or the runtime's words where it could not start */
  run(sys: Sys, request: RunRequest): Wait<number | string>;
  /** Pulls an image that is not here. @throws ApiError */
  pull(sys: Sys, reference: string, platform: Platform | undefined): Wait<void>;
}

/** A context by name besides the main one. */
export type NamedContext =
  | { kind: 'image'; reference: string }
  /** An image of the engine, by its id. */
  | { kind: 'built'; id: string }
  | { kind: 'local' };

export interface BuildOptions {
  dockerfile: string;
  /** Address of the context, where the client does not send it. */
  remote: string | undefined;
  /** The Dockerfile comes from the client all the same. */
  localDockerfile?: boolean;
  tags: readonly string[];
  buildArgs: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  noCache: boolean;
  /** Stages that are done again (lower case). */
  noCacheFilter: readonly string[];
  pull: boolean;
  target: string | undefined;
  network: string;
  platform: Platform;
  /** `NAME:ADDRESS` */
  extraHosts: readonly string[];
  limits: StepLimits;
  contexts: Readonly<Record<string, NamedContext>>;
  /** Entitlements that the client allows. */
  allow: readonly string[];
  /** What the result becomes: an image of the engine, an archive for the client, or nothing. */
  output: 'image' | 'tar' | 'none';
  /** Images whose steps are taken into the cache. */
  cacheFrom: readonly string[];
  /** The image says of its steps. */
  inlineCache: boolean;
  /** What is asked instead of a build: `check`, `outline`, `targets`. */
  call: string | undefined;
}

/** What one build shares between its steps. */
export interface BuildWork {
  readonly host: BuildHost;
  readonly cache: BuildCache;
  readonly options: BuildOptions;
  readonly plan: Plan;
  readonly escape: string;
  readonly display: Display;
  readonly lint: Linter;
  /** Directory with what the client sent: context/, contexts/NAME/, secrets/ID. */
  readonly dir: string;
  readonly states: Map<Stage, StageState>;
  readonly control: BuildControl;
  readonly source: BuildSource;
}

/** A build that failed: BuildKit's words, and the instruction that it was. */
export class BuildError extends Error {
  constructor(
    message: string,
    readonly first = 0,
    readonly last = first,
    /** Words for the step itself, where they are not those of the build. */
    readonly stepMessage: string | undefined = undefined,
  ) {
    super(message);
  }
}
