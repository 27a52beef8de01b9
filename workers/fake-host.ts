// DEV ONLY, to be deleted
import { HttpParser } from '../src/lib/http.ts';
import type { CreateMachineHost } from '../src/machine/remote.ts';

const enc = new TextEncoder();
const dec = new TextDecoder();
const now = Math.floor(Date.now() / 1000);
const id = (n: number) => String(n).padStart(2, '0').repeat(32);
const C = (
  n: number,
  name: string,
  image: string,
  state: string,
  status: string,
  net: string,
  ip: string,
  ports: unknown[] = [],
  mounts: unknown[] = [],
) => ({
  Id: id(n),
  Names: [`/${name}`],
  Image: image,
  ImageID: `sha256:${image}`,
  Created: now - 100 + n,
  State: state,
  Status: status,
  Ports: ports,
  Mounts: mounts,
  HostConfig: { NetworkMode: net },
  NetworkSettings: { Networks: { [net]: { IPAddress: ip } } },
});
const empty = false;
let containers = empty
  ? []
  : [
      C(
        1,
        'shop-web-1',
        'nginx:1.29',
        'running',
        'Up 6 seconds',
        'shop',
        '172.18.0.4',
        [
          { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
          { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        ],
        [{ Type: 'bind', Source: '/root/shop/nginx.conf', Destination: '/etc/nginx/nginx.conf', RW: false }],
      ),
      C(2, 'shop-api-1', 'shop-api:dev', 'running', 'Up 6 seconds (healthy)', 'shop', '172.18.0.3'),
      C(
        3,
        'shop-db-1',
        'mysql:8.4',
        'running',
        'Up 12 seconds (healthy)',
        'shop',
        '172.18.0.2',
        [],
        [{ Type: 'volume', Name: 'dbdata', Destination: '/var/lib/mysql', RW: true }],
      ),
      C(4, 'shop-migrate-1', 'shop-api:dev', 'exited', 'Exited (0) 8 seconds ago', 'shop', ''),
      C(5, 'cache', 'redis:8-alpine', 'running', 'Up 3 minutes', 'bridge', '172.17.0.2'),
    ];
const networks = [
  { Id: 'n1', Name: 'shop', Driver: 'bridge', IPAM: { Config: [{ Subnet: '172.18.0.0/16' }] } },
  { Id: 'n2', Name: 'bridge', Driver: 'bridge', IPAM: { Config: [{ Subnet: '172.17.0.0/16' }] } },
  { Id: 'n3', Name: 'host', Driver: 'host', IPAM: { Config: [] } },
  { Id: 'n4', Name: 'none', Driver: 'null', IPAM: { Config: [] } },
];
const L: Record<string, [string, string, number][]> = {
  'nginx:1.29': [
    ['deb', 'ADD file:1234 in /', 74.8e6],
    ['ng1', 'RUN /bin/sh -c apt-get update && apt-get install nginx # buildkit', 118e6],
    ['ng2', 'COPY docker-entrypoint.sh / # buildkit', 4e3],
  ],
  'shop-api:dev': [
    ['deb', 'ADD file:1234 in /', 74.8e6],
    ['n22', 'RUN /bin/sh -c curl -fsSLO node 22 # buildkit', 118e6],
    ['npm', 'RUN /bin/sh -c npm ci --omit=dev # buildkit', 38.4e6],
    ['cp', 'COPY . . # buildkit', 41.2e3],
  ],
  'mysql:8.4': [
    ['ora', 'ADD file:oracle in /', 141e6],
    ['my', 'RUN /bin/sh -c microdnf install mysql # buildkit', 491e6],
    ['mye', 'COPY entrypoint /', 12e3],
  ],
  'redis:8-alpine': [
    ['alp', 'ADD alpine-minirootfs-3.22.2-x86_64.tar.gz / # buildkit', 8.5e6],
    ['red', 'RUN /bin/sh -c set -eux; apk add redis # buildkit', 51e6],
  ],
};
const listeners = new Set<(text: string) => void>();
let cpu = 0;
function answer(path: string): unknown {
  const url = new URL(`http://x${path.replace(/^\/v1\.\d+/, '')}`);
  const p = decodeURIComponent(url.pathname);
  if (p === '/containers/json') return containers;
  if (p === '/networks') return networks;
  if (p === '/volumes')
    return {
      Volumes: empty
        ? []
        : [
            { Name: 'dbdata', Driver: 'local', Mountpoint: '' },
            { Name: 'old', Driver: 'local', Mountpoint: '' },
          ],
    };
  if (p === '/images/json')
    return empty
      ? []
      : Object.entries(L).map(([name, l]) => ({
          Id: `sha256:${name}`,
          RepoTags: [name],
          Size: l.reduce((s, x) => s + x[2], 0),
          Created: now,
        }));
  if (p === '/info') return { NCPU: 2, MemTotal: 4e9 };
  let m = /^\/images\/sha256:(.*)\/json$/.exec(p);
  if (m) return { Id: m[1], RootFS: { Layers: L[m[1]!]!.map((x) => x[0]) } };
  m = /^\/images\/sha256:(.*)\/history$/.exec(p);
  if (m)
    return [
      { Id: '', CreatedBy: 'CMD ["x"]', Size: 0 },
      ...[...L[m[1]!]!].reverse().map((x) => ({ Id: '', CreatedBy: x[1], Size: x[2] })),
    ];
  m = /^\/containers\/(\w+)\/stats$/.exec(p);
  if (m) {
    cpu += Math.random() * 2e7;
    const n = Number(m[1]!.slice(0, 2));
    return {
      read: '',
      cpu_stats: { cpu_usage: { total_usage: cpu }, system_cpu_usage: performance.now() * 2e6, online_cpus: 2 },
      memory_stats: { usage: [9.1e6, 48e6, 371e6, 0, 5.6e6][n - 1], limit: n === 3 ? 640e6 : 4e9 },
      networks: { eth0: { rx_bytes: 14200 + performance.now() * Math.random(), tx_bytes: 9800 + performance.now() } },
      pids_stats: { current: 11 },
    };
  }
  m = /^\/containers\/(\w+)\/json$/.exec(p);
  if (m) {
    const c = containers.find((x) => x.Id === m![1]);
    if (!c) return undefined;
    return {
      Id: c.Id,
      Name: c.Names[0],
      Created: '2026-11-23T14:02:24.1Z',
      Path: 'docker-entrypoint.sh',
      Args: ['node', 'server.js'],
      Image: c.ImageID,
      RestartCount: 0,
      State: {
        Status: c.State,
        Pid: 1284,
        ExitCode: 0,
        StartedAt: '2026-11-23T14:02:25.1Z',
        FinishedAt: '0001-01-01T00:00:00Z',
        Health: { Status: 'healthy', FailingStreak: 0, Log: [] },
      },
      Config: {
        Image: c.Image,
        Tty: false,
        Env: ['PATH=/usr/local/sbin:/usr/local/bin', 'NODE_VERSION=22.11.0'],
        WorkingDir: '/app',
        User: 'node',
      },
      HostConfig: { RestartPolicy: { Name: 'no' }, Memory: 134217728 },
      Mounts: c.Mounts,
      NetworkSettings: { Ports: { '3000/tcp': null }, Networks: c.NetworkSettings.Networks },
    };
  }
  m = /^\/containers\/(\w+)\/top$/.exec(p);
  if (m)
    return {
      Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
      Processes: [
        ['node', '1284', '1260', '0', '14:02', '?', '00:00:01', 'node server.js'],
        ['node', '1309', '1284', '0', '14:02', '?', '00:00:00', 'node health-worker.js'],
      ],
    };
  return undefined;
}

export const createMachineHost: CreateMachineHost = (o) => ({
  async boot() {
    const lines: [string, 'kernel' | 'ok' | 'wait'][] = [
      ['host drydock: 2 CPUs, 4 GB memory', 'kernel'],
      ['disk drydock: empty', 'kernel'],
      ['Started network.service: eth0 192.168.65.3', 'ok'],
      ['Started docker.service: Docker Engine 28.5.2, API 1.51', 'ok'],
    ];
    for (const [text, kind] of lines) {
      o.onEvent({ kind: 'boot', line: { kind, seconds: performance.now() / 1000, text } });
      await new Promise((r) => setTimeout(r, 60));
    }
    const disk = await o.store?.load();
    await o.store?.append({ meta: enc.encode('x'), chunks: [] });
    o.onEvent({ kind: 'saved', at: Date.now() });
    return {
      hostname: 'drydock',
      address: '192.168.65.3',
      engine: '28.5.2',
      api: '1.51',
      cpus: 2,
      memory: 4e9,
      disk: 40e9,
      restored: disk !== undefined,
      savedAt: disk?.savedAt,
    };
  },
  openTerminal(_size, options, sink) {
    const out = (s: string) => sink.output(enc.encode(s));
    const prompt = () => out('\x1b]0;root@drydock: ~\x07\x1b[01;32mroot@drydock\x1b[00m:\x1b[01;34m~\x1b[00m# ');
    let line = '';
    out(`Drydock. A Linux host with Docker Engine 28.5.2, all of it in this tab.\r\n\r\n`);
    prompt();
    return {
      write(bytes) {
        for (const ch of dec.decode(bytes).replace(/\x1b\[20[01]~/g, '')) {
          if (ch === '\r') {
            out('\r\n');
            if (line === 'crash')
              setTimeout(() => {
                throw new RangeError('Array buffer allocation failed');
              });
            else if (line.startsWith('run')) {
              const c = C(
                10 + containers.length,
                `new-${containers.length}`,
                'nginx:1.29',
                'running',
                'Up 1 second',
                'bridge',
                `172.17.0.${containers.length}`,
                [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8000 + containers.length, Type: 'tcp' }],
              );
              containers = [...containers, c];
              for (const l of listeners)
                l(`${JSON.stringify({ Type: 'container', Action: 'start', Actor: { ID: c.Id }, time: 0 })}\n`);
            } else if (line === 'exit') {
              sink.exit(0);
              return;
            } else if (line === 'colors') {
              for (let i = 0; i < 16; i++) out(`\x1b[${i < 8 ? 30 + i : 82 + i}m color${i} \x1b[0m`);
              out('\r\n see http://localhost:8080/api or localhost:8080/x or https://docs.docker.com/x \r\n');
            } else if (line !== '') out(`bash: ${line}: command not found\r\n`);
            line = '';
            prompt();
          } else if (ch === '\x7f') {
            if (line) {
              line = line.slice(0, -1);
              out('\b \b');
            }
          } else {
            line += ch;
            out(ch);
          }
        }
      },
      resize() {},
      ack() {},
      folder: () => options.cwd ?? '/root',
      close() {},
    };
  },
  connect(_path, sink) {
    const parser = new HttpParser('request');
    let stop = () => {};
    return {
      write(bytes) {
        for (const e of parser.push(bytes)) {
          if (e.type !== 'head' || e.head.kind !== 'request') continue;
          const t = e.head.target;
          if (t.includes('/events')) {
            const l = (text: string) => sink.data(enc.encode(`${enc.encode(text).length.toString(16)}\r\n${text}\r\n`));
            listeners.add(l);
            stop = () => listeners.delete(l);
            sink.data(enc.encode('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'));
            continue;
          }
          if (t.includes('/logs')) {
            sink.data(enc.encode('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'));
            for (const [n, s] of [
              [1, '2026-11-23T14:02:25.911Z listening on 0.0.0.0:3000\n'],
              [1, '2026-11-23T14:02:26.004Z GET /healthz 200 1 ms\n'],
              [2, '2026-11-23T14:02:58.021Z slow query 212 ms: SELECT * FROM items\n'],
            ] as [number, string][]) {
              const b = enc.encode(s);
              const f = new Uint8Array(8 + b.length);
              f[0] = n;
              new DataView(f.buffer).setUint32(4, b.length);
              f.set(b, 8);
              sink.data(enc.encode(`${f.length.toString(16)}\r\n`));
              sink.data(f);
              sink.data(enc.encode('\r\n'));
            }
            continue;
          }
          const value = answer(t);
          const body = enc.encode(JSON.stringify(value ?? { message: 'not found' }));
          queueMicrotask(() => {
            sink.data(enc.encode(`HTTP/1.1 ${value ? 200 : 404} X\r\nContent-Length: ${body.length}\r\n\r\n`));
            sink.data(body);
            sink.end();
          });
        }
      },
      end() {},
      destroy() {
        stop();
      },
    };
  },
  async flush() {},
  stop() {},
});
