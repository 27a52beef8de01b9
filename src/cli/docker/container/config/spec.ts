import type { DeviceRequest } from '../../flags/gpus.ts';
import type { Mount } from '../../flags/mount.ts';

/** The body of POST /containers/create. */
export interface CreateBody {
  Hostname: string;
  Domainname: string;
  User: string;
  AttachStdin: boolean;
  AttachStdout: boolean;
  AttachStderr: boolean;
  ExposedPorts?: Record<string, object>;
  Tty: boolean;
  OpenStdin: boolean;
  StdinOnce: boolean;
  Env: string[] | null;
  Cmd: string[] | null;
  Healthcheck?: HealthConfig;
  Image: string;
  Volumes: Record<string, object>;
  WorkingDir: string;
  Entrypoint: string[] | null;
  OnBuild: null;
  Labels: Record<string, string>;
  StopSignal?: string;
  StopTimeout?: number;
  HostConfig: HostConfig;
  NetworkingConfig: { EndpointsConfig: Record<string, EndpointSettings> };
}

export interface HealthConfig {
  Test?: string[];
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

export interface PortBinding {
  HostIp: string;
  HostPort: string;
}

export interface HostConfig {
  Binds: string[] | null;
  ContainerIDFile: string;
  LogConfig: { Type: string; Config: Record<string, string> };
  NetworkMode: string;
  PortBindings: Record<string, PortBinding[]>;
  RestartPolicy: RestartPolicy;
  AutoRemove: boolean;
  VolumesFrom: string[] | null;
  VolumeDriver: string;
  ConsoleSize: [number, number];
  Annotations?: Record<string, string>;
  Mounts?: Mount[];
  Tmpfs?: Record<string, string>;
  Sysctls?: Record<string, string>;
  StorageOpt?: Record<string, string>;
  DeviceRequests: DeviceRequest[] | null;
  Init?: boolean;
  Runtime?: string;
  [key: string]: unknown;
}

export interface RestartPolicy {
  Name: string;
  MaximumRetryCount: number;
}

export interface EndpointSettings {
  IPAMConfig: { IPv4Address?: string; IPv6Address?: string; LinkLocalIPs?: string[] } | null;
  Links: string[] | null;
  Aliases: string[] | null;
  MacAddress: string;
  DriverOpts: Record<string, string> | null;
  GwPriority: number;
}

/** What `run` and `create` have parsed. */
export interface ContainerSpec {
  body: CreateBody;
  /** The image as it was typed. */
  image: string;
}
