import type { Image } from '../../../abi/sys.ts';

/** What an executable is, unless it says so itself. */
const VERSION = '1.27.4';

/** The version of the executable that runs. */
export const versionOf = (image: Image): string => (/^\d+\.\d+\.\d+$/.test(image.version) ? image.version : VERSION);

/** The compiler line of `-V` and of the start: the image's C library tells which build it is. */
export const builtBy = (flavour: string): string =>
  flavour === 'musl' ? 'gcc 14.2.0 (Alpine 14.2.0)' : 'gcc 12.2.0 (Debian 12.2.0-14)';

const WITH =
  'compat file-aio threads http_addition_module http_auth_request_module http_dav_module http_flv_module http_gunzip_module http_gzip_static_module http_mp4_module http_random_index_module http_realip_module http_secure_link_module http_slice_module http_ssl_module http_stub_status_module http_sub_module http_v2_module http_v3_module mail mail_ssl_module stream stream_realip_module stream_ssl_module stream_ssl_preread_module'.split(
    ' ',
  );

const TEMP = [
  'client-body-temp-path=client',
  'proxy-temp-path=proxy',
  'fastcgi-temp-path=fastcgi',
  'uwsgi-temp-path=uwsgi',
  'scgi-temp-path=scgi',
];

/** What `-V` prints after the version. */
export function buildText(flavour: string): string {
  const paths = [
    '--prefix=/etc/nginx',
    '--sbin-path=/usr/sbin/nginx',
    '--modules-path=/usr/lib/nginx/modules',
    '--conf-path=/etc/nginx/nginx.conf',
    '--error-log-path=/var/log/nginx/error.log',
    '--http-log-path=/var/log/nginx/access.log',
    '--pid-path=/var/run/nginx.pid',
    '--lock-path=/var/run/nginx.lock',
    ...TEMP.map((pair) => `--http-${pair.replace('=', '=/var/cache/nginx/')}_temp`),
    '--user=nginx',
    '--group=nginx',
    ...WITH.map((name) => `--with-${name}`),
    flavour === 'musl'
      ? "--with-cc-opt='-Os -fstack-clash-protection -Wformat -Werror=format-security -g' --with-ld-opt='-Wl,--as-needed,-O1,--sort-common -Wl,-z,pack-relative-relocs'"
      : "--with-cc-opt='-g -O2 -ffile-prefix-map=/data/builder/debuild/nginx-1.27.4/debian/debuild-base/nginx-1.27.4=. -fstack-protector-strong -Wformat -Werror=format-security -Wp,-D_FORTIFY_SOURCE=2 -fPIC' --with-ld-opt='-Wl,-z,relro -Wl,-z,now -Wl,--as-needed -pie'",
  ];
  const openssl = flavour === 'musl' ? 'OpenSSL 3.3.3 11 Feb 2025' : 'OpenSSL 3.0.15 3 Sep 2024';
  return `built by ${builtBy(flavour)} \nbuilt with ${openssl}\nTLS SNI support enabled\nconfigure arguments: ${paths.join(' ')}\n`;
}
