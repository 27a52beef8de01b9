/**
 * The Go types of what `inspect` shows, so that templates see what they see in the real client: zero values of fields
 * that the answer left out, Go's names beside the API's, maps that are sorted. A field is `Name[/jsonName][?] type`;
 * `?` is omitempty.
 */
const CONTAINER = `
ID/Id string
Created string
Path string
Args []string
State *container.State
Image string
ResolvConfPath string
HostnamePath string
HostsPath string
LogPath string
Name string
RestartCount int
Driver string
Platform string
MountLabel string
ProcessLabel string
AppArmorProfile string
ExecIDs []string
HostConfig *container.HostConfig
GraphDriver storage.DriverData
SizeRw? *int64
SizeRootFs? *int64
Mounts []container.MountPoint
Config *container.Config
NetworkSettings *container.NetworkSettings
`;

const HOST_CONFIG = `
Binds []string
ContainerIDFile string
LogConfig container.LogConfig
NetworkMode string
PortBindings nat.PortMap
RestartPolicy container.RestartPolicy
AutoRemove bool
VolumeDriver string
VolumesFrom []string
ConsoleSize []uint
Annotations? map[string]string
CapAdd []string
CapDrop []string
CgroupnsMode string
DNS/Dns []string
DNSOptions/DnsOptions []string
DNSSearch/DnsSearch []string
ExtraHosts []string
GroupAdd []string
IpcMode string
Cgroup string
Links []string
OomScoreAdj int
PidMode string
Privileged bool
PublishAllPorts bool
ReadonlyRootfs bool
SecurityOpt []string
StorageOpt? map[string]string
Tmpfs? map[string]string
UTSMode string
UsernsMode string
ShmSize int64
Sysctls? map[string]string
Runtime? string
Isolation string
CPUShares/CpuShares int64
Memory int64
NanoCPUs/NanoCpus int64
CgroupParent string
BlkioWeight uint16
BlkioWeightDevice []*blkiodev.WeightDevice
BlkioDeviceReadBps []*blkiodev.ThrottleDevice
BlkioDeviceWriteBps []*blkiodev.ThrottleDevice
BlkioDeviceReadIOps []*blkiodev.ThrottleDevice
BlkioDeviceWriteIOps []*blkiodev.ThrottleDevice
CPUPeriod/CpuPeriod int64
CPUQuota/CpuQuota int64
CPURealtimePeriod/CpuRealtimePeriod int64
CPURealtimeRuntime/CpuRealtimeRuntime int64
CpusetCpus string
CpusetMems string
Devices []container.DeviceMapping
DeviceCgroupRules []string
DeviceRequests []container.DeviceRequest
MemoryReservation int64
MemorySwap int64
MemorySwappiness *int64
OomKillDisable *bool
PidsLimit *int64
Ulimits []*units.Ulimit
CPUCount/CpuCount int64
CPUPercent/CpuPercent int64
IOMaximumIOps uint64
IOMaximumBandwidth uint64
Mounts? []mount.Mount
MaskedPaths []string
ReadonlyPaths []string
Init? *bool
`;

