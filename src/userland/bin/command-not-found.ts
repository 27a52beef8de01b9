import { program } from '../../libc/program.ts';

/** Ubuntu 24.04's packages of commands that people miss: `PACKAGE: COMMAND…`, those that only one package has. */
const PACKAGES = `
ansible-core: ansible ansible-playbook
apache2-bin: apache2
apache2-utils: ab htpasswd
bind9-dnsutils: dig delv mdig
bridge-utils: brctl
cowsay: cowsay cowthink
cpu-checker: kvm-ok
cmake: cmake ctest
composer: composer
dnsmasq-base: dnsmasq
docker-compose: docker-compose
ffmpeg: ffmpeg ffprobe
figlet: figlet
file: file
g++: g++
gcc: gcc
gdb: gdb
gh: gh
git: git
graphviz: dot
haproxy: haproxy
htop: htop
httpie: http
iftop: iftop
imagemagick-6.q16: convert
iperf3: iperf3
iputils-arping: arping
jq: jq
lsof: lsof
lynx: lynx
maven: mvn
memcached: memcached
mosquitto-clients: mosquitto_pub mosquitto_sub
ncdu: ncdu
neofetch: neofetch
net-tools: ifconfig netstat route arp
nginx: nginx
nmap: nmap
nodejs: node
npm: npm
parallel: parallel
php-fpm: php-fpm
podman: podman
postgresql-client-common: psql pg_dump pg_isready
pv: pv
python3-pip: pip pip3
redis-server: redis-server
redis-tools: redis-cli redis-benchmark
rsync: rsync
ruby: ruby irb gem
screen: screen
siege: siege
sl: sl
socat: socat
sqlite3: sqlite3
strace: strace
stress: stress
stress-ng: stress-ng
sysstat: iostat mpstat sar pidstat
tcpdump: tcpdump
tmux: tmux
tree: tree
unzip: unzip
whois: whois
wrk: wrk
zip: zip
`;

function packageOf(command: string): string | undefined {
  for (const line of PACKAGES.trim().split('\n')) {
    const [name, commands] = line.split(': ') as [string, string];
    if (commands.split(' ').includes(command)) return name;
  }
  return undefined;
}

export default program({
  name: 'command-not-found',
  at: ['/usr/lib/command-not-found'],
  spec: 'command-not-found 23.04 of Ubuntu 24.04: commands of one package each, no guesses at misspelt names',
  usage: '[--no-failure-msg] [--] COMMAND',
  about: 'Tell which package has a command.',
  options: {},
  raw: true,
  *main({ sys, args, stderr }) {
    const words = args.filter((arg) => !arg.startsWith('--'));
    const command = words[0];
    if (command === undefined) return 127;
    const name = command.includes('/') ? undefined : packageOf(command);
    if (name !== undefined) {
      const sudo = sys.credentials().euid === 0 ? '' : 'sudo ';
      yield* stderr.write(`Command '${command}' not found, but can be installed with:\n${sudo}apt install ${name}\n`);
    } else if (!args.includes('--no-failure-msg')) yield* stderr.write(`${command}: command not found\n`);
    return 127;
  },
});
