import { type Shape, shape } from '../server/fold-keys.ts';

const HOST_CONFIG = shape(
  'container.HostConfig',
  'Binds:[]string ContainerIDFile:string NetworkMode:string PortBindings AutoRemove:bool VolumeDriver:string ' +
    'VolumesFrom:[]string ConsoleSize Annotations:map[string]string CapAdd:[]string CapDrop:[]string ' +
    'CgroupnsMode:string Dns:[]string DnsOptions:[]string DnsSearch:[]string ExtraHosts:[]string GroupAdd:[]string ' +
    'IpcMode:string Cgroup:string Links:[]string OomScoreAdj:int PidMode:string Privileged:bool PublishAllPorts:bool ' +
    'ReadonlyRootfs:bool SecurityOpt:[]string StorageOpt:map[string]string Tmpfs:map[string]string UTSMode:string ' +
    'UsernsMode:string ShmSize:int Sysctls:map[string]string Runtime:string Isolation:string CpuShares:int Memory:int ' +
    'NanoCpus:int CgroupParent:string BlkioWeight:int BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps ' +
    'BlkioDeviceReadIOps BlkioDeviceWriteIOps CpuPeriod:int CpuQuota:int CpuRealtimePeriod:int CpuRealtimeRuntime:int ' +
    'CpusetCpus:string CpusetMems:string Devices DeviceCgroupRules:[]string DeviceRequests MemoryReservation:int ' +
    'MemorySwap:int MemorySwappiness:int OomKillDisable:bool PidsLimit:int Ulimits CpuCount:int CpuPercent:int ' +
    'IOMaximumIOps:int IOMaximumBandwidth:int Mounts MaskedPaths:[]string ReadonlyPaths:[]string Init:bool',
  {
    LogConfig: shape('container.LogConfig', 'Type:string Config:map[string]string'),
    RestartPolicy: shape('container.RestartPolicy', 'Name:string MaximumRetryCount:int'),
  },
);

/** The body of POST /containers/create. */
export const CREATE_BODY: Shape = shape(
  'container.CreateRequest',
  'Hostname:string Domainname:string User:string AttachStdin:bool AttachStdout:bool AttachStderr:bool ' +
    'ExposedPorts Tty:bool OpenStdin:bool StdinOnce:bool Env:[]string Cmd:[]string ArgsEscaped:bool Image:string ' +
    'Volumes WorkingDir:string Entrypoint:[]string NetworkDisabled:bool MacAddress:string OnBuild:[]string ' +
    'Labels:map[string]string StopSignal:string StopTimeout:int Shell:[]string',
  {
    Healthcheck: shape(
      'v1.HealthcheckConfig',
      'Test:[]string Interval:int Timeout:int StartPeriod:int StartInterval:int Retries:int',
    ),
    HostConfig: HOST_CONFIG,
    NetworkingConfig: shape('network.NetworkingConfig', 'EndpointsConfig'),
  },
);

/** The body of an update: limits and the restart policy. */
export const UPDATE_BODY: Shape = { struct: 'container.UpdateConfig', fields: HOST_CONFIG.fields };

/** The bodies of exec. */
export const EXEC_CREATE_BODY: Shape = shape(
  'container.ExecOptions',
  'User:string Privileged:bool Tty:bool ConsoleSize AttachStdin:bool AttachStderr:bool AttachStdout:bool ' +
    'DetachKeys:string Env:[]string WorkingDir:string Cmd:[]string',
);
export const EXEC_START_BODY: Shape = shape('container.ExecStartOptions', 'Detach:bool Tty:bool ConsoleSize');
