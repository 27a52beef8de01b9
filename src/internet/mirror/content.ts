import { PUBLIC_ISSUER } from '../../libc/tls.ts';
import { SERVERS } from './content-servers.ts';

/** What packages hold beside programs and libraries: texts of our own, links, modes; scripts that run at installation. */
export interface Content {
  files?: Readonly<Record<string, string>>;
  links?: Readonly<Record<string, string>>;
  modes?: Readonly<Record<string, number>>;
  /** The `triggers` file. */
  triggers?: string;
  /** Alternatives as update-alternatives takes them: `LINK NAME PATH PRIORITY`. */
  alternatives?: readonly string[];
  /** Lines of sh that the postinst runs when the package is configured. */
  configure?: string;
  /** A service that is enabled and started. */
  service?: string;
}

export const UPDATE_CA = `#!/bin/sh
# Joins the certificates of /usr/share/ca-certificates and /usr/local/share/ca-certificates in one bundle.
echo "Updating certificates in /etc/ssl/certs..."
mkdir -p /etc/ssl/certs
added=0
bundle=/etc/ssl/certs/ca-certificates.crt
: > $bundle.new
for dir in /usr/share/ca-certificates /usr/local/share/ca-certificates; do
  [ -d "$dir" ] || continue
  for crt in $(find "$dir" -name '*.crt' | sort); do
    cat "$crt" >> $bundle.new
    name=\${crt##*/}
    pem=/etc/ssl/certs/\${name%.crt}.pem
    if [ ! -L "$pem" ]; then
      ln -sf "$crt" "$pem"
      added=$((added+1))
    fi
  done
done
removed=0
for pem in /etc/ssl/certs/*.pem; do
  if [ -L "$pem" ] && [ ! -e "$pem" ]; then
    rm -f "$pem"
    removed=$((removed+1))
  fi
done
mv $bundle.new $bundle
chmod 644 $bundle
echo "$added added, $removed removed; done."
echo "Running hooks in /etc/ca-certificates/update.d..."
echo "done."
`;

export const ROOT_CERTIFICATE = `# ${PUBLIC_ISSUER}\n-----BEGIN CERTIFICATE-----\nRHJ5ZG9jayBQdWJsaWMgUm9vdCBDQQ==\n-----END CERTIFICATE-----\n`;

const java = (version: string, place: string): Content => ({
  alternatives: place
    .split(' ')
    .map((name) => `/usr/bin/${name} ${name} /usr/lib/jvm/java-${version}-openjdk-amd64/bin/${name} ${version}11`),
});

const editor = (path: string, priority: number): string => `/usr/bin/editor editor ${path} ${priority}`;

const CONTENT: Readonly<Record<string, Content>> = {
  'ca-certificates': {
    files: {
      '/usr/sbin/update-ca-certificates': UPDATE_CA,
      '/usr/share/ca-certificates/mozilla/Drydock_Public_Root_CA.crt': ROOT_CERTIFICATE,
    },
    modes: { '/usr/sbin/update-ca-certificates': 0o755 },
    triggers: 'interest-noawait update-ca-certificates\n',
    configure: 'update-ca-certificates',
  },
  'libc-bin': { triggers: 'interest-noawait ldconfig\n' },
  vim: {
    alternatives: [
      '/usr/bin/vim vim /usr/bin/vim.basic 30',
      '/usr/bin/vimdiff vimdiff /usr/bin/vim.basic 30',
      '/usr/bin/rvim rvim /usr/bin/vim.basic 30',
      '/usr/bin/rview rview /usr/bin/vim.basic 30',
      '/usr/bin/vi vi /usr/bin/vim.basic 30',
      '/usr/bin/view view /usr/bin/vim.basic 30',
      '/usr/bin/ex ex /usr/bin/vim.basic 30',
      editor('/usr/bin/vim.basic', 30),
    ],
  },
  'vim-tiny': {
    alternatives: [
      '/usr/bin/vi vi /usr/bin/vim.tiny 15',
      '/usr/bin/view view /usr/bin/vim.tiny 15',
      editor('/usr/bin/vim.tiny', 15),
    ],
  },
  nano: {
    alternatives: [editor('/bin/nano', 40), '/usr/bin/pico pico /bin/nano 10'],
  },
  less: { alternatives: ['/usr/bin/pager pager /usr/bin/less 77'] },
  gawk: { alternatives: ['/usr/bin/awk awk /usr/bin/gawk 10'] },
  figlet: { alternatives: ['/usr/bin/figlet figlet /usr/bin/figlet-figlet 100'] },
  'netcat-openbsd': { alternatives: ['/bin/nc nc /bin/nc.openbsd 50'] },
  'netcat-traditional': { alternatives: ['/bin/nc nc /bin/nc.traditional 10'] },
  telnet: { alternatives: [] },
  'inetutils-telnet': { alternatives: ['/usr/bin/telnet telnet /usr/bin/inetutils-telnet 100'] },
  traceroute: { alternatives: ['/usr/bin/traceroute traceroute /usr/bin/traceroute.db 100'] },
  'openjdk-11-jre-headless': java('11', 'java keytool'),
  'openjdk-11-jdk-headless': java('11', 'javac jar jshell'),
  'openjdk-17-jre-headless': java('17', 'java keytool'),
  'openjdk-17-jdk-headless': java('17', 'javac jar jshell'),
  'openjdk-21-jre-headless': java('21', 'java keytool'),
  'openjdk-21-jdk-headless': java('21', 'javac jar jshell'),
  'python3-minimal': { links: {} },
  'python-is-python3': { links: { '/usr/bin/python': 'python3' } },
  sudo: {
    files: {
      '/etc/sudoers':
        'Defaults\tenv_reset\nDefaults\tmail_badpass\nroot\tALL=(ALL:ALL) ALL\n%admin ALL=(ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n',
    },
    modes: { '/etc/sudoers': 0o440, '/usr/bin/sudo': 0o4755 },
  },
  'iputils-ping': { modes: { '/usr/bin/ping': 0o4755 } },
  'openssh-client': { files: { '/etc/ssh/ssh_config': 'Host *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n' } },
  'docker-ce-cli': { files: {} },
  ...SERVERS,
};

