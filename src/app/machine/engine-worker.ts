import type {
  BootOptions,
  BootReply,
  BootRequest,
  BootResult,
  DiskBrought,
  MachineEvent,
} from '../../machine/remote.ts';

/** A worker with an engine, before anybody asked it for anything. */
export interface EngineWorker {
  worker: Worker;
  /** Called when the worker ended by itself; what happened before is told soon, not within this call. */
  onfail(tell: (message: string, detail: string) => void): void;
}

/** A boot that goes on, with all that it said until now. */
export interface Booting {
  result: Promise<BootResult>;
  /** Hears what was said and what will be. */
  listen(onEvent: (event: MachineEvent) => void): void;
  /** The login that was asked for with the boot: its port, and the folder where it begins. */
  login: { port: MessagePort; cwd: string | undefined } | undefined;
}

/** Starts the engine's worker. */
export function makeWorker(): EngineWorker {
  const worker = new Worker(new URL('../../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'drydock',
  });
  let failure: [string, string] | undefined;
  let tell: ((message: string, detail: string) => void) | undefined;
  const fail = (message: string, detail: string) => {
    failure ??= [message, detail];
    tell?.(...failure);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message || 'the worker could not be loaded', `${event.filename ?? ''}:${event.lineno ?? ''}`);
  };
  worker.onmessageerror = () => fail('a message of the worker could not be read', '');
  return {
    worker,
    onfail(call) {
      tell = call;
      if (failure) queueMicrotask(() => call(...failure!));
    },
  };
}

/**
 * Boots the machine of a worker. What it says waits in a port of its own until somebody listens.
 * @param login a first login, which begins as soon as the machine is up
 * @param disk a new host's disk, unpacked, on its way
 */
export function beginBoot(
  { worker }: EngineWorker,
  options: BootOptions,
  login?: BootRequest['login'],
  disk?: Promise<ArrayBuffer | undefined>,
): Booting {
  const { port1, port2 } = new MessageChannel();
  const terminal = login && new MessageChannel();
  const request: BootRequest = { boot: options, ...(login && { login }), ...(disk && { brings: true }) };
  worker.postMessage(request, terminal ? [port2, terminal.port2] : [port2]);
  void disk?.then((bytes) => {
    worker.postMessage({ disk: bytes } satisfies DiskBrought, bytes ? [bytes] : []);
  });
  const said: MachineEvent[] = [];
  let listener: (event: MachineEvent) => void = (event) => void said.push(event);
  const result = new Promise<BootResult>((resolve, reject) => {
    port1.onmessage = ({ data }: MessageEvent<BootReply>) => {
      if ('event' in data) listener(data.event);
      else if ('result' in data) resolve(data.result);
      else reject(data.failed);
    };
  });
  // Whoever takes it over hears of a failure.
  result.catch(() => {});
  return {
    result,
    login: terminal && { port: terminal.port1, cwd: login?.options.cwd },
    listen(onEvent) {
      listener = onEvent;
      for (const event of said.splice(0)) onEvent(event);
    },
  };
}
