import type { ListenInfo } from '../../abi/netlink.ts';
import { isIp6 } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { Names, type SocketOwner, socketList, socketOwners, splitEnd } from '../net/sockets.ts';
import { type Column, renderTable } from '../net/ss-table.ts';

const STATES: Readonly<Record<ListenInfo['state'], string>> = {
  LISTEN: 'LISTEN',
  ESTABLISHED: 'ESTAB',
  SYN_SENT: 'SYN-SENT',
  SYN_RECV: 'SYN-RECV',
  FIN_WAIT1: 'FIN-WAIT-1',
  FIN_WAIT2: 'FIN-WAIT-2',
  CLOSING: 'CLOSING',
  TIME_WAIT: 'TIME-WAIT',
  CLOSE_WAIT: 'CLOSE-WAIT',
  LAST_ACK: 'LAST-ACK',
  UNCONN: 'UNCONN',
};

export default program({
  name: 'ss',
  at: ['/usr/bin/ss', '/usr/sbin/ss'],
  spec: 'iproute2 6.1.0 ss(8): lists, -s, state and sport/dport filters; without -i, -m, -o contents',
  usage: '[ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]',
  about: 'Show sockets.',
  version: 'utility, iproute2-6.1.0',
  options: {
    noHeader: { short: 'H', help: 'Suppress header line' },
    oneline: { short: 'O', help: "socket's data printed on a single line" },
    numeric: { short: 'n', help: "don't resolve service names" },
    resolve: { short: 'r', help: 'resolve host names' },
    all: { short: 'a', help: 'display all sockets' },
    listening: { short: 'l', help: 'display listening sockets' },
    options: { short: 'o', help: 'show timer information' },
    extended: { short: 'e', help: 'show detailed socket information' },
    memory: { short: 'm', help: 'show socket memory usage' },
    processes: { short: 'p', help: 'show process using socket' },
    info: { short: 'i', help: 'show internal TCP information' },
    summary: { short: 's', help: 'show socket usage summary' },
    ipv4: { short: '4', help: 'display only IP version 4 sockets' },
    ipv6: { short: '6', help: 'display only IP version 6 sockets' },
    tcp: { short: 't', help: 'display only TCP sockets' },
    udp: { short: 'u', help: 'display only UDP sockets' },
    raw: { short: 'w', help: 'display only RAW sockets' },
    unix: { short: 'x', help: 'display only Unix domain sockets' },
    family: { short: 'f', arg: 'FAMILY', help: 'display sockets of type FAMILY' },
  },
  *main(ctx) {
    const { opts, sys, stdout } = ctx;
    if (opts.summary) {
      yield* stdout.write(summary(socketList(sys)));
      return 0;
    }
    const filter = parseFilter(ctx.args);
    if (typeof filter === 'string') return yield* ctx.die(filter, 255);
    const none =
      !(opts.tcp || opts.udp || opts.raw || opts.unix) && opts.family === undefined && !opts.ipv4 && !opts.ipv6;
    const kinds = {
      unix: none || opts.unix || opts.family === 'unix',
      inet: !(opts.tcp || opts.udp || opts.raw) && !opts.unix && opts.family !== 'unix',
      v4: opts.ipv4 || opts.family === 'inet',
      v6: opts.ipv6 || opts.family === 'inet6',
    };
    const wanted = (s: ListenInfo): boolean => {
      if (s.proto === 'unix') return kinds.unix;
      const base = s.proto.replace('6', '');
      const chosen =
        kinds.inet ||
        (base === 'tcp' && opts.tcp) ||
        (base === 'udp' && opts.udp) ||
        (base !== 'tcp' && base !== 'udp' && opts.raw);
      const v6 = s.proto.endsWith('6');
      return chosen && (kinds.v4 === kinds.v6 || v6 === kinds.v6);
    };
    const shown = socketList(sys).filter((s) => wanted(s) && inState(s, opts, filter) && matches(s, filter));
    const owners = opts.processes ? yield* socketOwners(sys) : undefined;
    const oneKind = [opts.tcp, opts.udp, opts.raw, opts.unix].filter(Boolean).length === 1;
    const rows: string[][] = [];
    const names = new Names(sys);
    for (const socket of sorted(shown)) rows.push(yield* row(ctx, names, socket, owners));
    const width = sys.isatty(1) ? screenWidth(ctx) : undefined;
    yield* stdout.write(renderTable(columns(!oneKind, !opts.noHeader), rows, width));
    return 0;
  },
});

function screenWidth(ctx: Context): number {
  const size = ctx.sys.tiocgwinsz(1);
  return typeof size === 'number' || size.cols === 0 ? 80 : size.cols;
}

function columns(netid: boolean, header: boolean): (Column | undefined)[] {
  const title = (text: string): string => (header ? text : '');
  return [
    netid ? { title: title('Netid'), right: false, gap: '' } : undefined,
    { title: title('State'), right: false, gap: ' ' },
    { title: title('Recv-Q'), right: false, gap: ' ' },
    { title: title('Send-Q'), right: false, gap: ' ' },
    { title: title('Local Address:'), right: true, gap: ' ' },
    { title: title('Port'), right: false, gap: '' },
    { title: title('Peer Address:'), right: true, gap: ' ' },
    { title: title('Port'), right: false, gap: '' },
    { title: title('Process'), right: false, gap: '' },
  ];
}

const NETIDS: Readonly<Record<string, string>> = {
  tcp: 'tcp',
  tcp6: 'tcp',
  udp: 'udp',
  udp6: 'udp',
  icmp: 'icmp',
  raw: 'raw',
};
const ORDER = ['unix', 'raw', 'icmp', 'udp', 'udp6', 'tcp', 'tcp6'];
const sorted = (list: ListenInfo[]): ListenInfo[] =>
  [...list].sort((a, b) => ORDER.indexOf(a.proto) - ORDER.indexOf(b.proto));

