import { describe, expect, test } from 'vitest';
import { EEXIST, EINVAL, ENETUNREACH, ENODEV, EPERM, ESRCH } from '../../abi/errno.ts';
import type { LinkInfo, ListenInfo, NeighbourInfo, RouteInfo } from '../../abi/netlink.ts';
import type { NetNamespace } from './door.ts';
import { accepted, bytes, inet, listener, open, ROOT, readText, Testbed, USER } from './testbed.ts';

const links = (bed: Testbed, ns: NetNamespace) => bed.net(ns, { type: 'link-list' }) as LinkInfo[];
const link = (bed: Testbed, ns: NetNamespace, name: string) => links(bed, ns).find((l) => l.name === name);
const routes = (bed: Testbed, ns: NetNamespace) => bed.net(ns, { type: 'route-list' }) as RouteInfo[];

describe('devices', () => {
  test('a bridge has a carrier while a port has one', () => {
    const bed = new Testbed();
    const host = bed.dockerHost({ docker0: '172.17.0.1' });
    expect(link(bed, host, 'docker0')).toMatchObject({ up: true, carrier: false });
    expect(routes(bed, host).find((r) => r.dst === '172.17.0.0/16')).toEqual({
      dst: '172.17.0.0/16',
      dev: 'docker0',
      scope: 'link',
      proto: 'kernel',
      src: '172.17.0.1',
      linkdown: true,
    });
    const box = bed.container('docker0', '172.17.0.2', '172.17.0.1');
    expect(link(bed, host, 'docker0')).toMatchObject({ carrier: true });
    expect(routes(bed, box)).toEqual([
      { dst: 'default', via: '172.17.0.1', dev: 'eth0', scope: 'global', proto: 'boot' },
      { dst: '172.17.0.0/16', dev: 'eth0', scope: 'link', proto: 'kernel', src: '172.17.0.2' },
    ]);
    box.destroy();
    expect(link(bed, host, 'docker0')).toMatchObject({ carrier: false });
    expect(links(bed, host).map((l) => l.name)).toEqual(['lo', 'eth0', 'docker0']);
  });

  test('pairs know each other across namespaces', () => {
    const bed = new Testbed();
    const host = bed.dockerHost({ docker0: '172.17.0.1' });
    const box = bed.container('docker0', '172.17.0.2', '172.17.0.1');
    const inside = link(bed, box, 'eth0')!;
    const outside = links(bed, host).find((l) => l.kind === 'veth')!;
    expect(outside).toMatchObject({ peer: inside.index, netnsId: 0, master: link(bed, host, 'docker0')!.index });
    expect(inside).toMatchObject({ peer: outside.index, netnsId: 0 });
  });

  test('move, rename, delete', () => {
    const bed = new Testbed();
    const host = bed.stack.initial;
    const ns = bed.stack.createNamespace();
    expect(bed.net(host, { type: 'veth-add', name: 'a', peer: 'b', mac: '02:42:ac:11:00:02' })).toBe(0);
    expect(bed.net(host, { type: 'link-set', name: 'a', netnsPid: 0, rename: 'eth0', up: true }, [ns])).toBe(0);
    expect(links(bed, host).map((l) => l.name)).toEqual(['lo', 'b']);
    expect(link(bed, ns, 'eth0')).toMatchObject({ mac: '02:42:ac:11:00:02', up: true, carrier: false });
    bed.net(host, { type: 'link-set', name: 'b', up: true });
    expect(link(bed, ns, 'eth0')).toMatchObject({ carrier: true });
    expect(bed.net(host, { type: 'link-del', name: 'b' })).toBe(0);
    expect(link(bed, ns, 'eth0')).toBeUndefined();
  });

  test('errors', () => {
    const bed = new Testbed();
    const host = bed.stack.initial;
    const add = (name: string) => bed.net(host, { type: 'link-add', name, kind: 'bridge' });
    expect(add('br0')).toBe(0);
    expect(add('br0')).toBe(-EEXIST);
    expect(add('a-name-that-is-too-long')).toBe(-EINVAL);
    expect(bed.net(host, { type: 'link-set', name: 'none', up: true })).toBe(-ENODEV);
    expect(bed.net(host, { type: 'route-del', dst: '10.0.0.0/8' })).toBe(-ESRCH);
    expect(bed.net(host, { type: 'route-add', route: { dst: 'default', via: '10.0.0.1', dev: '' } })).toBe(
      -ENETUNREACH,
    );
    const request = { type: 'link-add', name: 'x', kind: 'bridge' } as const;
    expect(host.netlink(USER, request, () => undefined)).toBe(-EPERM);
  });
});

