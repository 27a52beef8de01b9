import * as Comlink from 'comlink';
import type { EngineRemote } from '../../machine/remote.ts';
import type { Remote } from './machine.svelte.ts';

/** A worker with an engine, before anybody asked it for anything. */
export interface EngineWorker {
  remote: Remote;
  /** Called when the worker ended by itself; what happened before is told at once. */
  onfail(tell: (message: string, detail: string) => void): void;
  terminate(): void;
}

/** Starts the engine's worker; the page speaks to it through Comlink. */
export function startWorker(): EngineWorker {
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
    fail(event.message || 'the worker could not be loaded', `${event.filename}:${event.lineno}`);
  };
  worker.onmessageerror = () => fail('a message of the worker could not be read', '');
  const wrapped = Comlink.wrap<EngineRemote<MessagePort, Blob>>(worker);
  const remote: Remote = {
    boot: (options, onEvent) => wrapped.boot(options, Comlink.proxy(onEvent)),
    engine: () => wrapped.engine(),
    openTerminal: (size, options, port) => wrapped.openTerminal(size, options, Comlink.transfer(port, [port])),
    closeTerminal: (id) => wrapped.closeTerminal(id),
    request: (method, path, body) => wrapped.request(method, path, body),
    stream: (method, path, sink) => wrapped.stream(method, path, Comlink.proxy(sink)),
    endStream: (id) => wrapped.endStream(id),
    flush: () => wrapped.flush(),
    exportDisk: (options) => wrapped.exportDisk(options),
    reset: (options) => wrapped.reset(options),
  };
  return {
    remote,
    terminate: () => worker.terminate(),
    onfail(call) {
      tell = call;
      if (failure) call(...failure);
    },
  };
}
