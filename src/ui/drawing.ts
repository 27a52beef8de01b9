/** What the harbour draws. Everything stands for an object of the Engine API; names and units are the engine's. */

export type ContainerLook =
  | 'running'
  | 'healthy'
  | 'unhealthy'
  | 'paused'
  | 'restarting'
  | 'exited'
  | 'dead'
  | 'created';

/** A published port: a way in from the host. */
export interface Gate {
  /** Address of the host side: `:8080`, or `127.0.0.1:8080` where it is bound to one address. */
  host: string;
  hostPort: number;
  containerPort: number;
  protocol: string;
  /** Bound to the host's own loopback: nobody else comes in. */
  local: boolean;
}

/** What a container keeps outside its own layers. */
export interface Mount {
  kind: 'volume' | 'bind' | 'tmpfs';
  /** Volume's name, or path on the host. */
  name: string;
  /** Where it is in the container. */
  path: string;
  readOnly: boolean;
  fresh: boolean;
}

/** Last measures of a container, oldest first. */
export interface Meter {
  /** Per cent of one CPU. */
  cpu: number;
  cpuHistory: readonly number[];
  /** Bytes. */
  memory: number;
  memoryLimit: number;
}

export interface Berth {
  id: string;
  name: string;
  image: string;
  look: ContainerLook;
  /** Of the last run, where it is over. */
  exitCode: number;
  /** When it ended or was made: milliseconds since the Epoch. */
  since: number;
  ip: string;
  gates: readonly Gate[];
  mounts: readonly Mount[];
  /** Other networks that it is connected to. */
  alsoOn: readonly string[];
  fresh: boolean;
}

export interface Quay {
  id: string;
  name: string;
  driver: string;
  subnet: string;
  internal: boolean;
  /** One of the engine's own: bridge, host, none. */
  builtin: boolean;
  fresh: boolean;
  berths: readonly Berth[];
}

export interface Layer {
  /** Diff ID. */
  id: string;
  /** Place in its image, from the base: 1, 2 … */
  number: number;
  /** The instruction that made it, short. */
  label: string;
  /** Bytes. */
  size: number;
  /** How many images stand on it. */
  sharedBy: number;
}

export interface ImageStack {
  id: string;
  /** Reference, or undefined where it is untagged. */
  name: string | undefined;
  /** Bytes. */
  size: number;
  usedBy: readonly string[];
  /** How much of it is simulated, where its main program does not do all that it is for. */
  level?: 'starts' | 'files';
  fresh: boolean;
  /** From the base up, without empty ones. */
  layers: readonly Layer[];
}

export interface Tank {
  name: string;
  fresh: boolean;
}

export interface Drawing {
  quays: readonly Quay[];
  images: readonly ImageStack[];
  unused: readonly Tank[];
}

export interface Figure {
  /** Bytes. */
  used: number;
  total: number;
}

/** The host's line on the shore; a figure is undefined while nobody knows it. */
export interface HostFigures {
  hostname: string;
  address: string;
  disk: Figure | undefined;
  memory: Figure | undefined;
}
