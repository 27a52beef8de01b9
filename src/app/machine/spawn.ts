import type { BootResult, EngineRemote, TerminalUp } from '../../machine/remote.ts';
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
  let link: ReturnType<typeof wrap> | undefined;
  const linked = () =>
    (link ??= wrap(engine.worker).catch((error: unknown) => {
      link = undefined;
      throw error;
    }));
  let waiting = early?.booting.login;
  const hangUp = (result: BootResult) => {
    if (result.ok && result.terminal !== undefined) remote.closeTerminal(result.terminal).catch(ignore);
  };
  const remote: Remote = {
    boot(options, onEvent) {
      const booting = early?.booting ?? beginBoot(engine, options);
      booting.listen(onEvent);
      return booting.result;
    },
    login(size, options) {
      const first = waiting;
      waiting = undefined;
      if (early && first && first.cwd === options.cwd) {
        first.port.postMessage({ resize: size } satisfies TerminalUp);
        const number = early.booting.result.then((result) => (result.ok ? result.terminal : undefined) ?? 0);
        return { port: first.port, number };
      }
      // It began in another folder than the tab that is looked at.
      if (first) void early?.booting.result.then((result) => hangUp(result), ignore);
      first?.port.close();
      const { port1, port2 } = new MessageChannel();
      const number = linked().then(({ remote, transfer }) =>
        remote.openTerminal(size, options, transfer(port2, [port2])),
      );
      return { port: port1, number };
    },
    engine: async () => (await linked()).remote.engine(),
    openTerminal: async (size, options, port) => {
      const { remote, transfer } = await linked();
      return remote.openTerminal(size, options, transfer(port, [port]));
    },
    closeTerminal: async (id) => (await linked()).remote.closeTerminal(id),
    request: async (method, path, body) => (await linked()).remote.request(method, path, body),
    stream: async (method, path, sink) => {
      const { remote, proxy } = await linked();
      return remote.stream(method, path, proxy(sink));
    },
    endStream: async (id) => (await linked()).remote.endStream(id),
    flush: async () => (await linked()).remote.flush(),
    exportDisk: async (options) => (await linked()).remote.exportDisk(options),
    inspectDisk: async (file) => (await linked()).remote.inspectDisk(file),
    replaceDisk: async (options) => (await linked()).remote.replaceDisk(options),
    reset: async (options) => (await linked()).remote.reset(options),
  };
  return { remote, terminate: () => engine.worker.terminate() };
};

/** Comlink comes with the first call: a boot and its login do without. */
async function wrap(worker: Worker) {
  const { proxy, transfer, wrap: wrapped } = await import('comlink');
  return { remote: wrapped<EngineRemote<MessagePort, Blob>>(worker), proxy, transfer };
}

/** Of a machine that failed the page hears otherwise. */
const ignore = () => undefined;
