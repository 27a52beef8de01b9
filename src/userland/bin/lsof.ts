import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isRegular,
  isSocket,
  major,
  minor,
  Stat,
} from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts } from '../../libc/accounts.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { type ProcessRow, readProcesses } from '../proc/processes.ts';

interface OpenFile {
  fd: string;
  type: string;
  device: string;
  size: string;
  node: string;
  name: string;
}

export default program({
  name: 'lsof',
  at: ['/usr/bin/lsof'],
  spec: 'lsof 4.95: files of processes, sockets (-i, -n, -P), -p -u -c -t -a +D; without tasks, formats, locks',
  usage: '[-?abhlnNoOPRtUvV] [-c c] [-i i] [-p s] [-u s] [names]',
  about: 'List open files.',
  options: {
    and: { short: 'a', long: false, help: 'all of the selections must fit' },
    command: { short: 'c', long: false, arg: 'c', many: true, help: 'commands that begin so' },
    inet: { short: 'i', long: false, arg: 'i', optional: true, many: true, help: 'network files' },
    noHosts: { short: 'n', long: false, help: 'no host names' },
    noPorts: { short: 'P', long: false, help: 'no port names' },
    pids: { short: 'p', long: false, arg: 's', many: true, help: 'processes' },
    users: { short: 'u', long: false, arg: 's', many: true, help: 'users' },
    terse: { short: 't', long: false, help: 'only pids' },
    unix: { short: 'U', long: false, help: 'unix sockets' },
    states: { short: 's', long: false, arg: 'p:s', optional: true, help: 'states of the protocol, as -sTCP:LISTEN' },
  },
  *main(ctx) {
    const { sys, opts, args } = ctx;
    const accounts = new Accounts(sys);
    const sockets = yield* socketTable(sys);
    const pids = new Set(opts.pids.flatMap((list) => list.split(',').map(Number)));
    const users = opts.users.flatMap((list) => list.split(','));
    const picks = [
      opts.pids.length > 0,
      opts.users.length > 0,
      opts.command.length > 0,
      opts.inet.length > 0,
      opts.unix,
      args.length > 0,
    ];
    const many = picks.filter(Boolean).length;
    const rows: string[][] = [];
    const found = new Set<number>();
    for (const p of yield* readProcesses(sys)) {
      const user = yield* accounts.userName(p.euid);
      const ofProcess = [
        pids.has(p.pid),
        users.includes(user) || users.includes(String(p.euid)),
        opts.command.some((c) => p.comm.startsWith(c)),
      ];
      for (const file of yield* filesOf(sys, p, sockets)) {
        const net =
          opts.inet.length > 0 &&
          (file.type === 'IPv4' || file.type === 'IPv6') &&
          opts.inet.some((spec) => fits(file, spec)) &&
          (opts.states === undefined || stateFits(file, opts.states));
        const tests = [...ofProcess, net, opts.unix && file.type === 'unix', args.includes(file.name)];
        const hits = tests.filter((hit, i) => hit && picks[i]).length;
        if (many > 0 && (opts.and ? hits < many : hits === 0)) continue;
        found.add(p.pid);
        rows.push([
          p.comm.slice(0, 9),
          String(p.pid),
          user,
          file.fd,
          file.type,
          file.device,
          file.size,
          file.node,
          file.name,
        ]);
      }
    }
    if (rows.length === 0) return 1;
    if (opts.terse) {
      yield* ctx.stdout.write([...found].map((pid) => `${pid}\n`).join(''));
      return 0;
    }
    const head = ['COMMAND', 'PID', 'USER', 'FD', 'TYPE', 'DEVICE', 'SIZE/OFF', 'NODE', 'NAME'];
    const wide = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
    const right = new Set([1, 2, 4, 5, 6, 7]);
    for (const row of [head, ...rows])
      yield* ctx.stdout.write(
        `${row.map((cell, i) => (i === 8 ? cell : i === 3 ? padFd(cell, wide[i]!) : right.has(i) ? cell.padStart(wide[i]!) : cell.padEnd(wide[i]!))).join(' ')}\n`,
      );
    return 0;
  },
});

/** fds end where their mode begins. */
const padFd = (cell: string, wide: number): string =>
  /^\d+[a-z]$/.test(cell)
    ? cell.padStart(wide)
    : /^FD$/.test(cell)
      ? cell.padStart(wide - 1).padEnd(wide)
      : cell.padStart(wide - 1).padEnd(wide);

function fits(file: OpenFile, spec: string): boolean {
  const match = /^([46])?(tcp|udp)?(?:@?([^:]*))?(?::(.*))?$/i.exec(spec);
  if (!match) return false;
  const [, version, protocol, host, port] = match;
  if (version !== undefined && file.type !== `IPv${version}`) return false;
  if (protocol !== undefined && file.node !== protocol.toUpperCase()) return false;
  if (host && !file.name.includes(`${host}:`)) return false;
  return port === undefined || port.split(',').some((p) => new RegExp(`:${p}(?:\\D|$)`).test(file.name));
}

function stateFits(file: OpenFile, text: string): boolean {
  const state = /^TCP:(.*)$/i.exec(text)?.[1]?.toUpperCase();
  return state === undefined || file.node !== 'TCP' || file.name.endsWith(`(${state})`);
}