const TYPES: Readonly<Record<string, string>> = {
  'container.InspectResponse': CONTAINER,
  'container.HostConfig': HOST_CONFIG,
  'container.State':
    'Status string;Running bool;Paused bool;Restarting bool;OOMKilled bool;Dead bool;Pid int;ExitCode int;Error string;StartedAt string;FinishedAt string;Health? *container.Health',
  'container.Health': 'Status string;FailingStreak int;Log []*container.HealthcheckResult',
  'container.HealthcheckResult': 'Start time.Time;End time.Time;ExitCode int;Output string',
  'container.MountPoint':
    'Type? string;Name? string;Source string;Destination string;Driver? string;Mode string;RW bool;Propagation string',
  'container.Config':
    'Hostname string;Domainname string;User string;AttachStdin bool;AttachStdout bool;AttachStderr bool;ExposedPorts? nat.PortSet;Tty bool;OpenStdin bool;StdinOnce bool;Env []string;Cmd []string;Healthcheck? *container.HealthConfig;ArgsEscaped? bool;Image string;Volumes map[string]struct {};WorkingDir string;Entrypoint []string;NetworkDisabled? bool;MacAddress? string;OnBuild []string;Labels map[string]string;StopSignal? string;StopTimeout? *int;Shell? []string',
  'container.HealthConfig':
    'Test? []string;Interval? time.Duration;Timeout? time.Duration;StartPeriod? time.Duration;StartInterval? time.Duration;Retries? int',
  'container.LogConfig': 'Type string;Config map[string]string',
  'container.RestartPolicy': 'Name string;MaximumRetryCount int',
  'container.DeviceMapping': 'PathOnHost string;PathInContainer string;CgroupPermissions string',
  'container.DeviceRequest':
    'Driver string;Count int;DeviceIDs []string;Capabilities [][]string;Options map[string]string',
  'container.NetworkSettings':
    'Bridge string;SandboxID string;SandboxKey string;Ports nat.PortMap;HairpinMode bool;LinkLocalIPv6Address string;LinkLocalIPv6PrefixLen int;SecondaryIPAddresses []network.Address;SecondaryIPv6Addresses []network.Address;EndpointID string;Gateway string;GlobalIPv6Address string;GlobalIPv6PrefixLen int;IPAddress string;IPPrefixLen int;IPv6Gateway string;MacAddress string;Networks map[string]*network.EndpointSettings',
  'network.Address': 'Addr string;PrefixLen int',
  'network.EndpointSettings':
    'IPAMConfig *network.EndpointIPAMConfig;Links []string;Aliases []string;MacAddress string;DriverOpts map[string]string;GwPriority int;NetworkID string;EndpointID string;Gateway string;IPAddress string;IPPrefixLen int;IPv6Gateway string;GlobalIPv6Address string;GlobalIPv6PrefixLen int;DNSNames []string',
  'network.EndpointIPAMConfig': 'IPv4Address? string;IPv6Address? string;LinkLocalIPs? []string',
  'nat.PortBinding': 'HostIP/HostIp string;HostPort string',
  'storage.DriverData': 'Data map[string]string;Name string',
  'blkiodev.WeightDevice': 'Path string;Weight uint16',
  'blkiodev.ThrottleDevice': 'Path string;Rate uint64',
  'units.Ulimit': 'Name string;Hard int64;Soft int64',
  'mount.Mount':
    'Type? string;Source? string;Target? string;ReadOnly? bool;Consistency? string;BindOptions? *mount.BindOptions;VolumeOptions? *mount.VolumeOptions;ImageOptions? *mount.ImageOptions;TmpfsOptions? *mount.TmpfsOptions',
  'mount.BindOptions':
    'Propagation? string;NonRecursive? bool;CreateMountpoint? bool;ReadOnlyNonRecursive? bool;ReadOnlyForceRecursive? bool',
  'mount.VolumeOptions': 'NoCopy? bool;Labels? map[string]string;Subpath? string;DriverConfig? *mount.Driver',
  'mount.Driver': 'Name? string;Options? map[string]string',
  'mount.ImageOptions': 'Subpath? string',
  'mount.TmpfsOptions': 'SizeBytes? int64;Mode? uint32',
  'image.InspectResponse':
    'ID/Id string;RepoTags []string;RepoDigests []string;Parent string;Comment string;Created? string;DockerVersion string;Author string;Config *v1.DockerOCIImageConfig;Architecture string;Variant? string;Os string;OsVersion? string;Size int64;VirtualSize? int64;GraphDriver storage.DriverData;RootFS image.RootFS;Metadata image.Metadata',
  'v1.DockerOCIImageConfig':
    'User? string;ExposedPorts? map[string]struct {};Env? []string;Entrypoint? []string;Cmd? []string;Volumes? map[string]struct {};WorkingDir? string;Labels? map[string]string;StopSignal? string;ArgsEscaped? bool;Healthcheck? *container.HealthConfig;OnBuild? []string;Shell? []string',
  'image.RootFS': 'Type? string;Layers? []string',
  'image.Metadata': 'LastTagTime? time.Time',
  'network.Inspect':
    'Name string;ID/Id string;Created time.Time;Scope string;Driver string;EnableIPv4 bool;EnableIPv6 bool;IPAM network.IPAM;Internal bool;Attachable bool;Ingress bool;ConfigFrom network.ConfigReference;ConfigOnly bool;Containers map[string]network.EndpointResource;Options map[string]string;Labels map[string]string;Peers? []network.PeerInfo;Services? map[string]network.ServiceInfo',
  'network.PeerInfo': 'Name string;IP string',
  'network.ServiceInfo': 'VIP string;Ports []string;LocalLBIndex int;Tasks []interface {}',
  'network.IPAM': 'Driver string;Options map[string]string;Config []network.IPAMConfig',
  'network.IPAMConfig':
    'Subnet? string;IPRange? string;Gateway? string;AuxAddress/AuxiliaryAddresses? map[string]string',
  'network.ConfigReference': 'Network string',
  'network.EndpointResource': 'Name string;EndpointID string;MacAddress string;IPv4Address string;IPv6Address string',
  'volume.Volume':
    'ClusterVolume? *volume.ClusterVolume;CreatedAt? string;Driver string;Labels map[string]string;Mountpoint string;Name string;Options map[string]string;Scope string;Status? map[string]interface {};UsageData? *volume.UsageData',
  'volume.UsageData': 'RefCount int64;Size int64',
  'system.Info':
    'ID string;Containers int;ContainersRunning int;ContainersPaused int;ContainersStopped int;Images int;Driver string;DriverStatus [][2]string;SystemStatus? [][2]string;Plugins system.PluginsInfo;MemoryLimit bool;SwapLimit bool;CPUCfsPeriod/CpuCfsPeriod bool;CPUCfsQuota/CpuCfsQuota bool;CPUShares bool;CPUSet bool;PidsLimit bool;IPv4Forwarding bool;Debug bool;NFd int;OomKillDisable bool;NGoroutines int;SystemTime string;LoggingDriver string;CgroupDriver string;CgroupVersion? string;NEventsListener int;KernelVersion string;OperatingSystem string;OSVersion string;OSType string;Architecture string;IndexServerAddress string;RegistryConfig interface {};NCPU int;MemTotal int64;GenericResources []interface {};DockerRootDir string;HTTPProxy/HttpProxy string;HTTPSProxy/HttpsProxy string;NoProxy string;Name string;Labels []string;ExperimentalBuild bool;ServerVersion string;Runtimes map[string]system.RuntimeWithStatus;DefaultRuntime string;Swarm swarm.Info;LiveRestoreEnabled bool;Isolation string;InitBinary string;ContainerdCommit system.Commit;RuncCommit system.Commit;InitCommit system.Commit;SecurityOptions []string;ProductLicense? string;DefaultAddressPools? []interface {};FirewallBackend? *system.FirewallInfo;CDISpecDirs []string;DiscoveredDevices? []interface {};Containerd? *system.ContainerdInfo;Warnings []string',
  'system.PluginsInfo': 'Volume []string;Network []string;Authorization []string;Log []string',
  'system.RuntimeWithStatus':
    'Path/path? string;Args/runtimeArgs? []string;Type/runtimeType? string;Options/options? map[string]interface {};Status/status? map[string]string',
  'system.Commit': 'ID string;Expected? string',
  'system.FirewallInfo': 'Driver string;Info? [][2]string',
  'system.ContainerdInfo': 'Address? string;Namespaces system.ContainerdNamespaces',
  'system.ContainerdNamespaces': 'Containers string;Plugins string',
  'swarm.Info':
    'NodeID string;NodeAddr string;LocalNodeState string;ControlAvailable bool;Error string;RemoteManagers []interface {};Nodes? int;Managers? int;Cluster? *swarm.ClusterInfo;Warnings? []string',
  'swarm.ClusterInfo': 'ID string',
  'struct {}': '',
};

/** Other names of types. */
export const ALIASES: Readonly<Record<string, string>> = {
  'nat.PortMap': 'map[nat.Port][]nat.PortBinding',
  'nat.PortSet': 'map[nat.Port]struct {}',
};

export interface Field {
  name: string;
  json: string;
  omitempty: boolean;
  type: string;
}

/** The fields of a struct type; undefined where it is none of these. */
export function fieldsOf(type: string): Field[] | undefined {
  const text = TYPES[type];
  if (text === undefined) return undefined;
  return text
    .split(/[;\n]/)
    .filter((line) => line !== '')
    .map((line) => {
      const [, name = '', json, mark, kind = ''] = /^(\w+)(?:\/(\w+))?(\?)? (.+)$/.exec(line) ?? [];
      return { name, json: json ?? name, omitempty: mark === '?', type: kind };
    });
}
