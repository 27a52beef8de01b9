import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { ipAddress } from '../ip/address.ts';
import { ipLink } from '../ip/link.ts';
import { ipNeighbour } from '../ip/neighbour.ts';
import { fail, type IpContext, type IpOptions, match } from '../ip/request.ts';
import { ipRoute } from '../ip/route.ts';

const BUSYBOX_USAGE = '[OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]';
const BUSYBOX_HELP = `OPTIONS := -f[amily] inet|inet6|link | -o[neline]

ip addr add|del IFADDR dev IFACE | show|flush [dev IFACE] [to PREFIX]
ip route list|flush|add|del|change|append|replace|test ROUTE
ip link set IFACE [up|down] [arp on|off] [multicast on|off]
	[promisc on|off] [mtu NUM] [name NAME] [qlen NUM] [address MAC]
	[master IFACE | nomaster] [netns PID]
ip tunnel add|change|del|show [NAME]
	[mode ipip|gre|sit] [remote ADDR] [local ADDR] [ttl TTL]
ip neigh show|flush [to PREFIX] [dev DEV] [nud STATE]
ip rule [list] | add|del SELECTOR ACTION
`;

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | neighbour | netns | route | rule }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] |
                    -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 | link } |
                    -4 | -6 | -0 |
                    -br[ief] | -o[neline] | -c[olor]}
`;

type Handler = (ip: IpContext) => Wait<number>;

/** Objects in the order in which abbreviations are resolved. */
const OBJECTS: Readonly<Record<string, Handler>> = {
  address: ipAddress,
  route: ipRoute,
  rule: showRules,
  neighbor: ipNeighbour,
  neighbour: ipNeighbour,
  link: ipLink,
  netns: listNetns,
  help: showHelp,
};

export default program({
  name: 'ip',
  at: ['/usr/sbin/ip', '/usr/bin/ip'],
  spec: 'iproute2 6.1.0 ip(8): address, link, route, neighbour; rule and netns only as lists',
  usage: '[ OPTIONS ] OBJECT { COMMAND | help }',
  about: 'Show and change network devices, addresses, routes and neighbours.',
  options: {},
  raw: true,
  busybox: { at: '/sbin/ip', usage: BUSYBOX_USAGE, help: BUSYBOX_HELP },
  *main(ctx) {
    const options: IpOptions = { family: undefined, oneline: false, brief: false, statistics: false, json: false };
    const words = [...ctx.args];
    const ip: IpContext = { ctx, options, busybox: ctx.form === 'busybox', words };
    while (words[0]?.startsWith('-') && words[0].length > 1) yield* readOption(ip, words.shift()!);
    const object = words.shift();
    if (object === undefined) {
      if (ip.busybox) return yield* ctx.usage();
      yield* ctx.stderr.write(USAGE);
      return 255;
    }
    const name = match(object, Object.keys(OBJECTS));
    if (name === undefined) {
      if (ip.busybox) return yield* ctx.usage();
      return yield* fail(ip, `Object "${object}" is unknown, try "ip help".`);
    }
    return yield* OBJECTS[name]!(ip);
  },
});

function* readOption(ip: IpContext, word: string): Wait<void> {
  const { ctx, options, words } = ip;
  const name = word.replace(/^--?/, '');
  if (name === '4') options.family = 'inet';
  else if (name === '6') options.family = 'inet6';
  else if (name === '0' || name === 'B' || name === 'M') return;
  else if ('brief'.startsWith(name) && name.length >= 2 && !ip.busybox) options.brief = true;
  else if ('oneline'.startsWith(name)) options.oneline = true;
  else if ('family'.startsWith(name)) {
    const family = words.shift();
    options.family = family === 'inet' || family === 'inet6' ? family : undefined;
  } else if ('statistics'.startsWith(name) || 'stats'.startsWith(name)) options.statistics = true;
  else if (ip.busybox) yield* ctx.usage();
  else if ('json'.startsWith(name)) options.json = true;
  else if ('Version'.startsWith(name)) {
    yield* ctx.stdout.write('ip utility, iproute2-6.1.0, libbpf 1.1.2\n');
    words.splice(0, words.length, 'help', 'version');
  } else if (
    !['details', 'pretty', 'human-readable', 'resolve', 'timestamp', 'Numeric', 'all', 'iec'].some((known) =>
      known.startsWith(name),
    ) &&
    !name.startsWith('c')
  )
    yield* fail(ip, `Option "${word}" is unknown, try "ip -help".`, 255);
}

function* showHelp(ip: IpContext): Wait<number> {
  if (ip.words[0] === 'version') return 0;
  if (ip.busybox) return yield* ip.ctx.usage();
  yield* ip.ctx.stderr.write(USAGE);
  return 255;
}

function* showRules({ ctx }: IpContext): Wait<number> {
  const rules: [number, string][] = [
    [0, 'local'],
    [32766, 'main'],
    [32767, 'default'],
  ];
  for (const [priority, table] of rules)
    yield* ctx.stdout.write(`${priority}:\tfrom all lookup ${table}${ctx.form === 'busybox' ? ' ' : ''}\n`);
  return 0;
}

/** Names of network namespaces stand in /run/netns, where nothing here puts any. */
function* listNetns({ ctx }: { ctx: Context }): Wait<number> {
  yield* ctx.stdout.flush();
  return 0;
}
