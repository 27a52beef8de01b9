import type { Wait } from '../../libc/io.ts';
import { unitFiles } from './install.ts';
import { page } from './pager.ts';
import { ask, type Ctx, contextOf, plain } from './systemctl-context.ts';
import { filesTable, type ListOptions, unitsTable } from './systemctl-list.ts';
import { linkedUnits, loadUnit, unitName } from './unit-load.ts';

function listOptions(ctx: Ctx, patterns: readonly string[]): ListOptions {
  return {
    all: ctx.opts.all,
    types: ctx.opts.type.flatMap((list) => list.split(',')),
    states: [...ctx.opts.state.flatMap((list) => list.split(',')), ...(ctx.opts.failed ? ['failed'] : [])],
    legend: !ctx.opts.noLegend,
    plain: ctx.opts.plain,
    patterns: patterns.map((pattern) => (/[*?[.]/.test(pattern) ? pattern : unitName(pattern))),
  };
}

export function* listUnits(ctx: Ctx, patterns: string[]): Wait<number> {
  const { units } = yield* ask(ctx, { verb: 'list', units: [] });
  yield* page(ctx, unitsTable(yield* contextOf(ctx), units, listOptions(ctx, patterns)), { pager: !ctx.opts.noPager });
  return 0;
}

export function* listFiles(ctx: Ctx, patterns: string[]): Wait<number> {
  const { text } = yield* filesTable(yield* contextOf(ctx), listOptions(ctx, patterns));
  yield* page(ctx, text, { pager: !ctx.opts.noPager });
  return 0;
}

export function* listSockets(ctx: Ctx): Wait<number> {
  const { units } = yield* ask(ctx, { verb: 'list', units: [] });
  const rows = units
    .filter((unit) => unit.id.endsWith('.socket') && unit.active === 'active')
    .flatMap((unit) => unit.listens.map((address) => [address, unit.id, unit.triggers.join(' ')] as const));
  const wide = (head: string, at: 0 | 1): number => Math.max(head.length, ...rows.map((row) => row[at].length));
  const [first, second] = [wide('LISTEN', 0), wide('UNIT', 1)];
  const line = (a: string, b: string, c: string): string => `${a.padEnd(first)} ${b.padEnd(second)} ${c}\n`;
  yield* ctx.stdout.write(line('LISTEN', 'UNIT', 'ACTIVATES'));
  for (const row of rows) yield* ctx.stdout.write(line(...row));
  yield* ctx.stdout.write(`\n${rows.length} sockets listed.\nPass --all to see loaded but inactive sockets, too.\n`);
  return 0;
}

export function* listTimers(ctx: Ctx): Wait<number> {
  const { units } = yield* ask(ctx, { verb: 'list', units: [] });
  const timers = units.filter((unit) => unit.id.endsWith('.timer') && unit.active === 'active');
  const wide = Math.max(4, ...timers.map((unit) => unit.id.length));
  yield* ctx.stdout.write(`${'UNIT'.padEnd(wide)} ACTIVATES\n`);
  for (const unit of timers) yield* ctx.stdout.write(`${unit.id.padEnd(wide)} ${unit.triggers.join(' ')}\n`);
  yield* ctx.stdout.write(`\n${timers.length} timers listed.\nPass --all to see loaded but inactive timers, too.\n`);
  return 0;
}

export function* dependencies(ctx: Ctx, [name = 'default.target']: string[]): Wait<number> {
  const style = yield* contextOf(ctx);
  const { units } = yield* ask(ctx, { verb: 'list', units: [] });
  const active = new Map(units.map((unit) => [unit.id, unit.active]));
  const files = unitFiles(ctx.sys);
  const root = yield* loadUnit(ctx.sys, unitName(name));
  if (root.path === '') return yield* plain(ctx, `Failed to get properties: Unit ${unitName(name)} not found.`, 1);
  yield* ctx.stdout.write(`${root.id}\n`);
  const seen = new Set<string>();
  const show = function* (id: string, indent: string): Wait<void> {
    const { file } = yield* loadUnit(ctx.sys, id);
    const names = new Set([
      ...file.words('Unit', 'Requires'),
      ...file.words('Unit', 'Wants'),
      ...linkedUnits(ctx.sys, id, 'wants'),
      ...linkedUnits(ctx.sys, id, 'requires'),
    ]);
    const sorted = [...names].filter((other) => files.includes(other)).sort();
    for (const [i, other] of sorted.entries()) {
      const last = i === sorted.length - 1;
      const mark = active.get(other) ?? 'inactive';
      const colour = mark === 'active' ? '0;1;32' : mark === 'failed' ? '0;1;31' : '0';
      yield* ctx.stdout.write(
        `${style.paint(colour, mark === 'active' ? '●' : mark === 'failed' ? '×' : '○')} ${indent}${last ? '└─' : '├─'}${other}\n`,
      );
      if (seen.has(other)) continue;
      seen.add(other);
      if (other.endsWith('.target') || ctx.opts.all) yield* show(other, `${indent}${last ? '  ' : '│ '}`);
    }
  };
  yield* show(root.id, '');
  return 0;
}
