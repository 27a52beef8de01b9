import { EADDRNOTAVAIL, EEXIST } from '../../abi/errno.ts';
import { broadcastOf, inNetwork, isIp6, networkOf } from '../../lib/ip.ts';
import type { Device, DeviceAddress } from './device.ts';
import { makeRoute, RouteTable } from './route.ts';

/** The devices of a namespace, their addresses, and the routes that follow from them. */
export class AddressTable {
  readonly devices: Device[] = [];
  readonly routes = new RouteTable();
  /** Addresses of devices that are up. */
  #local = new Map<string, Device>();
  #broadcast = new Map<string, Device>();
  #loopback: Device | undefined;
  #nextIndex = 1;

  /** An interface index: `wanted` where that is free, otherwise the next. */
  takeIndex(wanted?: number): number {
    if (wanted !== undefined && !this.devices.some((dev) => dev.index === wanted)) {
      this.#nextIndex = Math.max(this.#nextIndex, wanted + 1);
      return wanted;
    }
    return this.#nextIndex++;
  }

  byName(name: string): Device | undefined {
    return this.devices.find((dev) => dev.name === name);
  }

  /** `lo`, where `address` is one of this host's: what is sent there stays here. */
  loopbackFor(address: string): Device | undefined {
    const lo = this.#loopback;
    if (lo === undefined) return undefined;
    return this.#local.has(address) || (address.startsWith('127.') && this.#local.has('127.0.0.1')) ? lo : undefined;
  }

  /** The device that has `address`. */
  deviceOf(address: string): Device | undefined {
    return this.#local.get(address) ?? (address.startsWith('127.') ? this.#loopback : undefined);
  }

  isBroadcast(address: string): boolean {
    return (
      address === '255.255.255.255' ||
      this.#broadcast.has(address) ||
      address.startsWith('ff0') ||
      (address.charCodeAt(0) === 50 && /^2(2[4-9]|3\d)\./.test(address))
    );
  }

  broadcastDevice(address: string): Device | undefined {
    return this.#broadcast.get(address) ?? this.routes.find(address)?.dev;
  }

  /** The source that the kernel chooses for packets to `dst` (through `dev`, where given). */
  sourceFor(dst: string, dev?: Device): string | undefined {
    if (!dev && this.loopbackFor(dst)) return dst.startsWith('127.') ? '127.0.0.1' : dst;
    const route = this.routes.find(dst, dev);
    if (!route && !dev) return undefined;
    if (route?.src !== undefined) return route.src;
    const via = route?.via ?? dst;
    const out = dev ?? route!.dev;
    const usable = out.addresses.filter((a) => isIp6(a.address) === isIp6(dst));
    const near = usable.find((a) => inNetwork(via, a.address, a.prefix));
    if (near) return near.address;
    const any = usable.find((a) => a.scope === 'global') ?? usable[0];
    if (any) return any.address;
    for (const other of this.devices) {
      const found = other.addresses.find((a) => a.scope === 'global' && isIp6(a.address) === isIp6(dst));
      if (found && other.up) return found.address;
    }
    return undefined;
  }

  /** @returns 0 or -EEXIST */
  add(dev: Device, address: string, prefix: number, scope?: DeviceAddress['scope'], auto = false): number {
    if (dev.addresses.some((a) => a.address === address && a.prefix === prefix)) return -EEXIST;
    const v4 = !isIp6(address);
    const entry: DeviceAddress = {
      address,
      prefix,
      broadcast: v4 && prefix < 31 && dev.kind !== 'loopback' ? broadcastOf(address, prefix) : undefined,
      scope: scope ?? (dev.kind === 'loopback' ? 'host' : address.startsWith('fe80') ? 'link' : 'global'),
    };
    if (auto) entry.auto = true;
    dev.addresses.push(entry);
    if (dev.up) {
      this.#enable(dev, entry);
      this.#index();
    }
    return 0;
  }

  /** @returns 0 or -EADDRNOTAVAIL */
  remove(dev: Device, address: string, prefix: number): number {
    const at = dev.addresses.findIndex((a) => a.address === address && a.prefix === prefix);
    if (at < 0) return -EADDRNOTAVAIL;
    dev.addresses.splice(at, 1);
    this.routes.remove(
      (r) => r.dev === dev && (r.src === address || (r.proto === 'kernel' && r.network === networkOf(address, prefix))),
    );
    this.#index();
    return 0;
  }

  /** `dev` went up or down, or came or went. */
  linkChanged(dev: Device): void {
    if (!dev.up || !this.devices.includes(dev)) this.routes.remove((r) => r.dev === dev);
    else for (const entry of dev.addresses) this.#enable(dev, entry);
    this.#index();
  }

  #enable(dev: Device, { address, prefix }: DeviceAddress): void {
    const bits = isIp6(address) ? 128 : 32;
    if (dev.kind === 'loopback' || prefix === bits) return;
    const more = {
      src: isIp6(address) ? undefined : address,
      proto: 'kernel' as const,
      metric: bits === 128 ? 256 : 0,
    };
    this.routes.add(makeRoute(networkOf(address, prefix), prefix, dev, more));
  }

  #index(): void {
    this.#local.clear();
    this.#broadcast.clear();
    this.#loopback = undefined;
    for (const dev of this.devices) {
      if (!dev.up) continue;
      if (dev.kind === 'loopback') this.#loopback = dev;
      for (const entry of dev.addresses) {
        if (!this.#local.has(entry.address)) this.#local.set(entry.address, dev);
        if (entry.broadcast !== undefined) this.#broadcast.set(entry.broadcast, dev);
      }
    }
  }
}
