import type { Device } from './device.ts';

type Attributes = Readonly<Record<string, (dev: Device) => string>>;

const LOOPBACK_TYPE = 772;

/** Files of /sys/class/net/DEV (Linux Documentation/ABI/testing/sysfs-class-net). */
const FILES: Attributes = {
  addr_len: () => '6',
  address: (dev) => dev.mac,
  broadcast: (dev) => (dev.kind === 'loopback' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'),
  carrier: (dev) => (dev.carrier ? '1' : '0'),
  dev_id: () => '0x0',
  dormant: () => '0',
  duplex: (dev) => (dev.kind === 'veth' || dev.kind === 'ether' ? 'full' : 'unknown'),
  flags: (dev) => `0x${deviceFlags(dev).toString(16)}`,
  ifalias: () => '',
  ifindex: (dev) => String(dev.index),
  iflink: (dev) => String(dev.kind === 'veth' && dev.peer ? dev.peer.index : dev.index),
  mtu: (dev) => String(dev.mtu),
  operstate: (dev) => operState(dev),
  speed: (dev) => (dev.kind === 'loopback' || dev.kind === 'dummy' || !dev.carrier ? '-1' : '10000'),
  tx_queue_len: (dev) => String(dev.txqlen),
  type: (dev) => String(dev.kind === 'loopback' ? LOOPBACK_TYPE : 1),
  'statistics/rx_bytes': (dev) => String(dev.rxBytes),
  'statistics/rx_dropped': (dev) => String(dev.rxDropped),
  'statistics/rx_errors': () => '0',
  'statistics/rx_packets': (dev) => String(dev.rxPackets),
  'statistics/tx_bytes': (dev) => String(dev.txBytes),
  'statistics/tx_dropped': (dev) => String(dev.txDropped),
  'statistics/tx_errors': () => '0',
  'statistics/tx_packets': (dev) => String(dev.txPackets),
};

export const SYS_CLASS_NET_NAMES: readonly string[] = Object.keys(FILES);

/** Text of an attribute of a device, with its newline. */
export function sysClassNet(dev: Device, attribute: string): string | undefined {
  return Object.hasOwn(FILES, attribute) ? `${FILES[attribute]!(dev)}\n` : undefined;
}

/** IFF_UP, IFF_BROADCAST, IFF_LOOPBACK, IFF_MULTICAST (netdevice(7)). */
function deviceFlags(dev: Device): number {
  const kind = dev.kind === 'loopback' ? 0x8 : 0x1002;
  return kind | (dev.up ? 1 : 0);
}

function operState(dev: Device): string {
  if (dev.kind === 'loopback' || dev.kind === 'dummy') return dev.up ? 'unknown' : 'down';
  if (!dev.up) return 'down';
  return dev.carrier ? 'up' : dev.kind === 'veth' ? 'lowerlayerdown' : 'down';
}
