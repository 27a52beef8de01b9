import { CLONE_NEWNET } from '../../abi/flags.ts';
import type { NetlinkRequest } from '../../abi/netlink.ts';
import type { Sys } from '../../abi/sys.ts';

/** Sends requests that must be done. */
export function netlink(sys: Sys, ...requests: NetlinkRequest[]): void {
  for (const request of requests) {
    const result = sys.netlink(request);
    if (typeof result === 'number' && result < 0) throw new Error(`${request.type}: ${result}`);
  }
}

/** For tests: docker0 with 172.17.0.1/16, and a process in a namespace of its own with eth0 172.17.0.2/16. @returns its pid */
export function setUpBridge(sys: Sys): number {
  netlink(
    sys,
    { type: 'link-set', name: 'lo', up: true },
    { type: 'link-add', name: 'docker0', kind: 'bridge', mac: '86:85:d7:2c:86:00' },
    { type: 'addr-add', dev: 'docker0', address: '172.17.0.1', prefix: 16 },
    { type: 'link-set', name: 'docker0', up: true },
  );
  const pid = sys.fork(
    function* inside(child) {
      netlink(child, { type: 'link-set', name: 'lo', up: true });
      for (;;) {
        child.pause();
        yield;
      }
    },
    { flags: CLONE_NEWNET },
  );
  netlink(
    sys,
    {
      type: 'veth-add',
      name: 'vethf85a93c',
      peer: 'eth0',
      peerPid: pid,
      mac: '12:b8:d7:14:59:fc',
      peerMac: 'ae:43:0f:b3:f5:18',
    },
    { type: 'link-set', name: 'vethf85a93c', master: 'docker0', up: true },
  );
  return pid;
}
