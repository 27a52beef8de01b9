import type { Sys } from '../../abi/sys.ts';
import { writeCpio } from '../../lib/cpio.ts';
import { gzip } from '../../lib/gzip.ts';
import type { Hash, HashFactory } from '../../lib/hash.ts';
import { type RpmHeader, rpmHeader, rpmStart } from '../../lib/rpm.ts';
import { encode } from '../../lib/utf8.ts';
import { joinBytes, type Wait } from '../../libc/io.ts';
import type { Content } from './content.ts';
import { MIME_TYPES, SERVERS } from './content-servers.ts';
import { ENGINES } from './docker-packages.ts';
import { type Package, readPackage } from './package.ts';
import { directoriesOf, PACKED, type PayloadFile, payloadOf } from './payload.ts';

/** Room in the signature header, by which archives come near the size of the real ones; equal beginnings are hashed once. */
const ROOMS = [30, 20, 12, 6, 2.5, 1, 0.25, 0.05].map((mib) => Math.round(mib * 1024 * 1024));

const EPEL_REPO = `[epel]
name=Extra Packages for Enterprise Linux 7 - $basearch
baseurl=http://download.fedoraproject.org/pub/epel/7/$basearch
failovermethod=priority
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-EPEL-7
`;

const NGINX_CONF = `user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log;
pid /run/nginx.pid;

events {
    worker_connections 1024;
}

http {
    access_log  /var/log/nginx/access.log;
    sendfile            on;
    keepalive_timeout   65;
    include             /etc/nginx/mime.types;
    default_type        application/octet-stream;
    include /etc/nginx/conf.d/*.conf;

    server {
        listen       80;
        server_name  _;
        root         /usr/share/nginx/html;
    }
}
`;

const CONTENT: Readonly<Record<string, Content>> = {
  'epel-release': { files: { '/etc/yum.repos.d/epel.repo': EPEL_REPO } },
  'docker-ce': SERVERS['docker-ce'] ?? {},
  'containerd.io': SERVERS['containerd.io'] ?? {},
  docker: SERVERS['docker-ce'] ?? {},
  httpd: {
    files: {
      '/etc/httpd/conf/httpd.conf':
        'ServerRoot "/etc/httpd"\nListen 80\nUser apache\nGroup apache\nDocumentRoot "/var/www/html"\n',
      '/var/www/html/.keep': '',
    },
  },
  nginx: {
    files: {
      '/etc/nginx/nginx.conf': NGINX_CONF,
      '/etc/nginx/mime.types': MIME_TYPES,
      '/etc/nginx/conf.d/.keep': '',
      '/usr/share/nginx/html/index.html':
        '<!DOCTYPE html>\n<html>\n<head><title>Welcome to nginx!</title></head>\n<body><h1>Welcome to nginx!</h1></body>\n</html>\n',
      '/var/log/nginx/.keep': '',
      '/var/cache/nginx/.keep': '',
      '/usr/lib/systemd/system/nginx.service':
        '[Unit]\nDescription=The nginx HTTP and reverse proxy server\nAfter=network-online.target\n\n[Service]\nType=forking\nPIDFile=/run/nginx.pid\nExecStartPre=/usr/sbin/nginx -t\nExecStart=/usr/sbin/nginx\nExecReload=/usr/sbin/nginx -s reload\nKillMode=mixed\n\n[Install]\nWantedBy=multi-user.target\n',
    },
    configure: 'getent passwd nginx >/dev/null || useradd -r -d /var/lib/nginx -s /sbin/nologin nginx',
  },
  sudo: { modes: { '/usr/bin/sudo': 0o4755 } },
};

const listOf = (text: string): string[] => text.split(',').filter((word) => word !== '');

/** `epoch:version-release` apart. */
export function splitEvr(evr: string): { epoch: string; version: string; release: string } {
  const colon = evr.indexOf(':');
  const rest = evr.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return { epoch: colon < 0 ? '0' : evr.slice(0, colon), version: rest.slice(0, dash), release: rest.slice(dash + 1) };
}