function* row(
  ctx: Context,
  names: Names,
  socket: ListenInfo,
  owners: Map<number, SocketOwner[]> | undefined,
): Wait<string[]> {
  const process = owners ? processText(owners.get(socket.inode)) : '';
  const head = [STATES[socket.state], String(socket.recvQueue).padEnd(6), String(socket.sendQueue).padEnd(6)];
  if (socket.proto === 'unix') {
    const local = [`${socket.local || '*'} `, String(socket.inode)];
    const remote = [`${socket.remote || '*'} `, String(socket.peerInode ?? 0)];
    return [
      socket.type === 'dgram' ? 'u_dgr' : 'u_str',
      ...head,
      ...local,
      ...remote,
      process === '' ? '' : ` ${process}`,
    ];
  }
  const local = yield* end(ctx, names, socket, socket.local);
  const remote = yield* end(ctx, names, socket, socket.remote);
  return [NETIDS[socket.proto]!, ...head, ...local, ...remote, process];
}

function* end(ctx: Context, names: Names, socket: ListenInfo, text: string): Wait<string[]> {
  const [address, port] = splitEnd(text);
  const { numeric, resolve } = ctx.opts as unknown as { numeric: boolean; resolve: boolean };
  const protocol = socket.proto.startsWith('udp') ? 'udp' : 'tcp';
  const service = numeric || port === '*' ? port : yield* names.service(port, protocol);
  const dual = address === '::';
  const host = dual ? '*' : resolve && address !== '0.0.0.0' ? yield* names.host(address) : address;
  const shown = isIp6(host) ? `[${host}]` : socket.proto.endsWith('6') && !dual ? `[::ffff:${host}]` : host;
  return [`${shown}:`, service];
}

function processText(owners: SocketOwner[] | undefined): string {
  if (!owners) return '';
  return `users:(${owners.map((o) => `("${o.comm}",pid=${o.pid},fd=${o.fd})`).join(',')})`;
}

interface Filter {
  states: Set<string> | undefined;
  sport: string | undefined;
  dport: string | undefined;
  src: string | undefined;
  dst: string | undefined;
}

/** `state X`, `sport = :80`, `dport = :80`, `src ADDR`, `dst ADDR`, joined by `and`. */
function parseFilter(words: readonly string[]): Filter | string {
  const filter: Filter = { states: undefined, sport: undefined, dport: undefined, src: undefined, dst: undefined };
  const left = words
    .flatMap((word) => word.split(/\s+/))
    .filter((word) => !['(', ')', 'and', '&', '&&', 'or'].includes(word) && word !== '');
  while (left.length > 0) {
    const word = left.shift()!;
    if (word === 'state') {
      filter.states ??= new Set();
      for (const state of statesNamed(left.shift() ?? '')) filter.states.add(state);
    } else if (word === 'sport' || word === 'dport') {
      let value = left.shift() ?? '';
      if (['=', '==', 'eq'].includes(value)) value = left.shift() ?? '';
      filter[word] = value.replace(/^.*:/, '');
    } else if (word === 'src' || word === 'dst') filter[word] = left.shift() ?? '';
    else return `an error in the filter at '${word}'`;
  }
  return filter;
}

function statesNamed(name: string): string[] {
  const all = Object.values(STATES);
  if (name === 'all') return all;
  if (name === 'connected') return all.filter((state) => state !== 'LISTEN' && state !== 'UNCONN');
  if (name === 'listening') return ['LISTEN'];
  if (name === 'established') return ['ESTAB'];
  return [name.toUpperCase()];
}

function inState(socket: ListenInfo, opts: { all: boolean; listening: boolean }, filter: Filter): boolean {
  if (filter.states) return filter.states.has(STATES[socket.state]);
  if (opts.all) return true;
  const server = socket.state === 'LISTEN' || (socket.state === 'UNCONN' && socket.proto !== 'unix');
  if (opts.listening) return server;
  return !server && socket.state !== 'TIME_WAIT' && socket.state !== 'SYN_RECV';
}

function matches(socket: ListenInfo, filter: Filter): boolean {
  const [local, lport] = splitEnd(socket.local);
  const [remote, rport] = splitEnd(socket.remote);
  return (
    (filter.sport === undefined || lport === filter.sport) &&
    (filter.dport === undefined || rport === filter.dport) &&
    (filter.src === undefined || local === filter.src) &&
    (filter.dst === undefined || remote === filter.dst)
  );
}

function summary(sockets: readonly ListenInfo[]): string {
  const count = (proto: string): number => sockets.filter((s) => s.proto === proto && s.state !== 'TIME_WAIT').length;
  const tcp = sockets.filter((s) => s.proto.startsWith('tcp'));
  const inState = (state: ListenInfo['state']): number => tcp.filter((s) => s.state === state).length;
  const closed = inState('TIME_WAIT');
  const line = (name: string, v4: number, v6: number): string =>
    `${name}\t  ${[v4 + v6, v4, v6].map((n) => String(n).padEnd(9)).join(' ')}\n`;
  const raw = count('raw') + count('icmp');
  const [udp, udp6, tcp4, tcp6] = [count('udp'), count('udp6'), count('tcp'), count('tcp6')];
  return `Total: ${sockets.length - closed}
TCP:   ${tcp.length} (estab ${inState('ESTABLISHED')}, closed ${closed}, orphaned 0, timewait ${closed})

Transport Total     IP        IPv6
${line('RAW', raw, 0)}${line('UDP', udp, udp6)}${line('TCP', tcp4, tcp6)}${line('INET', raw + udp + tcp4, udp6 + tcp6)}${line('FRAG', 0, 0)}
`;
}
