import type { Entry } from '../abi/sys.ts';
import { type HostInput, type HostOutput, Kernel, type Outside, type Process } from '../kernel/index.ts';
import { gunzip } from '../lib/gzip.ts';
import { type BlobSource, TmpFs, type TmpFsOptions } from '../vfs/index.ts';
import { type Catalogue, readBlob, readCatalogue } from './catalogue.ts';
import { type HostFigures, UBUNTU } from './figures.ts';
import { makeInit, type Service } from './init.ts';
import { bootInternet } from './internet.ts';
import { loadProgram } from './programs.ts';
import type { BootLine } from './remote.ts';

/** What a machine gets from outside. */
export interface World {
  blobs: BlobSource;
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
  /** Where a virtual clock begins, milliseconds since the Epoch; undefined: where it always does. */
  virtualStart?: number;
  /** How long services wait, so that a first login comes before them: milliseconds, 0 where it is absent. */
  servicesAfter?: number;
  /** What was written before is kept for good once the promise is done. Absent: nothing is kept. */
  sync?(): Promise<void>;
  onBootLine(line: BootLine): void;
  onPanic(error: unknown, where: string): void;
}

const DOCKERD: Service = {
  description: 'docker.service - Docker Application Container Engine',
  path: '/usr/bin/dockerd',
  argv: ['/usr/bin/dockerd', '-H', 'fd://', '--containerd=/run/containerd/containerd.sock'],
  log: '/var/log/docker.log',
};

/** How long the engine may take until its socket answers, milliseconds of the machine's clock. */
const SOCKET_PATIENCE = 60_000;

/** A host that runs: its kernel and its disk. */
export class Machine {
  private constructor(
    readonly kernel: Kernel,
    readonly disk: TmpFs,
    readonly figures: HostFigures,
    readonly catalogue: Catalogue,
  ) {}

  /**
   * Boots a host. Resolves when its file systems are mounted; its services are starting.
   * @param disk a disk that was kept, or undefined: a new one is unpacked
   */
  static async boot(world: World, disk?: TmpFs, services: readonly Service[] = [DOCKERD]): Promise<Machine> {
    const figures = UBUNTU;
    const catalogue = await readCatalogue(world.blobs);
    const host = catalogue.hosts.ubuntu;
    const archive = disk || !host ? undefined : gunzip(await readBlob(world.blobs, host.digest, host.size));
    if (typeof archive === 'string') throw new Error(`the disk's archive is damaged: ${archive}`);
    const kernel = new Kernel(outsideOf(world), {
      hostname: figures.hostname,
      cpus: figures.cpus,
      memory: figures.memory,
      clock: world.clock,
      ...(world.virtualStart === undefined ? {} : { virtualStart: world.virtualStart }),
    });
    const root = disk ?? new TmpFs(diskOptions(world, figures));
    const machine = new Machine(kernel, root, figures, catalogue);
    kernel.net
      .internet()
      .attachMachine(kernel.net.initial, figures.address, figures.prefix, figures.gateway, figures.mac);
    await new Promise<void>((resolve) => {
      const init = makeInit({
        archive,
        services,
        delay: world.servicesAfter ?? 0,
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
    await bootInternet(kernel, world.blobs, catalogue);
    return machine;
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
      this.kernel.timers.add(this.kernel.clock.monotonic() + ms, resolve);
      this.kernel.run.kick();
    });
  }

  /** Resolves with the wait status when `process` ends. */
  ended(process: Process): Promise<number> {
    return new Promise((resolve) => {
      if (process.zombie) {
        resolve(process.dying ?? 0);
        return;
      }
      process.ended.add({ queues: [], wake: () => resolve(process.dying ?? 0) });
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

/** What the kernel asks of outside. */
function outsideOf(world: World): Outside {
  return {
    realtime: world.now,
    monotonic: world.monotonic,
    setTimer: (at, fire) => world.after(Math.max(0, at - world.monotonic()), fire),
    turn: world.turn,
    random: world.random,
    loadProgram: (name): Promise<Entry> => loadProgram(name),
    onPanic: world.onPanic,
    ...(world.sync ? { sync: world.sync } : {}),
  };
}

/** What the filesystem of a host's disk is made with. */
export const diskOptions = (world: World, figures: HostFigures): TmpFsOptions => ({
  type: 'ext4',
  bytes: figures.disk,
  inodes: figures.inodes,
  now: { sec: Math.floor(world.now() / 1000), nsec: 0 },
  blobs: world.blobs,
});
