import type { TerminalSize } from '../../machine/remote.ts';

/**
 * What a visit leaves for the next where it can be read at once: that there is something kept, and how the first login
 * should begin. It only saves time: what it says may be wrong.
 */
export interface Hint {
  cwd: string | undefined;
  size: TerminalSize;
}

const keyOf = (scope: string, machine: string): string => `drydock:${scope}:hint:${machine}`;

/** @returns undefined where nothing is kept, or nothing can be read */
export function readHint(scope: string, machine: string): Hint | undefined {
  try {
    const hint = JSON.parse(localStorage.getItem(keyOf(scope, machine)) ?? 'null') as Partial<Hint> | null;
    const { cols, rows } = hint?.size ?? {};
    if (!Number.isInteger(cols) || !Number.isInteger(rows)) return undefined;
    const size = { cols: within(cols!), rows: within(rows!) };
    return { cwd: typeof hint?.cwd === 'string' ? hint.cwd : undefined, size };
  } catch {
    return undefined;
  }
}

/** @param hint undefined: there is nothing kept any more */
export function writeHint(scope: string, machine: string, hint: Hint | undefined): void {
  try {
    if (hint) localStorage.setItem(keyOf(scope, machine), JSON.stringify(hint));
    else localStorage.removeItem(keyOf(scope, machine));
  } catch {
    // Storage may be forbidden or full: the next visit takes a little longer.
  }
}

const within = (cells: number): number => Math.min(1000, Math.max(2, cells));
