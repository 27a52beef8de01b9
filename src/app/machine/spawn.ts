import * as Comlink from 'comlink';
import type { EngineRemote } from '../../machine/remote.ts';
import type { Remote, Spawn } from './machine.svelte.ts';

/** Starts the engine's worker; the page speaks to it through Comlink. */
export const spawnEngine: Spawn = (onfail) => {
  const worker = new Worker(new URL('../../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'drydock',
  });
  worker.onerror = (event) => {
    event.preventDefault();
    onfail(event.message || 'the worker could not be loaded', `${event.filename}:${event.lineno}`);
  };
  worker.onmessageerror = () => onfail('a message of the worker could not be read', '');
  const wrapped = Comlink.wrap<EngineRemote<MessagePort, Blob>>(worker);
  const remote: Remote = {
    boot: (options, onEvent) => wrapped.boot(options, Comlink.proxy(onEvent)),
    engine: () => wrapped.engine(),
    openTerminal: (size, options, port) => wrapped.openTerminal(size, options, Comlink.transfer(port, [port])),
    closeTerminal: (id) => wrapped.closeTerminal(id),
    terminalFolder: (id) => wrapped.terminalFolder(id),
    request: (method, path, body) => wrapped.request(method, path, body),
    stream: (method, path, sink) => wrapped.stream(method, path, Comlink.proxy(sink)),
    endStream: (id) => wrapped.endStream(id),
    flush: () => wrapped.flush(),
    exportDisk: (options) => wrapped.exportDisk(options),
    reset: (options) => wrapped.reset(options),
  };
  return { remote, terminate: () => worker.terminate() };
};
