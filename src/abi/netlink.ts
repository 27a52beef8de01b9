/**
 * Network administration: what ip, iptables and dockerd say to the kernel over rtnetlink(7) and nf_tables, as typed
 * requests instead of packed bytes. Answers are numbers (0 or -errno) or lists.
 */
export interface LinkInfo {
  index: number;
  name: string;
  kind: 'loopback' | 'ether' | 'bridge' | 'veth' | 'dummy';
  /** 48-bit hardware address, `02:42:ac:11:00:02`. */
  mac: string;
  mtu: number;
  up: boolean;
  /** True where the peer is up as well (NO-CARRIER otherwise). */
  carrier: boolean;
  /** Index of the bridge that the link is a port of. */
  master?: number;
  /** For veth: the peer's index, in its own namespace. */
  peer?: number;
  /** Number of the namespace that the peer is in, where that is another one. */
  netnsId?: number;
  addresses: AddressInfo[];
  rxBytes: number;
  rxPackets: number;
  rxDropped: number;
  txBytes: number;
  txPackets: number;
  txDropped: number;
  /** IFLA_TXQLEN; 0: noqueue. */
  txqlen: number;
}

export interface AddressInfo {
  family: 'inet' | 'inet6';
  address: string;
  prefix: number;
  broadcast?: string;
  scope: 'global' | 'link' | 'host';
  /** Name of the link, where it is not the device's (`ip -4 addr` shows it). */
  label?: string;
}

export interface RouteInfo {
  /** Absent: inet. */
  family?: 'inet6';
  /** `default` or CIDR. */
  dst: string;
  via?: string;
  /** In `route-add`, '' leaves it to the gateway. */
  dev: string;
  src?: string;
  scope?: 'link' | 'host' | 'global';
  proto: 'kernel' | 'boot' | 'static';
  metric?: number;
  /** The device has no carrier. */
  linkdown?: boolean;
}

export interface NeighbourInfo {
  address: string;
  dev: string;
  mac?: string;
  state: 'REACHABLE' | 'STALE' | 'FAILED' | 'INCOMPLETE' | 'PERMANENT';
}

/** A published port or a source NAT rule of a network namespace (what dockerd writes into the nat table). */
export interface DnatRule {
  proto: 'tcp' | 'udp';
  /** '' for any. */
  hostAddr: string;
  hostPort: number;
  toAddr: string;
  toPort: number;
  /** Do not apply to what comes in by this bridge (DOCKER chain's `! -i`). */
  bridge: string;
}

/** What the FORWARD chain does between bridges: dockerd isolates its networks by it. */
export interface ForwardPolicy {
  /** Names of the bridges that are isolated from each other. */
  isolated: string[];
  /** Bridges with no way out (`--internal`). */
  internal: string[];
  /** Bridges whose traffic to outside is masqueraded. */
  masquerade: string[];
  /** Bridges whose ports may not talk to each other (`enable_icc=false`). */
  noIcc?: string[];
}

export interface ListenInfo {
  proto: 'tcp' | 'udp' | 'tcp6' | 'udp6' | 'raw' | 'icmp' | 'unix';
  /** `ADDRESS:PORT` (IPv6 without brackets: the port follows the last colon), or the path of a unix socket (`@name`: abstract). */
  local: string;
  remote: string;
  state:
    | 'LISTEN'
    | 'ESTABLISHED'
    | 'SYN_SENT'
    | 'SYN_RECV'
    | 'FIN_WAIT1'
    | 'FIN_WAIT2'
    | 'CLOSING'
    | 'TIME_WAIT'
    | 'CLOSE_WAIT'
    | 'LAST_ACK'
    | 'UNCONN';
  pid: number;
  inode: number;
  recvQueue: number;
  sendQueue: number;
  uid: number;
  /** Of a unix socket. */
  type?: 'stream' | 'dgram' | 'seqpacket';
  /** Inode of the socket at the other end (unix), 0: none. */
  peerInode?: number;
}

export type NetlinkRequest =
  | { type: 'link-list' }
  | { type: 'link-add'; name: string; kind: 'bridge' | 'dummy'; mac?: string; txqlen?: number }
  /** The peer is made in the namespace of `peerPid`, or in the caller's. */
  | { type: 'veth-add'; name: string; peer: string; peerPid?: number; mac?: string; peerMac?: string; txqlen?: number }
  | { type: 'link-del'; name: string }
  | {
      type: 'link-set';
      name: string;
      up?: boolean;
      master?: string | null;
      rename?: string;
      mac?: string;
      mtu?: number;
      txqlen?: number;
      netnsPid?: number;
    }
  | { type: 'addr-add'; dev: string; address: string; prefix: number }
  | { type: 'addr-del'; dev: string; address: string; prefix: number }
  | { type: 'route-list' }
  | { type: 'route-add'; route: Omit<RouteInfo, 'proto'> }
  | { type: 'route-del'; dst: string; dev?: string }
  | { type: 'neighbour-list' }
  | { type: 'neighbour-add'; dev: string; address: string; mac: string }
  | { type: 'neighbour-del'; dev: string; address: string }
  | { type: 'socket-list' }
  | { type: 'dnat-list' }
  | { type: 'dnat-add'; rule: DnatRule }
  | { type: 'dnat-del'; rule: DnatRule }
  | { type: 'forward-set'; policy: ForwardPolicy }
  | { type: 'forward-get' };

export type NetlinkAnswer =
  | number
  | LinkInfo[]
  | RouteInfo[]
  | NeighbourInfo[]
  | ListenInfo[]
  | DnatRule[]
  | ForwardPolicy;
