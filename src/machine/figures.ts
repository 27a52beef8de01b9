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
