import type { NetEnv } from './door.ts';
import { PacketLog } from './packet-log.ts';
import { WorkQueue } from './work-queue.ts';

/** What a hop takes at the least, milliseconds. */
const HOP = 0.009;

/** What all namespaces of a machine share. */
export class Fabric {
  readonly queue = new WorkQueue();
  readonly log = new PacketLog();
  /** Sockets that are open, connections that the kernel keeps. */
  readonly counts = { sockets: 0, connections: 0, namespaces: 0 };
  /** Called when a link came up: what was lost on it is sent again. */
  onLinkUp: () => void = () => {};
  #nextInode = 17000;
  #seed = 1;

  constructor(readonly env: NetEnv) {}

  /** Inode number of a new socket. */
  newInode(): number {
    return this.#nextInode++;
  }

  random(below: number): number {
    const buf = new Uint8Array(4);
    this.env.getrandom(buf);
    return (((buf[0]! << 24) | (buf[1]! << 16) | (buf[2]! << 8) | buf[3]!) >>> 0) % below;
  }

  /** A locally administered address; `02:42:…` as Docker's are. */
  randomMac(): string {
    const buf = new Uint8Array(6);
    this.env.getrandom(buf);
    buf[0] = (buf[0]! & 0xfe) | 2;
    return [...buf].map((b) => b.toString(16).padStart(2, '0')).join(':');
  }

  /** Milliseconds that this hop takes, never twice the same: from a small generator, so that replays agree. */
  hopTime(): number {
    this.#seed = (this.#seed * 1103515245 + 12345) & 0x7fffffff;
    return HOP * (1 + ((this.#seed >> 16) & 1023) / 1024);
  }
}