test('neighbours are learned, and failures shown', () => {
  const bed = new Testbed();
  const host = bed.dockerHost({ docker0: '172.17.0.1' });
  const box = bed.container('docker0', '172.17.0.2', '172.17.0.1');
  open(host).connect(ROOT, false, inet('172.17.0.2', 1));
  open(host).connect(ROOT, false, inet('172.17.0.3', 1));
  bed.pass(3000);
  const mac = link(bed, box, 'eth0')!.mac;
  const list = () => (bed.net(host, { type: 'neighbour-list' }) as NeighbourInfo[]).filter((n) => n.dev === 'docker0');
  expect(list()).toEqual([
    { address: '172.17.0.2', dev: 'docker0', mac, state: 'REACHABLE' },
    { address: '172.17.0.3', dev: 'docker0', state: 'FAILED' },
  ]);
  bed.pass(31_000);
  expect(list()[0]).toMatchObject({ state: 'STALE' });
  expect(host.proc('arp')).toContain(`172.17.0.2       0x1         0x2         ${mac}     *        docker0\n`);
});

test('an address that moved to another container is found there', () => {
  const bed = new Testbed();
  const host = bed.dockerHost({ docker0: '172.17.0.1' });
  const first = bed.container('docker0', '172.17.0.2', '172.17.0.1');
  listener(first, 80);
  expect(open(host).connect(ROOT, false, inet('172.17.0.2', 80))).toBe(0);
  first.destroy();
  const second = bed.container('docker0', '172.17.0.2', '172.17.0.1');
  listener(second, 80);
  expect(open(host).connect(ROOT, false, inet('172.17.0.2', 80))).toBe(0);
});

test('statistics and lists show what happened', () => {
  const bed = new Testbed();
  const host = bed.dockerHost({ docker0: '172.17.0.1' });
  const box = bed.container('docker0', '172.17.0.2', '172.17.0.1');
  const server = listener(box, 80);
  const client = open(host);
  client.connect(ROOT, false, inet('172.17.0.2', 80));
  const peer = accepted(server);
  const before = link(bed, box, 'eth0')!;
  client.write(ROOT, true, new Uint8Array(1000));
  const after = link(bed, box, 'eth0')!;
  expect(after.rxBytes - before.rxBytes).toBe(1000 + 14 + 20 + 32);
  expect(after.txPackets - before.txPackets).toBe(1);
  peer.write(ROOT, true, bytes('x'));
  const sockets = bed.net(box, { type: 'socket-list' }) as ListenInfo[];
  expect(sockets.map((s) => `${s.proto} ${s.state} ${s.local} ${s.recvQueue}`)).toEqual([
    'tcp LISTEN 0.0.0.0:80 0',
    'tcp ESTABLISHED 172.17.0.2:80 1000',
  ]);
  expect(box.proc('tcp')!.split('\n')[1]).toMatch(
    / {3}0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 {5}0 {8}0 \d+ 1/,
  );
  expect(box.proc('route')!.split('\n')[2]).toContain('eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0');
  expect(box.proc('dev')).toMatch(/^ {4}lo: {7}0 {7}0 /m);
  expect(box.sysClassNet('eth0', 'operstate')).toBe('up\n');
  readText(client);
  readText(peer);
  client.close();
  peer.close();
  expect((bed.net(host, { type: 'socket-list' }) as ListenInfo[]).map((s) => s.state)).toEqual(['TIME_WAIT']);
  bed.pass(61_000);
  expect(bed.net(host, { type: 'socket-list' })).toEqual([]);
});
