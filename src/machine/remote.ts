/**
 * The contract between page and worker (EngineRemote, through Comlink), and between the worker's entry and the machine
 * (MachineHost). The page imports only types from here and so has none of the machine's code.
 */
import type { PackHost } from '../abi/pack.ts';
import type { BlobSource } from '../vfs/index.ts';
import type { BlockStore } from './block-store.ts';

export type { BlockStore, StoreBatch, StoredDisk, StoreFailure, StoreUsage } from './block-store.ts';

/** A line that the machine says while it boots, as a real console would show it. */
export interface BootLine {
  /** `kernel`: with seconds since power-on; `ok`, `failed`: a unit came up or did not; `wait`: going on. */
  kind: 'kernel' | 'ok' | 'failed' | 'wait';
  /** Seconds since power-on. */
  seconds: number;
  text: string;
}

/** What the page shows of a host that is up. */
export interface BootInfo {
  hostname: string;
  /** IPv4 address of eth0. */
  address: string;
  cpus: number;
  /** Bytes. */
  memory: number;
  disk: number;
  /** Whether a disk of an earlier visit was opened. */
  restored: boolean;
  /** Last state on the disk: milliseconds since the Epoch; undefined on a new machine. */
  savedAt: number | undefined;
}

/** Versions of the engine that answers on the host. */
export interface EngineVersion {
  engine: string;
  api: string;
}

/** What happens to a machine, for the page's saved line and crash panel. Times: milliseconds since the Epoch. */
export type MachineEvent =
  | { kind: 'boot'; line: BootLine }
  | { kind: 'saving' }
  | { kind: 'saved'; at: number }
  | { kind: 'unsaved'; reason: 'taken' | 'quota' | 'failed'; message: string }
  /** A program of the machine broke by a fault of ours; the machine goes on. */
  | { kind: 'fault'; message: string; detail: string }
  /** The machine stopped by itself: a fault of ours. */
  | { kind: 'crash'; message: string; detail: string }
  /** Another tab took the machine over; this one has stopped. */
  | { kind: 'taken' };

export interface BootOptions {
  /** The machine's name: that of its disk. */
  name: string;
  lang: 'en' | 'zh';
  /** URL of the folder of image blobs, absolute, with a final slash. */
  blobs: string;
  storage: 'idb' | 'memory';
  /** The deployment's path: part of the name of what is stored. */
  scope: string;
  /** Take the machine from the tab that has it. */
  takeOver?: boolean;
  /** Nothing seems to be kept: a new machine may be booted while the storage is opened. */
  fresh?: boolean;
}

/** Result of a boot: `busy` where another tab has the machine open; `terminal`: number of the login that was asked for. */
export type BootResult = { ok: true; info: BootInfo; terminal?: number } | { ok: false; reason: 'busy' };

/**
 * What a worker is to boot: its name, as JSON. A worker that is only to read or remove a disk has none. It says so at once:
 * a message to it would wait until the page's own script pauses.
 */
export interface BootRequest {
  boot: BootOptions;
  /** A login that begins when the machine is up. */
  login?: { size: TerminalSize; options: TerminalOptions };
}
/** The first message of a worker that boots, with the port for BootReply and, where a login was asked for, that of the login. */
export interface BootPorts {
  boot: true;
}
/** What comes over the port of a boot: events as long as the machine lives, and how the boot ended. */
export type BootReply = { event: MachineEvent } | { result: BootResult } | { failed: unknown };

/** What a disk in a file holds. */
export interface DiskInfo {
  files: number;
  /** Bytes of content that is not in an image. */
  bytes: number;
  /** Milliseconds since the Epoch. */
  savedAt: number;
}

export interface ApiResponse {
  status: number;
  headers: [string, string][];
  body: Uint8Array;
}

/** A response that comes in pieces; `end` is called once, with a message where it broke off. */
export interface StreamSink {
  head(status: number, headers: [string, string][]): void;
  data(bytes: Uint8Array): void;
  end(error?: string): void;
}

/**
 * The worker as the page sees it (wrapped by Comlink: each call is a promise; callbacks go through Comlink.proxy).
 * `Port` is MessagePort and `File` is Blob: this room knows neither.
 */
export interface EngineRemote<Port, File> {
  /**
   * Opens a login on the host. `port` carries its bytes (see TerminalUp and TerminalDown).
   * @returns the terminal's number
   */
  openTerminal(size: TerminalSize, options: TerminalOptions, port: Port): number;
  /** Waits until the engine answers. @returns undefined where it does not come up */
  engine(): Promise<EngineVersion | undefined>;
  /** Hangs the terminal up (SIGHUP). */
  closeTerminal(id: number): void;
  /** One request to the Engine API over /var/run/docker.sock. @param path with query, without version */
  request(method: string, path: string, body?: unknown): Promise<ApiResponse>;
  /** A request whose response goes on (events, logs, stats). @returns its number, for `endStream` */
  stream(method: string, path: string, sink: StreamSink): Promise<number>;
  endStream(id: number): void;
  /** Writes what is not on the disk yet. */
  flush(): Promise<void>;
  /** The disk as one file, in parts. It works on a machine that does not boot. */
  exportDisk(options: { name: string; scope: string }): Promise<File>;
  /** Reads and checks a file that should be a disk; the worker holds what is in it. @throws Error that says what is wrong */
  inspectDisk(file: File): Promise<DiskInfo>;
  /** Puts the disk that was inspected in the place of the machine's, all or nothing. The machine must not run. */
  replaceDisk(options: { name: string; scope: string }): Promise<void>;
  /** Removes the disk; the worker is of no use afterwards. */
  reset(options: { name: string; scope: string }): Promise<void>;
}