interface Rpm {
  reserved: number;
  tail: Uint8Array;
  size: number;
}

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

function makeRpm(pkg: Package): Rpm {
  const content = CONTENT[pkg.name] ?? {};
  const files: (PayloadFile & { dir?: boolean })[] = payloadOf(pkg, content, 'glibc', false);
  const own = directoriesOf(files).filter((dir) => dir.includes(pkg.name));
  const all = [...own.map((path) => ({ path, mode: 0o755, dir: true })), ...files].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  ) as (PayloadFile & { dir?: boolean })[];
  const modeOf = (file: PayloadFile & { dir?: boolean }): number =>
    (file.dir ? S_IFDIR : file.link === undefined ? S_IFREG : S_IFLNK) | file.mode;
  const dirs = [...new Set(all.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1)))];
  const { epoch, version, release } = splitEvr(pkg.version);
  const scripts = content.configure ?? '';
  const header: RpmHeader = {
    name: pkg.name,
    version,
    release,
    ...(epoch === '0' ? {} : { epoch: [Number(epoch)] }),
    summary: pkg.summary,
    description: `${pkg.summary}.`,
    buildTime: [PACKED],
    size: [pkg.installed * 1024],
    vendor: 'CentOS',
    licence: 'Free software',
    group: 'Unspecified',
    url: 'https://www.centos.org/',
    arch: pkg.arch === 'all' ? 'noarch' : 'x86_64',
    ...(scripts === '' ? {} : { postIn: `${scripts}\n` }),
    fileSizes: all.map((file) => Math.max(file.size ?? 0, file.data?.length ?? 0)),
    fileModes: all.map(modeOf),
    fileLinks: all.map((file) => file.link ?? ''),
    provides: [pkg.name, ...listOf(pkg.provides)],
    requires: listOf(pkg.depends),
    dirIndexes: all.map(({ path }) => dirs.indexOf(path.slice(0, path.lastIndexOf('/') + 1))),
    baseNames: all.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
    dirNames: dirs,
    payloadFormat: 'cpio',
    payloadCompressor: 'gzip',
  };
  const payload = gzip(
    writeCpio(
      all.map((file) => ({
        name: `.${file.path}`,
        mode: modeOf(file),
        data: file.link === undefined ? (file.data ?? new Uint8Array(0)) : encode(file.link),
      })),
    ),
  );
  const tail = joinBytes([rpmHeader(header), payload]);
  const reserved = ROOMS.find((room) => room + tail.length <= pkg.size * 1.1) ?? 0;
  return { reserved, tail, size: rpmStart(reserved).length + tail.length };
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** One repository of RPM packages: its metadata and its archives. */
export class RpmRepository {
  private readonly begun = new Map<number, Hash>();
  private readonly made = new Map<Package, Rpm>();
  private readonly byFile = new Map<string, Package>();
  private primary: { xml: Uint8Array; gz: Uint8Array } | undefined;

  constructor(
    private readonly packages: readonly Package[],
    private readonly sha256: HashFactory,
  ) {
    for (const pkg of packages) this.byFile.set(this.file(pkg), pkg);
  }

  private file(pkg: Package): string {
    const { version, release } = splitEvr(pkg.version);
    return `Packages/${pkg.name}-${version}-${release}.${pkg.arch === 'all' ? 'noarch' : 'x86_64'}.rpm`;
  }

  private rpm(pkg: Package): Rpm {
    const known = this.made.get(pkg) ?? makeRpm(pkg);
    this.made.set(pkg, known);
    return known;
  }

  private digest(rpm: Rpm): string {
    const begun = this.begun.get(rpm.reserved) ?? this.sha256.create().update(rpmStart(rpm.reserved));
    this.begun.set(rpm.reserved, begun);
    return begun.copy().update(rpm.tail).digestHex();
  }

