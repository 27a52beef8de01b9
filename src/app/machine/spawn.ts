import * as Comlink from 'comlink';
import type { EngineRemote, TerminalUp } from '../../machine/remote.ts';
import { takeEarly } from '../early.ts';
import { beginBoot, makeWorker } from './engine-worker.ts';
import type { Remote, Spawn } from './machine.svelte.ts';

/**
 * Starts an engine's worker; the page speaks to it through Comlink. The first one takes over the machine that was booted
 * before the page was there.
 */
export const spawnEngine: Spawn = (onfail) => {
  const early = takeEarly();
  const engine = early?.worker ?? makeWorker();
  engine.onfail(onfail);
  const wrapped = Comlink.wrap<EngineRemote<MessagePort, Blob>>(engine.worker);
  let waiting = early?.booting.login;
  const remote: Remote = {
    boot(options, onEvent) {
      const booting = early?.booting ?? beginBoot(engine, options);
      booting.listen(onEvent);
      return booting.result;
    },
    engine: () => wrapped.engine(),
    login(size, options) {
      const first = waiting;
      waiting = undefined;
      if (early && first && first.cwd === options.cwd) {
        first.port.postMessage({ resize: size } satisfies TerminalUp);
        const number = early.booting.result.then((result) => (result.ok ? result.terminal : undefined) ?? 0);
        return { port: first.port, number };
      }
      first?.port.close();
      const { port1, port2 } = new MessageChannel();
      return { port: port1, number: wrapped.openTerminal(size, options, Comlink.transfer(port2, [port2])) };
    },
    openTerminal: (size, options, port) => wrapped.openTerminal(size, options, Comlink.transfer(port, [port])),
    closeTerminal: (id) => wrapped.closeTerminal(id),
    request: (method, path, body) => wrapped.request(method, path, body),
    stream: (method, path, sink) => wrapped.stream(method, path, Comlink.proxy(sink)),
    endStream: (id) => wrapped.endStream(id),
    flush: () => wrapped.flush(),
    exportDisk: (options) => wrapped.exportDisk(options),
    inspectDisk: (file) => wrapped.inspectDisk(file),
    replaceDisk: (options) => wrapped.replaceDisk(options),
    reset: (options) => wrapped.reset(options),
  };
  return { remote, terminate: () => engine.worker.terminate() };
};
