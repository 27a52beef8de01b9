import type { LinkInfo, ListenInfo } from '../../abi/netlink.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { interfaceTable } from '../net/interface-table.ts';
import { netstatRoutes } from '../net/route-table.ts';
import { Names, type SocketOwner, socketList, socketOwners, splitEnd } from '../net/sockets.ts';

export default program({
  name: 'netstat',
  at: ['/usr/bin/netstat'],
  spec: 'net-tools 2.10 netstat(8): sockets, -r, -i; without -s, -g, -M, -c',
  usage:
    '[-vWeenNcCF] [<Af>] -r         netstat {-V|--version|-h|--help}\n       netstat [-vWnNcaeol] [<Socket> ...]\n       netstat { [-vWeenNac] -i | [-cnNe] -M | -s [-6tuw] }',
  about: 'Show sockets, routes and network devices.',
  version: 'net-tools 2.10',
  options: {
    route: { short: 'r', help: 'display routing table' },
    interfaces: { short: 'i', busybox: false, help: 'display interface table' },
    numeric: { short: 'n', help: "don't resolve names" },
    extend: { short: 'e', help: 'display other/more information' },
    programs: { short: 'p', help: 'display PID/Program name for sockets' },
    listening: { short: 'l', help: 'display listening server sockets' },
    all: { short: 'a', help: 'display all sockets (default: connected)' },
    tcp: { short: 't', help: 'TCP sockets' },
    udp: { short: 'u', help: 'UDP sockets' },
    raw: { short: 'w', help: 'raw sockets' },
    unix: { short: 'x', help: 'unix sockets' },
    wide: { short: 'W', help: "don't truncate IP addresses" },
    four: { short: '4', long: false, busybox: false, help: 'IPv4' },
    six: { short: '6', long: false, busybox: false, help: 'IPv6' },
  },
  busybox: {
    at: '/bin/netstat',
    long: [],
    usage: '[-ral] [-tuwx] [-en]',
    help: "Display networking information\n\n\t-r\tRouting table\n\t-a\tAll sockets\n\t-l\tListening sockets\n\t\tElse: connected sockets\n\t-t\tTCP sockets\n\t-u\tUDP sockets\n\t-w\tRaw sockets\n\t-x\tUnix sockets\n\t\tElse: all socket types\n\t-e\tOther/more information\n\t-n\tDon't resolve names\n",
  },
  *main(ctx) {
    const { opts, sys, stdout } = ctx;
    if (opts.route) {
      yield* stdout.write(netstatRoutes(sys, !opts.numeric, ctx.form === 'busybox'));
      return 0;
    }
    if (opts.interfaces) {
      const links = [...(sys.netlink({ type: 'link-list' }) as LinkInfo[])].sort((a, b) => (a.name < b.name ? -1 : 1));
      yield* stdout.write(`Kernel Interface table\n${interfaceTable(links.filter((link) => link.up || opts.all))}`);
      return 0;
    }
    const none = !(opts.tcp || opts.udp || opts.raw || opts.unix);
    const owners = opts.programs ? yield* socketOwners(sys) : undefined;
    const view: View = {
      ctx,
      owners,
      which: opts.all ? 'servers and established' : opts.listening ? 'only servers' : 'w/o servers',
      numeric: opts.numeric,
    };
    const inet = { tcp: none || opts.tcp, udp: none || opts.udp, raw: none || opts.raw };
    if (inet.tcp || inet.udp || inet.raw) yield* internet(view, inet, opts.four, opts.six);
    if (none || opts.unix) yield* unix(view);
    return 0;
  },
});

interface View {
  ctx: Context;
  owners: Map<number, SocketOwner[]> | undefined;
  which: 'servers and established' | 'only servers' | 'w/o servers';
  numeric: boolean;
}

function visible(view: View, socket: ListenInfo): boolean {
  const server = socket.state === 'LISTEN' || (socket.state === 'UNCONN' && socket.proto !== 'unix');
  if (view.which === 'servers and established') return true;
  return view.which === 'only servers' ? server : !server && socket.state !== 'UNCONN';
}

