import type { ListenInfo } from '../../abi/netlink.ts';
import { ip4Number, ipBytes, isIp6 } from '../../lib/ip.ts';
import type { Device } from './device.ts';
import type { IpLayer } from './ip.ts';
import { listSockets, type SocketLayers } from './socket-list.ts';

/** State numbers of /proc/net/tcp (include/net/tcp_states.h). */
const STATES: Readonly<Record<ListenInfo['state'], number>> = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  UNCONN: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
};

type Files = Readonly<Record<string, (ip: IpLayer, layers: SocketLayers) => string>>;

/** The files of /proc/net (proc(5)). */
const FILES: Files = {
  arp: (ip) => arpFile(ip),
  dev: (ip) => devFile(ip.addresses.devices),
  if_inet6: (ip) => inet6File(ip.addresses.devices),
  raw: (_ip, layers) => socketFile(layers, 'raw', false),
  icmp: (_ip, layers) => socketFile(layers, 'icmp', false),
  route: (ip) => routeFile(ip),
  tcp: (_ip, layers) => socketFile(layers, 'tcp', true),
  tcp6: (_ip, layers) => socketFile(layers, 'tcp6', true),
  udp: (_ip, layers) => socketFile(layers, 'udp', false),
  udp6: (_ip, layers) => socketFile(layers, 'udp6', false),
  unix: (_ip, layers) => unixFile(layers),
};

export const PROC_NET_NAMES: readonly string[] = Object.keys(FILES);

/** Text of /proc/net/`name`. */
export function procNet(name: string, ip: IpLayer, layers: SocketLayers): string | undefined {
  return Object.hasOwn(FILES, name) ? FILES[name]!(ip, layers) : undefined;
}

const pad = (value: number | string, width: number): string => String(value).padStart(width);
const hex = (n: number, width: number): string => n.toString(16).toUpperCase().padStart(width, '0');

function devFile(devices: readonly Device[]): string {
  const head = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
  return head + devices.map(devLine).join('');
}

function devLine(dev: Device): string {
  const receive = `${pad(dev.rxBytes, 7)} ${pad(dev.rxPackets, 7)}    0 ${pad(dev.rxDropped, 4)}    0     0          0         0`;
  const transmit = `${pad(dev.txBytes, 8)} ${pad(dev.txPackets, 7)}    0 ${pad(dev.txDropped, 4)}    0     0       0          0`;
  return `${pad(dev.name, 6)}: ${receive} ${transmit}\n`;
}

/** An address as the kernel prints it here: its words in the byte order of the processor. */
function wordHex(address: string): string {
  const bytes = ipBytes(address) ?? new Uint8Array(4);
  let out = '';
  for (let i = 0; i < bytes.length; i += 4) for (let j = 3; j >= 0; j--) out += hex(bytes[i + j]!, 2);
  return out;
}

function routeFile(ip: IpLayer): string {
  const line = (text: string): string => `${text.padEnd(127)}\n`;
  const rows = ip.addresses.routes.all
    .filter((route) => !isIp6(route.network))
    .sort((a, b) => ip4Number(a.network) - ip4Number(b.network) || a.prefix - b.prefix)
    .map((route) => {
      const mask = route.prefix === 0 ? 0 : (0xffffffff << (32 - route.prefix)) >>> 0;
      const maskText = `${mask >>> 24}.${(mask >>> 16) & 255}.${(mask >>> 8) & 255}.${mask & 255}`;
      const flags = 1 | (route.via === undefined ? 0 : 2) | (route.prefix === 32 ? 4 : 0);
      const fields = [wordHex(route.network), wordHex(route.via ?? '0.0.0.0'), hex(flags, 4), 0, 0, route.metric];
      return line([route.dev.name, ...fields, wordHex(maskText), 0, 0, 0].join('\t'));
    });
  return line('Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT') + rows.join('');
}

