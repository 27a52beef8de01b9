import type { Mount } from '../../api/container-config.ts';

/** A mount of a container as its config.v2.json keeps it. */
export interface MountRecord {
  /** Path on the host; of a volume: its mount point. */
  Source: string;
  Destination: string;
  RW: boolean;
  /** Name of the volume. */
  Name: string;
  Driver: string;
  Type: 'bind' | 'volume' | 'tmpfs' | 'image';
  /** The mode as `-v` was written: `ro`, `z` … (`z` for a volume without one). */
  Relabel?: string;
  Propagation?: string;
  /** Random, of a volume's mount. */
  ID?: string;
  /** As it was asked for; empty for an anonymous volume. */
  Spec: Partial<Mount>;
  SkipMountpointCreation: boolean;
  /** A new volume is filled from the image; known only while the container is made. */
  CopyData?: boolean;
}
