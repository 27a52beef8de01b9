import { X_OK } from '../../abi/flags.ts';
import { SIGKILL } from '../../abi/signal.ts';
import { AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, SOCK_CLOEXEC, SOCK_STREAM } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { spawn, type Wait, waitpid } from '../../libc/io.ts';
import type { Publication } from './ports.ts';

const BACKLOG = 128;
/** Descriptor at which the proxy finds its listening socket. */
const LISTEN_FD = 4;

/**
 * Starts the processes that take what the host's own rules do not lead into a container: one a port and family. Where
 * the host has no such program, the sockets that hold the ports are all there is.
 */
export function* startProxies(
  sys: Sys,
  program: string,
  publications: readonly Publication[],
  containerIp: string,
): Wait<void> {
  if (sys.access(program, X_OK) < 0) return;
  for (const p of publications) {
    if (p.proto === 'tcp') sys.listen(p.socket, BACKLOG);
    const pid = yield* start(sys, program, p, p.hostIp || '0.0.0.0', p.socket, containerIp);
    if (pid > 0) p.proxies.push(pid);
    if (p.hostIp !== '' || p.proto !== 'tcp') continue;
    const six = listenSix(sys, p.hostPort);
    if (six < 0) continue;
    const second = yield* start(sys, program, p, '::', six, containerIp);
    sys.close(six);
    if (second > 0) p.proxies.push(second);
  }
}

function listenSix(sys: Sys, port: number): number {
  const fd = sys.socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  sys.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  const r = sys.bind(fd, { family: AF_INET6, addr: '::', port });
  if (r === 0) sys.listen(fd, BACKLOG);
  else sys.close(fd);
  return r === 0 ? fd : r;
}

function start(
  sys: Sys,
  program: string,
  p: Publication,
  hostIp: string,
  socket: number,
  containerIp: string,
): Wait<number> {
  const argv = [program, '-proto', p.proto, '-host-ip', hostIp, '-host-port', String(p.hostPort)];
  argv.push('-container-ip', containerIp, '-container-port', String(p.containerPort), '-use-listen-fd');
  return spawn(sys, program, argv, [], { dup2: [[socket, LISTEN_FD]] });
}

/** Ends them. */
export function* stopProxies(sys: Sys, publications: readonly Publication[]): Wait<void> {
  for (const p of publications) {
    for (const pid of p.proxies.splice(0)) {
      sys.kill(pid, SIGKILL);
      yield* waitpid(sys, pid, 0, new WaitResult());
    }
  }
}
