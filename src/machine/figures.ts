/** The figures of a simulated host: one table, which docker info, df, free and /proc show. */
export interface HostFigures {
  hostname: string;
  cpus: number;
  /** Bytes. */
  memory: number;
  disk: number;
  inodes: number;
  /** eth0. */
  address: string;
  prefix: number;
  gateway: string;
  mac: string;
  /** Device of the root filesystem. */
  device: string;
  /** What uname -r says; absent: the kernel's own. */
  release?: string;
}

export const UBUNTU: HostFigures = {
  hostname: 'drydock',
  cpus: 2,
  memory: 4_109_676_544,
  disk: 40 * 1024 ** 3,
  inodes: 2_621_440,
  address: '192.168.65.3',
  prefix: 24,
  gateway: '192.168.65.1',
  mac: '02:50:00:00:00:03',
  device: '/dev/vda1',
};

/** What of a host there is in more than one state lies on its disk; the figures are the same. */
const CENTOS7: HostFigures = {
  ...UBUNTU,
  hostname: 'localhost.localdomain',
  release: '3.10.0-1160.119.1.el7.x86_64',
};

/** The flavours of hosts: the disk of each is built from images/host-NAME. */
export const HOSTS: Readonly<Record<string, HostFigures>> = {
  ubuntu: UBUNTU,
  centos7: CENTOS7,
  'centos7-busy': CENTOS7,
};

/** The flavour of a machine where nobody asks for one. */
export const DEFAULT_HOST = 'ubuntu';
