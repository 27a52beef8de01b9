import { sprintf } from '../../../lib/go-fmt.ts';
import { type GoStruct, GoTyped } from '../../../lib/go-value.ts';
import { bytesSize, humanSize } from '../../../lib/units.ts';
import { shortId } from './display.ts';
import { type Listing, rowValue } from './formatter.ts';

/** container.StatsResponse of the API, as far as it is shown. */
export interface StatsAnswer {
  id?: string;
  name?: string;
  cpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage?: number; online_cpus?: number };
  precpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage?: number };
  memory_stats: { usage?: number; limit?: number; stats?: Record<string, number> };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }> | null;
  blkio_stats: { io_service_bytes_recursive?: { op: string; value: number }[] | null };
  pids_stats: { current?: number };
}

/** A container and what it used when last looked at; nothing before the first time. */
export interface StatsEntry {
  container: string;
  id: string;
  name: string;
  answer: StatsAnswer | undefined;
}

export const STATS: Listing = {
  headers: {
    Container: 'CONTAINER',
    Name: 'NAME',
    ID: 'CONTAINER ID',
    CPUPerc: 'CPU %',
    MemUsage: 'MEM USAGE / LIMIT',
    MemPerc: 'MEM %',
    NetIO: 'NET I/O',
    BlockIO: 'BLOCK I/O',
    PIDs: 'PIDS',
  },
};

export const statsFormat = (source: string): string =>
  source === 'table'
    ? 'table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}'
    : source;

const percent = (n: number): string => sprintf('%.2f%%', new GoTyped('float64', n));

/** A line of `stats`; `--` stands for what is not known. */
export function statsRow({ container, id, name, answer }: StatsEntry, truncate: boolean): GoStruct {
  const known = (text: (a: StatsAnswer) => string, unknown = '--'): string => (answer ? text(answer) : unknown);
  return rowValue({
    type: '*container.statsContext',
    methods: {
      Container: () => container,
      Name: () => name.replace(/^\//, '') || '--',
      ID: () => (truncate ? shortId(id) : id),
      CPUPerc: () => known((a) => percent(cpuPercent(a))),
      MemUsage: () => known((a) => `${bytesSize(memory(a))} / ${bytesSize(a.memory_stats.limit ?? 0)}`, '-- / --'),
      MemPerc: () => known((a) => percent(memoryPercent(a))),
      NetIO: () => known((a) => pair(...network(a))),
      BlockIO: () => known((a) => pair(...blocks(a))),
      PIDs: () => known((a) => String(a.pids_stats.current ?? 0)),
    },
  });
}

const pair = (a: number, b: number): string => `${humanSize(a, 3)} / ${humanSize(b, 3)}`;

function cpuPercent({ cpu_stats: now, precpu_stats: before }: StatsAnswer): number {
  const own = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const all = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  return all > 0 && own > 0 ? (own / all) * (now.online_cpus ?? 1) * 100 : 0;
}

/** Memory in use, without the cache that could be given back. */
function memory({ memory_stats: m }: StatsAnswer): number {
  const usage = m.usage ?? 0;
  const inactive = m.stats?.total_inactive_file ?? m.stats?.inactive_file ?? 0;
  return inactive < usage ? usage - inactive : usage;
}

function memoryPercent(a: StatsAnswer): number {
  const limit = a.memory_stats.limit ?? 0;
  return limit === 0 ? 0 : (memory(a) / limit) * 100;
}

function network({ networks }: StatsAnswer): [number, number] {
  const all = Object.values(networks ?? {});
  return [all.reduce((n, i) => n + i.rx_bytes, 0), all.reduce((n, i) => n + i.tx_bytes, 0)];
}

function blocks({ blkio_stats }: StatsAnswer): [number, number] {
  let read = 0;
  let written = 0;
  for (const { op, value } of blkio_stats.io_service_bytes_recursive ?? []) {
    if (/^r/i.test(op)) read += value;
    else if (/^w/i.test(op)) written += value;
  }
  return [read, written];
}