/** Sockets by inode, as /proc/net shows them. */
function* socketTable(sys: Sys): Wait<Map<string, { type: string; node: string; name: string }>> {
  const out = new Map<string, { type: string; node: string; name: string }>();
  const states = [
    '',
    'ESTABLISHED',
    'SYN_SENT',
    'SYN_RECV',
    'FIN_WAIT1',
    'FIN_WAIT2',
    'TIME_WAIT',
    'CLOSE',
    'CLOSE_WAIT',
    'LAST_ACK',
    'LISTEN',
    'CLOSING',
  ];
  for (const [file, type, node] of [
    ['tcp', 'IPv4', 'TCP'],
    ['tcp6', 'IPv6', 'TCP'],
    ['udp', 'IPv4', 'UDP'],
    ['udp6', 'IPv6', 'UDP'],
  ] as const) {
    const bytes = yield* readFile(sys, `/proc/net/${file}`);
    if (typeof bytes === 'number') continue;
    for (const line of decode(bytes).split('\n').slice(1)) {
      const words = line.trim().split(/\s+/);
      if (words.length < 10) continue;
      const [local, remote] = [address(words[1]!), address(words[2]!)];
      const state = node === 'TCP' ? ` (${states[Number.parseInt(words[3]!, 16)] ?? ''})` : '';
      out.set(words[9]!, { type, node, name: (remote.endsWith(':*') ? local : `${local}->${remote}`) + state });
    }
  }
  const unix = yield* readFile(sys, '/proc/net/unix');
  if (typeof unix !== 'number')
    for (const line of decode(unix).split('\n').slice(1)) {
      const words = line.trim().split(/\s+/);
      if (words.length >= 7)
        out.set(words[6]!, {
          type: 'unix',
          node: words[6]!,
          name: `${words[7] ? `${words[7]} ` : ''}type=${words[4] === '0002' ? 'DGRAM' : 'STREAM'}`,
        });
    }
  return out;
}

function address(text: string): string {
  const [host = '', port = ''] = text.split(':');
  const number = Number.parseInt(port, 16);
  const shown = number === 0 ? '*' : String(number);
  if (/^0+$/.test(host)) return `*:${shown}`;
  if (host.length === 8)
    return `${host
      .match(/../g)!
      .reverse()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.')}:${shown}`;
  const words = host.match(/.{8}/g)!.map((word) => word.match(/../g)!.reverse().join(''));
  const whole = words.join('').toLowerCase();
  if (/^0{31}1$/.test(whole)) return `[::1]:${shown}`;
  return `[${whole
    .match(/.{4}/g)!
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':')}]:${shown}`;
}

function* filesOf(
  sys: Sys,
  p: ProcessRow,
  sockets: ReadonlyMap<string, { type: string; node: string; name: string }>,
): Wait<OpenFile[]> {
  const out: OpenFile[] = [];
  const base = `/proc/${p.pid}`;
  for (const [fd, link] of [
    ['cwd', 'cwd'],
    ['rtd', 'root'],
    ['txt', 'exe'],
  ] as const) {
    const path = sys.readlink(`${base}/${link}`);
    if (typeof path === 'string') out.push(fileAt(sys, fd, `${base}/${link}`, path));
  }
  const fds = listDir(sys, `${base}/fd`);
  for (const fd of (typeof fds === 'number' ? [] : fds).sort((a, b) => Number(a) - Number(b))) {
    const path = sys.readlink(`${base}/fd/${fd}`);
    if (typeof path !== 'string') continue;
    const info = yield* readFile(sys, `${base}/fdinfo/${fd}`);
    const flags =
      Number.parseInt(/flags:\s*(\d+)/.exec(typeof info === 'number' ? '' : decode(info))?.[1] ?? '2', 8) & 3;
    const label = fd + ['r', 'w', 'u'][flags]!;
    const socket = /^socket:\[(\d+)\]$/.exec(path)?.[1];
    const known = socket === undefined ? undefined : sockets.get(socket);
    if (known)
      out.push({
        fd: label,
        type: known.type,
        device: known.type === 'unix' ? '0x0' : socket!,
        size: '0t0',
        node: known.node,
        name: known.name,
      });
    else if (socket !== undefined)
      out.push({ fd: label, type: 'sock', device: '0,8', size: '0t0', node: socket, name: 'protocol: UNIX' });
    else out.push(fileAt(sys, label, `${base}/fd/${fd}`, path));
    if (sys.tick()) yield;
  }
  return out;
}

function fileAt(sys: Sys, fd: string, at: string, path: string): OpenFile {
  const st = new Stat();
  if (sys.stat(at, st) < 0) return { fd, type: 'unknown', device: '', size: '', node: '', name: path };
  const type = isDirectory(st.mode)
    ? 'DIR'
    : isRegular(st.mode)
      ? 'REG'
      : isCharDevice(st.mode)
        ? 'CHR'
        : isBlockDevice(st.mode)
          ? 'BLK'
          : isFifo(st.mode)
            ? 'FIFO'
            : isSocket(st.mode)
              ? 'sock'
              : 'unknown';
  const dev = isCharDevice(st.mode) || isBlockDevice(st.mode) ? st.rdev : st.dev;
  const device = `${major(dev)},${minor(dev)}`;
  return {
    fd,
    type,
    device,
    size: type === 'REG' || type === 'DIR' ? String(st.size) : '0t0',
    node: String(st.ino),
    name: /^pipe:/.test(path) ? 'pipe' : path,
  };
}
