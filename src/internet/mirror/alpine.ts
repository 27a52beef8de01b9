import type { Sys } from '../../abi/sys.ts';
import { type ApkRecord, formatApkRecord } from '../../lib/apk-index.ts';
import { toBase64 } from '../../lib/base64.ts';
import { gzip } from '../../lib/gzip.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { TarWriter, tarHeader } from '../../lib/tar.ts';
import { encode } from '../../lib/utf8.ts';
import { joinBytes, type Wait } from '../../libc/io.ts';
import type { Content } from './content.ts';
import { ROOT_CERTIFICATE, UPDATE_CA } from './content.ts';
import { MIME_TYPES } from './content-servers.ts';
import type { Package } from './package.ts';
import { PACKED, packPayload, payloadOf } from './payload.ts';

/** The key with which everything is signed, as it lies in /etc/apk/keys. */
const KEY = 'alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub';
/** What `apk update` says of the state of a release's repository. */
const descriptionOf = (release: string): string =>
  release === 'edge' ? 'v20251016-1234-g0d1b2c3e4f5' : `${/^v/.test(release) ? release : 'v3.22'}.2-69-g5d1a8cd4e1b`;

const NGINX_CONF = `user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log warn;
events {
	worker_connections 1024;
}
http {
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	server_tokens off;
	sendfile on;
	access_log /var/log/nginx/access.log;
	include /etc/nginx/http.d/*.conf;
}
`;

const CONTENT: Readonly<Record<string, Content>> = {
  'ca-certificates': {
    files: {
      '/usr/sbin/update-ca-certificates': UPDATE_CA,
      '/usr/share/ca-certificates/mozilla/Drydock_Public_Root_CA.crt': ROOT_CERTIFICATE,
    },
    modes: { '/usr/sbin/update-ca-certificates': 0o755 },
    triggers: '/usr/share/ca-certificates /usr/local/share/ca-certificates /etc/ca-certificates/update.d',
    configure: 'update-ca-certificates >/dev/null',
  },
  python3: { links: { '/usr/bin/python3': 'python3.12' } },
  nginx: {
    files: {
      '/etc/nginx/nginx.conf': NGINX_CONF,
      '/etc/nginx/mime.types': MIME_TYPES,
      '/etc/nginx/http.d/default.conf':
        'server {\n\tlisten 80 default_server;\n\tlisten [::]:80 default_server;\n\tlocation / {\n\t\treturn 404;\n\t}\n}\n',
      '/var/log/nginx/.keep': '',
      '/run/nginx/.keep': '',
      '/var/cache/nginx/.keep': '',
    },
  },
  redis: { files: { '/etc/redis.conf': 'bind 127.0.0.1 -::1\nprotected-mode yes\nport 6379\ndir /var/lib/redis\n' } },
};

/** Users that a package makes before its files come. */
const USERS: Readonly<Record<string, string>> = {
  nginx:
    'addgroup -S nginx 2>/dev/null\nadduser -S -D -H -h /var/lib/nginx -s /sbin/nologin -G nginx -g nginx nginx 2>/dev/null',
  redis:
    'addgroup -S redis 2>/dev/null\nadduser -S -D -H -h /var/lib/redis -s /sbin/nologin -G redis -g redis redis 2>/dev/null',
  docker: 'addgroup -S docker 2>/dev/null',
};

const listOf = (text: string): string[] => text.split(',').filter((word) => word !== '');

/** Tar entries that are not the end of an archive. */
function segment(files: readonly (readonly [name: string, text: string])[]): Uint8Array {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  for (const [name, text] of files) {
    const bytes = encode(text);
    pieces.push(
      writer.header(tarHeader({ name, type: 'file', mode: 0o755, size: bytes.length, mtimeSec: PACKED })),
      writer.data(bytes),
    );
  }
  const whole = joinBytes([...pieces, writer.finish()]);
  return gzip(whole.subarray(0, whole.length - 1024));
}

interface Made {
  bytes: Uint8Array;
  record: ApkRecord;
}

/** The repositories of Alpine Linux: an index and packages in `main` and `community` of each release. */
export class ApkRepository {
  private readonly made = new Map<Package, Made>();
  private readonly indexes = new Map<string, Uint8Array>();
  private readonly byFile = new Map<string, Package>();

  constructor(
    private readonly packages: readonly Package[],
    private readonly sha1: HashFactory,
  ) {
    for (const pkg of packages) this.byFile.set(`${pkg.component}/${pkg.name}-${pkg.version}.apk`, pkg);
  }

  /** @param path `v3.22/main/x86_64/APKINDEX.tar.gz`, or of a package */
  *find(sys: Sys, path: string): Wait<Uint8Array | undefined> {
    const m = /^(v3\.\d+|edge|latest-stable)\/(main|community|testing)\/x86_64\/([^/]+)$/.exec(path);
    if (!m) return undefined;
    const [, release, repository, file] = m;
    if (file === 'APKINDEX.tar.gz') return yield* this.index(sys, release!, repository!);
    const pkg = this.byFile.get(`${repository}/${file}`);
    return pkg && this.make(pkg).bytes;
  }

  private *index(sys: Sys, release: string, repository: string): Wait<Uint8Array> {
    const known = this.indexes.get(`${release}/${repository}`);
    if (known) return known;
    const parts: string[] = [];
    for (const pkg of this.packages) {
      if (pkg.component !== repository) continue;
      parts.push(`${formatApkRecord(this.make(pkg).record)}\n`);
      if (sys.tick()) yield;
    }
    const index = segment([
      ['DESCRIPTION', descriptionOf(release)],
      ['APKINDEX', parts.join('')],
    ]);
    const bytes = joinBytes([this.signature(index), index]);
    this.indexes.set(`${release}/${repository}`, bytes);
    return bytes;
  }

  private signature(signed: Uint8Array): Uint8Array {
    return segment([[`.SIGN.RSA.${KEY}`, this.sha1.hex(signed)]]);
  }

  private make(pkg: Package): Made {
    const known = this.made.get(pkg);
    if (known) return known;
    const content = CONTENT[pkg.name] ?? {};
    const depends = listOf(pkg.depends);
    const info = [
      `pkgname = ${pkg.name}`,
      `pkgver = ${pkg.version}`,
      `pkgdesc = ${pkg.summary}`,
      'arch = x86_64',
      `size = ${pkg.installed * 1024}`,
      ...depends.map((name) => `depend = ${name}`),
      ...(content.triggers === undefined ? [] : [`triggers = ${content.triggers}`]),
    ];
    const scripts: [string, string][] = [];
    if (USERS[pkg.name] !== undefined) scripts.push(['.pre-install', `#!/bin/sh\n${USERS[pkg.name]}\nexit 0\n`]);
    if (content.configure !== undefined) scripts.push(['.trigger', `#!/bin/sh\n${content.configure}\n`]);
    const control = segment([['.PKGINFO', `${info.join('\n')}\n`], ...scripts]);
    const data = gzip(packPayload(payloadOf(pkg, content, 'musl', false), ''));
    const bytes = joinBytes([this.signature(control), control, data]);
    const record: ApkRecord = {
      checksum: `Q1${toBase64(this.sha1.create().update(control).digest())}`,
      name: pkg.name,
      version: pkg.version,
      arch: 'x86_64',
      size: bytes.length,
      installed: pkg.installed * 1024,
      summary: pkg.summary,
      url: 'https://www.alpinelinux.org/',
      licence: 'custom',
      origin: pkg.source,
      depends,
      provides: listOf(pkg.provides),
      installIf: [],
    };
    const made = { bytes, record };
    this.made.set(pkg, made);
    return made;
  }
}
