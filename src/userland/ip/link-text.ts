import type { LinkInfo } from '../../abi/netlink.ts';
import type { IpContext } from './request.ts';

/** Flags of a device as ip(8) lists them. */
export function flagNames(link: LinkInfo, all: readonly LinkInfo[], busybox: boolean): string[] {
  const out: string[] = [];
  if (link.up && !link.carrier) out.push('NO-CARRIER');
  if (link.kind === 'loopback') out.push('LOOPBACK');
  else out.push('BROADCAST');
  if (link.kind !== 'loopback') out.push(link.kind === 'dummy' ? 'NOARP' : 'MULTICAST');
  if (link.up) out.push('UP');
  if (link.up && link.carrier) out.push('LOWER_UP');
  if (link.peer !== undefined && !peerIsUp(link, all, busybox)) out.push('M-DOWN');
  return out;
}

/** Busybox looks the peer up by its index even where that is one of another namespace. */
function peerIsUp(link: LinkInfo, all: readonly LinkInfo[], busybox: boolean): boolean {
  if (link.netnsId !== undefined && !busybox) return true;
  return all.some((other) => other.index === link.peer && other.up);
}

/** `eth0@if7`, `veth0@veth1`, `lo`. */
export function fullName(link: LinkInfo, all: readonly LinkInfo[]): string {
  if (link.peer === undefined) return link.name;
  if (link.netnsId !== undefined) return `${link.name}@if${link.peer}`;
  return `${link.name}@${all.find((other) => other.index === link.peer)?.name ?? `if${link.peer}`}`;
}

export function operState(link: LinkInfo): string {
  if (!link.up) return 'DOWN';
  if (link.kind === 'loopback' || link.kind === 'dummy') return 'UNKNOWN';
  if (link.carrier) return 'UP';
  return link.kind === 'veth' ? 'LOWERLAYERDOWN' : 'DOWN';
}

export function qdisc(link: LinkInfo): string {
  if (link.kind === 'loopback') return 'noqueue';
  if (!link.up) return 'noop';
  return link.kind === 'ether' ? 'fq_codel' : 'noqueue';
}

export const linkType = (link: LinkInfo): string => (link.kind === 'loopback' ? 'loopback' : 'ether');
export const broadcastMac = (link: LinkInfo): string =>
  link.kind === 'loopback' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff';

/** The lines about a device: head, hardware address, and with -s its statistics. `mode`: `ip link` shows the link mode. */
export function linkLines(ip: IpContext, link: LinkInfo, all: readonly LinkInfo[], mode: boolean): string[] {
  const flags = flagNames(link, all, ip.busybox).join(',');
  const queue = link.txqlen > 0 ? `qlen ${link.txqlen}` : '';
  const master = all.find((other) => other.index === link.master);
  const belongs = master ? `master ${master.name} ` : '';
  const head = `${link.index}: ${fullName(link, all)}: <${flags}> mtu ${link.mtu} qdisc ${qdisc(link)} ${belongs}`;
  // only builds against newer headers, as Alpine's, show the state
  const state = ip.busybox && ip.ctx.sys.image.flavour !== 'musl' ? '' : `state ${operState(link)} `;
  const rest = ip.busybox ? '' : `${mode ? 'mode DEFAULT ' : ''}group default `;
  const netns = link.netnsId !== undefined && !ip.busybox ? ` link-netnsid ${link.netnsId}` : '';
  const address = `    link/${linkType(link)} ${link.mac} brd ${broadcastMac(link)}${netns}`;
  const statistics = ip.options.statistics ? (ip.busybox ? busyboxStatistics(link) : statisticsLines(link)) : [];
  return [head + state + rest + queue, address, ...statistics];
}

function statisticsLines(link: LinkInfo): string[] {
  const receive = [link.rxBytes, link.rxPackets, 0, link.rxDropped, 0, 0];
  const send = [link.txBytes, link.txPackets, 0, link.txDropped, 0, 0];
  const widths = [10, 7, 6, 7, 7, 7].map((width, i) =>
    Math.max(width, String(receive[i]).length, String(send[i]).length),
  );
  const titles = (direction: string, names: string[]): string =>
    `    ${direction}:${names.map((name, i) => ` ${name.padStart(i === 0 ? widths[0]! - 4 : widths[i]!)}`).join('')}${' '.repeat(11)}`;
  const values = (numbers: number[]): string =>
    `${numbers.map((n, i) => String(n).padStart(i === 0 ? widths[0]! + 4 : widths[i]!)).join(' ')} `;
  return [
    titles('RX', ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast']),
    values(receive),
    titles('TX', ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns']),
    values(send),
  ];
}

function busyboxStatistics(link: LinkInfo): string[] {
  const row = (numbers: number[]): string =>
    `    ${String(numbers[0]).padEnd(10)} ${numbers
      .slice(1)
      .map((n) => String(n).padEnd(8))
      .join('')}`;
  return [
    '    RX: bytes  packets  errors  dropped overrun mcast   ',
    row([link.rxBytes, link.rxPackets, 0, link.rxDropped, 0, 0]),
    '    TX: bytes  packets  errors  dropped carrier collsns ',
    row([link.txBytes, link.txPackets, 0, link.txDropped, 0, 0]),
  ];
}

/** The fields that -j gives of a device. */
export function linkJson(link: LinkInfo, all: readonly LinkInfo[], mode: boolean): Record<string, unknown> {
  const master = all.find((other) => other.index === link.master);
  const peer = link.peer === undefined ? undefined : all.find((other) => other.index === link.peer);
  return {
    ifindex: link.index,
    ...(link.netnsId !== undefined ? { link_index: link.peer } : peer ? { link: peer.name } : {}),
    ifname: link.name,
    flags: flagNames(link, all, false),
    mtu: link.mtu,
    qdisc: qdisc(link),
    ...(master ? { master: master.name } : {}),
    operstate: operState(link),
    ...(mode ? { linkmode: 'DEFAULT' } : {}),
    group: 'default',
    ...(link.txqlen > 0 ? { txqlen: link.txqlen } : {}),
    link_type: linkType(link),
    address: link.mac,
    broadcast: broadcastMac(link),
    ...(link.netnsId !== undefined ? { link_netnsid: link.netnsId } : {}),
  };
}
