import type {
  BootInfo,
  BootLine,
  BootOptions,
  BootResult,
  DiskInfo,
  EngineRemote,
  MachineEvent,
  TerminalOptions,
  TerminalSize,
} from '../../machine/remote.ts';

type Engine = EngineRemote<MessagePort, Blob>;

/** A worker with a machine in it, as the page holds it. Every call is a promise. */
export type Remote = {
  [Name in keyof Engine]: (...args: Parameters<Engine[Name]>) => Promise<Awaited<ReturnType<Engine[Name]>>>;
} & {
  boot(options: BootOptions, onEvent: (event: MachineEvent) => void): Promise<BootResult>;
  /**
   * Opens a login, or takes the one that began with the boot. Bytes go over the port at once.
   * @param plugged the port that the screen is at already
   */
  login(
    size: TerminalSize,
    options: TerminalOptions,
    plugged: MessagePort | undefined,
  ): { port: MessagePort; number: Promise<number> };
};

export interface Spawned {
  remote: Remote;
  /** Ends the worker at once: a power cut. */
  terminate(): void;
}

/** Starts a worker; `onfail` is called when it ended by itself. */
export type Spawn = (onfail: (message: string, detail: string) => void) => Spawned;

export interface MachineSettings extends Omit<BootOptions, 'lang' | 'takeOver'> {
  lang(): 'en' | 'zh';
}

export type Saved =
  | { kind: 'opening' | 'fresh' | 'saving' | 'saved' | 'memory' }
  | { kind: 'unsaved'; reason: 'taken' | 'quota' | 'failed'; message: string };

/** A disk from a file that was checked. */
export interface Candidate {
  info: DiskInfo;
  /** Puts it in the place of the machine's disk and boots. */
  replace(): Promise<void>;
  drop(): void;
}

export interface Crash {
  message: string;
  detail: string;
  at: number;
}

/** A write that takes longer than this is shown: milliseconds. */
const SLOW = 400;

/** The machine as the page sees it: its worker, how far it is, what is saved. */
export class MachineStore {
  phase = $state<'booting' | 'running' | 'busy' | 'taken' | 'crashed'>('booting');
  lines = $state.raw<readonly BootLine[]>([]);
  info = $state.raw<BootInfo>();
  saved = $state.raw<Saved>({ kind: 'opening' });
  /** Milliseconds since the Epoch. */
  savedAt = $state<number>();
  crash = $state.raw<Crash>();
  remote = $state.raw<Remote>();
  readonly #spawn: Spawn;
  readonly #settings: MachineSettings;
  readonly #now: () => number;
  #worker: Spawned | undefined;
  #slow: ReturnType<typeof setTimeout> | undefined;

