import type { LinkInfo } from '../../abi/netlink.ts';
import { ipBytes, maskText, parseCidr } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { interfaceTable } from '../net/interface-table.ts';

export default program({
  name: 'ifconfig',
  at: ['/usr/sbin/ifconfig'],
  spec: 'net-tools 2.10 ifconfig(8): listing, up, down, address, netmask, broadcast, mtu, hw ether',
  usage: '[-a] [-v] [-s] <interface> [[<AF>] <address>]',
  about: 'Show and change network devices.',
  version: 'net-tools 2.10',
  options: {
    all: { short: 'a', long: false, help: 'display all interfaces' },
    short: { short: 's', long: false, busybox: false, help: 'display a short list' },
    verbose: { short: 'v', long: false, busybox: false, help: 'be more verbose' },
  },
  stopAtOperand: true,
  busybox: {
    at: '/sbin/ifconfig',
    usage: '[-a] [IFACE] [ADDRESS]',
    help: 'Configure a network interface\n\n\t[add ADDRESS[/PREFIXLEN]]\n\t[del ADDRESS[/PREFIXLEN]]\n\t[[-]broadcast [ADDRESS]] [[-]pointopoint [ADDRESS]]\n\t[netmask ADDRESS] [dstaddr ADDRESS]\n\t[outfill NN] [keepalive NN]\n\t[hw ether|infiniband ADDRESS] [metric NN] [mtu NN]\n\t[[-]trailers] [[-]arp] [[-]allmulti]\n\t[multicast] [[-]promisc] [txqueuelen NN] [[-]dynamic]\n\t[mem_start NN] [io_addr NN] [irq NN]\n\t[up|down] ...\n',
  },
  *main(ctx) {
    const [name, ...words] = ctx.args;
    if (name !== undefined && words.length > 0) return yield* configure(ctx, name, words);
    const links = [...(ctx.sys.netlink({ type: 'link-list' }) as LinkInfo[])].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const busybox = ctx.form === 'busybox';
    if (name !== undefined && !links.some((link) => link.name === name)) {
      const message = `${name}: error fetching interface information: Device not found\n`;
      yield* ctx.stderr.write(busybox ? `ifconfig: ${message}` : message);
      return 1;
    }
    const shown = links.filter((link) => (name === undefined ? link.up || ctx.opts.all : link.name === name));
    if (ctx.opts.short) yield* ctx.stdout.write(interfaceTable(shown));
    else for (const link of shown) yield* ctx.stdout.write(`${busybox ? busyboxText(link) : text(link)}\n`);
    return 0;
  },
});

/** `1.3 KiB`. */
function human(bytes: number, unit: boolean): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let n = bytes;
  let i = 0;
  while (n >= 1024 && i < units.length - 1) {
    n /= 1024;
    i++;
  }
  // tenths are cut off, not rounded
  return unit ? `${(Math.floor(n * 10) / 10).toFixed(1)} ${units[i]}` : String(bytes);
}

function flagsOf(link: LinkInfo): { bits: number; names: string[] } {
  const loopback = link.kind === 'loopback';
  const list: [boolean, number, string][] = [
    [link.up, 1, 'UP'],
    [!loopback, 2, 'BROADCAST'],
    [loopback, 8, 'LOOPBACK'],
    [link.up && link.carrier, 64, 'RUNNING'],
    [link.kind === 'dummy', 128, 'NOARP'],
    [!loopback, 4096, 'MULTICAST'],
  ];
  const on = list.filter(([is]) => is);
  return { bits: on.reduce((sum, [, bit]) => sum + bit, 0), names: on.map(([, , name]) => name) };
}

const SCOPES = { link: '0x20<link>', host: '0x10<host>', global: '0x0<global>' };

