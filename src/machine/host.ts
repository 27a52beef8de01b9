import { Journal } from '../vfs/index.ts';
import { UBUNTU } from './figures.ts';
import { hostConnection } from './host-connection.ts';
import { type Gate, openHostTerminal } from './host-terminal.ts';
import { Keeper, openDisk } from './keeper.ts';
import { diskOptions, Machine, type World } from './machine.ts';
import { loadProgram } from './programs.ts';
import type {
  BootInfo,
  ConnectionSink,
  HostConnection,
  HostTerminal,
  MachineHost,
  MachineOptions,
  TerminalOptions,
  TerminalSink,
  TerminalSize,
} from './remote.ts';

/** When the visitor may type a first command: the CLI is loaded until then, and not before the prompt. Milliseconds. */
const FIRST_COMMAND = 1200;
/** The engine begins when the first prompt is there: it is a large program. Milliseconds. */
const LOGIN_FIRST = 250;
const DOCKER_SOCKET = '/var/run/docker.sock';

/** Makes a machine for a page: a host whose disk is kept in a store, with logins and connections. */
export function createMachineHost(options: MachineOptions): MachineHost {
  return new Host(options);
}

class Host implements MachineHost {
  readonly #options: MachineOptions;
  #machine: Machine | undefined;
  #keeper: Keeper | undefined;
  readonly #gate: Gate;

  constructor(options: MachineOptions) {
    this.#options = options;
    const host = this;
    this.#gate = {
      get closed() {
        return host.#keeper?.dirty === true;
      },
      open: () => host.flush(),
    };
  }

  async boot(): Promise<BootInfo> {
    const { store, now, after, onEvent } = this.#options;
    // The first login needs it, and it is on its way while the disk is read.
    void loadProgram('bash').catch(() => {});
    const world = this.#world();
    const opened = store && (await openDisk(store, diskOptions(world, UBUNTU)));
    const machine = await Machine.boot(world, opened?.disk);
    this.#machine = machine;
    if (store) {
      const journal = opened?.journal ?? new Journal(machine.disk);
      this.#keeper = new Keeper(journal, { store, now, after, onEvent });
    }
    after(FIRST_COMMAND, () => void loadProgram('docker').catch(() => {}));
    const { hostname, address, cpus, memory, disk } = machine.figures;
    return { hostname, address, cpus, memory, disk, restored: opened !== undefined, savedAt: opened?.savedAt };
  }

  async engineAnswers(): Promise<boolean> {
    return (await this.#machine?.socketAnswers(DOCKER_SOCKET)) === true;
  }

  openTerminal(size: TerminalSize, options: TerminalOptions, sink: TerminalSink): HostTerminal {
    return openHostTerminal(this.#running(), size, options, sink, this.#gate);
  }

  connect(path: string, sink: ConnectionSink): HostConnection {
    return hostConnection(this.#running().kernel.connectUnix(path), sink);
  }

  async flush(): Promise<void> {
    await this.#keeper?.save();
  }

  stop(): void {
    this.#keeper?.stop();
    this.#machine?.kernel.shutdown();
    this.#machine = undefined;
  }

  #running(): Machine {
    if (!this.#machine) throw new Error('the machine does not run');
    return this.#machine;
  }

  #world(): World {
    const { blobs, now, monotonic, random, turn, after, onEvent } = this.#options;
    return {
      blobs,
      now,
      monotonic,
      random,
      turn,
      after,
      clock: 'real',
      servicesAfter: LOGIN_FIRST,
      sync: () => this.flush(),
      onBootLine: (line) => onEvent({ kind: 'boot', line }),
      onPanic: (error, where) => {
        const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        const detail = `${where}\n${error instanceof Error ? (error.stack ?? '') : ''}`;
        onEvent(where === 'kernel' ? { kind: 'crash', message, detail } : { kind: 'fault', message, detail });
      },
    };
  }
}