  /** @param path below the repository's address */
  *find(sys: Sys, path: string): Wait<Uint8Array | undefined> {
    const pkg = this.byFile.get(path);
    if (pkg) {
      const rpm = this.rpm(pkg);
      return joinBytes([rpmStart(rpm.reserved), rpm.tail]);
    }
    if (path === 'repodata/primary.xml.gz') return (yield* this.metadata(sys)).gz;
    if (path !== 'repodata/repomd.xml') return undefined;
    const { xml: plain, gz } = yield* this.metadata(sys);
    return encode(
      `<?xml version="1.0" encoding="UTF-8"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo">\n <revision>${PACKED}</revision>\n<data type="primary">\n  <checksum type="sha256">${this.sha256.hex(gz)}</checksum>\n  <open-checksum type="sha256">${this.sha256.hex(plain)}</open-checksum>\n  <location href="repodata/primary.xml.gz"/>\n  <timestamp>${PACKED}</timestamp>\n  <size>${gz.length}</size>\n  <open-size>${plain.length}</open-size>\n</data>\n</repomd>\n`,
    );
  }

  private *metadata(sys: Sys): Wait<{ xml: Uint8Array; gz: Uint8Array }> {
    if (this.primary) return this.primary;
    const parts: string[] = [
      `<?xml version="1.0" encoding="UTF-8"?>\n<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${this.packages.length}">\n`,
    ];
    for (const pkg of this.packages) {
      const rpm = this.rpm(pkg);
      const { epoch, version, release } = splitEvr(pkg.version);
      const entries = (names: readonly string[]): string =>
        names.map((name) => `<rpm:entry name="${xml(name)}"/>`).join('');
      parts.push(
        `<package type="rpm"><name>${pkg.name}</name><arch>${pkg.arch === 'all' ? 'noarch' : 'x86_64'}</arch><version epoch="${epoch}" ver="${version}" rel="${release}"/><checksum type="sha256" pkgid="YES">${this.digest(rpm)}</checksum><summary>${xml(pkg.summary)}</summary><size package="${rpm.size}" installed="${pkg.installed * 1024}"/><location href="${this.file(pkg)}"/><format><rpm:provides>${entries([pkg.name, ...listOf(pkg.provides)])}</rpm:provides><rpm:requires>${entries(listOf(pkg.depends))}</rpm:requires>${pkg.files.map((file) => `<file>${file}</file>`).join('')}</format></package>\n`,
      );
      if (sys.tick()) yield;
    }
    parts.push('</metadata>\n');
    const plain = encode(parts.join(''));
    this.primary = { xml: plain, gz: gzip(plain) };
    return this.primary;
  }
}

/** Older engines that download.docker.com still has for CentOS 7. */
const OLD = [
  '25.0.5',
  '24.0.9',
  '24.0.7',
  '23.0.6',
  '20.10.24',
  '20.10.21',
  '20.10.17',
  '20.10.14',
  '20.10.12',
  '20.10.9',
  '20.10.8',
  '20.10.7',
  '20.10.6',
  '20.10.5',
  '20.10.0',
  '19.03.15',
  '19.03.14',
  '19.03.13',
  '19.03.9',
  '19.03.8',
  '19.03.5',
  '19.03.0',
  '18.09.9',
  '18.09.8',
  '18.09.6',
  '18.09.3',
  '18.09.2',
  '18.09.1',
  '18.09.0',
];
/** Those whose versions end with `.ce`. */
const CE = [
  '18.06.3.ce',
  '18.06.1.ce',
  '18.06.0.ce',
  '18.03.1.ce',
  '18.03.0.ce',
  '17.12.1.ce',
  '17.12.0.ce',
  '17.09.1.ce',
  '17.06.2.ce',
  '17.03.3.ce',
  '17.03.0.ce',
];

