import { CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { strftime } from '../../lib/strftime.ts';
import type { Zone } from '../../lib/timezone.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import type { FileState } from './install.ts';
import type { UnitReport } from './unit.ts';
import { statusWords } from './wait-status.ts';

/** How a text is coloured; no colours where the output is no terminal. */
export type Paint = (code: string, text: string) => string;

/** `2h 3min`, as systemd writes spans: the two largest units. @param ms milliseconds */
export function spanText(ms: number, precise = false): string {
  const units: readonly (readonly [string, number])[] = [
    ['y', 31_557_600_000],
    ['month', 2_629_800_000],
    ['w', 604_800_000],
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ];
  const parts: string[] = [];
  let rest = Math.max(0, ms);
  for (const [name, size] of units) {
    if (parts.length === 2) break;
    if (name === 's' && precise && rest < 60_000) {
      if (rest >= 1000) parts.push(`${(Math.floor(rest) / 1000).toFixed(3)}s`);
      else if (rest >= 1 || parts.length === 0) parts.push(`${Math.floor(rest)}ms`);
      break;
    }
    const count = Math.floor(rest / size);
    if (count === 0) continue;
    rest -= count * size;
    parts.push(name === 'month' ? `${count} month${count > 1 ? 's' : ''}` : `${count}${name}`);
  }
  return parts.join(' ') || (precise ? '0' : `${Math.floor(ms)}ms`);
}

/** `30.2M`, as systemd writes bytes. */
export function bytesText(bytes: number): string {
  const units = ['T', 'G', 'M', 'K'];
  for (const [i, unit] of units.entries()) {
    const size = 1024 ** (4 - i);
    if (bytes >= size) return `${(Math.floor((bytes * 10) / size) / 10).toFixed(1)}${unit}`;
  }
  return `${bytes}B`;
}

export const momentText = (ms: number, zone: Zone): string =>
  strftime('%a %Y-%m-%d %H:%M:%S %Z', Math.floor(ms / 1000), 0, zone);

const DOTS: Readonly<Record<string, string>> = { active: '●', reloading: '↻', inactive: '○', failed: '×' };

/** The mark before a unit's name. */
export function dot(active: string, paint: Paint, old: boolean): string {
  const mark = old ? '●' : (DOTS[active] ?? '●');
  return paint(active === 'active' || active === 'reloading' ? '0;1;32' : active === 'failed' ? '0;1;31' : '0', mark);
}

export interface StatusContext {
  sys: Sys;
  zone: Zone;
  paint: Paint;
  /** systemd 219's layout. */
  old: boolean;
  full: boolean;
}

/** The head of `systemctl status`: all before the log lines. */
export function* statusText(ctx: StatusContext, unit: UnitReport, state: FileState): Wait<string> {
  const { old, paint } = ctx;
  const label = (name: string): string => `${name}: `.padStart(old ? 11 : 13);
  const lines: string[] = [];
  const title = unit.description === unit.id ? unit.id : `${unit.id} - ${unit.description}`;
  lines.push(`${dot(unit.active, paint, old)} ${title}`);
  lines.push(label('Loaded') + loadedText(ctx, unit, state));
  if (unit.dropIns.length > 0) lines.push(...dropInLines(unit, label('Drop-In'), old));
  lines.push(label('Active') + activeText(ctx, unit));
  if (!old && unit.active !== 'active' && unit.activeUntil > unit.activeSince && unit.activeSince > 0)
    lines.push(label('Duration') + spanText(unit.activeUntil - unit.activeSince, true));
  for (const [i, other] of unit.triggeredBy.entries())
    lines.push(
      `${i === 0 && !old ? label('TriggeredBy') : ' '.repeat(label('').length)}${dot(other.active, paint, old)} ${other.id}`,
    );
  if (old && unit.triggeredBy.length > 0) lines.splice(-unit.triggeredBy.length);
  if (unit.triggers.length > 0 && !old)
    for (const name of unit.triggers) lines.push(`${label('Triggers')}${dot('active', paint, old)} ${name}`);
  for (const [i, doc] of unit.docs.entries())
    lines.push((i === 0 ? label('Docs') : ' '.repeat(label('').length)) + doc);
  for (const [i, address] of unit.listens.entries())
    lines.push(`${i === 0 ? label('Listen') : ' '.repeat(label('').length)}${address} (Stream)`);
  for (const ended of unit.ended) {
    if (ended.what === 'ExecStart' && unit.active === 'active' && unit.mainPid === ended.pid) continue;
    lines.push(`${label('Process')}${ended.pid} ${ended.what}=${ended.command} (${statusWords(ended.status)})`);
  }
  yield* processLines(ctx, unit, label, lines);
  return `${lines.join('\n')}\n`;
}

function loadedText({ paint, old }: StatusContext, unit: UnitReport, state: FileState): string {
  if (unit.load === 'masked') return `${paint('0;1;31', 'masked')} (Reason: Unit ${unit.id} is masked.)`;
  if (unit.load === 'not-found') return `not-found (Reason: Unit ${unit.id} not found.)`;
  if (unit.load === 'bad-setting')
    return `${paint('0;1;31', 'bad-setting')} (Reason: Unit ${unit.id} has a bad unit file setting.)`;
  const enabled = paint(state === 'enabled' ? '0;1;32' : state === 'disabled' ? '0;1;38;5;185' : '0', state);
  // Debian enables what is installed, CentOS does not.
  const preset = old ? 'vendor preset: disabled' : `preset: ${paint('0;1;32', 'enabled')}`;
  return `loaded (${unit.path}; ${enabled}${state === 'static' ? '' : `; ${preset}`})`;
}

function dropInLines(unit: UnitReport, label: string, old: boolean): string[] {
  const folders = new Map<string, string[]>();
  for (const path of unit.dropIns) {
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, slash);
    folders.set(folder, [...(folders.get(folder) ?? []), path.slice(slash + 1)]);
  }
  const pad = ' '.repeat(label.length);
  return [...folders].flatMap(([folder, names], i) => [
    `${i === 0 ? label : pad}${folder}`,
    `${pad}${old || i === folders.size - 1 ? '└─' : '├─'}${names.join(', ')}`,
  ]);
}

