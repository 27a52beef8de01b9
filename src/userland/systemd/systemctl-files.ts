import type { Wait } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { askManager } from './control.ts';
import { type Change, disableUnit, enableUnit, fileState, maskUnit, unmaskUnit } from './install.ts';
import { ask, type Ctx, isOld, plain } from './systemctl-context.ts';
import { jobs } from './systemctl-jobs.ts';
import { isBooted } from './systemctl-status.ts';
import { loadUnit, unitName } from './unit-load.ts';

export function* say(ctx: Ctx, changes: readonly Change[]): Wait<void> {
  if (ctx.opts.quiet) return;
  yield* ctx.stdout.flush();
  for (const { kind, path, target } of changes)
    yield* ctx.stderr.write(
      kind === 'unlink'
        ? isOld(ctx)
          ? `Removed symlink ${path}.\n`
          : `Removed "${path}".\n`
        : isOld(ctx)
          ? `Created symlink from ${path} to ${target}.\n`
          : `Created symlink ${path} → ${target}.\n`,
    );
}

/** Root changes unit files, nobody else. */
function* mayChange(ctx: Ctx, what: string): Wait<boolean> {
  if (ctx.sys.credentials().euid === 0) return true;
  yield* plain(ctx, `Failed to ${what} unit: Access denied`, 1);
  return false;
}

function* reloadAfter(ctx: Ctx): Wait<void> {
  if (!ctx.opts.noReload && isBooted(ctx.sys)) yield* askManager(ctx.sys, { verb: 'daemon-reload', units: [] });
}

/** A unit that has a script in /etc/init.d as well is synchronised with it by systemd-sysv-install. */
function* sayScript(ctx: Ctx, verb: string, name: string): Wait<void> {
  const script = name.replace(/\.service$/, '');
  if (isOld(ctx) || ctx.opts.quiet || ctx.sys.access(`/etc/init.d/${script}`, 1) < 0) return;
  yield* plain(
    ctx,
    `Synchronizing state of ${name} with SysV service script with /usr/lib/systemd/systemd-sysv-install.\nExecuting: /usr/lib/systemd/systemd-sysv-install ${verb} ${script}`,
    0,
  );
}

export function* enable(ctx: Ctx, words: string[]): Wait<number> {
  if (!(yield* mayChange(ctx, 'enable'))) return 1;
  const names = words.map((word) => unitName(basename(word)));
  for (const name of names) {
    const unit = yield* loadUnit(ctx.sys, name);
    if (unit.path === '')
      return yield* plain(
        ctx,
        isOld(ctx)
          ? 'Failed to execute operation: No such file or directory'
          : `Failed to enable unit: Unit file ${name} does not exist.`,
        1,
      );
    if (unit.load === 'masked') return yield* plain(ctx, `Failed to enable unit: Unit ${name} is masked.`, 1);
  }
  for (const name of names) {
    yield* sayScript(ctx, 'enable', name);
    const changes = yield* enableUnit(ctx.sys, name);
    if (typeof changes === 'string') continue;
    yield* say(ctx, changes);
    if (changes.length === 0 && ['static', 'indirect'].includes(yield* fileState(ctx.sys, name)))
      yield* plain(ctx, NO_INSTALL, 0);
  }
  yield* reloadAfter(ctx);
  return ctx.opts.now ? yield* jobs(ctx, 'start', names) : 0;
}

const NO_INSTALL = `The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,
Also=, or Alias= settings in the [Install] section, and DefaultInstance= for
template units). This means they are not meant to be enabled or disabled using systemctl.`;

export function* disable(ctx: Ctx, words: string[]): Wait<number> {
  if (!(yield* mayChange(ctx, 'disable'))) return 1;
  const names = words.map(unitName);
  for (const name of names) {
    yield* sayScript(ctx, 'disable', name);
    const changes = yield* disableUnit(ctx.sys, name);
    if (changes === 'not-found')
      return yield* plain(
        ctx,
        isOld(ctx)
          ? 'Failed to execute operation: No such file or directory'
          : `Failed to disable unit: Unit file ${name} does not exist.`,
        1,
      );
    yield* say(ctx, changes);
  }
  yield* reloadAfter(ctx);
  if (ctx.opts.now) return yield* jobs(ctx, 'stop', names);
  if (!isOld(ctx) && isBooted(ctx.sys)) yield* warnTriggersOfDisabled(ctx, names);
  return 0;
}

/** A unit that is not enabled any more but can be begun by another. */
function* warnTriggersOfDisabled(ctx: Ctx, names: readonly string[]): Wait<void> {
  const { units } = yield* ask(ctx, { verb: 'show', units: [...names] });
  for (const unit of units) {
    const active = unit.triggeredBy.filter((other) => other.active === 'active' && !names.includes(other.id));
    if (active.length === 0) continue;
    yield* plain(
      ctx,
      `Disabling '${unit.id}', but its triggering units are still active:\n${active.map((other) => other.id).join(', ')}`,
      0,
    );
  }
}

export function* mask(ctx: Ctx, words: string[]): Wait<number> {
  if (!(yield* mayChange(ctx, 'mask'))) return 1;
  for (const name of words.map(unitName)) {
    const unit = yield* loadUnit(ctx.sys, name);
    if (unit.load === 'not-found') yield* plain(ctx, `Unit ${name} does not exist, proceeding anyway.`, 0);
    const changes = maskUnit(ctx.sys, name, ctx.opts.runtime);
    if (typeof changes === 'string')
      return yield* plain(ctx, `Failed to mask unit: File '${changes}' already exists.`, 1);
    yield* say(ctx, changes);
  }
  yield* reloadAfter(ctx);
  return ctx.opts.now ? yield* jobs(ctx, 'stop', words) : 0;
}

export function* unmask(ctx: Ctx, words: string[]): Wait<number> {
  if (!(yield* mayChange(ctx, 'unmask'))) return 1;
  for (const name of words.map(unitName)) yield* say(ctx, unmaskUnit(ctx.sys, name));
  yield* reloadAfter(ctx);
  return 0;
}
