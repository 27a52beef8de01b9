import type { ListenInfo } from '../../abi/netlink.ts';
import { AF_INET6, SOCK_RAW, SOCK_STREAM } from '../../abi/socket.ts';
import { isIp6 } from '../../lib/ip.ts';
import type { IcmpLayer } from './icmp.ts';
import type { TcpLayer } from './tcp-layer.ts';
import type { UdpLayer } from './udp.ts';
import type { UnixNames } from './unix-base.ts';
import { UnixStreamSocket } from './unix-stream.ts';

/** The layers of a namespace that have sockets. */
export interface SocketLayers {
  tcp: TcpLayer;
  udp: UdpLayer;
  icmp: IcmpLayer;
  unix: UnixNames;
}

const NOBODY = { pid: 0, inode: 0, recvQueue: 0, sendQueue: 0, uid: 0 };

/** All sockets of a namespace: listeners, connections, then datagram and unix sockets. */
export function listSockets(layers: SocketLayers): ListenInfo[] {
  return [
    ...tcpSockets(layers.tcp),
    ...udpSockets(layers.udp),
    ...icmpSockets(layers.icmp),
    ...unixSockets(layers.unix),
  ];
}

function tcpSockets(tcp: TcpLayer): ListenInfo[] {
  const out: ListenInfo[] = [];
  for (const binding of tcp.ports.all()) {
    if (!binding.listening) continue;
    out.push({
      proto: binding.family === AF_INET6 ? 'tcp6' : 'tcp',
      local: `${binding.address}:${binding.port}`,
      remote: `${isIp6(binding.address) ? '::' : '0.0.0.0'}:*`,
      state: 'LISTEN',
      pid: binding.pid,
      inode: binding.ino,
      recvQueue: binding.queue.length,
      sendQueue: binding.backlog,
      uid: binding.uid,
    });
  }
  for (const c of tcp.connections()) {
    const state = c.state === 'CLOSED' ? 'TIME_WAIT' : c.state;
    out.push({
      proto: c.owner?.family === AF_INET6 ? 'tcp6' : 'tcp',
      local: `${c.local}:${c.lport}`,
      remote: `${c.remote}:${c.rport}`,
      state,
      pid: c.owner?.pid ?? 0,
      inode: c.owner?.ino ?? 0,
      recvQueue: c.received.length,
      sendQueue: c.unsent,
      uid: c.uid,
    });
  }
  return out;
}

function udpSockets(udp: UdpLayer): ListenInfo[] {
  return udp.ports.all().map(({ address, port, socket }) => ({
    proto: socket.family === AF_INET6 ? 'udp6' : 'udp',
    local: `${address}:${port}`,
    remote: socket.peer ? `${socket.peer.address}:${socket.peer.port}` : `${anyText(socket.family)}:*`,
    state: socket.peer ? 'ESTABLISHED' : 'UNCONN',
    pid: socket.pid,
    inode: socket.ino,
    recvQueue: socket.queue.bytes,
    sendQueue: 0,
    uid: socket.uid,
  }));
}

const anyText = (family: number): string => (family === AF_INET6 ? '::' : '0.0.0.0');

function icmpSockets(icmp: IcmpLayer): ListenInfo[] {
  return [...icmp.sockets].map((socket) => ({
    proto: socket.type === SOCK_RAW ? 'raw' : 'icmp',
    local: `${socket.local.address}:${socket.local.port}`,
    remote: `${anyText(socket.family)}:*`,
    state: 'UNCONN',
    pid: socket.pid,
    inode: socket.ino,
    recvQueue: socket.queue.bytes,
    sendQueue: 0,
    uid: socket.uid,
  }));
}

function unixSockets(unix: UnixNames): ListenInfo[] {
  return [...unix.sockets].map((socket) => ({
    ...NOBODY,
    proto: 'unix',
    type: socket.type === SOCK_STREAM ? 'stream' : 'dgram',
    local: socket.path.replace(/^\0/, '@'),
    remote: socket.other?.path.replace(/^\0/, '@') ?? '',
    state: socket.isListening ? 'LISTEN' : socket.other ? 'ESTABLISHED' : 'UNCONN',
    pid: socket.credentials.pid,
    inode: socket.ino,
    peerInode: socket.other?.ino ?? 0,
    recvQueue: socket instanceof UnixStreamSocket && socket.isListening ? socket.backlog.waiting : socket.available(),
    sendQueue: socket instanceof UnixStreamSocket && socket.isListening ? socket.backlog.limit : 0,
    uid: socket.credentials.uid,
  }));
}
