import type { Sys } from '../../abi/sys.ts';
import type { BuildStatus } from '../../api/build.ts';
import type { HashFactory } from '../../lib/hash.ts';
import type { Wait } from '../../libc/io.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { BuildCache } from './cache.ts';
import type { Plan, Stage } from './stages.ts';
import type { StageState } from './state.ts';

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
  /** Bytes that it writes. */
  output(stream: 1 | 2, data: Uint8Array): Wait<void>;
}

/** What the builder asks of the rest of the engine. */
export interface BuildHost {
  readonly store: ImageStore;
  readonly sha256: HashFactory;
  /** `/var/lib/docker` */
  readonly root: string;
  /** Mounts a layer above its parents. @returns the mount point */
  mount(sys: Sys, layerId: string): Wait<string>;
  unmount(sys: Sys, layerId: string): void;
  /** Runs a command in a container of its own. @returns its exit status, or the runtime's words where it could not start */
  run(sys: Sys, request: RunRequest): Wait<number | string>;
  /** Pulls an image that is not here. @throws ApiError */
  pull(sys: Sys, reference: string): Wait<void>;
}

export interface BuildOptions {
  dockerfile: string;
  tags: readonly string[];
  buildArgs: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  noCache: boolean;
  pull: boolean;
  target: string | undefined;
  network: string;
}

/** What one build shares between its steps. */
export interface BuildWork {
  readonly sys: Sys;
  readonly host: BuildHost;
  readonly cache: BuildCache;
  readonly options: BuildOptions;
  readonly plan: Plan;
  readonly escape: string;
  /** Directory with the unpacked context. */
  readonly contextDir: string;
  readonly states: Map<Stage, StageState>;
  /** Shows that .dockerignore is read. */
  showIgnore(): Wait<void>;
  /** Shows, once, that the context comes, if something is copied from it. */
  showContext(): Wait<void>;
  /** Begins a step in the client's display. @returns its id */
  begin(name: string): Wait<string>;
  end(id: string, how?: { cached?: boolean; error?: string }): Wait<void>;
  status(id: string, name: string, done: boolean): Wait<void>;
  log(id: string, stream: 1 | 2, text: string): Wait<void>;
  send(status: BuildStatus): Wait<void>;
}

/** A build that failed: BuildKit's words, and the instruction that it was. */
export class BuildError extends Error {
  constructor(
    message: string,
    readonly first = 0,
    readonly last = first,
    readonly vertex: string | undefined = undefined,
  ) {
    super(message);
  }
}
