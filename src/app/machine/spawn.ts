import type { EngineRemote } from '../../machine/remote.ts';
import { takeEarly } from '../early.ts';
import { bootWorker, type EngineWorker, makeWorker } from './engine-worker.ts';
import type { Remote, Spawn } from './machine.svelte.ts';

/**
 * An engine's worker; the page speaks to it through Comlink. The first one takes over the machine that was booted before
 * the page was there. Any other starts with its first call, because a worker boots as it is started.
 */
export const spawnEngine: Spawn = (onfail) => {
  let booting = takeEarly();
  let engine: EngineWorker | undefined;
  const use = (worker: EngineWorker): EngineWorker => {
    engine = worker;
    worker.onfail(onfail);
    return worker;
  };
  if (booting) use(booting);
  let link: ReturnType<typeof wrap> | undefined;
  const linked = () =>
    (link ??= wrap((engine ?? use(makeWorker())).worker).catch((error: unknown) => {
      link = undefined;
      throw error;
    }));
  const remote: Remote = {
    boot(options, onEvent) {
      booting ??= bootWorker(options);
      if (booting !== engine) use(booting);
      booting.listen(onEvent);
      return booting.result;
    },
    login(size, options, plugged) {
      const first = booting?.login;
      if (booting) booting.login = undefined;
      const number = async () => {
        const result = await booting?.result.catch(ignore);
        return (result?.ok && result.terminal) || 0;
      };
      if (first?.port && (first.port === plugged || first.cwd === options.cwd))
        return { port: first.port, number: number() };
      // It began in another folder than the tab that is looked at.
      if (first) void number().then((begun) => remote.closeTerminal(begun).catch(ignore));
      first?.port?.close();
      const { port1, port2 } = new MessageChannel();
      const opened = linked().then(({ remote, transfer }) =>
        remote.openTerminal(size, options, transfer(port2, [port2])),
      );
      return { port: port1, number: opened };
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
  return { remote, terminate: () => engine?.worker.terminate() };
};

/** Comlink comes with the first call: a boot and its login do without. */
async function wrap(worker: Worker) {
  const { proxy, transfer, wrap: wrapped } = await import('comlink');
  return { remote: wrapped<EngineRemote<MessagePort, Blob>>(worker), proxy, transfer };
}

/** Of a machine that failed the page hears otherwise. */
const ignore = () => undefined;
