import { EEXIST, EINVAL } from '../../abi/errno.ts';
import type { LinkInfo } from '../../abi/netlink.ts';
import { Bridge } from './bridge.ts';
import { Device } from './device.ts';
import type { IpLayer } from './ip.ts';

const NAME_LIMIT = 15;

/** Whether a device may be called so. @returns 0, -EINVAL or -EEXIST */
export function checkName(ip: IpLayer, name: string): number {
  if (name === '' || name === '.' || name === '..' || name.length > NAME_LIMIT || /[/:\s]/.test(name)) return -EINVAL;
  return ip.addresses.byName(name) ? -EEXIST : 0;
}

/** Makes a device. @returns it or -errno */
export function addLink(ip: IpLayer, name: string, kind: LinkInfo['kind'], mac?: string): Device | number {
  const wrong = checkName(ip, name);
  if (wrong < 0) return wrong;
  const address = kind === 'loopback' ? '00:00:00:00:00:00' : (mac ?? ip.fabric.randomMac());
  const index = ip.addresses.takeIndex();
  const dev =
    kind === 'bridge'
      ? new Bridge(ip.fabric, ip, index, name, address)
      : new Device(ip.fabric, ip, index, name, kind, address);
  dev.noIp6 = ip.noIp6;
  ip.addresses.devices.push(dev);
  return dev;
}

/** Makes a pair of devices. @returns 0 or -errno */
export function addPair(
  ip: IpLayer,
  name: string,
  peerIp: IpLayer,
  peerName: string,
  options: { mac?: string | undefined; peerMac?: string | undefined; kind?: 'veth' | 'ether' } = {},
): [Device, Device] | number {
  const wrong =
    checkName(ip, name) || checkName(peerIp, peerName) || (ip === peerIp && name === peerName ? -EEXIST : 0);
  if (wrong < 0) return wrong;
  const kind = options.kind ?? 'veth';
  // the peer comes first, as the kernel numbers them
  const peer = addLink(peerIp, peerName, kind, options.peerMac) as Device;
  const dev = addLink(ip, name, kind, options.mac) as Device;
  dev.peer = peer;
  peer.peer = dev;
  return [dev, peer];
}

/** Removes a device, and with one of a pair the other. */
export function removeLink(dev: Device): void {
  const peer = dev.peer;
  if (dev instanceof Bridge) for (const port of [...dev.ports]) dev.removePort(port);
  dev.owner.detach(dev);
  dev.dispose();
  dev.peer = undefined;
  if (peer) {
    peer.peer = undefined;
    removeLink(peer);
  }
}

/** Moves a device to another namespace, where it is down and has no addresses. @returns 0 or -EEXIST */
export function moveLink(dev: Device, to: IpLayer): number {
  if (dev.owner === to) return 0;
  if (to.addresses.byName(dev.name)) return -EEXIST;
  dev.owner.detach(dev);
  dev.owner = to;
  dev.index = to.addresses.takeIndex(dev.index);
  dev.noIp6 = to.noIp6;
  to.addresses.devices.push(dev);
  return 0;
}

/** What `ip link` shows of a device. */
export function linkInfo(dev: Device): LinkInfo {
  const info: LinkInfo = {
    index: dev.index,
    name: dev.name,
    kind: dev.kind,
    mac: dev.mac,
    mtu: dev.mtu,
    up: dev.up,
    carrier: dev.carrier,
    addresses: dev.addresses.map(({ address, prefix, broadcast, scope }) => ({
      family: address.includes(':') ? 'inet6' : 'inet',
      address,
      prefix,
      ...(broadcast === undefined ? {} : { broadcast }),
      scope,
    })),
    rxBytes: dev.rxBytes,
    rxPackets: dev.rxPackets,
    rxDropped: dev.rxDropped,
    txBytes: dev.txBytes,
    txPackets: dev.txPackets,
    txDropped: dev.txDropped,
    txqlen: dev.txqlen,
  };
  if (dev.master) info.master = dev.master.index;
  if (dev.peer && dev.kind === 'veth') {
    info.peer = dev.peer.index;
    const there = dev.peer.owner;
    if (there !== dev.owner) info.netnsId = (dev.owner as IpLayer).netnsIdOf(there.id);
  }
  return info;
}
