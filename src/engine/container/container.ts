import type { Sys } from '../../abi/sys.ts';
import type { ContainerConfig, EndpointSettings, HostConfig, PortMap } from '../../api/container-config.ts';
import type { Wait } from '../../libc/io.ts';
import { Condition, Mutex } from '../../libc/sync.ts';
import { writeAtomic } from '../disk.ts';
import type { RwLayer } from '../snapshot/rw-layers.ts';
import type { MountRecord } from '../volume/mount-record.ts';
import type { Exec } from './exec.ts';
import { newState, type StoredState } from './state.ts';
import type { Task } from './task.ts';

/** How a container is connected, as it is kept on the disk. */
export interface StoredNetwork {
  SandboxID: string;
  SandboxKey: string;
  Networks: Record<string, EndpointSettings>;
  Ports: PortMap;
}

/** An endpoint as config.v2.json has it. */
interface StoredEndpoint extends EndpointSettings {
  IPAMOperational: boolean;
  /** Hardware address that was asked for. */
  DesiredMacAddress: string;
}

/** The thread that checks a container's health. */
export interface HealthMonitor {
  stopped: boolean;
  readonly changed: Condition;
}

/** JSON of a row of the list around its image's name and its status. */
export interface RowText {
  before: string;
  between: string;
  after: string;
}

/** A container: what is kept of it on the disk, and what goes on in it. */
export class Container {
  readonly id: string;
  /** With the leading slash. */
  name: string;
  /** RFC 3339 with nanoseconds. */
  created: string;
  path = '';
  args: string[] = [];
  config: ContainerConfig;
  hostConfig: HostConfig;
  /** Id of its image. */
  image: string;
  state: StoredState = newState();
  network: StoredNetwork = { SandboxID: '', SandboxKey: '', Networks: {}, Ports: {} };
  restartCount = 0;
  hasBeenStartedBefore = false;
  hasBeenManuallyStopped = false;
  /** By the path in the container. */
  mounts: Record<string, MountRecord> = {};
  logPath = '';
  /** Its directory below /var/lib/docker/containers. */
  readonly directory: string;
  layer: RwLayer | undefined;
  /** Where its hosts, hostname and resolv.conf are: another container's directory where it shares that one's network. */
  networkDirectory: string;

  /** Held by whoever changes the container's state. */
  readonly lock: Mutex = new Mutex();
  /** Told at each change of the state. */
  readonly changed: Condition = new Condition();
  /** How often it has ended; `removed` at last. */
  exits = 0;
  removed = false;
  /** What runs, and its streams; undefined while nothing does. */
  task: Task | undefined;
  readonly execs: Map<string, Exec> = new Map();
  /** Hardware addresses that were asked for, by network. */
  readonly wantedMacs: Map<string, string> = new Map();
  /** Names of the volumes that its process has mounted. */
  readonly mountedVolumes: string[] = [];
  health: HealthMonitor | undefined;
  /** Its row in the list, as JSON without what changes by itself; undefined: to be made. */
  row: RowText | undefined;
  /** A stop is under way: no restart after the exit. */
  stopping = false;
  /** Ends the pause before the next restart. */
  restartWait: { cancelled: boolean; changed: Condition } | undefined;
  /** Milliseconds until the next restart. */
  restartDelay = 0;

  constructor(
    id: string,
    name: string,
    created: string,
    config: ContainerConfig,
    hostConfig: HostConfig,
    image: string,
    directory: string,
  ) {
    this.id = id;
    this.name = name;
    this.created = created;
    this.config = config;
    this.hostConfig = hostConfig;
    this.image = image;
    this.directory = directory;
    this.networkDirectory = directory;
  }

  get running(): boolean {
    return this.state.Running;
  }

  file(name: string): string {
    return `${this.directory}/${name}`;
  }

  /** One of the files that tell it of the network; '' before the first start. */
  networkFile(name: 'hosts' | 'hostname' | 'resolv.conf'): string {
    return this.hasBeenStartedBefore ? `${this.networkDirectory}/${name}` : '';
  }

