import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { localZone } from '../../libc/zone.ts';
import { disableUnit, fileState } from './install.ts';
import { bootId } from './journal.ts';
import { readJournal, shortLine } from './journal-read.ts';
import { page } from './pager.ts';
import { ask, type Ctx, contextOf, isOld, named, plain } from './systemctl-context.ts';
import { editUnits } from './systemctl-edit.ts';
import { disable, enable, mask, say, unmask } from './systemctl-files.ts';
import { jobs, warnReload } from './systemctl-jobs.ts';
import { dependencies, listFiles, listSockets, listTimers, listUnits } from './systemctl-lists.ts';
import { properties } from './systemctl-show.ts';
import { isBooted, type StatusContext, statusText } from './systemctl-status.ts';
import type { UnitReport } from './unit.ts';
import { CONFIG_DIRECTORY, loadUnit, unitName } from './unit-load.ts';

type Verb = (ctx: Ctx, units: string[]) => Wait<number>;

const NOT_RUNNING = 3;
const NO_SUCH_UNIT = 4;

/** systemctl's main, by the verb; by the program's name as reboot, poweroff, halt, shutdown. */
export function* systemctl(ctx: Ctx): Wait<number> {
  const name = basename(ctx.name);
  if (name !== 'systemctl') return yield* ending(ctx, name);
  if (ctx.opts.version) {
    const text = ctx.sys.image.version || '255 (255.4-1ubuntu8.10)';
    yield* ctx.stdout.write(`systemd ${text}\n${isOld(ctx) ? FEATURES_219 : FEATURES_255}\n`);
    return 0;
  }
  const [verb = 'list-units', ...rest] = ctx.args;
  const run = VERBS[verb];
  if (!run) return yield* plain(ctx, `Unknown command verb '${verb}'.`, 1);
  const wanted = NEEDS_UNITS.has(verb);
  if (wanted && rest.length === 0) return yield* plain(ctx, 'Too few arguments.', 1);
  if (!isBooted(ctx.sys) && !OFFLINE.has(verb)) {
    yield* ctx.stderr.write(
      `System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n`,
    );
    return 1;
  }
  return yield* run(ctx, rest);
}

/** What the packages of Ubuntu 24.04 and CentOS 7 are built with. */
const FEATURES_255 =
  '+PAM +AUDIT +SELINUX +APPARMOR +IMA +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS +FIDO2 +IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBFDISK +PCRE2 -PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 +XZ +ZLIB +ZSTD -BPF_FRAMEWORK -XKBCOMMON +UTMP +SYSVINIT default-hierarchy=unified';
const FEATURES_219 =
  '+PAM +AUDIT +SELINUX +IMA -APPARMOR +SMACK +SYSVINIT +UTMP +LIBCRYPTSETUP +GCRYPT +GNUTLS +ACL +XZ +LZ4 -SECCOMP +BLKID +ELFUTILS +KMOD +IDN';

const NEEDS_UNITS = new Set(
  'start stop restart try-restart reload reload-or-restart condrestart force-reload kill is-active is-failed is-enabled edit enable disable reenable mask unmask cat isolate set-default'.split(
    ' ',
  ),
);
/** These work on files alone. */
const OFFLINE = new Set(
  'enable disable reenable mask unmask is-enabled get-default set-default list-unit-files cat'.split(' '),
);