/** Docker's packages for CentOS 7. */
export function dockerCentos(): Package[] {
  const row = (...fields: (string | number)[]): Package => ({ ...readPackage(fields.join('\t')), component: 'stable' });
  const out: Package[] = [];
  const engines = [...ENGINES.filter((version) => version.startsWith('26.')), ...OLD];
  for (const version of engines) {
    const modern = Number(version.split('.')[0]) >= 20;
    const release = Number(version.split('.')[0]) >= 23 ? '1.el7' : '3.el7';
    out.push(
      row(
        'docker-ce',
        `3:${version}-${release}`,
        '',
        'x',
        27_000_000,
        104_000,
        `container-selinux,containerd.io,docker-ce-cli${modern ? ',docker-ce-rootless-extras' : ''}`,
        '',
        'docker',
        '',
        'docker-ce',
        'The open-source application container engine',
        'b:dockerd b:docker-proxy b:docker-init u:docker.service u:docker.socket',
      ),
      row(
        'docker-ce-cli',
        `1:${version}-${release}`,
        '',
        'x',
        15_000_000,
        38_000,
        modern ? 'docker-buildx-plugin,docker-compose-plugin' : 'glibc',
        '',
        '',
        '',
        'docker-ce-cli',
        'The open-source application container engine',
        'b:docker',
      ),
    );
    if (modern)
      out.push(
        row(
          'docker-ce-rootless-extras',
          `${version}-${release}`,
          '',
          'x',
          9_400_000,
          19_000,
          'fuse-overlayfs,slirp4netns',
          '',
          '',
          '',
          'docker-ce-rootless-extras',
          'Rootless support for Docker',
          'b:dockerd-rootless.sh b:rootlesskit',
        ),
      );
  }
  for (const version of CE)
    out.push(
      row(
        'docker-ce',
        `${version}-1.el7.centos`,
        '',
        'x',
        42_000_000,
        168_000,
        'container-selinux,libseccomp,libcgroup',
        '',
        'docker',
        '',
        'docker-ce',
        'The open-source application container engine',
        'b:docker b:dockerd b:docker-proxy b:docker-init b:containerd b:runc u:docker.service',
      ),
    );
  out.push(
    row(
      'containerd.io',
      '1.6.33-3.1.el7',
      '',
      'x',
      36_000_000,
      117_000,
      'container-selinux,libseccomp',
      '',
      'containerd,runc',
      '',
      'containerd.io',
      'An industry-standard container runtime',
      'b:containerd b:containerd-shim-runc-v2 b:ctr b:runc u:containerd.service',
    ),
    row(
      'docker-buildx-plugin',
      '0.14.1-1.el7',
      '',
      'x',
      14_000_000,
      59_000,
      'glibc',
      '',
      '',
      '',
      'docker-buildx-plugin',
      'Docker Buildx (BuildKit) plugin',
      '/usr/libexec/docker/cli-plugins/docker-buildx',
    ),
    row(
      'docker-compose-plugin',
      '2.27.1-1.el7',
      '',
      'x',
      13_000_000,
      62_000,
      'glibc',
      '',
      '',
      '',
      'docker-compose-plugin',
      'Docker Compose (V2) plugin for the Docker CLI',
      '/usr/libexec/docker/cli-plugins/docker-compose',
    ),
  );
  return out;
}

const dockerRepo = (base: string): string =>
  ['stable', 'test', 'nightly']
    .map(
      (channel) =>
        `[docker-ce-${channel}]\nname=Docker CE ${channel[0]!.toUpperCase()}${channel.slice(1)} - $basearch\nbaseurl=${base}/linux/centos/$releasever/$basearch/${channel}\nenabled=${channel === 'stable' ? 1 : 0}\ngpgcheck=1\ngpgkey=${base}/linux/centos/gpg\n`,
    )
    .join('\n');

