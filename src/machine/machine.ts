import type { PackHost } from '../abi/pack.ts';
import { SIGRTMIN } from '../abi/signal.ts';
import type { Entry, Program, Sys } from '../abi/sys.ts';
import { type HostInput, type HostOutput, Kernel, type Outside, type Process } from '../kernel/index.ts';
import { type BlobSource, copyDump, decodeChanges, TmpFs, type TmpFsOptions } from '../vfs/index.ts';
import { readBlob, readCatalogue } from './catalogue.ts';
import { DEFAULT_HOST, HOSTS, type HostFigures } from './figures.ts';
import { makeInit } from './init.ts';
import { bootInternet } from './internet.ts';
import { LayerBlobs } from './layer-blobs.ts';
import { loadHash, loadProgram } from './programs.ts';
import type { BootLine } from './remote.ts';

/** What a machine gets from outside. */
export interface World {
  blobs: BlobSource;
  /** A new host's disk, unpacked, where somebody brings it; it may turn out to be undefined. */
  firstDisk?: Promise<Uint8Array | undefined>;
  /** Unpacks gzip, as a browser and Node can by themselves. @throws where it is damaged */
  gunzip(bytes: Uint8Array): Promise<Uint8Array>;
  /** The same at once, where outside can. */
  gunzipNow?(bytes: Uint8Array): Uint8Array;
  /** Starts packs: programs that run in a worker of their own. Absent: there are none. */
  packs?: PackHost;
  /** Milliseconds since the Epoch. */
  now(): number;
  /** Milliseconds, never going back. */
  monotonic(): number;
  random(bytes: Uint8Array): void;
  /** Runs `step` in a later turn of the event loop. */
  turn(step: () => void): void;
  /** Runs `step` after `ms`. @returns what cancels it */
  after(ms: number, step: () => void): () => void;
  clock: 'real' | 'virtual';
  /** Flavour of the host (figures.ts); absent: Ubuntu. */
  host?: string;
  /** Where a virtual clock begins, milliseconds since the Epoch; undefined: where it always does. */
  virtualStart?: number;
  /** Services and the internet wait for `begin`, so that a first login comes before them. */
  loginFirst?: boolean;
  /** What was written before is kept for good once the promise is done. Absent: nothing is kept. */
  sync?(): Promise<void>;
  /** Hands on what is waited for outside; a journal notes when it is there. Absent: as it is. */
  settle?<T>(promise: Promise<T>): Promise<T>;
  /** Stands before what is called from outside; a journal notes the calls. Absent: as it is. */
  border?<T extends object>(target: T): T;
  onBootLine(line: BootLine): void;
  onPanic(error: unknown, where: string): void;
}

/** How long the engine may take until its socket answers, milliseconds of the machine's clock. */
const SOCKET_PATIENCE = 60_000;

/** A host that runs: its kernel and its disk. */
export class Machine {
  readonly #world: World;
  /** The kernel itself; `kernel` is for those outside. */
  readonly #inner: Kernel;
  readonly kernel: Kernel;
  /** The blobs that the disk's files may refer to. */
  readonly layers: LayerBlobs;
  /** Init waits before it starts the services. */
  readonly #held: boolean;
  #begun: Promise<void> | undefined;

  private constructor(
    kernel: Kernel,
    readonly disk: TmpFs,
    readonly figures: HostFigures,
    world: World,
  ) {
    this.#world = world;
    this.#inner = kernel;
    this.layers = disk.blobs instanceof LayerBlobs ? disk.blobs : new LayerBlobs(world);
    this.layers.hold = () => kernel.hold();
    this.kernel = world.border?.(kernel) ?? kernel;
    this.#held = world.loginFirst === true;
  }

  /**
   * Boots a host. Resolves when its file systems are mounted; its services are starting, or wait for `begin`.
   * @param disk a disk that was kept, or undefined: a new one
   */
  static async boot(world: World, disk?: TmpFs): Promise<Machine> {
    const figures = HOSTS[world.host ?? DEFAULT_HOST];
    if (!figures) throw new Error(`there is no host ${world.host}`);
    const root = disk ?? (await firstDisk(world, figures));
    const kernel = new Kernel(outsideOf(world), {
      hostname: figures.hostname,
      cpus: figures.cpus,
      memory: figures.memory,
      clock: world.clock,
      ...(figures.release === undefined ? {} : { release: figures.release }),
      ...(world.virtualStart === undefined ? {} : { virtualStart: world.virtualStart }),
    });
    const machine = new Machine(kernel, root, figures, world);
    kernel.net
      .internet()
      .attachMachine(kernel.net.initial, figures.address, figures.prefix, figures.gateway, figures.mac);
    await new Promise<void>((resolve) => {
      const init = makeInit({
        held: world.loginFirst === true,
        say: (kind, text) => world.onBootLine({ kind, seconds: kernel.clock.monotonic() / 1000, text }),
        up: resolve,
      });
      kernel.boot({
        root,
        source: figures.device,
        init,
        argv: ['/sbin/init'],
        envp: [],
        image: { program: 'init', version: '', flavour: 'glibc', path: '/usr/lib/systemd/systemd' },
      });
    });
    if (!world.loginFirst) await machine.begin();
    return machine;
  }

