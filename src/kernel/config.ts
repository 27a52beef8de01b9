/** The figures of the simulated host: one table that /proc, uname, sysinfo and cgroups read. */
export interface KernelConfig {
  hostname: string;
  domainname: string;
  /** uname -r and -v. */
  release: string;
  version: string;
  /** Line of /proc/version. */
  procVersion: string;
  machine: string;
  cpus: number;
  cpuModel: string;
  cpuMhz: number;
  /** Bytes. */
  memory: number;
  /** Bytes of memory that the system itself holds (kernel, page cache of boot). */
  memoryBase: number;
  swap: number;
  pidMax: number;
  /** Tasks that may exist at all (kernel.threads-max). */
  threadsMax: number;
  /** Kernel command line. */
  cmdline: string;
  bootId: string;
  machineId: string;
  /** Clock: the virtual one jumps to the next timer when every task waits. */
  clock: 'real' | 'virtual';
  /** Where the virtual clock begins, milliseconds since the Epoch. */
  virtualStart: number;
}

const RELEASE = '6.8.0-52-generic';
const VERSION = '#53-Ubuntu SMP PREEMPT_DYNAMIC Sat Jan 11 00:06:25 UTC 2025';

/** An Ubuntu 24.04 host with 2 processors and 4 GB. */
export const DEFAULT_CONFIG: KernelConfig = {
  hostname: 'drydock',
  domainname: '(none)',
  release: RELEASE,
  version: VERSION,
  procVersion: `Linux version ${RELEASE} (buildd@lcy02-amd64-010) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0, GNU ld (GNU Binutils for Ubuntu) 2.42) ${VERSION}`,
  machine: 'x86_64',
  cpus: 2,
  cpuModel: 'Drydock Virtual Processor',
  cpuMhz: 2400,
  memory: 4_109_676_544,
  memoryBase: 402_653_184,
  swap: 0,
  pidMax: 4_194_304,
  threadsMax: 4096,
  cmdline: 'BOOT_IMAGE=/boot/vmlinuz-6.8.0-52-generic root=/dev/vda1 ro console=tty1 console=ttyS0',
  bootId: '3f2c9a51-7a0e-4c59-9d6e-5b1c8a90d7e4',
  machineId: '9b2f4c7e6d1a4f0f8c3b5e7a1d2c4b6e',
  clock: 'virtual',
  virtualStart: 1_762_333_200_000,
};