const baseRepo = (base: string): string =>
  (
    [
      ['base', 'os', 'Base'],
      ['updates', 'updates', 'Updates'],
      ['extras', 'extras', 'Extras'],
    ] as const
  )
    .map(
      ([id, path, name]) =>
        `[${id}]\nname=CentOS-$releasever - ${name} - mirrors.aliyun.com\nfailovermethod=priority\nbaseurl=${base}/centos/$releasever/${path}/$basearch/\ngpgcheck=1\ngpgkey=${base}/centos/RPM-GPG-KEY-CentOS-7\n`,
    )
    .join('\n');

const SET_MIRROR = `#!/usr/bin/env bash
# Writes the address of a registry mirror into docker's configuration.
set -e
if [ -z "$1" ]; then
  echo 'Error: Registry-mirror url required.'
  exit 0
fi
MIRROR_URL=$1
file=/etc/docker/daemon.json
echo 'docker version >= 1.12'
mkdir -p /etc/docker
if [ -f $file ] && grep -q '"registry-mirrors"' $file; then
  sed -i "s#\\"registry-mirrors\\": *\\[[^]]*\\]#\\"registry-mirrors\\": [\\"$MIRROR_URL\\"]#" $file
elif [ -s $file ] && grep -q '[a-z]' $file; then
  sed -i "0,/{/s#{#{\\"registry-mirrors\\": [\\"$MIRROR_URL\\"], #" $file
else
  echo "{\\"registry-mirrors\\": [\\"$MIRROR_URL\\"]}" > $file
fi
cat $file
echo 'Success.'
echo 'You need to restart docker to take effect: sudo systemctl restart docker.service'
`;

/** Files beside repositories: lists of mirrors, .repo files, a script. */
export function centosFile(host: string, path: string): string | undefined {
  if (/^\/(docker-ce\/)?linux\/(centos|rhel|fedora)\/docker-ce\.repo$/.test(path))
    return dockerRepo(path.startsWith('/docker-ce/') ? `https://${host}/docker-ce` : `https://${host}`);
  if (/^\/repo\/Centos-7\.repo$/i.test(path)) return baseRepo(`http://${host}`);
  if (/^\/repo\/epel-7\.repo$/.test(path))
    return EPEL_REPO.replace('http://download.fedoraproject.org/pub', `http://${host}`);
  if (/^get\.daocloud\.io$/.test(host) && path === '/daotools/set_mirror.sh') return SET_MIRROR;
  if (/(RPM-GPG-KEY|linux\/centos\/gpg$|rpm-package-key|yum-key\.gpg)/.test(path))
    return '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nRHJ5ZG9jayBSUE0ga2V5\n-----END PGP PUBLIC KEY BLOCK-----\n';
  return undefined;
}

/** The mirrors of a repository that mirrorlist.centos.org names. */
export const mirrorList = (repo: string): string =>
  ['http://mirror.centos.org', 'http://mirrors.aliyun.com']
    .map((base) => `${base}/centos/7/${repo}/x86_64/\n`)
    .join('');

/** Which repository a path lies in, and the path within it. */
export function repositoryOf(path: string): [repository: string, rest: string] | undefined {
  const m =
    /^\/(?:centos|centos-vault)\/7[0-9.]*\/(os|updates|extras)\/x86_64\/(.*)$/.exec(path) ??
    /^\/(?:pub\/)?(epel)\/7(?:Server)?\/x86_64\/(.*)$/.exec(path) ??
    /^\/(?:docker-ce\/)?linux\/(centos|rhel)\/7[^/]*\/x86_64\/stable\/(.*)$/.exec(path) ??
    /^\/(?:kubernetes\/)?(yum)\/repos\/kubernetes-el7-x86_64\/(.*)$/.exec(path);
  if (!m) return undefined;
  const names: Readonly<Record<string, string>> = { os: 'base', centos: 'docker', rhel: 'docker', yum: 'kubernetes' };
  return [names[m[1]!] ?? m[1]!, m[2]!.replace(/^\/+/, '')];
}