  /** Brings up the internet beside the host, and the services where they waited. */
  begin(): Promise<void> {
    this.#begun ??= this.#begin();
    return this.#begun;
  }

  async #begin(): Promise<void> {
    const { blobs } = this.#world;
    const settle = <T>(promise: Promise<T>): Promise<T> => this.#world.settle?.(promise) ?? promise;
    try {
      this.layers.sha256 = await settle(loadHash());
      await bootInternet(this.#inner, this.layers, await settle(readCatalogue(blobs)), settle);
    } finally {
      // without the internet the services work with what is on the disk
      if (this.#held) this.#inner.start(tellInit, { argv: ['systemctl', 'default'], envp: [] });
    }
  }

  /** Waits until a unix socket of the host takes connections. @returns false where it did not in time */
  async socketAnswers(path: string): Promise<boolean> {
    for (let waited = 0; waited < SOCKET_PATIENCE; waited += 20) {
      const stream = this.kernel.connectUnix(path);
      if (typeof stream !== 'number') {
        stream.destroy();
        return true;
      }
      await this.sleep(20);
    }
    return false;
  }

  /** Resolves after `ms` of the machine's clock. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.kernel.after(ms, resolve);
    });
  }

  /** Resolves with the wait status when `process` ends; who waits for it goes on before virtual time does. */
  ended(process: Process): Promise<number> {
    return new Promise((resolve) => {
      if (process.zombie) {
        resolve(process.dying ?? 0);
        return;
      }
      process.ended.add({ queues: [], wake: () => this.kernel.tell(() => resolve(process.dying ?? 0)) });
    });
  }

  /** A pipe into the machine, for a program's standard input. */
  input(): HostInput {
    return this.kernel.hostInput();
  }

  /** A pipe out of the machine. @param sink takes bytes and says how many it took */
  output(sink: (bytes: Uint8Array) => number): HostOutput {
    return this.kernel.hostOutput(sink);
  }
}

function* tellInit(sys: Sys): Program {
  return sys.kill(1, SIGRTMIN) < 0 ? 1 : 0;
}

/** The disk of a host that boots for the first time, as the build prepared it; an empty one where there is none. */
async function firstDisk(world: World, figures: HostFigures): Promise<TmpFs> {
  const brought = await world.firstDisk;
  if (brought) return copyDump(diskOptions(world, figures), decodeChanges(brought));
  const host = (await readCatalogue(world.blobs)).disks[world.host ?? DEFAULT_HOST];
  if (!host) return new TmpFs(diskOptions(world, figures));
  const dumped = await world.gunzip(await readBlob(world.blobs, host.digest, host.size));
  return copyDump(diskOptions(world, figures), decodeChanges(dumped));
}

/** What the kernel asks of outside. */
export function outsideOf(world: World): Outside {
  return {
    realtime: world.now,
    monotonic: world.monotonic,
    setTimer: (at, fire) => world.after(Math.max(0, at - world.monotonic()), fire),
    turn: world.turn,
    random: world.random,
    loadProgram: (name): Promise<Entry> => loadProgram(name),
    onPanic: world.onPanic,
    ...(world.packs ? { startPack: (name: string, memory: number) => world.packs?.start(name, memory) } : {}),
    ...(world.sync ? { sync: world.sync } : {}),
    ...(world.settle ? { settle: world.settle } : {}),
  };
}

/** What the filesystem of a host's disk is made with. */
export const diskOptions = (world: World, figures: HostFigures): TmpFsOptions & { blobs: LayerBlobs } => ({
  type: 'ext4',
  bytes: figures.disk,
  inodes: figures.inodes,
  now: { sec: Math.floor(world.now() / 1000), nsec: 0 },
  blobs: new LayerBlobs(world),
});