  /** Writes the state to the disk. @returns 0 or -errno */
  *save(sys: Sys): Wait<number> {
    this.row = undefined;
    return yield* writeAtomic(sys, this.file('config.v2.json'), JSON.stringify(this.#stored()), 0o600);
  }

  *saveHostConfig(sys: Sys): Wait<number> {
    return yield* writeAtomic(sys, this.file('hostconfig.json'), JSON.stringify(this.hostConfig), 0o600);
  }

  /** The content of config.v2.json. */
  #stored(): object {
    const { network } = this;
    return {
      StreamConfig: {},
      State: this.state,
      ID: this.id,
      Created: this.created,
      Managed: false,
      Path: this.path,
      Args: this.args,
      Config: this.config,
      Image: this.image,
      ImageManifest: null,
      NetworkSettings: {
        Bridge: '',
        SandboxID: network.SandboxID,
        SandboxKey: network.SandboxKey,
        HairpinMode: false,
        LinkLocalIPv6Address: '',
        LinkLocalIPv6PrefixLen: 0,
        Networks: this.#storedEndpoints(),
        Service: null,
        Ports: network.Ports,
        SecondaryIPAddresses: null,
        SecondaryIPv6Addresses: null,
        HasSwarmEndpoint: false,
      },
      LogPath: this.logPath,
      Name: this.name,
      Driver: 'overlay2',
      OS: 'linux',
      ImagePlatform: { architecture: 'amd64', os: 'linux' },
      RestartCount: this.restartCount,
      HasBeenStartedBefore: this.hasBeenStartedBefore,
      HasBeenManuallyStopped: this.hasBeenManuallyStopped,
      MountPoints: this.mounts,
      SecretReferences: null,
      ConfigReferences: null,
      MountLabel: '',
      ProcessLabel: '',
      AppArmorProfile: '',
      SeccompProfile: '',
      NoNewPrivileges: false,
      WritableCgroups: null,
      HostnamePath: this.networkFile('hostname'),
      HostsPath: this.networkFile('hosts'),
      ShmPath: '',
      ResolvConfPath: this.networkFile('resolv.conf'),
      LocalLogCacheMeta: { HaveNotifyEnabled: false },
    };
  }

  #storedEndpoints(): Record<string, StoredEndpoint> {
    const out: Record<string, StoredEndpoint> = {};
    for (const [name, e] of Object.entries(this.network.Networks))
      out[name] = { ...e, IPAMOperational: false, DesiredMacAddress: this.wantedMacs.get(name) ?? '' };
    return out;
  }

  /** A container as its files have it. */
  static fromStored(directory: string, stored: StoredContainer, hostConfig: HostConfig): Container {
    const c = new Container(stored.ID, stored.Name, stored.Created, stored.Config, hostConfig, stored.Image, directory);
    c.path = stored.Path;
    c.args = stored.Args;
    c.state = { ...newState(), ...stored.State };
    c.network = {
      SandboxID: stored.NetworkSettings.SandboxID,
      SandboxKey: stored.NetworkSettings.SandboxKey,
      Networks: {},
      Ports: stored.NetworkSettings.Ports ?? {},
    };
    for (const [name, e] of Object.entries(stored.NetworkSettings.Networks ?? {})) {
      const { IPAMOperational: _, DesiredMacAddress: mac, ...settings } = e as StoredEndpoint;
      c.network.Networks[name] = settings;
      if (mac) c.wantedMacs.set(name, mac);
    }
    c.restartCount = stored.RestartCount;
    c.hasBeenStartedBefore = stored.HasBeenStartedBefore;
    c.hasBeenManuallyStopped = stored.HasBeenManuallyStopped;
    c.mounts = stored.MountPoints ?? {};
    c.logPath = stored.LogPath;
    if (stored.HostsPath) c.networkDirectory = stored.HostsPath.replace(/\/hosts$/, '');
    return c;
  }
}

/** What is read of config.v2.json. */
export interface StoredContainer {
  ID: string;
  Created: string;
  Path: string;
  Args: string[];
  Config: ContainerConfig;
  Image: string;
  State: StoredState;
  NetworkSettings: StoredNetwork;
  LogPath: string;
  HostsPath?: string;
  Name: string;
  RestartCount: number;
  HasBeenStartedBefore: boolean;
  HasBeenManuallyStopped: boolean;
  MountPoints: Record<string, MountRecord> | null;
}
