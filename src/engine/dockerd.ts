import { SIG_IGN, SIGINT, SIGPIPE, SIGTERM } from '../abi/signal.ts';
import type { Entry, Program, Sys } from '../abi/sys.ts';
import type { HashFactory } from '../lib/hash.ts';
import { type Wait, writeAll, writeFile } from '../libc/io.ts';
import { buildRoutes } from './build/routes.ts';
import { archiveRoutes } from './container/archive-routes.ts';
import { execRoutes } from './container/exec-routes.ts';
import { stopContainer } from './container/kill.ts';
import { containerRoutes } from './container/routes.ts';
import { Daemon } from './daemon.ts';
import { readJson } from './disk.ts';
import { commitRoutes } from './image/commit.ts';
import { distributionRoutes } from './image/distribution.ts';
import { imageRoutes } from './image/routes.ts';
import { networkRoutes } from './network/routes.ts';
import { pluginRoutes } from './plugin/routes.ts';
import { restore } from './restore.ts';
import type { Route } from './server/serve.ts';
import { Server } from './server/server.ts';
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
      yield* writeAll(own, 2, `level=error msg=${JSON.stringify(message)}\n`);
      return 0;
    });
  });
  const settings = yield* readJson<{ 'insecure-registries'?: string[] }>(sys, '/etc/docker/daemon.json');
  daemon.insecureRegistries = settings?.['insecure-registries'] ?? [];
  yield* restore(sys, daemon);
  yield* writeFile(sys, '/var/run/docker.pid', String(sys.getpid()), 0o644);
  const server = new Server(daemon, ROUTES);
  const fd = yield* server.listen(sys, socketPath(sys.argv));
  if (fd < 0) {
    yield* writeAll(sys, 2, `failed to load listeners: can't create unix socket ${SOCKET}\n`);
    return 1;
  }
  let ending = false;
  for (const signal of [SIGTERM, SIGINT])
    sys.sigaction(signal, () => {
      ending = true;
    });
  sys.thread((own) => server.run(own, fd));
  while (!ending) {
    sys.pause();
    yield;
  }
  yield* shutDown(sys, daemon);
  sys.unlink(socketPath(sys.argv));
  return sys.exit(0);
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