const VERBS: Readonly<Record<string, Verb>> = {
  start: (ctx, units) => jobs(ctx, 'start', units),
  stop: (ctx, units) => jobs(ctx, 'stop', units),
  restart: (ctx, units) => jobs(ctx, 'restart', units),
  'try-restart': (ctx, units) => jobs(ctx, 'try-restart', units),
  condrestart: (ctx, units) => jobs(ctx, 'try-restart', units),
  reload: (ctx, units) => jobs(ctx, 'reload', units),
  'reload-or-restart': (ctx, units) => jobs(ctx, 'reload-or-restart', units),
  'force-reload': (ctx, units) => jobs(ctx, 'reload-or-restart', units),
  isolate: (ctx, units) =>
    jobs(
      ctx,
      'start',
      units.map((unit) => (unit.includes('.') ? unit : `${unit}.target`)),
    ),
  edit: editUnits,
  default: (ctx) => jobs(ctx, 'start', ['default.target']),
  kill: (ctx, units) => jobs(ctx, 'kill', units),
  'reset-failed': (ctx, units) => jobs(ctx, 'reset-failed', units),
  *'daemon-reload'(ctx) {
    yield* ask(ctx, { verb: 'daemon-reload', units: [] });
    return 0;
  },
  *'daemon-reexec'(ctx) {
    yield* ask(ctx, { verb: 'daemon-reload', units: [] });
    return 0;
  },
  status,
  show,
  cat,
  'is-active': (ctx, units) =>
    states(ctx, units, (unit) => (isOld(ctx) && unit.load === 'not-found' ? 'unknown' : unit.active), [
      'active',
      'reloading',
    ]),
  'is-failed': (ctx, units) => states(ctx, units, (unit) => unit.active, ['failed']),
  'is-enabled': isEnabled,
  'is-system-running': systemState,
  enable,
  disable,
  *reenable(ctx, units) {
    for (const unit of units) yield* disableUnit(ctx.sys, unitName(unit));
    return yield* enable(ctx, units);
  },
  mask,
  unmask,
  'list-units': listUnits,
  'list-unit-files': listFiles,
  'list-sockets': listSockets,
  'list-timers': listTimers,
  'list-dependencies': dependencies,
  *'get-default'(ctx) {
    const unit = yield* loadUnit(ctx.sys, 'default.target');
    yield* ctx.stdout.write(`${unit.id}\n`);
    return 0;
  },
  *'set-default'(ctx, [name]) {
    const unit = yield* loadUnit(ctx.sys, name!.includes('.') ? name! : `${name}.target`);
    if (unit.path === '') return yield* plain(ctx, `Failed to set default target: Unit ${unit.id} does not exist`, 1);
    const path = `${CONFIG_DIRECTORY}/default.target`;
    const was = ctx.sys.unlink(path) === 0;
    ctx.sys.symlink(unit.path, path);
    yield* say(ctx, [
      ...(was ? [{ kind: 'unlink', path, target: '' } as const] : []),
      { kind: 'symlink', path, target: unit.path },
    ]);
    return 0;
  },
  reboot: (ctx) => ending(ctx, 'reboot'),
  poweroff: (ctx) => ending(ctx, 'poweroff'),
  halt: (ctx) => ending(ctx, 'halt'),
};

// ---- states

function* states(
  ctx: Ctx,
  words: string[],
  state: (unit: UnitReport) => string,
  good: readonly string[],
): Wait<number> {
  const { units } = yield* ask(ctx, { verb: 'show', units: yield* named(ctx, words) });
  let any = false;
  let missing = false;
  for (const unit of units) {
    if (!ctx.opts.quiet) yield* ctx.stdout.write(`${state(unit)}\n`);
    if (good.includes(state(unit))) any = true;
    if (unit.load === 'not-found') missing = true;
  }
  if (any) return 0;
  return good.includes('failed') ? 1 : missing && !isOld(ctx) ? NO_SUCH_UNIT : NOT_RUNNING;
}

function* isEnabled(ctx: Ctx, words: string[]): Wait<number> {
  let good = false;
  let missing = false;
  for (const word of words) {
    const state = yield* fileState(ctx.sys, unitName(word));
    if (state === 'not-found') {
      missing = true;
      if (isOld(ctx))
        yield* plain(ctx, `Failed to get unit file state for ${unitName(word)}: No such file or directory`, 1);
      else if (!ctx.opts.quiet) yield* ctx.stdout.write('not-found\n');
      continue;
    }
    if (!ctx.opts.quiet) yield* ctx.stdout.write(`${state}\n`);
    if (['enabled', 'static', 'alias', 'indirect'].includes(state)) good = true;
  }
  return good ? 0 : missing && !isOld(ctx) ? NO_SUCH_UNIT : 1;
}

function* systemState(ctx: Ctx): Wait<number> {
  const { units } = yield* ask(ctx, { verb: 'list', units: [] });
  const target = units.find((unit) => unit.id === 'multi-user.target');
  const state =
    target?.active !== 'active' ? 'starting' : units.some((u) => u.active === 'failed') ? 'degraded' : 'running';
  yield* ctx.stdout.write(`${state}\n`);
  return state === 'running' ? 0 : 1;
}

