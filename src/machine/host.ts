import { Journal } from '../vfs/index.ts';
import { UBUNTU } from './figures.ts';
import { hostConnection } from './host-connection.ts';
import { type Gate, openHostTerminal } from './host-terminal.ts';
import { Keeper, openDisk } from './keeper.ts';
import { diskOptions, Machine, type World } from './machine.ts';
import { loadSoon } from './programs.ts';
import type {
  BootInfo,
  BootLine,
  ConnectionSink,
  HostConnection,
  HostTerminal,
  MachineEvent,
  MachineHost,
  MachineOptions,
  TerminalOptions,
  TerminalSink,
  TerminalSize,
} from './remote.ts';

/** After the first prompt the visitor reads, and may type a first command: what that needs is loaded until then. Milliseconds. */
const FIRST_COMMAND = 500;
/** The internet and the engine begin when the first prompt is there, or after this time without a login: milliseconds. */
const NO_LOGIN = 1000;
/** Time for the page to show the first prompt. */
const SHOWN = 40;
const DOCKER_SOCKET = '/var/run/docker.sock';

/** Makes a machine for a page: a host whose disk is kept in a store, with logins and connections. */
export function createMachineHost(options: MachineOptions): MachineHost {
  return new Host(options);
}

class Host implements MachineHost {
  readonly #options: MachineOptions;
  /** The machine that this is, once it is known. */
  #machine: Machine | undefined;
  #accept: (machine: Machine) => void = () => {};
  readonly #accepted = new Promise<Machine>((resolve) => {
    this.#accept = resolve;
  });
  #guess: Guess | undefined;
  #keeper: Keeper | undefined;
  /** Somebody typed: from now on there is something to lose. */
  #asked = false;
  /** A login wrote something. */
  #heard = false;
  #begun = false;
  #stopped = false;

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  async boot(): Promise<BootInfo> {
    const { now, after, onEvent } = this.#options;
    const world = this.#world();
    const guess = this.#options.fresh ? new Guess(world) : undefined;
    this.#guess = guess;
    const store = await this.#options.store;
    const opened = store && (await openDisk(store, diskOptions(world, UBUNTU)));
    if (opened) guess?.giveUp();
    const machine = await (guess && !opened ? guess.take() : Machine.boot(world, opened?.disk));
    this.#machine = machine;
    if (store) {
      const journal = opened?.journal ?? new Journal(machine.disk);
      const packed = (digest: string) => machine.layers.packed(digest);
      this.#keeper = new Keeper(journal, { store, packed, now, after, onEvent });
    }
    if (this.#stopped) machine.kernel.shutdown();
    else this.#accept(machine);
    after(NO_LOGIN, () => this.#begin());
    const { hostname, address, cpus, memory, disk } = machine.figures;
    return { hostname, address, cpus, memory, disk, restored: opened !== undefined, savedAt: opened?.savedAt };
  }

  async engineAnswers(): Promise<boolean> {
    return (await this.#machine?.socketAnswers(DOCKER_SOCKET)) === true;
  }

  async firstLogin(size: TerminalSize, options: TerminalOptions, sink: TerminalSink): Promise<HostTerminal> {
    const early = this.#guess?.machine.then(
      (machine) => ({ machine, terminal: this.#open(machine, size, options, sink) }),
      () => undefined,
    );
    const machine = await this.#accepted;
    const begun = await early;
    return begun?.machine === machine ? begun.terminal : this.#open(machine, size, options, sink);
  }

  openTerminal(size: TerminalSize, options: TerminalOptions, sink: TerminalSink): HostTerminal {
    return this.#open(this.#running(), size, options, sink);
  }

  #open(machine: Machine, size: TerminalSize, options: TerminalOptions, sink: TerminalSink): HostTerminal {
    const output = (bytes: Uint8Array) => {
      sink.output(bytes);
      if (!this.#heard) this.#options.after(SHOWN, () => this.#begin());
      this.#heard = true;
    };
    const terminal = openHostTerminal(machine, size, options, { ...sink, output }, this.#gateOf(machine));
    return {
      ...terminal,
      write: (bytes) => {
        this.#asked = true;
        terminal.write(bytes);
      },
    };
  }

  /** Of a machine that was given up nothing is ever shown. */
  #gateOf(machine: Machine): Gate {
    const host = this;
    return {
      get closed() {
        return host.#machine !== machine || (host.#asked && host.#keeper?.dirty === true);
      },
      open: () =>
        host.#accepted.then((accepted) => (accepted === machine ? host.flush() : new Promise<void>(() => {}))),
    };
  }

  /** What the first prompt did not wait for. */
  #begin(): void {
    if (this.#begun || !this.#machine) return;
    this.#begun = true;
    this.#machine.begin().catch((error: unknown) => this.#options.onEvent(faultOf(error, 'the internet')));
    this.#options.after(FIRST_COMMAND, () => void loadSoon().catch(() => {}));
  }

  connect(path: string, sink: ConnectionSink): HostConnection {
    return hostConnection(this.#running().kernel.connectUnix(path), sink);
  }

  async flush(): Promise<void> {
    await this.#keeper?.save();
  }

  stop(): void {
    this.#stopped = true;
    this.#keeper?.stop();
    this.#machine?.kernel.shutdown();
    this.#machine = undefined;
  }

  #running(): Machine {
    if (!this.#machine) throw new Error('the machine does not run');
    return this.#machine;
  }

  #world(): World {
    const { blobs, firstDisk, packs, gunzip, now, monotonic, random, turn, after, onEvent } = this.#options;
    return {
      blobs,
      ...(firstDisk && { firstDisk }),
      ...(packs && { packs }),
      gunzip,
      now,
      monotonic,
      random,
      turn,
      after,
      clock: 'real',
      loginFirst: true,
      sync: () => this.flush(),
      onBootLine: (line) => onEvent({ kind: 'boot', line }),
      onPanic: (error, where) => onEvent(faultOf(error, where)),
    };
  }
}

/** A new machine that boots while it is not known yet whether there is one already; until then it says nothing. */
class Guess {
  readonly #world: World;
  readonly machine: Promise<Machine>;
  readonly #said: BootLine[] = [];
  #say = (line: BootLine): void => void this.#said.push(line);

  constructor(world: World) {
    this.#world = world;
    this.machine = Machine.boot({ ...world, onBootLine: (line) => this.#say(line) });
    // Whoever takes it hears of a failure.
    this.machine.catch(() => {});
  }

  take(): Promise<Machine> {
    this.#say = this.#world.onBootLine;
    for (const line of this.#said) this.#say(line);
    return this.machine;
  }

  giveUp(): void {
    this.machine.then(
      ({ kernel }) => kernel.shutdown(),
      () => {},
    );
  }
}

/** A fault of ours as an event; one of the kernel itself ends the machine. */
function faultOf(error: unknown, where: string): MachineEvent {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const detail = `${where}\n${error instanceof Error ? (error.stack ?? '') : ''}`;
  return { kind: where === 'kernel' ? 'crash' : 'fault', message, detail };
}
