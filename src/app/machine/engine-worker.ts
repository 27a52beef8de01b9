import type { BootOptions, BootPorts, BootReply, BootRequest, BootResult, MachineEvent } from '../../machine/remote.ts';

/** A worker with an engine. */
export interface EngineWorker {
  worker: Worker;
  /** Called when the worker ended by itself; what happened before is told soon, not within this call. */
  onfail(tell: (message: string, detail: string) => void): void;
}

/** A worker whose machine boots, with all that it said until now. */
export interface Booting extends EngineWorker {
  result: Promise<BootResult>;
  /** Hears what was said and what will be. */
  listen(onEvent: (event: MachineEvent) => void): void;
  /** The login that was asked for: the folder where it begins, and its port, which is there when there is a result. */
  login: { cwd: string | undefined; port: MessagePort | undefined } | undefined;
}

/** Starts an engine's worker. @param request what it boots; undefined: it waits for calls */
export function makeWorker(request?: BootRequest): EngineWorker {
  const worker = new Worker(new URL('../../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
    name: request ? JSON.stringify(request) : '',
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
 * Starts a worker that boots a machine. What it says is kept until somebody listens.
 * @param login a first login, which begins as soon as the machine is up
 */
export function bootWorker(options: BootOptions, login?: BootRequest['login']): Booting {
  const { worker, onfail } = makeWorker({ boot: options, ...(login && { login }) });
  const said: MachineEvent[] = [];
  let listener: (event: MachineEvent) => void = (event) => void said.push(event);
  const first: Booting['login'] = login && { cwd: login.options.cwd, port: undefined };
  const result = new Promise<BootResult>((resolve, reject) => {
    const connect = ({ data, ports }: MessageEvent<BootPorts | undefined>) => {
      const [port, terminal] = ports;
      if (data?.boot !== true || !port) return;
      worker.removeEventListener('message', connect);
      if (first) first.port = terminal;
      port.onmessage = ({ data }: MessageEvent<BootReply>) => {
        if ('event' in data) listener(data.event);
        else if ('result' in data) resolve(data.result);
        else reject(data.failed);
      };
    };
    worker.addEventListener('message', connect);
  });
  // Whoever takes it over hears of a failure.
  result.catch(() => {});
  return {
    worker,
    onfail,
    result,
    login: first,
    listen(onEvent) {
      listener = onEvent;
      for (const event of said.splice(0)) onEvent(event);
    },
  };
}
