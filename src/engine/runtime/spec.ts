import type { Capability } from '../../abi/credentials.ts';

/** What the runtime is told of one process (OCI runtime-spec config.md, "process"). */
export interface ProcessSpec {
  args: readonly string[];
  env: readonly string[];
  cwd: string;
  user: { uid: number; gid: number; groups: readonly number[] };
  capabilities: readonly Capability[];
  noNewPrivileges: boolean;
  /** A filter of system calls is in force (it shows in /proc and refuses nothing). */
  seccomp: boolean;
  rlimits: readonly { resource: number; soft: number; hard: number }[];
  terminal: boolean;
  /** Rows, columns; [0, 0] where unknown. */
  consoleSize: readonly [number, number];
  oomScoreAdj: number | undefined;
}

export interface RuntimeMount {
  destination: string;
  source: string;
  /** `bind`, or a filesystem. */
  type: string;
  /** mount(8)'s: `ro`, `nosuid`, `rbind` …; others are the filesystem's own. */
  options: readonly string[];
}

export interface RuntimeDevice {
  path: string;
  /** File type and permissions. */
  mode: number;
  dev: number;
  uid: number;
  gid: number;
}

/** A container's bundle as the runtime is told it. */
export interface RuntimeSpec {
  id: string;
  /** Mounted root filesystem. */
  rootfs: string;
  readonlyRootfs: boolean;
  /** '' leaves the host's. */
  hostname: string;
  domainname: string;
  process: ProcessSpec;
  mounts: readonly RuntimeMount[];
  maskedPaths: readonly string[];
  readonlyPaths: readonly string[];
  devices: readonly RuntimeDevice[];
  sysctls: readonly (readonly [name: string, value: string])[];
  /** CLONE_NEW* of the namespaces that are made. */
  namespaces: number;
  /** Namespaces of others that it joins: files in /proc. */
  join: readonly { path: string; type: number }[];
  /** An open file of the network namespace. */
  netFd: number | undefined;
  /** Directory of its control group, which exists. */
  cgroup: string;
  /** Copies of what an image has at the place of a tmpfs are not made; devices are all of the host's. */
  privileged: boolean;
}

/** What runc would say; the engine wraps it. */
export class RuntimeError extends Error {}
