/** The fields of the Engine API (1.51) that the page reads; optional where an older or smaller engine may leave them out. */

export interface PortSummary {
  IP?: string;
  PrivatePort: number;
  PublicPort?: number;
  Type: string;
}

export interface EndpointSettings {
  NetworkID?: string;
  IPAddress?: string;
  Gateway?: string;
  MacAddress?: string;
}

export interface MountPoint {
  Type: string;
  Name?: string;
  Source?: string;
  Destination: string;
  RW?: boolean;
}

export interface ContainerSummary {
  Id: string;
  Names: string[];
  Image: string;
  ImageID: string;
  /** Seconds since the Epoch. */
  Created: number;
  State: string;
  Status: string;
  Ports?: PortSummary[] | null;
  Mounts?: MountPoint[] | null;
  HostConfig?: { NetworkMode?: string };
  NetworkSettings?: { Networks?: Record<string, EndpointSettings> | null };
}

export interface NetworkSummary {
  Id: string;
  Name: string;
  Driver: string;
  Internal?: boolean;
  IPAM?: { Config?: { Subnet?: string; Gateway?: string }[] | null } | null;
}

export interface ImageSummary {
  Id: string;
  RepoTags?: string[] | null;
  RepoDigests?: string[] | null;
  Size: number;
  Created: number;
  Labels?: Record<string, string> | null;
}

export interface ImageInspect {
  Id: string;
  RootFS?: { Layers?: string[] | null };
}

export interface HistoryItem {
  Id: string;
  CreatedBy: string;
  Size: number;
}

export interface VolumeSummary {
  Name: string;
  Driver: string;
  Mountpoint: string;
}

export interface EngineEvent {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes?: Record<string, string> };
  time: number;
}

export interface ContainerStats {
  read: string;
  cpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage?: number; online_cpus?: number };
  precpu_stats?: { cpu_usage: { total_usage: number }; system_cpu_usage?: number };
  memory_stats: { usage?: number; limit?: number; stats?: Record<string, number> };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }>;
  blkio_stats?: { io_service_bytes_recursive?: { op: string; value: number }[] | null };
  pids_stats?: { current?: number; limit?: number };
}

export interface ContainerInspect {
  Id: string;
  Name: string;
  Created: string;
  Path: string;
  Args: string[];
  Image: string;
  RestartCount: number;
  State: {
    Status: string;
    Pid: number;
    ExitCode: number;
    StartedAt: string;
    FinishedAt: string;
    Health?: { Status: string };
    OOMKilled?: boolean;
  };
  Config: {
    Image: string;
    Tty?: boolean;
    Env?: string[] | null;
    WorkingDir?: string;
    User?: string;
  };
  HostConfig: { RestartPolicy?: { Name: string }; NetworkMode?: string; Memory?: number; NanoCpus?: number };
  Mounts: MountPoint[];
  NetworkSettings: {
    Ports?: Record<string, { HostIp: string; HostPort: string }[] | null>;
    Networks?: Record<string, EndpointSettings>;
  };
}

export interface ContainerTop {
  Titles: string[];
  Processes: string[][];
}

export interface SystemInfo {
  NCPU?: number;
  MemTotal?: number;
  ServerVersion?: string;
}
