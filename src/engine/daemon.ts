import type { Sys } from '../abi/sys.ts';
import type { HashFactory } from '../lib/hash.ts';
import type { Wait } from '../libc/io.ts';
import { removeTree } from '../libc/paths.ts';
import { Condition } from '../libc/sync.ts';
import type { BuildKit } from './build/buildkit/serve.ts';
import { BuildCache } from './build/cache.ts';
import type { Container } from './container/container.ts';
import type { Exec } from './container/exec.ts';
import type { Images } from './container/image-door.ts';
import { PUMP_CHUNK } from './container/pump.ts';
import { removeContainer } from './container/remove.ts';
import { ContainerStore } from './container/store.ts';
import { Streams } from './container/streams.ts';
import { Events } from './events/events.ts';
import { imagesDoor } from './image/door.ts';
import { ImageStore } from './image/image-store.ts';
import { LayerStore } from './image/layer-store.ts';
import { ContainerNetworks } from './network/connect.ts';
import { cgroupPath } from './runtime/cgroup.ts';
import { HangupWatcher } from './server/hangup.ts';
import { DEFAULT_CONFIG, type EngineConfig, type RegistrySettings } from './settings/config.ts';
import { Layers } from './snapshot/layers.ts';
import { Volumes } from './volume/store.ts';

/** Everything that the engine knows; its threads share it. Nothing of it changes between two yields of one thread. */
export class Daemon {
  readonly root: string;
  /** What flags and daemon.json say; replaced at SIGHUP. */
  config: EngineConfig;
  readonly sha256: HashFactory;
  readonly events: Events = new Events();
  readonly layers: Layers;
  readonly volumes: Volumes;
  readonly networks: ContainerNetworks;
  readonly containers: ContainerStore = new ContainerStore();
  readonly execs: Map<string, Exec> = new Map();
  /** Where the output of all containers is read. */
  readonly pumpBuffer: Uint8Array = new Uint8Array(PUMP_CHUNK);
  readonly hangups: HangupWatcher = new HangupWatcher();
  readonly imageStore: ImageStore;
  readonly images: Images;
  readonly buildCache: BuildCache;
  /** What BuildKit's own clients have open, once there was one. */
  buildkit: BuildKit | undefined;
  /** Open files of the namespaces that the engine itself lives in. */
  hostMounts = -1;
  hostNet = -1;
  /** Identity of the engine (/info ID). */
  id = '';
  readonly #streams: Map<string, Streams> = new Map();
  readonly #logged: Map<string, Condition> = new Map();
  readonly #report: (message: string) => void;

  /** @param report takes what nobody else hears of: faults of the engine's own */
  constructor(sha256: HashFactory, report: (message: string) => void, config: EngineConfig = DEFAULT_CONFIG) {
    this.sha256 = sha256;
    this.config = config;
    this.root = config.dataRoot;
    this.#report = report;
    this.layers = new Layers(this.root);
    const layerStore = new LayerStore(this.root, this.layers, sha256);
    this.imageStore = new ImageStore(this.root, layerStore, sha256);
    this.images = imagesDoor(this.imageStore);
    this.buildCache = new BuildCache(this.root, layerStore, sha256);
    this.volumes = new Volumes(this.root, this.events);
    this.networks = new ContainerNetworks(this);
  }

  get registries(): RegistrySettings {
    return this.config.registries;
  }

  /** Directory of a container's control group. @param parent --cgroup-parent, '' for the usual one */
  cgroupPath(id: string, parent: string): string {
    return cgroupPath(id, parent || this.config.cgroupParent, this.config.cgroupDriver);
  }

  report(error: unknown): void {
    this.#report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  /** The standard streams of a container. */
  streamsOf(c: Container): Streams {
    let streams = this.#streams.get(c.id);
    if (!streams) {
      streams = new Streams();
      this.#streams.set(c.id, streams);
    }
    return streams;
  }

  /** Told when a container's log has grown. */
  logged(c: Container): Condition {
    let condition = this.#logged.get(c.id);
    if (!condition) {
      condition = new Condition();
      this.#logged.set(c.id, condition);
    }
    return condition;
  }

  forgetStreams(c: Container): void {
    this.#streams.delete(c.id);
    this.#logged.delete(c.id);
  }

  removeDirectory(sys: Sys, directory: string): void {
    removeTree(sys, directory);
  }

  /** --rm: the container has ended and goes with its anonymous volumes. */
  *autoRemove(sys: Sys, c: Container): Wait<void> {
    if (c.removed || c.state.RemovalInProgress) return;
    try {
      yield* removeContainer(sys, this, c, c.name.slice(1), { force: true, volumes: true });
    } catch (error) {
      this.report(error);
    }
  }

  /** As `autoRemove`, in a thread of its own. */
  removeSoon(sys: Sys, c: Container): void {
    const daemon = this;
    sys.thread(function* (own) {
      yield* daemon.autoRemove(own, c);
      return 0;
    });
  }
}
