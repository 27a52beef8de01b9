import { CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts } from '../../libc/accounts.ts';
import { calendar, two } from '../../libc/clock-text.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { busyboxCommandLine, commandLine, type ProcessRow, readProcesses } from './processes.ts';

/** What top remembers between two looks: ticks of each process and of the machine. */
export interface TopSample {
  time: number;
  ticks: Map<number, number>;
  cpu: number[];
}

export interface TopOptions {
  /** Sorted by: %CPU, %MEM, TIME+, PID. */
  sort: 'P' | 'M' | 'T' | 'N';
  commandLines: boolean;
  idle: boolean;
  pids: readonly number[];
  uid: number | undefined;
}

function meminfo(text: string): (name: string) => number {
  return (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

const ticksOf = (p: ProcessRow): number => p.utime + p.stime;
const text = (bytes: Uint8Array | number): string => (typeof bytes === 'number' ? '' : decode(bytes));

function upText(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const clock = hours > 0 ? `${String(hours).padStart(2)}:${two(minutes)}` : `${minutes} min`;
  return days > 0 ? `${days} day${days === 1 ? '' : 's'}, ${clock}` : clock;
}

/** One screen of procps' top as lines; `before` is changed to the new sample. */
export function* topLines(sys: Sys, before: TopSample, o: TopOptions): Wait<string[]> {
  const now = sys.now(CLOCK_REALTIME);
  const all = yield* readProcesses(sys);
  const info = sys.sysinfo();
  const cpu = (/^cpu\s+(.*)$/m.exec(text(yield* readFile(sys, '/proc/stat')))?.[1] ?? '').split(/\s+/).map(Number);
  const memory = meminfo(text(yield* readFile(sys, '/proc/meminfo')));
  const seconds = before.time > 0 ? Math.max(0.01, (now - before.time) / 1000) : info.uptime;
  const share = (p: ProcessRow): number => (ticksOf(p) - (before.ticks.get(p.pid) ?? 0)) / seconds;
  const c = calendar(Math.floor(now / 1000));
  const count = (letters: string): number => all.filter((p) => letters.includes(p.state)).length;
  const used = cpu.map((n, i) => Math.max(0, n - (before.cpu[i] ?? 0)));
  const sum = used.reduce((a, b) => a + b, 0);
  const percent = (i: number): string =>
    (sum > 0 ? ((used[i] ?? 0) * 100) / sum : i === 3 ? 100 : 0).toFixed(1).padStart(5);
  const mib = (kib: number): string => (kib / 1024).toFixed(1).padStart(8);
  const available = memory('MemAvailable');
  const cache = memory('Buffers') + memory('Cached') + memory('SReclaimable');
  const lines = [
    `top - ${two(c.hour)}:${two(c.minute)}:${two(c.second)} up ${upText(info.uptime)},  0 users,  load average: ${info.loads.map((l) => l.toFixed(2)).join(', ')}`,
    `Tasks: ${String(all.length).padStart(3)} total, ${String(count('R')).padStart(3)} running, ${String(count('SDI')).padStart(3)} sleeping, ${String(count('T')).padStart(3)} stopped, ${String(count('Z')).padStart(3)} zombie`,
    `%Cpu(s):${percent(0)} us,${percent(2)} sy,${percent(1)} ni,${percent(3)} id,${percent(4)} wa,${percent(5)} hi,${percent(6)} si,${percent(7)} st `,
    `MiB Mem : ${mib(memory('MemTotal'))} total, ${mib(memory('MemFree'))} free, ${mib(memory('MemTotal') - available)} used, ${mib(cache)} buff/cache     `,
    `MiB Swap: ${mib(memory('SwapTotal'))} total, ${mib(memory('SwapFree'))} free, ${mib(memory('SwapTotal') - memory('SwapFree'))} used. ${mib(available)} avail Mem `,
    '',
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
  ];
  const accounts = new Accounts(sys);
  const users = yield* accounts.users();
  const chosen = all.filter(
    (p) =>
      (o.pids.length === 0 || o.pids.includes(p.pid)) &&
      (o.uid === undefined || p.euid === o.uid) &&
      (o.idle || share(p) > 0),
  );
  const key = (p: ProcessRow): number =>
    o.sort === 'M' ? p.rss : o.sort === 'T' ? ticksOf(p) : o.sort === 'N' ? p.pid : share(p);
  for (const p of chosen.sort((a, b) => key(b) - key(a) || a.pid - b.pid)) {
    const name = users.find((u) => u.uid === p.euid)?.name ?? String(p.euid);
    const hundredths = ticksOf(p);
    const time = `${Math.floor(hundredths / 6000)}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
    const size = (bytes: number): string => scaled(bytes / 1024);
    lines.push(
      `${String(p.pid).padStart(7)} ${name.slice(0, 8).padEnd(8)} ${String(p.priority).padStart(3)} ${String(p.nice).padStart(3)} ${size(p.vsize).padStart(7)} ${size(p.rss).padStart(6)} ${'0'.padStart(6)} ${p.state} ${share(p).toFixed(1).padStart(5)} ${((p.rss * 100) / info.totalram).toFixed(1).padStart(5)} ${time.padStart(9)} ${o.commandLines ? commandLine(p) : p.comm}`,
    );
  }
  remember(before, now, all, cpu);
  return lines;
}

function scaled(kib: number): string {
  if (kib < 10_000_000) return String(Math.floor(kib));
  return kib / 1048576 < 10_000 ? `${(kib / 1048576).toFixed(1)}g` : `${(kib / 2 ** 30).toFixed(1)}t`;
}

function remember(sample: TopSample, now: number, all: readonly ProcessRow[], cpu: number[]): void {
  sample.time = now;
  sample.ticks = new Map(all.map((p) => [p.pid, ticksOf(p)]));
  sample.cpu = cpu;
}

/** One screen of busybox's top. */
export function* busyboxTopLines(sys: Sys, before: TopSample): Wait<string[]> {
  const now = sys.now(CLOCK_REALTIME);
  const all = yield* readProcesses(sys);
  const info = sys.sysinfo();
  const cpu = (/^cpu\s+(.*)$/m.exec(text(yield* readFile(sys, '/proc/stat')))?.[1] ?? '').split(/\s+/).map(Number);
  const memory = meminfo(text(yield* readFile(sys, '/proc/meminfo')));
  const used = cpu.map((n, i) => Math.max(0, n - (before.cpu[i] ?? 0)));
  const sum = used.reduce((a, b) => a + b, 0);
  const percent = (i: number): string =>
    String(Math.round(sum > 0 ? ((used[i] ?? 0) * 100) / sum : i === 3 ? 100 : 0)).padStart(3);
  const seconds = before.time > 0 ? Math.max(0.01, (now - before.time) / 1000) : info.uptime;
  const share = (p: ProcessRow): number => (ticksOf(p) - (before.ticks.get(p.pid) ?? 0)) / seconds / info.cpus;
  const users = yield* new Accounts(sys).users();
  const running = all.filter((p) => p.state === 'R').length;
  const lines = [
    `Mem: ${memory('MemTotal') - memory('MemFree')}K used, ${memory('MemFree')}K free, ${memory('Shmem')}K shrd, ${memory('Buffers')}K buff, ${memory('Cached')}K cached`,
    `CPU: ${percent(0)}% usr ${percent(2)}% sys ${percent(1)}% nic ${percent(3)}% idle ${percent(4)}% io ${percent(5)}% irq ${percent(6)}% sirq`,
    `Load average: ${info.loads.map((l) => l.toFixed(2)).join(' ')} ${running}/${all.length} ${all.at(-1)?.pid ?? 0}`,
    '  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND',
  ];
  for (const p of all.sort((a, b) => share(b) - share(a) || b.vsize - a.vsize || a.pid - b.pid)) {
    const name = users.find((u) => u.uid === p.euid)?.name ?? String(p.euid);
    const state = `${p.state}${p.nice < 0 ? '<' : p.nice > 0 ? 'N' : ' '}`;
    const vsz = Math.floor(p.vsize / 1024);
    lines.push(
      `${String(p.pid).padStart(5)} ${String(p.ppid).padStart(5)} ${name.slice(0, 8).padEnd(8)} ${state.padEnd(4)} ${(vsz > 99999 ? `${Math.floor(vsz / 1024)}m` : String(vsz)).padStart(5)} ${String(Math.round((p.vsize * 100) / info.totalram)).padStart(3)}% ${String(p.processor).padStart(3)} ${String(Math.round(share(p))).padStart(3)}% ${busyboxCommandLine(p)}`,
    );
  }
  remember(before, now, all, cpu);
  return lines;
}