function arpFile(ip: IpLayer): string {
  const rows = ip.neighbours
    .list()
    .filter((entry) => !isIp6(entry.address))
    .map((entry) => {
      const flags = entry.state === 'PERMANENT' ? '0x6' : entry.mac === undefined ? '0x0' : '0x2';
      const mac = entry.mac ?? '00:00:00:00:00:00';
      return `${entry.address.padEnd(16)} ${'0x1'.padEnd(11)} ${flags.padEnd(11)} ${mac}     *        ${entry.dev}\n`;
    });
  return `IP address       HW type     Flags       HW address            Mask     Device\n${rows.join('')}`;
}

function inet6File(devices: readonly Device[]): string {
  const scopes = { global: '00', host: '10', link: '20' };
  const rows = devices.flatMap((dev) =>
    dev.addresses
      .filter((a) => isIp6(a.address))
      .map((a) => {
        const bytes = [...(ipBytes(a.address) ?? [])].map((b) => hex(b, 2).toLowerCase()).join('');
        const fields = [hex(dev.index, 2).toLowerCase(), hex(a.prefix, 2).toLowerCase(), scopes[a.scope], '80'];
        return `${bytes} ${fields.join(' ')} ${pad(dev.name, 8)}\n`;
      }),
  );
  return rows.join('');
}

function socketFile(layers: SocketLayers, proto: ListenInfo['proto'], stream: boolean): string {
  const v6 = proto.endsWith('6');
  const address = v6 ? `${' '.repeat(24)}local_address` : 'local_address';
  const head = v6
    ? `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode`
    : `${stream ? '  sl  ' : '   sl  '}${address} rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode`;
  const width = v6 ? 0 : stream ? 149 : 127;
  const tail = stream ? '' : ' ref pointer drops';
  const rows = listSockets(layers)
    .filter((socket) => socket.proto === proto)
    .map((socket, i) => `${socketLine(socket, i, v6, stream).padEnd(width)}\n`);
  return `${(head + tail).padEnd(width)}\n${rows.join('')}`;
}

function socketLine(socket: ListenInfo, i: number, v6: boolean, stream: boolean): string {
  const ends = `${endHex(socket.local, v6)} ${endHex(socket.remote, v6)}`;
  const listening = socket.state === 'LISTEN';
  const queues = `${hex(listening ? 0 : socket.sendQueue, 8)}:${hex(socket.recvQueue, 8)}`;
  const state = hex(STATES[socket.state], 2);
  const who = `${pad(socket.uid, 5)} ${pad(0, 8)} ${socket.inode}`;
  const rest = stream ? '1 0000000000000000 100 0 0 10 0' : '2 0000000000000000 0';
  return `${pad(i, stream ? 4 : 5)}: ${ends} ${state} ${queues} 00:00000000 00000000 ${who} ${rest}`;
}

function endHex(end: string, v6: boolean): string {
  const colon = end.lastIndexOf(':');
  const port = end.slice(colon + 1);
  const address = end.slice(0, colon);
  const mapped = v6 && !isIp6(address) ? `::ffff:${address}` : address;
  return `${wordHex(mapped)}:${hex(port === '*' ? 0 : Number(port), 4)}`;
}

function unixFile(layers: SocketLayers): string {
  const rows = listSockets(layers)
    .filter((socket) => socket.proto === 'unix')
    .map((socket) => {
      const listening = socket.state === 'LISTEN';
      const state = listening || socket.state === 'UNCONN' ? '01' : '03';
      const type = socket.type === 'stream' ? '0001' : '0002';
      const path = socket.local === '' ? '' : ` ${socket.local}`;
      const flags = listening ? '00010000' : '00000000';
      return `0000000000000000: 0000000${listening ? 2 : 3} 00000000 ${flags} ${type} ${state} ${pad(socket.inode, 5)}${path}\n`;
    });
  return `Num       RefCount Protocol Flags    Type St Inode Path\n${rows.join('')}`;
}
