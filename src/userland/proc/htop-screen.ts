import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts } from '../../libc/accounts.ts';
import { two } from '../../libc/clock-text.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { readMemory } from './memory.ts';
import { commandLine, type ProcessRow, readProcesses } from './processes.ts';

export type HtopSort = 'PID' | 'USER' | 'CPU%' | 'MEM%' | 'TIME+';

/** What htop remembers between two screens. */
export interface HtopState {
  sort: HtopSort;
  /** Shown as a tree. */
  tree: boolean;
  /** Only what holds this text. */
  filter: string;
  selected: number;
  ticks: Map<number, number>;
  cpu: number[][];
  time: number;
}

const ticksOf = (p: ProcessRow): number => p.utime + p.stime;

/** `1.2G`, `384M`, `1024K` as htop's columns have them. @param kib */
function size(kib: number): string {
  if (kib < 100_000) return String(Math.round(kib));
  return kib < 1024 * 1000 ? `${Math.round(kib / 1024)}M` : `${(kib / 1024 / 1024).toFixed(1)}G`;
}

/** A bar `[||||      50.0%]` of `width` characters between the brackets. */
function bar(label: string, share: number, text: string, width: number): string {
  const filled = Math.min(width, Math.round(share * width));
  const body = '|'.repeat(filled).padEnd(width);
  const shown = body.slice(0, Math.max(0, width - text.length)) + text.slice(0, width);
  const green = shown.slice(0, filled);
  return `\x1b[36m${label.padStart(3)}\x1b[39m\x1b[1m[\x1b[22m\x1b[32m${green}\x1b[90m${shown.slice(filled)}\x1b[39m\x1b[1m]\x1b[22m`;
}

function* readCpus(sys: Sys): Wait<number[][]> {
  const bytes = yield* readFile(sys, '/proc/stat');
  const text = typeof bytes === 'number' ? '' : decode(bytes);
  return [...text.matchAll(/^cpu\d+ +(.*)$/gm)].map((match) => match[1]!.split(' ').map(Number).slice(0, 8));
}

/** Children below their parents. */
function treeOrder(rows: readonly ProcessRow[]): { p: ProcessRow; indent: string }[] {
  const out: { p: ProcessRow; indent: string }[] = [];
  const known = new Set(rows.map((p) => p.pid));
  const add = (parent: number, indent: string): void => {
    const children = rows.filter((p) => (known.has(p.ppid) ? p.ppid : 0) === parent && p.pid !== parent);
    for (const [i, p] of children.entries()) {
      const last = i === children.length - 1;
      out.push({ p, indent: parent === 0 ? '' : `${indent}${last ? '└─ ' : '├─ '}` });
      add(p.pid, parent === 0 ? '' : `${indent}${last ? '   ' : '│  '}`);
    }
  };
  add(0, '');
  return out;
}