function text(link: LinkInfo): string {
  const { bits, names } = flagsOf(link);
  const lines = [`${link.name}: flags=${bits}<${names.join(',')}>  mtu ${link.mtu}`];
  for (const a of link.addresses) {
    if (a.family === 'inet') {
      const broadcast = a.broadcast === undefined ? '' : `  broadcast ${a.broadcast}`;
      lines.push(`        inet ${a.address}  netmask ${maskText(a.prefix)}${broadcast}`);
    } else lines.push(`        inet6 ${a.address}  prefixlen ${a.prefix}  scopeid ${SCOPES[a.scope]}`);
  }
  lines.push(
    link.kind === 'loopback'
      ? `        loop  txqueuelen ${link.txqlen}  (Local Loopback)`
      : `        ether ${link.mac}  txqueuelen ${link.txqlen}  (Ethernet)`,
    `        RX packets ${link.rxPackets}  bytes ${link.rxBytes} (${human(link.rxBytes, true)})`,
    `        RX errors 0  dropped ${link.rxDropped}  overruns 0  frame 0`,
    `        TX packets ${link.txPackets}  bytes ${link.txBytes} (${human(link.txBytes, true)})`,
    `        TX errors 0  dropped ${link.txDropped} overruns 0  carrier 0  collisions 0`,
    '',
  );
  return lines.join('\n');
}

const BUSYBOX_SCOPES = { link: 'Link', host: 'Host', global: 'Global' };

function busyboxText(link: LinkInfo): string {
  const loopback = link.kind === 'loopback';
  const encap = loopback ? 'Link encap:Local Loopback  ' : `Link encap:Ethernet  HWaddr ${link.mac.toUpperCase()}  `;
  const lines = [`${link.name.padEnd(9)} ${encap}`];
  for (const a of link.addresses) {
    if (a.family === 'inet6') lines.push(`inet6 addr: ${a.address}/${a.prefix} Scope:${BUSYBOX_SCOPES[a.scope]}`);
    else {
      const broadcast = a.broadcast === undefined ? '' : `  Bcast:${a.broadcast}`;
      lines.push(`inet addr:${a.address}${broadcast}  Mask:${maskText(a.prefix)}`);
    }
  }
  lines.push(
    `${flagsOf(link).names.join(' ')}  MTU:${link.mtu}  Metric:1`,
    `RX packets:${link.rxPackets} errors:0 dropped:${link.rxDropped} overruns:0 frame:0`,
    `TX packets:${link.txPackets} errors:0 dropped:${link.txDropped} overruns:0 carrier:0`,
    `collisions:0 txqueuelen:${link.txqlen} `,
    `RX bytes:${link.rxBytes} (${human(link.rxBytes, true)})  TX bytes:${link.txBytes} (${human(link.txBytes, true)})`,
  );
  return `${lines.map((line, i) => (i === 0 ? line : `          ${line}`)).join('\n')}\n`;
}

function* configure(ctx: Context, name: string, words: string[]): Wait<number> {
  const set: { up?: boolean; mtu?: number; mac?: string } = {};
  let address: string | undefined;
  let mask: string | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'up') set.up = true;
    else if (word === 'down') set.up = false;
    else if (word === 'netmask') mask = words.shift();
    else if (word === 'mtu') set.mtu = Number(words.shift());
    else if (word === 'broadcast' || word === 'metric' || word === 'txqueuelen') words.shift();
    else if (word === 'hw') {
      words.shift();
      set.mac = words.shift() ?? '';
    } else if (word !== 'inet' && word !== 'add') address = word;
  }
  if (address !== undefined) {
    const prefix = mask === undefined ? classOf(address) : bitsOf(mask);
    const cidr = parseCidr(address.includes('/') ? address : `${address}/${prefix}`);
    if (!cidr) return yield* ctx.die(`${address}: Unknown host`);
    const added = ctx.sys.netlink({ type: 'addr-add', dev: name, ...cidr });
    if (typeof added === 'number' && added < 0) return yield* failed(ctx, 'SIOCSIFADDR', added);
    set.up ??= true;
  }
  const result = ctx.sys.netlink({ type: 'link-set', name, ...set });
  return typeof result === 'number' && result < 0 ? yield* failed(ctx, 'SIOCSIFFLAGS', result) : 0;
}

function* failed(ctx: Context, call: string, errno: number): Wait<number> {
  yield* ctx.stderr.write(`${ctx.form === 'busybox' ? 'ifconfig: ' : ''}${call}: ${ctx.strerror(errno)}\n`);
  return ctx.form === 'busybox' ? 1 : 255;
}

/** The length that an address without a mask has had since classes were given up, here as before. */
function classOf(address: string): number {
  const first = Number(address.split('.')[0]);
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}

function bitsOf(mask: string): number {
  return [...(ipBytes(mask) ?? [])].reduce((n, byte) => n + byte.toString(2).replaceAll('0', '').length, 0);
}
