import { createMachineHost, importDisk } from '../src/machine/index.ts';
import type {
  ApiResponse,
  BlockStore,
  BootOptions,
  BootResult,
  DiskInfo,
  EngineRemote,
  EngineVersion,
  HostConnection,
  HostTerminal,
  MachineEvent,
  MachineHost,
  StoreBatch,
  StreamSink,
  TerminalOptions,
  TerminalSize,
} from '../src/machine/remote.ts';
import { fetchedBlobs } from './blob-source.ts';
import type { unpacked } from './first-disk.ts';
import { workerPacks } from './packs.ts';
import type { databaseName, openDatabase, removeDatabase } from './storage/database.ts';
import type { Opened, openStore } from './storage/open-store.ts';
import { serveTerminal, terminalSink } from './terminal-port.ts';

/** Messages of the page come between two slices of the machine: a message to ourselves is a turn of the event loop. */
function makeTurn(): (step: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const steps: (() => void)[] = [];
  port1.onmessage = () => steps.shift()?.();
  return (step) => {
    steps.push(step);
    port2.postMessage(0);
  };
}

/** The Engine API is asked when there is a prompt, not before. */
const client = () => import('./api-client.ts');

const comlink = () => import('comlink');

/** A login that begins with the boot, and its port. */
export interface FirstLogin {
  size: TerminalSize;
  options: TerminalOptions;
  port: MessagePort;
}

/** What was begun before the machine's code was there. */
export interface Ahead {
  /** Undefined: nothing is kept. */
  opening: Promise<Opened> | undefined;
  /** A new host's disk, unpacked; undefined where the machine has to see itself. */
  disk: Promise<Uint8Array | undefined> | undefined;
}

/** What the first script has already: the second one imports nothing of it, so that neither waits for a third. */
export interface FirstScript {
  unpacked: typeof unpacked;
  databaseName: typeof databaseName;
  openDatabase: typeof openDatabase;
  removeDatabase: typeof removeDatabase;
  openStore: typeof openStore;
}

/** The machine of this worker, as the page calls it. */
export class Engine implements EngineRemote<MessagePort, Blob> {
  readonly #first: FirstScript;
  #host: MachineHost | undefined;
  #store: BlockStore | undefined;
  readonly #terminals = new Map<number, HostTerminal>();
  readonly #streams = new Map<number, HostConnection>();
  #next = 1;
  #tell: (event: MachineEvent) => void = () => {};
  /** A disk from a file that was inspected. */
  #import: StoreBatch | undefined;

  constructor(first: FirstScript) {
    this.#first = first;
  }

  /** Boots, with what is on its way already. */
  async boot(
    options: BootOptions,
    tell: (event: MachineEvent) => void,
    { opening, disk }: Ahead,
    login?: FirstLogin,
  ): Promise<BootResult> {
    this.#tell = tell;
    const host = createMachineHost({
      name: options.name,
      lang: options.lang,
      blobs: fetchedBlobs(options.blobs),
      firstDisk: disk,
      packs: workerPacks(new URL('../packs/', options.blobs).href),
      gunzip: (bytes) => this.#first.unpacked(new Blob([bytes as BlobPart]).stream()),
      store: opening?.then((opened) => (opened.kind === 'open' ? opened.store : undefined)),
      fresh: options.fresh === true,
      now: () => Date.now(),
      monotonic: () => performance.now(),
      random: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
      turn: makeTurn(),
      after(ms, step) {
        const timer = setTimeout(step, ms);
        return () => clearTimeout(timer);
      },
      onEvent: tell,
    });
    const booting = host.boot();
    const first = login && host.firstLogin(login.size, login.options, terminalSink(login.port));
    const opened = await opening;
    if (opened?.kind === 'busy') {
      booting.catch(() => {});
      host.stop();
      return { ok: false, reason: 'busy' };
    }
    if (opened?.kind === 'none') tell({ kind: 'unsaved', reason: 'failed', message: opened.message });
    if (opened?.kind === 'open') this.#store = opened.store;
    this.#host = host;
    const info = await booting;
    if (!first || !login) return { ok: true, info };
    return { ok: true, info, terminal: this.#keep(await first, login.port) };
  }

  async engine(): Promise<EngineVersion | undefined> {
    const host = this.#running();
    if (!(await host.engineAnswers())) return undefined;
    const { request } = await client();
    const { body } = await request(host, 'GET', '/version');
    const version = JSON.parse(new TextDecoder().decode(body)) as { Version?: string; ApiVersion?: string };
    return { engine: version.Version ?? '', api: version.ApiVersion ?? '' };
  }

  openTerminal(size: TerminalSize, options: TerminalOptions, port: MessagePort): number {
    return this.#keep(this.#running().openTerminal(size, options, terminalSink(port)), port);
  }

  #keep(terminal: HostTerminal, port: MessagePort): number {
    const id = this.#next++;
    this.#terminals.set(id, serveTerminal(terminal, port));
    return id;
  }