function activeText({ sys, zone, paint }: StatusContext, unit: UnitReport): string {
  const good = unit.active === 'active' || unit.active === 'reloading';
  const detail = unit.active === 'failed' ? `Result: ${unit.result}` : unit.sub;
  const colour = good ? '0;1;32' : unit.active === 'failed' ? '0;1;31' : unit.active === 'inactive' ? '0' : '0;1;33';
  const words =
    unit.active === 'failed'
      ? `${paint(colour, 'failed')} (${detail})`
      : paint(colour, `${unit.active} (${detail})`) +
        (unit.sub === 'auto-restart' && unit.result !== 'success' ? ` (Result: ${unit.result})` : '');
  const since = good ? unit.activeSince : unit.changed;
  if (since <= 0) return words;
  return `${words} since ${momentText(since, zone)}; ${spanText(sys.now(CLOCK_REALTIME) - since)} ago`;
}

function* processLines(
  { sys, old }: StatusContext,
  unit: UnitReport,
  label: (name: string) => string,
  lines: string[],
): Wait<void> {
  if (unit.mainPid > 0) {
    const comm = yield* fileText(sys, `/proc/${unit.mainPid}/comm`);
    lines.push(`${label('Main PID')}${unit.mainPid}${comm === '' ? '' : ` (${comm.trim()})`}`);
  } else if (unit.lastPid > 0 && unit.mainStatus !== null)
    lines.push(`${label('Main PID')}${unit.lastPid} (${statusWords(unit.mainStatus)})`);
  if (unit.statusText !== '') lines.push(`${label('Status')}"${unit.statusText}"`);
  const group = `/sys/fs/cgroup${unit.cgroup}`;
  const pids = unit.cgroup === '' ? [] : (yield* fileText(sys, `${group}/cgroup.procs`)).split('\n').filter(Boolean);
  if (pids.length === 0) return;
  const tasks = (yield* fileText(sys, `${group}/pids.current`)).trim();
  const limit = (yield* fileText(sys, `${group}/pids.max`)).trim();
  if (tasks !== '')
    lines.push(`${label('Tasks')}${tasks}${limit === '' || limit === 'max' ? '' : ` (limit: ${limit})`}`);
  const memory = Number((yield* fileText(sys, `${group}/memory.current`)).trim());
  const peak = Number((yield* fileText(sys, `${group}/memory.peak`)).trim());
  if (memory > 0) lines.push(`${label('Memory')}${bytesText(memory)}${old ? '' : ` (peak: ${bytesText(peak)})`}`);
  const usage = /usage_usec (\d+)/.exec(yield* fileText(sys, `${group}/cpu.stat`));
  if (usage && !old) lines.push(`${label('CPU')}${spanText(Number(usage[1]) / 1000, true)}`);
  lines.push(`${label('CGroup')}${unit.cgroup}`);
  const pad = ' '.repeat(label('').length);
  for (const [i, pid] of pids.entries()) {
    const command = (yield* fileText(sys, `/proc/${pid}/cmdline`)).replace(/\0+$/, '').replaceAll('\0', ' ');
    lines.push(`${pad}${i === pids.length - 1 ? '└─' : '├─'}${pid} ${command}`);
  }
}

export function* fileText(sys: Sys, path: string): Wait<string> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? '' : decode(bytes);
}

/** True where systemd is process 1. @see sd_booted(3) */
export const isBooted = (sys: Sys): boolean => typeof listDir(sys, '/run/systemd/system') !== 'number';
