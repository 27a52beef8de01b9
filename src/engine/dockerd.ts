import { SIG_IGN, SIGHUP, SIGINT, SIGPIPE, SIGTERM } from '../abi/signal.ts';
import type { Entry, Program, Sys } from '../abi/sys.ts';
import type { HashFactory } from '../lib/hash.ts';
import { type Wait, writeAll, writeFile } from '../libc/io.ts';
import { notifyManager } from '../libc/sd-notify.ts';
import { buildRoutes } from './build/routes.ts';
import { archiveRoutes } from './container/archive-routes.ts';
import { execRoutes } from './container/exec-routes.ts';
import { stopContainer } from './container/kill.ts';
import { containerRoutes } from './container/routes.ts';
import { Daemon } from './daemon.ts';
import { commitRoutes } from './image/commit.ts';
import { distributionRoutes } from './image/distribution.ts';
import { imageRoutes } from './image/routes.ts';
import { networkRoutes } from './network/routes.ts';
import { pluginRoutes } from './plugin/routes.ts';
import { restore } from './restore.ts';
import { SERVER_VERSION } from './server/connection.ts';
import type { Route } from './server/serve.ts';
import { Server } from './server/server.ts';
import { readSettings, registriesOf, SETTINGS } from './settings.ts';
import { handedSocket, logLine } from './supervised.ts';
import { swarmRoutes } from './swarm/routes.ts';
import { systemRoutes } from './system/routes.ts';
import { volumeRoutes } from './volume/routes.ts';

/** What the engine is given from outside, because it takes time to load. */
export interface EngineParts {
  sha256: HashFactory;
}

const SOCKET = '/var/run/docker.sock';

const ROUTES: readonly Route[] = [
  ...containerRoutes,
  ...archiveRoutes,
  ...execRoutes,
  ...imageRoutes,
  ...distributionRoutes,
  ...commitRoutes,
  ...buildRoutes,
  ...volumeRoutes,
  ...networkRoutes,
  ...systemRoutes,
  ...swarmRoutes,
  ...pluginRoutes,
];

/** The program dockerd. It serves the API on /var/run/docker.sock (or `-H unix://PATH`) until it is told to end. */
export function makeDockerd(parts: EngineParts): Entry {
  return (sys) => dockerd(sys, parts);
}

function* dockerd(sys: Sys, parts: EngineParts): Program {
  sys.prctl('name', 'dockerd');
  sys.sigaction(SIGPIPE, SIG_IGN);
  sys.umask(0o022);
  const daemon = new Daemon(parts.sha256, (message) => {
    sys.thread(function* (own) {
      yield* logLine(own, 'error', message);
      return 0;
    });
  });
  const settings = yield* readSettings(sys);
  if (typeof settings === 'string') {
    yield* writeAll(sys, 2, `unable to configure the Docker daemon with file ${SETTINGS}: ${settings}\n`);
    return 1;
  }
  daemon.registries = registriesOf(settings);
  yield* logLine(sys, 'info', 'Starting up');
  yield* logLine(sys, 'info', 'Loading containers: start.');
  yield* restore(sys, daemon);
  yield* logLine(sys, 'info', 'Loading containers: done.');
  yield* logLine(sys, 'info', 'Docker daemon', { 'storage-driver': 'overlay2', version: SERVER_VERSION });
  yield* writeFile(sys, '/var/run/docker.pid', String(sys.getpid()), 0o644);
  const server = new Server(daemon, ROUTES);
  const handed = handedSocket(sys);
  const path = socketPath(sys.argv);
  const fd = handed ?? (yield* server.listen(sys, path));
  if (fd < 0) {
    yield* writeAll(sys, 2, `failed to load listeners: can't create unix socket ${SOCKET}\n`);
    return 1;
  }
  let ending = '';
  let reload = false;
  for (const [signal, name] of [
    [SIGTERM, 'terminated'],
    [SIGINT, 'interrupt'],
  ] as const)
    sys.sigaction(signal, () => {
      ending = name;
    });
  sys.sigaction(SIGHUP, () => {
    reload = true;
  });
  sys.thread((own) => server.run(own, fd));
  yield* logLine(sys, 'info', 'Daemon has completed initialization');
  yield* logLine(sys, 'info', `API listen on ${handed === undefined ? path : '/run/docker.sock'}`);
  yield* notifyManager(sys, 'READY=1');
  while (ending === '') {
    if (reload) {
      reload = false;
      yield* reloadSettings(sys, daemon);
    }
    sys.pause();
    yield;
  }
  yield* logLine(sys, 'info', `Processing signal '${ending}'`);
  yield* notifyManager(sys, 'STOPPING=1');
  yield* shutDown(sys, daemon);
  // A socket that was handed over is its owner's.
  if (handed === undefined) sys.unlink(path);
  sys.unlink('/var/run/docker.pid');
  yield* logLine(sys, 'info', 'Daemon shutdown complete');
  return sys.exit(0);
}

/** SIGHUP: reads the settings again; of them, those take effect that can change while it runs. */
function* reloadSettings(sys: Sys, daemon: Daemon): Wait<void> {
  yield* logLine(sys, 'info', `Got signal to reload configuration, reloading from: ${SETTINGS}`);
  const settings = yield* readSettings(sys);
  if (typeof settings === 'string') yield* logLine(sys, 'error', settings);
  else daemon.registries = registriesOf(settings);
}

/** `-H unix://PATH`; `fd://` is the usual socket. */
function socketPath(argv: readonly string[]): string {
  for (const [i, word] of argv.entries()) {
    const value = word === '-H' || word === '--host' ? argv[i + 1] : /^(?:-H|--host=)(.+)$/.exec(word)?.[1];
    if (value?.startsWith('unix://')) return value.slice('unix://'.length);
  }
  return SOCKET;
}

/** Stops all containers; those that ran begin again at the next start as their policy says. */
function* shutDown(sys: Sys, daemon: Daemon): Wait<void> {
  for (const c of [...daemon.containers.all()]) {
    if (!c.state.Running) continue;
    const stopped = c.hasBeenManuallyStopped;
    try {
      yield* stopContainer(sys, daemon, c, undefined);
    } catch {
      // it has ended by itself
    }
    c.hasBeenManuallyStopped = stopped;
    yield* c.save(sys);
  }
}
