import { matchGlob } from '../../lib/glob.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, exitWith } from '../../libc/program.ts';
import { localZone } from '../../libc/zone.ts';
import { askManager } from './control.ts';
import type { StatusContext } from './systemctl-status.ts';
import type { ControlAnswer, ControlRequest } from './unit.ts';
import { unitName } from './unit-load.ts';

export const SYSTEMCTL_OPTIONS = {
  all: { short: 'a', help: 'Show all properties/all units currently in memory' },
  full: { short: 'l', help: "Don't ellipsize unit names on output" },
  type: { short: 't', arg: 'TYPE', many: true, help: 'List units of a particular type' },
  state: { arg: 'STATE', many: true, help: 'List units with particular LOAD or SUB or ACTIVE state' },
  failed: { help: 'Shortcut for --state=failed' },
  property: { short: 'p', arg: 'NAME', many: true, help: 'Show only properties by this name' },
  propertyValue: { short: 'P', long: false, arg: 'NAME', many: true, help: 'Equivalent to --value --property=NAME' },
  value: { help: 'When showing properties, only print the value' },
  quiet: { short: 'q', help: 'Suppress output' },
  now: { help: 'Start or stop unit after enabling or disabling it' },
  runtime: { help: 'Enable/disable/mask unit files temporarily until next reboot' },
  force: { short: 'f', many: true, help: 'When enabling unit files, override existing symlinks' },
  noBlock: { help: 'Do not wait until operation finished' },
  noPager: { help: 'Do not pipe output into a pager' },
  noLegend: { help: 'Do not print a legend (column headers and hints)' },
  plain: { help: 'Print unit dependencies as a list instead of a tree' },
  lines: { short: 'n', arg: 'INTEGER', help: 'Number of journal entries to show' },
  output: { short: 'o', arg: 'STRING', help: 'Change journal output mode' },
  signal: { short: 's', arg: 'SIGNAL', help: 'Which signal to send' },
  killWhom: { arg: 'WHOM', help: 'Whom to send signal to' },
  system: { help: 'Connect to system manager' },
  version: { help: 'Show package version' },
  noReload: { help: "Don't reload daemon after en-/dis-abling unit files" },
  noWall: { help: "Don't send wall message before halt/power-off/reboot" },
  noAskPassword: { help: 'Do not ask for system passwords' },
} as const;

export type Ctx = Context<typeof SYSTEMCTL_OPTIONS>;
export const isOld = (ctx: Ctx): boolean => Number.parseInt(ctx.sys.image.version, 10) < 240;

export function* plain(ctx: Ctx, message: string, status: number): Wait<number> {
  yield* ctx.stdout.flush();
  yield* ctx.stderr.write(`${message}\n`);
  return status;
}

export function* ask(ctx: Ctx, request: ControlRequest): Wait<ControlAnswer> {
  yield* ctx.stdout.flush();
  const answer = yield* askManager(ctx.sys, request);
  if (answer === undefined) {
    yield* plain(ctx, 'Failed to connect to bus: No such file or directory', 1);
    return exitWith(1);
  }
  if (answer === 'denied') {
    const what = { 'daemon-reload': 'reload daemon', reboot: 'set wall message, ignoring' }[request.verb as 'reboot'];
    const unit = request.units[0] ?? '';
    const words =
      what === undefined ? `Failed to ${request.verb} ${unit}: Access denied` : `Failed to ${what}: Access denied`;
    const hint = what === undefined ? `\nSee system logs and 'systemctl status ${unit}' for details.` : '';
    yield* plain(ctx, words + hint, 4);
    return exitWith(4);
  }
  return answer;
}

/** Names of units; those with wildcards are matched with the loaded ones. */
export function* named(ctx: Ctx, units: readonly string[]): Wait<string[]> {
  if (!units.some((unit) => /[*?[]/.test(unit))) return units.map(unitName);
  const all = (yield* ask(ctx, { verb: 'list', units: [] })).units.map((unit) => unit.id);
  return units.flatMap((unit) =>
    /[*?[]/.test(unit) ? all.filter((id) => matchGlob(unitName(unit), id)) : [unitName(unit)],
  );
}

export function* contextOf(ctx: Ctx): Wait<StatusContext> {
  const colour = ctx.sys.isatty(1) && ctx.env.get('TERM') !== 'dumb' && !ctx.env.has('NO_COLOR');
  return {
    sys: ctx.sys,
    zone: yield* localZone(ctx.sys, ctx.env),
    paint: (code, text) => (colour && code !== '0' ? `\x1b[${code}m${text}\x1b[0m` : text),
    old: isOld(ctx),
    full: ctx.opts.full,
  };
}