const ORDER: readonly ListenInfo['proto'][] = ['tcp', 'tcp6', 'udp', 'udp6', 'raw'];

function* internet(
  view: View,
  wanted: { tcp: boolean; udp: boolean; raw: boolean },
  four: boolean,
  six: boolean,
): Wait<void> {
  const { ctx } = view;
  const busybox = ctx.form === 'busybox';
  const program = view.owners ? ` ${'PID/Program name'.padEnd(20)}` : '';
  yield* ctx.stdout.write(
    `Active Internet connections (${view.which})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${program}${busybox && !view.owners ? ' ' : ''}\n`,
  );
  const names = new Names(ctx.sys);
  const sockets = socketList(ctx.sys)
    .filter(
      (s) => ORDER.includes(s.proto) && wanted[s.proto.replace('6', '') as 'tcp' | 'udp' | 'raw'] && visible(view, s),
    )
    .filter((s) => four === six || s.proto.endsWith('6') === six)
    .sort((a, b) => ORDER.indexOf(a.proto) - ORDER.indexOf(b.proto));
  for (const socket of sockets) {
    const proto = busybox ? socket.proto.replace('6', '') : socket.proto;
    const local = yield* end(view, names, socket.local, socket);
    const remote = yield* end(view, names, socket.remote, socket);
    const listening = socket.state === 'LISTEN';
    const stateText = socket.state === 'UNCONN' ? '' : socket.state;
    const owner = view.owners ? ` ${ownerText(view.owners.get(socket.inode)).padEnd(20)}` : busybox ? ' ' : '';
    yield* ctx.stdout.write(
      `${proto.padEnd(4)}  ${String(listening ? 0 : socket.recvQueue).padStart(6)} ${String(listening ? 0 : socket.sendQueue).padStart(6)} ${local.padEnd(23)} ${remote.padEnd(23)} ${stateText.padEnd(11)}${owner}\n`,
    );
  }
}

function ownerText(owners: SocketOwner[] | undefined): string {
  const first = owners?.[0];
  return first ? `${first.pid}/${first.comm}`.slice(0, 19) : '-';
}

function* end(view: View, names: Names, text: string, socket: ListenInfo): Wait<string> {
  const [address, port] = splitEnd(text);
  if (view.numeric) return `${address}:${port}`;
  const service = port === '*' ? '*' : yield* names.service(port, socket.proto.startsWith('udp') ? 'udp' : 'tcp');
  const any = address === '0.0.0.0' || address === '::';
  const host = any ? (address === '::' ? '[::]' : address) : yield* names.host(address);
  return `${host.slice(0, Math.max(1, 22 - service.length))}:${service}`;
}

function* unix(view: View): Wait<void> {
  const { ctx } = view;
  const busybox = ctx.form === 'busybox';
  const program = view.owners ? 'PID/Program name     ' : '';
  yield* ctx.stdout.write(
    `Active UNIX domain sockets (${view.which})\nProto RefCnt Flags       Type       State         I-Node ${busybox ? '' : '  '}${program}Path\n`,
  );
  for (const socket of socketList(ctx.sys)) {
    if (socket.proto !== 'unix' || !visible(view, socket)) continue;
    const listening = socket.state === 'LISTEN';
    const state = listening ? 'LISTENING' : socket.state === 'ESTABLISHED' ? 'CONNECTED' : '';
    const type = socket.type === 'stream' ? 'STREAM' : 'DGRAM';
    const inode = busybox ? String(socket.inode).padStart(6) : String(socket.inode).padEnd(8);
    const owner = view.owners ? `${ownerText(view.owners.get(socket.inode)).padEnd(20)} ` : '';
    yield* ctx.stdout.write(
      `unix  ${String(socket.state === 'ESTABLISHED' ? 3 : 2).padEnd(6)} ${`[ ${listening ? 'ACC ' : ''}]`.padEnd(11)} ${type.padEnd(10)} ${state.padEnd(13)} ${inode} ${owner}${socket.local}\n`,
    );
  }
}
