import type { Key } from '../../lib/openpgp.ts';
import type { Archive } from './apt-repository.ts';
import { type Package, readPackage } from './package.ts';

/** Somebody who has a repository of their own: where, which component, and what is in it. */
interface Vendor {
  hosts: readonly string[];
  component: string;
  user: string;
  /** NAME VERSION KiB DEPENDS FILES — SUMMARY */
  packages: string;
}

const VENDORS: readonly Vendor[] = [
  {
    hosts: ['apt.kubernetes.io', 'packages.cloud.google.com', 'pkgs.k8s.io'],
    component: 'main',
    user: 'Kubernetes OBS Project <packages@kubernetes.io>',
    packages: `
kubeadm 1.30.14-1.1 49000 kubelet,kubectl,cri-tools b:kubeadm — Command-line utility for administering a Kubernetes cluster
kubelet 1.30.14-1.1 97000 iptables,kubernetes-cni,mount b:kubelet,u:kubelet.service — Node agent for Kubernetes clusters
kubectl 1.30.14-1.1 50000 libc6 b:kubectl — Command-line utility for interacting with a Kubernetes cluster
kubernetes-cni 1.4.0-1.1 86000 libc6 /opt/cni/bin/bridge — Binaries required to provision kubernetes container networking
cri-tools 1.30.1-1.1 38000 libc6 b:crictl — Command-line utility for interacting with a container runtime`,
  },
  {
    hosts: ['artifacts.elastic.co'],
    component: 'main',
    user: 'Elasticsearch (Elasticsearch Signing Key) <dev_ops@elasticsearch.org>',
    packages: `
elasticsearch 8.15.3 1150000 bash,coreutils /usr/share/elasticsearch/bin/elasticsearch,u:elasticsearch.service — Distributed RESTful search engine built for the cloud
kibana 8.15.3 980000 bash /usr/share/kibana/bin/kibana,u:kibana.service — Explore and visualize your Elasticsearch data
logstash 1:8.15.3-1 620000 bash /usr/share/logstash/bin/logstash,u:logstash.service — An extensible logging pipeline
filebeat 8.15.3 170000 libc6 b:filebeat,u:filebeat.service — Sends log files to Logstash or directly to Elasticsearch
metricbeat 8.15.3 190000 libc6 b:metricbeat,u:metricbeat.service — A lightweight shipper for metrics`,
  },
  {
    hosts: ['packages.microsoft.com'],
    component: 'main',
    user: 'Microsoft (Release signing) <gpgsecurity@microsoft.com>',
    packages: `
powershell 7.4.6-1.deb 190000 libc6 b:pwsh — PowerShell is an automation and configuration management platform
azure-cli 2.65.0-1 520000 libc6 b:az — Azure CLI
azure-functions-core-tools-4 4.0.6610-1 620000 libc6 b:func — Azure Functions Core Tools v4
dotnet-sdk-7.0 7.0.410-1 220000 libc6 b:dotnet — Microsoft .NET SDK 7.0
aspnetcore-runtime-7.0 7.0.20-1 23000 libc6  — Microsoft ASP.NET Core 7.0 Shared Framework
msodbcsql18 18.4.1.1-1 3000 libc6  — ODBC Driver for Microsoft SQL Server
mssql-tools 17.10.1.1-1 700 libc6 /opt/mssql-tools/bin/sqlcmd — Tools for Microsoft SQL Server
mssql-tools18 18.4.1.1-1 700 libc6 /opt/mssql-tools18/bin/sqlcmd — Tools for Microsoft SQL Server`,
  },
  {
    hosts: ['apt.releases.hashicorp.com'],
    component: 'main',
    user: 'HashiCorp Security (HashiCorp Package Signing) <security+packaging@hashicorp.com>',
    packages: `
terraform 1.9.8-1 88000 libc6 b:terraform — Infrastructure as code tool
vault 1.18.1-1 470000 libc6 b:vault,u:vault.service — Manages secrets and protects sensitive data
consul 1.20.1-1 200000 libc6 b:consul,u:consul.service — Service networking solution
packer 1.11.2-1 45000 libc6 b:packer — Builds images for many platforms`,
  },
  {
    hosts: ['deb.nodesource.com'],
    component: 'main',
    user: 'NSolid <nsolid-gpg@nodesource.com>',
    packages: `
nodejs 20.18.0-1nodesource1 197000 libc6,ca-certificates b:node,b:nodejs,b:npm,b:npx — Node.js event-based server-side javascript engine`,
  },
  {
    hosts: ['aquasecurity.github.io', 'get.trivy.dev'],
    component: 'main',
    user: 'trivy',
    packages: `
trivy 0.57.0 145000 libc6 b:trivy — A fast vulnerability scanner for container images`,
  },
  {
    hosts: ['apt.grafana.com', 'packages.grafana.com'],
    component: 'main',
    user: 'Grafana Labs <engineering@grafana.com>',
    packages: `
grafana 11.3.0 430000 adduser s:grafana-server,b:grafana-cli,u:grafana-server.service — Grafana`,
  },
  {
    hosts: ['repos.influxdata.com'],
    component: 'main',
    user: 'InfluxData Package Signing Key <support@influxdata.com>',
    packages: `
influxdb2 2.7.10-1 118000 curl b:influxd,u:influxdb.service — Distributed time-series database
telegraf 1.32.1-1 240000 libc6 b:telegraf,u:telegraf.service — Plugin-driven server agent for reporting metrics`,
  },
  {
    hosts: ['dl.k6.io'],
    component: 'main',
    user: 'k6.io (key for signing) <support@k6.io>',
    packages: `
k6 0.54.0 62000 ca-certificates b:k6 — Load testing for the 21st century`,
  },
  {
    hosts: ['repo.mongodb.org', 'downloads-distro.mongodb.org'],
    component: 'multiverse',
    user: 'MongoDB Release Signing Key <packaging@mongodb.com>',
    packages: `
mongodb-org 8.0.3 20 mongodb-org-server,mongodb-mongosh  — MongoDB open source document-oriented database system (metapackage)
mongodb-org-server 8.0.3 190000 libc6 b:mongod,u:mongod.service — MongoDB database server
mongodb-mongosh 2.3.3 260000 libc6 b:mongosh — MongoDB Shell
mongodb-10gen 2.4.14 110000 libc6 b:mongo,b:mongod — An object/document-oriented database`,
  },
  {
    hosts: ['nvidia.github.io'],
    component: 'main',
    user: 'NVIDIA CORPORATION (Open Source Projects) <cudatools@nvidia.com>',
    packages: `
nvidia-container-toolkit 1.17.0-1 12000 libc6 b:nvidia-ctk,b:nvidia-container-runtime — NVIDIA Container toolkit
nvidia-container-runtime 3.14.0-1 100 nvidia-container-toolkit  — NVIDIA Container Toolkit meta-package`,
  },
];