  closeTerminal(id: number): void {
    this.#terminals.get(id)?.close();
    this.#terminals.delete(id);
  }

  async request(method: string, path: string, body?: unknown): Promise<ApiResponse> {
    const { request } = await client();
    return request(this.#running(), method, path, body);
  }

  async stream(method: string, path: string, sink: StreamSink): Promise<number> {
    const [{ send }, { transfer }] = await Promise.all([client(), comlink()]);
    const id = this.#next++;
    const connection = send(this.#running(), method, path, undefined, {
      head: (status, headers) => sink.head(status, headers),
      data: (bytes) => sink.data(transfer(bytes, [bytes.buffer as ArrayBuffer])),
      end: (error) => {
        this.#streams.delete(id);
        sink.end(error);
      },
    });
    this.#streams.set(id, connection);
    return id;
  }

  endStream(id: number): void {
    this.#streams.get(id)?.destroy();
    this.#streams.delete(id);
  }

  async flush(): Promise<void> {
    await this.#host?.flush();
  }

  async exportDisk(options: { name: string; scope: string }): Promise<Blob> {
    const { diskFile } = await import('./storage/disk-file.ts');
    const { databaseName, openDatabase } = this.#first;
    const database = await openDatabase(databaseName(options.scope, options.name));
    try {
      return await diskFile(database);
    } finally {
      database.close();
    }
  }

  async inspectDisk(file: Blob): Promise<DiskInfo> {
    const { readDiskFile } = await import('./storage/read-disk-file.ts');
    const stored = await readDiskFile(file);
    const { batch, files } = await importDisk(stored);
    this.#import = batch;
    const bytes = batch.chunks.reduce((sum, { data }) => sum + data.length, batch.meta.length);
    return { files, bytes, savedAt: stored.savedAt };
  }

  async replaceDisk(options: { name: string; scope: string }): Promise<void> {
    const batch = this.#import;
    if (!batch) throw new Error('no disk was inspected');
    const { databaseName, openStore } = this.#first;
    const opened = await openStore(databaseName(options.scope, options.name), true, () => {});
    if (opened.kind !== 'open')
      throw new Error(opened.kind === 'none' ? opened.message : 'another tab has the machine');
    try {
      await opened.store.replace(batch);
    } finally {
      opened.store.close();
    }
  }

  async reset(options: { name: string; scope: string }): Promise<void> {
    this.#host?.stop();
    this.#store?.close();
    const { databaseName, removeDatabase } = this.#first;
    await removeDatabase(databaseName(options.scope, options.name));
  }

  /** Another page asked for the machine: what it has is saved, then it stops. */
  async handOver(): Promise<void> {
    try {
      await this.#host?.flush();
    } catch {
      // What cannot be saved now could not be saved later.
    }
    this.#host?.stop();
    this.#store?.close();
    this.#tell({ kind: 'taken' });
  }

  #running(): MachineHost {
    if (!this.#host) throw new Error('the machine does not run');
    return this.#host;
  }
}