export interface TerminalSize {
  cols: number;
  rows: number;
}

export interface TerminalOptions {
  /** Folder to begin in, if it is there. */
  cwd?: string;
}

/** From the page on a terminal's port: input bytes, a new size, or the number of output bytes that were shown. */
export type TerminalUp = Uint8Array | { resize: TerminalSize } | { ack: number };
/**
 * From the worker on a terminal's port: output bytes; `flush`: the line discipline dropped its output (Ctrl-C), so the
 * page drops what it has queued; `exit`: the login ended with this wait status's code; `folder`: the shell's working
 * directory, for the tab that comes back after a reload.
 */
export type TerminalDown = Uint8Array | { flush: true } | { exit: number } | { folder: string };

/** Bytes that may be on the way to a terminal before the page says that it has shown some. */
export const TERMINAL_WINDOW = 192 * 1024;

/** What a machine tells a terminal. The bytes are the receiver's own (they are transferred to the page). */
export interface TerminalSink {
  output(bytes: Uint8Array): void;
  flush(): void;
  /** The shell went to another folder. Told with the output that follows. */
  folder(path: string): void;
  exit(code: number): void;
}

/** A login on the host, as the worker's entry holds it. */
export interface HostTerminal {
  write(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  /** `bytes` of output were shown: the machine keeps at most TERMINAL_WINDOW unshown and lets the writers wait. */
  ack(bytes: number): void;
  close(): void;
}

/** What comes over a connection to a unix socket of the host. */
export interface ConnectionSink {
  data(bytes: Uint8Array): void;
  /** The other side ends its writing. */
  end(): void;
  /** The connection is over: refused, reset, or closed by both. @param errno 0 where it ended in order */
  close(errno: number): void;
}

export interface HostConnection {
  write(bytes: Uint8Array): void;
  /** Half-closes. */
  end(): void;
  destroy(): void;
}

/** A machine with a host on it, as the worker's entry (and the Node entry) holds it. */
export interface MachineHost {
  /** Reads the disk and boots: logins are possible. */
  boot(): Promise<BootInfo>;
  /** Waits until the engine's socket takes connections. @returns false where it did not in time */
  engineAnswers(): Promise<boolean>;
  openTerminal(size: TerminalSize, options: TerminalOptions, sink: TerminalSink): HostTerminal;
  /**
   * The login that comes with a boot which was begun: it may start on a machine that is given up, and then starts again.
   * @returns the terminal, when the machine is up
   */
  firstLogin(size: TerminalSize, options: TerminalOptions, sink: TerminalSink): Promise<HostTerminal>;
  /** Connects to a unix socket of the host, such as /var/run/docker.sock. */
  connect(path: string, sink: ConnectionSink): HostConnection;
  /** Writes what is not on the disk yet. */
  flush(): Promise<void>;
  /** Stops at once, without an ordered shutdown: a power cut. */
  stop(): void;
}

/** All that a machine gets from outside. */
export interface MachineOptions {
  name: string;
  lang: 'en' | 'zh';
  blobs: BlobSource;
  /** A new host's disk, unpacked, where somebody brings it; it may turn out to be undefined. */
  firstDisk?: Promise<Uint8Array | undefined> | undefined;
  /** Starts packs: programs that run in a worker of their own. */
  packs?: PackHost;
  /** Unpacks gzip. @throws where it is damaged */
  gunzip(bytes: Uint8Array): Promise<Uint8Array>;
  /** Undefined: nothing is kept. */
  store: Promise<BlockStore | undefined> | undefined;
  /** Nothing seems to be kept: a new machine boots while the store is opened, and is given up where that was wrong. */
  fresh: boolean;
  /** Milliseconds since the Epoch. */
  now(): number;
  /** Milliseconds, never going back. */
  monotonic(): number;
  random(bytes: Uint8Array): void;
  /** Runs `step` in a later turn of the event loop, after messages that have come. */
  turn(step: () => void): void;
  /** Runs `step` after `ms`. @returns a function that cancels it */
  after(ms: number, step: () => void): () => void;
  onEvent(event: MachineEvent): void;
}

/** What machine/ offers. */
export type CreateMachineHost = (options: MachineOptions) => MachineHost;