/** What a package has beside its programs. */
export function contentOf(pkg: { name: string; version: string; files: readonly string[] }): Content {
  const known = CONTENT[pkg.name] ?? {};
  const python = /^python3(\.\d+)?-minimal$/.exec(pkg.name);
  if (!python) return known;
  const release = /^3\.\d+/.exec(pkg.version)?.[0] ?? '3';
  return python[1] === undefined ? { ...known, links: { '/usr/bin/python3': `python${release}` } } : known;
}

/** The maintainer scripts of a package, by name. */
export function scriptsOf(pkg: { name: string; version: string; files: readonly string[] }): Record<string, string> {
  const { alternatives = [], configure, service } = contentOf(pkg);
  const unit = `/usr/lib/systemd/system/${service}.service`;
  const after: string[] = [];
  const before: string[] = [];
  for (const line of alternatives) {
    const [link, name, path, priority] = line.split(' ');
    after.push(`  update-alternatives --install ${link} ${name} ${path} ${priority}`);
    before.push(`  update-alternatives --remove ${name} ${path}`);
  }
  if (configure !== undefined) after.push(...configure.split('\n').map((line) => `  ${line}`));
  if (service !== undefined) {
    after.push(...enable(service, unit));
    before.push(`  [ ! -d /run/systemd/system ] || systemctl stop ${service}.service >/dev/null 2>&1 || true`);
  }
  const scripts: Record<string, string> = {};
  if (after.length > 0)
    scripts.postinst = `#!/bin/sh\nset -e\nif [ "$1" = configure ] || [ "$1" = triggered ]; then\n${after.join('\n')}\nfi\nexit 0\n`;
  if (before.length > 0)
    scripts.prerm = `#!/bin/sh\nset -e\nif [ "$1" = remove ]; then\n${before.join('\n')}\nfi\nexit 0\n`;
  if (service !== undefined)
    scripts.postrm = `#!/bin/sh\nset -e\nif [ "$1" = purge ]; then\n  rm -f /etc/systemd/system/multi-user.target.wants/${service}.service\nfi\nexit 0\n`;
  return scripts;
}

/** Enables a service as deb-systemd-helper does, and starts it where systemd runs. */
function enable(service: string, unit: string): string[] {
  const wanted = `/etc/systemd/system/multi-user.target.wants/${service}.service`;
  return [
    `  if [ ! -L ${wanted} ]; then`,
    '    mkdir -p /etc/systemd/system/multi-user.target.wants',
    `    ln -s ${unit} ${wanted}`,
    `    echo "Created symlink ${wanted} → ${unit}."`,
    '  fi',
    '  if [ -d /run/systemd/system ]; then',
    '    systemctl daemon-reload >/dev/null 2>&1 || true',
    `    systemctl start ${service}.service >/dev/null 2>&1 || true`,
    '  else',
    '    echo "invoke-rc.d: could not determine current runlevel" >&2',
    '    echo "invoke-rc.d: policy-rc.d denied execution of start." >&2',
    '  fi',
  ];
}