/** All names of hosts that vendors have. */
export const VENDOR_HOSTS: readonly string[] = VENDORS.flatMap((vendor) => vendor.hosts);

function packagesOf(vendor: Vendor): Package[] {
  return vendor.packages
    .trim()
    .split('\n')
    .map((line) => {
      const [head, summary] = line.split(' — ') as [string, string];
      const [name, version, installed, depends, files = ''] = head.split(' ') as [
        string,
        string,
        string,
        string,
        string?,
      ];
      const size = Math.round(Number(installed) * 1024 * 0.26);
      const row = [
        name,
        version,
        '',
        'admin',
        size,
        installed,
        depends,
        '',
        '',
        '',
        '',
        summary,
        files.replaceAll(',', ' '),
      ];
      return { ...readPackage(row.join('\t')), component: vendor.component };
    });
}

/** A key of a vendor: its fingerprint is made of its name. */
function keyOf(vendor: Vendor): Key {
  let state = 7;
  let fingerprint = '';
  for (let n = 0; n < 40; n++) {
    state = (Math.imul(state, 31) + vendor.user.charCodeAt(n % vendor.user.length) + n) >>> 0;
    fingerprint += ((state >>> 8) & 15).toString(16).toUpperCase();
  }
  return { fingerprint, user: vendor.user };
}

/** The archive of a host as it looks under any suite's name, or `undefined` where the host is no vendor's. */
export function vendorArchive(
  host: string,
  suite: string,
): (Omit<Archive, 'packages'> & { packages(): readonly Package[] }) | undefined {
  const vendor = VENDORS.find((one) => one.hosts.includes(host));
  if (!vendor) return undefined;
  return {
    origin: host,
    label: host,
    maintainer: vendor.user,
    key: keyOf(vendor),
    suites: [
      {
        folder: suite,
        suite: suite === '' ? 'stable' : suite,
        codename: suite === '' ? 'stable' : suite,
        description: `Packages of ${host}`,
        components: [vendor.component],
        date: 1_759_276_800,
        has: () => true,
      },
    ],
    packages: () => packagesOf(vendor),
  };
}
