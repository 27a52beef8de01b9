import { type Shape, shape } from '../server/fold-keys.ts';

const HOST_CONFIG = shape(
  'container.HostConfig',
  'Binds:[]string ContainerIDFile:string NetworkMode:string PortBindings AutoRemove:bool VolumeDriver:string ' +
    'VolumesFrom:[]string ConsoleSize Annotations:map[string]string CapAdd:strslice CapDrop:strslice ' +
    'CgroupnsMode:string Dns:[]string DnsOptions:[]string DnsSearch:[]string ExtraHosts:[]string GroupAdd:[]string ' +
    'IpcMode:string Cgroup:string Links:[]string OomScoreAdj:int PidMode:string Privileged:bool PublishAllPorts:bool ' +
    'ReadonlyRootfs:bool SecurityOpt:[]string StorageOpt:map[string]string Tmpfs:map[string]string UTSMode:string ' +
    'UsernsMode:string ShmSize:int64 Sysctls:map[string]string Runtime:string Isolation:string CpuShares:int64 Memory:int64 ' +
    'NanoCpus:int64 CgroupParent:string BlkioWeight:uint16 BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps ' +
    'BlkioDeviceReadIOps BlkioDeviceWriteIOps CpuPeriod:int64 CpuQuota:int64 CpuRealtimePeriod:int64 CpuRealtimeRuntime:int64 ' +
    'CpusetCpus:string CpusetMems:string Devices DeviceCgroupRules:[]string DeviceRequests MemoryReservation:int64 ' +
    'MemorySwap:int64 MemorySwappiness:int64 OomKillDisable:bool PidsLimit:int64 Ulimits CpuCount:int64 CpuPercent:int64 ' +
    'IOMaximumIOps:uint64 IOMaximumBandwidth:uint64 Mounts MaskedPaths:[]string ReadonlyPaths:[]string Init:bool',
  {
    LogConfig: shape('container.LogConfig', 'Type:string Config:map[string]string'),
    RestartPolicy: shape('container.RestartPolicy', 'Name:string MaximumRetryCount:int'),
  },
);

/** The body of POST /containers/create. */
export const CREATE_BODY: Shape = shape(
  'container.CreateRequest.',
  'Hostname:string Domainname:string User:string AttachStdin:bool AttachStdout:bool AttachStderr:bool ' +
    'ExposedPorts Tty:bool OpenStdin:bool StdinOnce:bool Env:[]string Cmd:strslice ArgsEscaped:bool Image:string ' +
    'Volumes WorkingDir:string Entrypoint:strslice NetworkDisabled:bool MacAddress:string OnBuild:[]string ' +
    'Labels:map[string]string StopSignal:string StopTimeout:int Shell:strslice',
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
