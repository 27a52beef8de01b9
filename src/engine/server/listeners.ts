import { AF_INET, AF_INET6, AF_UNIX, SO_REUSEADDR, SOCK_CLOEXEC, SOCK_STREAM, SOL_SOCKET } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { isIp6 } from '../../lib/ip.ts';
import { decode } from '../../lib/utf8.ts';
import { parseGroup } from '../../libc/accounts.ts';
import { readFile, sleep, type Wait } from '../../libc/io.ts';
import { dirname, mkdirp } from '../../libc/paths.ts';
import { resolve } from '../../libc/resolver.ts';
import { strerror } from '../../libc/strerror.ts';
import type { DaemonLog } from '../log.ts';
import type { EngineConfig } from '../settings/config.ts';
import { SettingsError } from '../settings/values.ts';
import { handedSocket } from '../supervised.ts';

const BACKLOG = 128;
const DEFAULT_SOCKET = 'unix:///var/run/docker.sock';
const DEFAULT_PORT = 2375;
/** How long one who opens the engine to the network waits, milliseconds. */
const FIRST_PAUSE = 1000;
const SECOND_PAUSE = 15_000;

/** A socket that the API is served on. */
export interface Listener {
  fd: number;
  /** As the log tells it. */
  shown: string;
  /** Socket file that is ours to remove; '' for none. */
  file: string;
}

/** Opens the sockets of the settings. @throws SettingsError `failed to load listeners: …` */
export function* openListeners(
  sys: Sys,
  log: DaemonLog,
  config: EngineConfig,
  said: boolean | undefined,
): Wait<Listener[]> {
  const out: Listener[] = [];
  for (const host of config.hosts.length > 0 ? config.hosts : [DEFAULT_SOCKET]) {
    const [, proto = 'tcp', address = ''] = /^(?:(\w+):\/\/)?(.*)$/.exec(host)!;
    if (proto === 'fd') out.push({ fd: handed(sys), shown: '/run/docker.sock', file: '' });
    else if (proto === 'unix') out.push(yield* listenUnix(sys, log, address || '/var/run/docker.sock', config.group));
    else out.push(yield* listenTcp(sys, log, address, said));
  }
  return out;
}

const refuse = (words: string): SettingsError => new SettingsError(`failed to load listeners: ${words}`);

function handed(sys: Sys): number {
  const fd = handedSocket(sys);
  if (fd !== undefined) return fd;
  throw refuse('no sockets found via socket activation: make sure the service was started by systemd');
}

/** Makes the socket, which a group may use. */
function* listenUnix(sys: Sys, log: DaemonLog, path: string, group: string): Wait<Listener> {
  mkdirp(sys, dirname(path), 0o755);
  sys.unlink(path);
  const fd = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
  const mask = sys.umask(0o117);
  const bound = sys.bind(fd, { family: AF_UNIX, path });
  sys.umask(mask);
  if (bound < 0) throw refuse(`can't create unix socket ${path}: listen unix ${path}: bind: ${strerror(-bound, 'go')}`);
  const groups = yield* readFile(sys, '/etc/group');
  const found =
    typeof groups === 'number'
      ? undefined
      : parseGroup(decode(groups)).find((g) => g.name === group || String(g.gid) === group);
  if (!found && group !== 'docker') throw refuse(`group ${group} not found`);
  if (!found) {
    const message = `could not change group ${path} to docker: group docker not found`;
    yield* log.line(sys, 'warning', message);
  }
  sys.chown(path, 0, found?.gid ?? 0);
  sys.listen(fd, BACKLOG);
  return { fd, shown: path, file: path };
}

/** Listens for everybody who reaches the port. @param said whether the settings say that TLS is not wanted */
function* listenTcp(sys: Sys, log: DaemonLog, address: string, said: boolean | undefined): Wait<Listener> {
  const host = `tcp://${address}`;
  const [, bracketed, plain = '', port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(address) ?? [];
  const name = bracketed ?? plain;
  const warn = (message: string): Wait<void> => log.line(sys, 'warning', message, { host });
  yield* warn(
    'Binding to IP address without --tlsverify is insecure and gives root access on this machine to everyone who has access to your network.',
  );
  yield* warn(
    'Binding to an IP address, even on localhost, can also give access to scripts run in a browser. Be safe out there!',
  );
  yield* warn(
    '[DEPRECATION NOTICE] In future versions this will be a hard failure preventing the daemon from starting! Learn more at: https://docs.docker.com/go/api-security/',
  );
  yield* sleep(sys, FIRST_PAUSE);
  const found = name === '' ? undefined : yield* resolve(sys, name);
  if (typeof found === 'string') throw refuse(`listen tcp: lookup ${name}: no such host`);
  const addr = found?.addresses[0] ?? '';
  if (said !== false && !/^127\./.test(addr) && addr !== '::1') {
    yield* warn(
      'Binding to an IP address without --tlsverify is deprecated. Startup is intentionally being slowed down to show this message',
    );
    yield* warn(
      'Please consider generating tls certificates with client validation to prevent exposing unauthenticated root access to your network',
    );
    yield* warn("You can override this by explicitly specifying '--tls=false' or '--tlsverify=false'");
    yield* warn(
      'Support for listening on TCP without authentication or explicit intent to run without authentication will be removed in the next release',
    );
    yield* sleep(sys, SECOND_PAUSE);
  }
  const number = port === '' ? DEFAULT_PORT : Number(port);
  const family = isIp6(addr) ? AF_INET6 : AF_INET;
  const fd = sys.socket(family, SOCK_STREAM | SOCK_CLOEXEC);
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  const bound = sys.bind(fd, { family, addr, port: number });
  const listening = bound < 0 ? bound : sys.listen(fd, BACKLOG);
  if (listening < 0) throw refuse(`listen tcp ${name}:${number}: bind: ${strerror(-listening, 'go')}`);
  return { fd, shown: bracketed === undefined ? `${name}:${number}` : `[${name}]:${number}`, file: '' };
}
