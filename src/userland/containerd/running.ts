import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';

/** A container that dockerd runs, as its control group shows it. */
export interface Running {
  id: string;
  /** Its first process. */
  pid: number;
}

const SLICE = '/sys/fs/cgroup/system.slice';

/** The running containers of this host, by id. */
export function* running(sys: Sys): Wait<Running[]> {
  const names = listDir(sys, SLICE);
  const out: Running[] = [];
  for (const name of typeof names === 'number' ? [] : names) {
    const id = /^docker-([0-9a-f]{64})\.scope$/.exec(name)?.[1];
    if (id === undefined) continue;
    const bytes = yield* readFile(sys, `${SLICE}/${name}/cgroup.procs`);
    const pids =
      typeof bytes === 'number'
        ? []
        : decode(bytes)
            .split('\n')
            .filter((line) => line !== '')
            .map(Number);
    const pid = pids.sort((a, b) => a - b)[0];
    if (pid !== undefined) out.push({ id, pid });
  }
  return out.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Cells in columns, as Go's tabwriter sets them: of a least width, with padding.
 * @param closed the last cell is padded too
 */
export function columns(rows: readonly (readonly string[])[], least: number, padding: number, closed = true): string {
  const widths = rows[0]!.map((_, i) => Math.max(least, ...rows.map((row) => row[i]!.length + padding)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (closed || i < row.length - 1 ? cell.padEnd(widths[i]!) : cell)).join('');
  return rows.map((row) => `${line(row)}\n`).join('');
}