/** One screen; `state` takes the new sample. @returns its lines, and the processes in the order of the table */
export function* htopScreen(
  sys: Sys,
  state: HtopState,
  rows: number,
  cols: number,
): Wait<{ lines: string[]; shown: ProcessRow[] }> {
  const all = yield* readProcesses(sys);
  const memory = yield* readMemory(sys);
  const info = sys.sysinfo();
  const now = info.uptime;
  const seconds = state.time > 0 ? Math.max(0.01, now - state.time) : Math.max(0.01, now);
  const cpus = yield* readCpus(sys);
  const width = Math.max(10, Math.floor(cols / 2) - 7);
  const lines: string[] = [];
  const used = memory.total - memory.free - memory.buffers - memory.cache;
  const bars = cpus.map((cpu, i) => {
    const spent = cpu.map((n, j) => n - (state.cpu[i]?.[j] ?? 0));
    const total = spent.reduce((a, b) => a + b, 0);
    const busy = total > 0 ? 1 - ((spent[3] ?? 0) + (spent[4] ?? 0)) / total : 0;
    return bar(String(i), busy, `${(busy * 100).toFixed(1)}%`, width);
  });
  bars.push(bar('Mem', used / memory.total, `${size(used)}/${size(memory.total)}`, width));
  bars.push(
    bar(
      'Swp',
      memory.swapTotal > 0 ? 1 - memory.swapFree / memory.swapTotal : 0,
      `${size(memory.swapTotal - memory.swapFree)}/${size(memory.swapTotal)}`,
      width,
    ),
  );
  const threads = all.reduce((sum, p) => sum + p.threads - 1, 0);
  const up = `${two(Math.floor(now / 3600))}:${two(Math.floor(now / 60) % 60)}:${two(Math.floor(now) % 60)}`;
  const facts = [
    `Tasks: ${all.length}, ${threads} thr; ${all.filter((p) => p.state === 'R').length} running`,
    `Load average: ${info.loads.map((load) => load.toFixed(2)).join(' ')}`,
    `Uptime: ${up}`,
  ];
  for (const [i, text] of bars.entries()) lines.push(`${text}${i < facts.length ? `  ${facts[i]}` : ''}`);
  lines.push('');
  lines.push(
    `\x1b[30;42m${'    PID USER       PRI  NI  VIRT   RES   SHR S  CPU% MEM%   TIME+  Command'.padEnd(cols).slice(0, cols)}\x1b[m`,
  );
  const share = (p: ProcessRow): number => (ticksOf(p) - (state.ticks.get(p.pid) ?? 0)) / seconds;
  const accounts = new Accounts(sys);
  const names = new Map<number, string>();
  for (const p of all) if (!names.has(p.euid)) names.set(p.euid, yield* accounts.userName(p.euid));
  const sorted = [...all].sort((a, b) => {
    if (state.sort === 'CPU%') return share(b) - share(a) || a.pid - b.pid;
    if (state.sort === 'MEM%') return b.rss - a.rss || a.pid - b.pid;
    if (state.sort === 'TIME+') return ticksOf(b) - ticksOf(a) || a.pid - b.pid;
    if (state.sort === 'USER') return names.get(a.euid)! < names.get(b.euid)! ? -1 : 1;
    return a.pid - b.pid;
  });
  const table = (
    state.tree ? treeOrder([...all].sort((a, b) => a.pid - b.pid)) : sorted.map((p) => ({ p, indent: '' }))
  ).filter(({ p }) => state.filter === '' || commandLine(p).includes(state.filter));
  state.selected = Math.max(0, Math.min(state.selected, table.length - 1));
  const room = Math.max(1, rows - lines.length - 1);
  const top = Math.max(0, state.selected - room + 1);
  for (const [i, { p, indent }] of table.slice(top, top + room).entries()) {
    const minutes = Math.floor(ticksOf(p) / 6000);
    const time = `${minutes}:${two(Math.floor(ticksOf(p) / 100) % 60)}.${two(ticksOf(p) % 100)}`;
    const row = [
      String(p.pid).padStart(7),
      names.get(p.euid)!.slice(0, 10).padEnd(10),
      (p.priority === -100 ? 'RT' : String(p.priority)).padStart(3),
      String(p.nice).padStart(3),
      size(p.vsize / 1024).padStart(5),
      size(p.rss / 1024).padStart(5),
      '0'.padStart(5),
      p.state,
      share(p).toFixed(1).padStart(5),
      ((p.rss / 1024 / memory.total) * 100).toFixed(1).padStart(4),
      time.padStart(8),
      indent + commandLine(p),
    ].join(' ');
    const cut = row.slice(0, cols).padEnd(cols);
    lines.push(top + i === state.selected ? `\x1b[30;46m${cut}\x1b[m` : cut.trimEnd());
  }
  state.ticks = new Map(all.map((p) => [p.pid, ticksOf(p)]));
  state.cpu = cpus;
  state.time = now;
  return { lines, shown: table.map(({ p }) => p) };
}

/** The line of function keys. */
export const htopKeys = (): string =>
  ['1Help', '4Filter', '5Tree', '6SortBy', '9Kill', '10Quit']
    .map((key) => {
      const digits = /^\d+/.exec(key)![0];
      return `F${digits}\x1b[30;46m${key.slice(digits.length).padEnd(6)}\x1b[m`;
    })
    .join('');
