import type { ContainerLook } from '../drawing.ts';

export const DETAIL_TABS = ['summary', 'logs', 'inspect', 'stats', 'processes'] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

/** The head of a container's panel. */
export interface DetailHead {
  id: string;
  name: string;
  image: string;
  look: ContainerLook;
  /** The engine's own words: `Up 47 seconds (healthy)`. */
  status: string;
  ip: string;
  network: string;
  restarts: number;
}

export interface Sibling {
  id: string;
  name: string;
  look: ContainerLook;
}

export interface LogLine {
  stream: 'stdout' | 'stderr';
  /** As the engine stamped it: RFC 3339. */
  time: string;
  text: string;
}

/** Facts in rows: a word and its values. */
export interface SummaryRow {
  name: string;
  values: readonly string[];
}

/** One measure; histories hold one value a second or so, oldest first. */
export interface StatsView {
  cpu: number;
  cpuHistory: readonly number[];
  cores: number;
  /** Bytes. */
  memory: number;
  memoryHistory: readonly number[];
  /** Of the container's cgroup, or of the host where it has none. */
  limit: number;
  limited: boolean;
  rx: number;
  tx: number;
  rxHistory: readonly number[];
  txHistory: readonly number[];
  read: number;
  written: number;
  pids: number;
  pidsLimit: number | undefined;
}

export interface ProcessTable {
  titles: readonly string[];
  rows: readonly (readonly string[])[];
}
