import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
} from '../../abi/flags.ts';

export type NamespaceType = 'cgroup' | 'ipc' | 'mnt' | 'net' | 'pid' | 'user' | 'uts';

/** The CLONE_NEW* flag of a kind of namespace. */
export const NAMESPACE_FLAGS: Readonly<Record<NamespaceType, number>> = {
  cgroup: CLONE_NEWCGROUP,
  ipc: CLONE_NEWIPC,
  mnt: CLONE_NEWNS,
  net: CLONE_NEWNET,
  pid: CLONE_NEWPID,
  user: 0x10000000,
  uts: CLONE_NEWUTS,
};

/** Inode numbers of the first namespaces, as Linux has them (include/linux/proc_ns.h); those made later count on. */
export const FIRST_NAMESPACE_INO: Readonly<Record<NamespaceType, number>> = {
  cgroup: 4026531835,
  ipc: 4026531839,
  mnt: 4026531841,
  net: 4026531840,
  pid: 4026531836,
  user: 4026531837,
  uts: 4026531838,
};

/** A namespace of any kind: what /proc/PID/ns/NAME names. It ends when no process and no file holds it. */
export class Namespace<T> {
  readonly type: NamespaceType;
  /** `uts:[INO]` */
  readonly ino: number;
  readonly value: T;
  readonly #end: (() => void) | undefined;
  #holders = 0;

  constructor(type: NamespaceType, ino: number, value: T, end?: (value: T) => void) {
    this.type = type;
    this.ino = ino;
    this.value = value;
    this.#end = end && (() => end(value));
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    if (this.#holders === 0) this.#end?.();
  }
}

/** uts_namespaces(7). */
export interface Uts {
  hostname: string;
  domainname: string;
}

/** ipc_namespaces(7): the settings of /proc/sys that belong to it. */
export interface Ipc {
  readonly settings: Map<string, string>;
}
