import { matchGlob } from '../../lib/glob.ts';
import type { Wait } from '../../libc/io.ts';
import { type FileState, fileState, unitFiles } from './install.ts';
import { dot, type StatusContext } from './systemctl-status.ts';
import type { UnitReport } from './unit.ts';

export interface ListOptions {
  all: boolean;
  types: readonly string[];
  states: readonly string[];
  legend: boolean;
  plain: boolean;
  patterns: readonly string[];
}

const typeOf = (id: string): string => id.slice(id.lastIndexOf('.') + 1);

const fits = (id: string, options: ListOptions): boolean =>
  (options.types.length === 0 || options.types.includes(typeOf(id))) &&
  (options.patterns.length === 0 || options.patterns.some((pattern) => matchGlob(pattern, id)));

/** `systemctl list-units`. */
export function unitsTable(ctx: StatusContext, units: readonly UnitReport[], options: ListOptions): string {
  const shown = units
    .filter((unit) => fits(unit.id, options))
    .filter((unit) =>
      options.states.length > 0
        ? options.states.some((state) => [unit.active, unit.sub, unit.load].includes(state))
        : options.all || unit.active !== 'inactive',
    )
    .sort((a, b) => order(a.id) - order(b.id) || (a.id < b.id ? -1 : 1));
  const width = (head: string, text: (unit: UnitReport) => string): number =>
    Math.max(head.length, ...shown.map((unit) => text(unit).length));
  const columns = [
    width('UNIT', (u) => u.id),
    width('LOAD', (u) => u.load),
    width('ACTIVE', (u) => u.active),
    width('SUB', (u) => u.sub),
  ] as const;
  const row = (id: string, load: string, active: string, sub: string, description: string): string =>
    `${id.padEnd(columns[0])} ${load.padEnd(columns[1])} ${active.padEnd(columns[2])} ${sub.padEnd(columns[3])} ${description}`;
  const bad = shown.some((unit) => unit.active === 'failed' || unit.load !== 'loaded');
  const gap = options.plain && !bad ? '' : '  ';
  const lines: string[] = [];
  if (options.legend) lines.push(ctx.paint('4', `${gap}${row('UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION')}`));
  for (const unit of shown) {
    const mark =
      unit.active === 'failed' || unit.load !== 'loaded'
        ? `${dot(unit.active === 'failed' ? 'active' : unit.active, (_, text) => ctx.paint('0;1;31', text), true)} `
        : gap;
    lines.push(
      `${options.plain ? '' : mark}${row(unit.id, unit.load, unit.active, unit.sub, unit.description)}`.trimEnd(),
    );
  }
  if (options.legend) lines.push('', ...legend(shown.length, options, ctx.old));
  return `${lines.join('\n')}\n`;
}

const order = (id: string): number =>
  ['mount', 'path', 'scope', 'service', 'slice', 'socket', 'swap', 'target', 'timer'].indexOf(typeOf(id));

function legend(count: number, { all, states }: ListOptions, old: boolean): string[] {
  const head =
    count === 0
      ? []
      : [
          'Legend: LOAD   → Reflects whether the unit definition was properly loaded.',
          '        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.',
          '        SUB    → The low-level unit activation state, values depend on unit type.',
          '',
        ].map((line) => (old ? line.replace(/^(?:Legend:| {7}) /, '').replace('→', '=') : line));
  const tail =
    all || states.length > 0
      ? [`${count} loaded units listed.`, "To show all installed unit files use 'systemctl list-unit-files'."]
      : [
          `${count} loaded units listed. Pass --all to see loaded but inactive units, too.`,
          "To show all installed unit files use 'systemctl list-unit-files'.",
        ];
  return [...head, ...tail];
}

/** `systemctl list-unit-files`. */
export function* filesTable(ctx: StatusContext, options: ListOptions): Wait<{ text: string; count: number }> {
  const rows: [string, FileState, string][] = [];
  for (const name of unitFiles(ctx.sys)) {
    if (!fits(name, options)) continue;
    const state = yield* fileState(ctx.sys, name);
    if (options.states.length > 0 && !options.states.includes(state)) continue;
    rows.push([name, state, state === 'enabled' || state === 'disabled' ? (ctx.old ? 'disabled' : 'enabled') : '-']);
  }
  const width = (head: string, at: 0 | 1): number => Math.max(head.length, ...rows.map((row) => row[at].length));
  const [first, second] = [width('UNIT FILE', 0), width('STATE', 1)];
  const lines: string[] = [];
  const third = ctx.old ? [] : ['PRESET'];
  if (options.legend) lines.push(['UNIT FILE'.padEnd(first), 'STATE'.padEnd(second), ...third].join(' ').trimEnd());
  for (const [name, state, preset] of rows)
    lines.push([name.padEnd(first), state.padEnd(second), ...(ctx.old ? [] : [preset])].join(' ').trimEnd());
  if (options.legend) lines.push('', `${rows.length} unit files listed.`);
  return { text: `${lines.join('\n')}\n`, count: rows.length };
}
