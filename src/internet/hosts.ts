import { ADDRESS_HOSTS, GIT_HOSTS, PLACES } from './web/names.ts';

/** A host of the simulated internet. */
export interface InternetHost {
  /** Public address. */
  address: string;
  /** Names that the name server gives for it. */
  names: readonly string[];
  /** Program that serves it, by its name in this room. */
  program: 'hub' | 'mirror' | 'web' | 'dns';
  /** Holds the catalogue's blobs. */
  catalogue?: true;
}

/** Mirrors of Docker Hub: what it has, for anybody, to be read. */
export const HUB_MIRRORS: readonly string[] = [
  'mirror.gcr.io',
  'registry.docker-cn.com',
  'hub-mirror.c.163.com',
  'docker.mirrors.ustc.edu.cn',
  'mirror.ccs.tencentyun.com',
  'docker.m.daocloud.io',
  'f1361db2.m.daocloud.io',
  'registry.cn-hangzhou.aliyuncs.com',
];

/** Registries of others; what they have stands in the catalogue under `HOST/NAME`, for anybody, to be read. */
export const OTHER_REGISTRIES: readonly string[] = [
  'mcr.microsoft.com',
  'gcr.io',
  'quay.io',
  'ghcr.io',
  'docker.elastic.co',
  'registry.k8s.io',
  'k8s.gcr.io',
  'public.ecr.aws',
  'lscr.io',
];

/** All hosts; any other name does not resolve, as on a machine without a route. */
export const HOSTS: readonly InternetHost[] = [
  {
    address: '44.208.254.194',
    names: [
      'registry-1.docker.io',
      'auth.docker.io',
      'index.docker.io',
      'docker.io',
      'hub.docker.com',
      'production.cloudflare.docker.com',
      ...HUB_MIRRORS,
      ...OTHER_REGISTRIES,
    ],
    program: 'hub',
    catalogue: true,
  },
  {
    address: '151.101.130.132',
    names: [
      'archive.ubuntu.com',
      'security.ubuntu.com',
      'us.archive.ubuntu.com',
      'cn.archive.ubuntu.com',
      'azure.archive.ubuntu.com',
      'deb.debian.org',
      'security.debian.org',
      'ftp.debian.org',
      'archive.debian.org',
      'old-releases.ubuntu.com',
      'download.docker.com',
      'dl-cdn.alpinelinux.org',
      'mirror.centos.org',
      'mirrorlist.centos.org',
      'vault.centos.org',
      'mirrors.aliyun.com',
      'mirrors.tuna.tsinghua.edu.cn',
      'mirrors.ustc.edu.cn',
      'mirrors.163.com',
      'mirrors.cloud.tencent.com',
      'repo.huaweicloud.com',
      'download.fedoraproject.org',
      'dl.fedoraproject.org',
      'get.daocloud.io',
      'apt.kubernetes.io',
      'packages.cloud.google.com',
      'pkgs.k8s.io',
      'artifacts.elastic.co',
      'packages.microsoft.com',
      'apt.releases.hashicorp.com',
      'deb.nodesource.com',
      'aquasecurity.github.io',
      'get.trivy.dev',
      'apt.grafana.com',
      'packages.grafana.com',
      'repos.influxdata.com',
      'dl.k6.io',
      'repo.mongodb.org',
      'downloads-distro.mongodb.org',
      'nvidia.github.io',
    ],
    program: 'mirror',
  },
  { address: '140.82.112.3', names: GIT_HOSTS, program: 'web' },
  { address: '34.160.111.145', names: [...ADDRESS_HOSTS, 'httpbin.org'], program: 'web' },
  ...Object.entries(PLACES).map(([address, names]): InternetHost => ({ address, names, program: 'web' })),
  // name servers that people know by heart
  { address: '8.8.8.8', names: ['dns.google'], program: 'dns' },
  { address: '8.8.4.4', names: ['dns.google'], program: 'dns' },
  { address: '1.1.1.1', names: ['one.one.one.one'], program: 'dns' },
  { address: '9.9.9.9', names: ['dns.quad9.net'], program: 'dns' },
  { address: '114.114.114.114', names: ['public1.114dns.com'], program: 'dns' },
  { address: '223.5.5.5', names: ['public1.alidns.com'], program: 'dns' },
];

/** The zone that the name server reads: a line a name. */
export const zoneText = (): string =>
  HOSTS.flatMap((host) => host.names.map((name) => `${name} A ${host.address}\n`)).join('');