  constructor(spawn: Spawn, settings: MachineSettings, now: () => number = Date.now) {
    this.#spawn = spawn;
    this.#settings = settings;
    this.#now = now;
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Boots in a new worker. @param takeOver from the tab that has the machine open */
  async start(takeOver = false): Promise<void> {
    this.#worker?.terminate();
    this.remote = undefined;
    this.info = undefined;
    this.crash = undefined;
    this.lines = [];
    this.phase = 'booting';
    this.saved = { kind: 'opening' };
    const worker = this.#spawn((message, detail) => this.#fail(worker, message, detail));
    this.#worker = worker;
    const options = { ...this.#settings, takeOver, lang: this.#settings.lang() };
    try {
      const result = await worker.remote.boot(options, (event) => {
        if (worker === this.#worker) this.#hear(event);
      });
      if (worker !== this.#worker || this.phase !== 'booting') return;
      if (!result.ok) {
        this.phase = 'busy';
        return;
      }
      this.info = result.info;
      this.savedAt = result.info.savedAt ?? this.savedAt;
      if (this.saved.kind === 'opening') this.saved = { kind: this.#rested(result.info) };
      this.remote = worker.remote;
      this.phase = 'running';
    } catch (error) {
      this.#fail(worker, messageOf(error), error instanceof Error ? (error.stack ?? '') : '');
    }
  }

  /** Off and on again: what is not saved is saved first. */
  async restart(): Promise<void> {
    await this.flush();
    await this.start();
  }

  /** Writes what is not on the disk yet; a machine that does not answer in time keeps what it has. */
  async flush(): Promise<void> {
    const remote = this.remote;
    if (!remote) return;
    await Promise.race([remote.flush().catch(() => {}), new Promise((done) => setTimeout(done, 3000))]);
  }

  /** The disk as a file. A machine that has stopped is read by a new worker. */
  async exportDisk(): Promise<Blob> {
    const { name, scope } = this.#settings;
    if (this.remote) {
      await this.flush();
      return await this.remote.exportDisk({ name, scope });
    }
    const reader = this.#spawn(() => {});
    try {
      return await reader.remote.exportDisk({ name, scope });
    } finally {
      reader.terminate();
    }
  }

  /** Reads a file that should be a disk, in a worker of its own. @throws Error that says what is wrong with it */
  async inspect(file: Blob): Promise<Candidate> {
    const { name, scope } = this.#settings;
    let failed: (error: Error) => void = () => {};
    const broken = new Promise<never>((_, reject) => {
      failed = reject;
    });
    const reader = this.#spawn((message) => failed(new Error(message)));
    try {
      const info = await Promise.race([reader.remote.inspectDisk(file), broken]);
      return {
        info,
        drop: () => reader.terminate(),
        replace: async () => {
          this.#stop();
          try {
            await reader.remote.replaceDisk({ name, scope });
          } finally {
            reader.terminate();
          }
          this.savedAt = undefined;
          await this.start(true);
        },
      };
    } catch (error) {
      reader.terminate();
      throw error;
    }
  }

  /** Removes the disk and boots an empty machine. */
  async reset(): Promise<void> {
    const { name, scope } = this.#settings;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.remote = undefined;
    const cleaner = this.#spawn(() => {});
    try {
      await cleaner.remote.reset({ name, scope });
    } finally {
      cleaner.terminate();
    }
    this.savedAt = undefined;
    await this.start(true);
  }

  #rested(info: BootInfo): 'memory' | 'saved' | 'fresh' {
    if (this.#settings.storage === 'memory') return 'memory';
    return info.restored ? 'saved' : 'fresh';
  }

  #hear(event: MachineEvent): void {
    switch (event.kind) {
      case 'boot':
        this.lines = [...this.lines, event.line];
        return;
      case 'saving':
        // Most writes take some milliseconds: only one that lasts is told.
        this.#slow ??= setTimeout(() => {
          this.saved = { kind: 'saving' };
        }, SLOW);
        return;
      case 'saved':
        this.#settle();
        if (this.saved.kind !== 'saved') this.saved = { kind: 'saved' };
        this.savedAt = event.at;
        return;
      case 'unsaved':
        this.#settle();
        console.warn(`drydock: not saved: ${event.message}`);
        this.saved = { kind: 'unsaved', reason: event.reason, message: event.message };
        return;
      case 'crash':
        this.#fail(this.#worker, event.message, event.detail);
        return;
      case 'fault':
        console.error(`drydock: ${event.message}\n${event.detail}`);
        return;
      case 'taken':
        this.phase = 'taken';
        this.#stop();
        return;
    }
  }

  #fail(worker: Spawned | undefined, message: string, detail: string): void {
    if (worker !== this.#worker || this.phase === 'crashed' || this.phase === 'taken') return;
    this.crash = { message, detail, at: this.#now() };
    this.phase = 'crashed';
    this.#stop();
  }

  #settle(): void {
    clearTimeout(this.#slow);
    this.#slow = undefined;
  }

  #stop(): void {
    this.#settle();
    this.#worker?.terminate();
    this.#worker = undefined;
    this.remote = undefined;
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