function* status(ctx: Ctx, words: string[]): Wait<number> {
  const style = yield* contextOf(ctx);
  if (words.length === 0) return yield* systemStatus(ctx, style);
  const { units } = yield* ask(ctx, { verb: 'show', units: yield* named(ctx, words) });
  let result = 0;
  const parts: string[] = [];
  for (const unit of units) {
    if (unit.load === 'not-found') {
      yield* plain(ctx, `Unit ${unit.id} could not be found.`, 0);
      result = NO_SUCH_UNIT;
      continue;
    }
    if (unit.needReload) yield* warnReload(ctx, unit.id);
    const head = yield* statusText(style, unit, yield* fileState(ctx.sys, unit.id));
    const count = Number(ctx.opts.lines ?? 10);
    const all = count === 0 ? [] : yield* readJournal(ctx.sys, { units: [unit.id], boot: yield* bootId(ctx.sys) });
    const lines = all
      .slice(-count)
      .map((record) =>
        shortLine(record, { zone: style.zone, output: ctx.opts.output ?? 'short', hostname: true, paint: style.paint }),
      );
    parts.push(head + (lines.length > 0 ? `\n${lines.join('\n')}\n` : ''));
    if (!['active', 'reloading', 'activating', 'deactivating'].includes(unit.active)) result ||= NOT_RUNNING;
    if (unit.active === 'activating' || unit.active === 'deactivating') result ||= NOT_RUNNING;
  }
  yield* page(ctx, parts.join('\n'), { pager: !ctx.opts.noPager });
  return result;
}

function* systemStatus(ctx: Ctx, style: StatusContext): Wait<number> {
  const { units } = yield* ask(ctx, { verb: 'list', units: [] });
  const failed = units.filter((unit) => unit.active === 'failed').length;
  const host = ctx.sys.uname().nodename;
  const state = failed > 0 ? 'degraded' : 'running';
  yield* ctx.stdout.write(
    `${style.paint(failed > 0 ? '0;1;31' : '0;1;32', '●')} ${host}\n    State: ${state}\n    Units: ${units.length} loaded (incl. loaded aliases)\n     Jobs: 0 queued\n   Failed: ${failed} units\n  systemd: ${ctx.sys.image.version || '255.4-1ubuntu8.10'}\n   CGroup: /\n`,
  );
  return 0;
}

function* show(ctx: Ctx, words: string[]): Wait<number> {
  const zone = yield* localZone(ctx.sys, ctx.env);
  const { units } = yield* ask(ctx, { verb: 'show', units: yield* named(ctx, words) });
  const names = [...ctx.opts.property, ...ctx.opts.propertyValue].flatMap((list) => list.split(','));
  const bare = ctx.opts.value || ctx.opts.propertyValue.length > 0;
  for (const [i, unit] of units.entries()) {
    const { file } = yield* loadUnit(ctx.sys, unit.id);
    const all = properties(unit, file, yield* fileState(ctx.sys, unit.id), zone);
    if (i > 0) yield* ctx.stdout.write('\n');
    const shown = names.length > 0 ? [...all].filter(([name]) => names.includes(name)) : [...all];
    for (const [name, value] of shown) {
      if (value === '' && names.length === 0 && !ctx.opts.all) continue;
      yield* ctx.stdout.write(bare ? `${value}\n` : `${name}=${value}\n`);
    }
  }
  return 0;
}

function* cat(ctx: Ctx, words: string[]): Wait<number> {
  let result = 0;
  for (const [i, name] of words.map(unitName).entries()) {
    const unit = yield* loadUnit(ctx.sys, name);
    if (unit.path === '') {
      yield* plain(ctx, `No files found for ${name}.`, 1);
      result = 1;
      continue;
    }
    if (unit.load === 'masked') {
      yield* ctx.stdout.write(`# Unit ${name} is masked.\n`);
      continue;
    }
    for (const [j, path] of [unit.path, ...unit.dropIns].entries()) {
      const bytes = yield* readFile(ctx.sys, path);
      if (i + j > 0) yield* ctx.stdout.write('\n');
      yield* ctx.stdout.write(`# ${path}\n${typeof bytes === 'number' ? '' : decode(bytes)}`);
    }
  }
  return result;
}

// ---- the system

function* ending(ctx: Ctx, what: string): Wait<number> {
  if (what === 'shutdown') {
    const reboot = ctx.args.includes('-r') || ctx.args.some((word) => word === 'reboot');
    return yield* ending(ctx, reboot ? 'reboot' : 'poweroff');
  }
  if (!isBooted(ctx.sys))
    return yield* plain(
      ctx,
      `System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\nFailed to talk to init daemon: Host is down`,
      1,
    );
  yield* ask(ctx, { verb: what === 'reboot' ? 'reboot' : 'halt', units: [] });
  return 0;
}
