/** What a directive's value is; it decides how Go's words for a wrong one read, and how a flag is read. */
export type Kind =
  | 'bool'
  | 'int'
  | 'string'
  | 'list'
  | 'map'
  | 'ip'
  | 'ips'
  | 'size'
  | 'ulimits'
  | 'runtimes'
  | 'pools'
  | 'features'
  | 'network-opts'
  | 'builder';

/** A setting of the engine: a key of daemon.json, a flag, or both. */
export interface Directive {
  /** Key of daemon.json; '' for a flag alone. */
  readonly key: string;
  /** Name of the flag; '' for a key alone. */
  readonly flag: string;
  readonly short: string;
  readonly kind: Kind;
  /** Name of the flag's value in the help; '' for the kind's own. */
  readonly value: string;
  /** Default as the help shows it; '' for none. */
  readonly usual: string;
  readonly about: string;
}

type Row = readonly [names: string, kind: Kind, about: string, usual?: string, value?: string];

/** Names: `flag`, `-s flag`, `flag=key` where they differ, `=key` for a key alone, `flag=` for a flag alone. */
const ROWS: readonly Row[] = [
  ['add-runtime=runtimes', 'runtimes', 'Register another OCI runtime', '[]', 'runtime'],
  ['allow-direct-routing', 'bool', 'Let other hosts reach published ports at the addresses of containers'],
  ['authorization-plugin=authorization-plugins', 'list', 'Plugins that are asked whether a request is allowed'],
  ['bip', 'string', 'Address and prefix of the default bridge (IPv4)'],
  ['bip6', 'string', 'Address and prefix of the default bridge (IPv6)'],
  ['-b bridge', 'string', 'Bridge that containers are attached to'],
  ['cdi-spec-dir=cdi-spec-dirs', 'list', 'Directories with CDI specifications'],
  ['cgroup-parent', 'string', 'Parent of the control groups of all containers'],
  ['config-file=', 'string', 'File with settings', '"/etc/docker/daemon.json"'],
  ['containerd', 'string', 'Address of containerd'],
  ['containerd-namespace', 'string', "containerd's namespace for containers", '"moby"'],
  [
    'containerd-plugins-namespace=containerd-plugin-namespace',
    'string',
    "containerd's namespace for plugins",
    '"plugins.moby"',
  ],
  ['cpu-rt-period', 'int', 'Real-time period of all containers together, in microseconds (not with cgroup v2)'],
  ['cpu-rt-runtime', 'int', 'Real-time runtime of all containers together, in microseconds (not with cgroup v2)'],
  ['cri-containerd', 'bool', 'Start containerd with its CRI plugin'],
  ['data-root', 'string', 'Directory of everything that is kept', '"/var/lib/docker"'],
  ['-D debug', 'bool', 'Say more in the log'],
  [
    'default-address-pool=default-address-pools',
    'pools',
    'Ranges that new networks get their addresses from',
    '',
    'pool-options',
  ],
  ['default-cgroupns-mode', 'string', 'Usual cgroup namespace of containers ("host" | "private")', '"private"'],
  ['default-gateway', 'ip', 'Gateway of the default bridge (IPv4)'],
  ['default-gateway-v6', 'ip', 'Gateway of the default bridge (IPv6)'],
  ['default-ipc-mode', 'string', 'Usual ipc namespace of containers ("shareable" | "private")', '"private"'],
  ['default-network-opt=default-network-opts', 'network-opts', 'Usual options of new networks', 'map[]', 'mapmap'],
  ['default-runtime', 'string', 'Usual OCI runtime', '"runc"'],
  ['default-shm-size', 'size', 'Usual size of /dev/shm', '64MiB', 'bytes'],
  ['default-ulimit=default-ulimits', 'ulimits', 'Usual limits of containers', '[]', 'ulimit'],
  ['dns', 'ips', 'Name servers', '[]', 'ipSlice'],
  ['dns-opt=dns-opts', 'list', 'Options of the resolver'],
  ['dns-search', 'list', 'Domains that names are looked up in'],
  ['exec-opt=exec-opts', 'list', 'Options of the execution of containers'],
  ['exec-root', 'string', 'Directory of what lasts as long as the daemon', '"/var/run/docker"'],
  ['experimental', 'bool', 'Switch on what is experimental'],
  ['feature=features', 'features', 'Switch a feature on or off', 'map[]', 'map'],
  ['fixed-cidr', 'string', 'Part of the default bridge that containers get addresses from (IPv4)'],
  ['fixed-cidr-v6', 'string', 'Part of the default bridge that containers get addresses from (IPv6)'],
  ['-G group', 'string', 'Group that may use the unix socket', '"docker"'],
  ['-H host=hosts', 'list', 'Sockets to listen on'],
  [
    'host-gateway-ip=host-gateway-ips',
    'ips',
    'Addresses that host-gateway in --add-host stands for; those of the default bridge unless given',
    '',
    'list',
  ],
  ['http-proxy', 'string', 'Proxy for HTTP'],
  ['https-proxy', 'string', 'Proxy for HTTPS'],
  ['icc', 'bool', 'Let containers of the default bridge reach each other', 'true'],
  ['init', 'bool', 'Run an init in containers that forwards signals and reaps processes'],
  ['init-path', 'string', 'Where docker-init is'],
  ['insecure-registry=insecure-registries', 'list', 'Registries that are spoken to without TLS'],
  ['ip', 'ip', "Host's address that ports are published on, from the default bridge", '0.0.0.0'],
  ['ip-forward', 'bool', 'Switch on the forwarding of packets in the system', 'true'],
  ['ip-forward-no-drop', 'bool', 'Leave the policy of the filter FORWARD alone when forwarding is switched on'],
  ['ip-masq', 'bool', 'Give packets of the default bridge that leave the host its address', 'true'],
  ['ip6tables', 'bool', 'Write rules of ip6tables', 'true'],
  ['iptables', 'bool', 'Write rules of iptables', 'true'],
  ['ipv6', 'bool', 'Give the default bridge IPv6'],
  ['label=labels', 'list', 'Labels of the daemon (key=value)'],
  ['live-restore', 'bool', 'Leave containers running while the daemon is not there'],
  ['log-driver', 'string', 'Usual log driver of containers', '"json-file"'],
  ['log-format', 'string', 'Format of the log ("text"|"json")', '"text"'],
  ['-l log-level', 'string', 'What is logged ("debug"|"info"|"warn"|"error"|"fatal")', '"info"'],
  ['log-opt=log-opts', 'map', 'Usual options of the log driver', 'map[]'],
  ['max-concurrent-downloads', 'int', 'Most layers that a pull fetches at once', '3'],
  ['max-concurrent-uploads', 'int', 'Most layers that a push sends at once', '5'],
  ['max-download-attempts', 'int', 'How often a pull tries', '5'],
  ['metrics-addr', 'string', 'Address and port that metrics are served at'],
  ['mtu', 'int', 'MTU of the default bridge', '1500'],
  ['network-control-plane-mtu', 'int', "MTU of the networks' control plane", '1500'],
  ['no-new-privileges', 'bool', 'Set no-new-privileges in new containers'],
  ['no-proxy', 'string', 'Hosts and addresses that no proxy is used for, separated by commas'],
  ['node-generic-resource=node-generic-resources', 'list', 'Announce resources of your own'],
  ['-p pidfile', 'string', "Where the daemon's process id is written", '"/var/run/docker.pid"'],
  ['raw-logs', 'bool', 'Log whole times without colours'],
  ['registry-mirror=registry-mirrors', 'list', "Mirrors of Docker's registry"],
  ['rootless=', 'bool', 'Run without root, usually by RootlessKit'],
  ['seccomp-profile', 'string', 'Seccomp profile; "unconfined" for none', '"builtin"'],
  ['selinux-enabled', 'bool', 'Use SELinux'],
  ['shutdown-timeout', 'int', 'Seconds that containers have to end when the daemon stops', '15'],
  ['-s storage-driver', 'string', 'Storage driver'],
  ['storage-opt=storage-opts', 'list', 'Options of the storage driver'],
  ['swarm-default-advertise-addr', 'string', 'Usual address or interface that a swarm is told'],
  ['tls', 'bool', 'Use TLS; --tlsverify implies it'],
  ['tlscacert', 'string', 'Trust what this authority signed', '"/root/.docker/ca.pem"'],
  ['tlscert', 'string', "The daemon's certificate", '"/root/.docker/cert.pem"'],
  ['tlskey', 'string', "The daemon's key", '"/root/.docker/key.pem"'],
  ['tlsverify', 'bool', 'Use TLS and ask for a certificate of the client'],
  ['userland-proxy', 'bool', 'Run a proxy for published ports', 'true'],
  ['userland-proxy-path', 'string', 'Where the proxy is'],
  ['userns-remap', 'string', 'User and group that the root of containers is mapped to'],
  ['validate=', 'bool', 'Check the settings and end'],
  ['-v version=', 'bool', 'Print the version and end'],
  ['=builder', 'builder', ''],
  ['=host-gateway-ip', 'ip', ''],
  ['=network-diagnostic-port', 'int', ''],
];

const VALUES: Partial<Record<Kind, string>> = { bool: '', list: 'list', map: 'map', ip: 'ip', int: 'int' };

function directive([names, kind, about, usual = '', value]: Row): Directive {
  const [, short = '', flag = '', equals, key] = /^(?:-(\w) )?([\w-]*)(=?)(.*)$/.exec(names)!;
  return {
    key: equals === '' ? flag : key!,
    flag,
    short,
    kind,
    value: value ?? VALUES[kind] ?? 'string',
    usual,
    about,
  };
}

/** All settings, in the order of the help. @see dockerd(8) */
export const DIRECTIVES: readonly Directive[] = ROWS.map(directive);

/** By the key of daemon.json. */
export const BY_KEY: ReadonlyMap<string, Directive> = new Map(
  DIRECTIVES.filter((d) => d.key !== '').map((d) => [d.key, d]),
);

/** By the flag's name, and by its letter. */
export const BY_FLAG: ReadonlyMap<string, Directive> = new Map(
  DIRECTIVES.filter((d) => d.flag !== '').flatMap((d) => [
    [d.flag, d] as const,
    ...(d.short === '' ? [] : [[d.short, d] as const]),
  ]),
);
