import type { Logger } from '../logs/logger.ts';
import type { Pumps } from './pump.ts';

/** What runs in a container. */
export interface Task {
  /** Its first process, as the host sees it. */
  pid: number;
  /** Gives a line when it ends. */
  exit: number;
  /** The engine's end of its terminal, or -1. */
  master: number;
  /** Directory of its control group. */
  cgroup: string;
  pumps: Pumps;
  logger: Logger | undefined;
}
