import { EAFNOSUPPORT, ECONNREFUSED, ENOENT, EOPNOTSUPP } from '../abi/errno.ts';
import type { NetNamespace, NetStack } from './net/door.ts';

/** The network of a kernel that was built without one: every socket call says EAFNOSUPPORT. */
export function noNetwork(): NetStack {
  const namespace = (id: number): NetNamespace => ({
    id,
    socket: () => -EAFNOSUPPORT,
    socketpair: () => -EAFNOSUPPORT,
    netlink: () => -EOPNOTSUPP,
    proc: () => undefined,
    procNames: () => [],
    linkNames: () => [],
    sysClassNet: () => undefined,
    sysClassNetNames: () => [],
    sysctl: () => undefined,
    setSysctl: () => -ENOENT,
    sysctlNames: () => [],
    destroy() {},
    hostConnectTcp() {
      throw new Error('this kernel has no network');
    },
    hostConnectUnix: () => -ECONNREFUSED,
  });
  let made = 4026532000;
  return {
    initial: namespace(4026531840),
    createNamespace: () => namespace(made++),
    connect: () => 0,
    internet() {
      throw new Error('this kernel has no network');
    },
    packets: () => [],
    watchPackets: () => () => {},
    counts: () => ({ sockets: 0, connections: 0, namespaces: 1 }),
  };
}
