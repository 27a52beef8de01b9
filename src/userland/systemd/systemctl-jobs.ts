import { SIGNAL_NAMES } from '../../abi/signal.ts';
import type { Wait } from '../../libc/io.ts';
import { ask, type Ctx, isOld, named, plain } from './systemctl-context.ts';
import type { ControlRequest, JobOutcome } from './unit.ts';

/** Verbs that change the state of units. */
export function* jobs(ctx: Ctx, verb: ControlRequest['verb'], words: string[]): Wait<number> {
  const units = yield* named(ctx, words);
  const signal = signalNumber(ctx.opts.signal ?? 'TERM');
  const before = (yield* ask(ctx, { verb: 'show', units })).units;
  if (verb === 'start' || verb === 'restart' || verb === 'reload' || verb === 'stop' || verb === 'reload-or-restart')
    for (const unit of before) if (unit.needReload) yield* warnReload(ctx, unit.id);
  const answer = yield* ask(ctx, { verb, units, signal, ...(ctx.opts.noBlock ? { noBlock: true } : {}) });
  let status = 0;
  for (const job of answer.jobs) {
    const problem = jobProblem(verb, job, isOld(ctx));
    if (problem === undefined) continue;
    if (!ctx.opts.quiet) yield* plain(ctx, problem, 1);
    const code = job.result === 'not-found' ? 5 : 1;
    status = Math.max(status, code);
  }
  if (verb === 'stop') yield* warnTriggers(ctx, units);
  return status;
}

function signalNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  return Math.max(1, SIGNAL_NAMES.indexOf(text.replace(/^SIG/, '').toUpperCase()));
}

function jobProblem(verb: string, job: JobOutcome, old: boolean): string | undefined {
  const { unit } = job;
  const detail = unit.endsWith('.service')
    ? `systemctl status ${unit}" and "journalctl -xeu ${unit}`
    : `systemctl status ${unit}`;
  switch (job.result) {
    case 'done':
      return undefined;
    case 'not-found':
      return verb === 'stop'
        ? `Failed to stop ${unit}: Unit ${unit} not loaded.`
        : `Failed to ${verb} ${unit}: Unit ${old ? '' : `${unit} `}not found.`;
    case 'masked':
      return `Failed to ${verb} ${unit}: Unit ${unit} is masked.`;
    case 'bad-setting':
      return `Failed to ${verb} ${unit}: Unit ${unit} has a bad unit file setting.\nSee system logs and 'systemctl status ${unit}' for details.`;
    case 'dependency':
      return `A dependency job for ${unit} failed. See 'journalctl -xe' for details.`;
    case 'not-active':
      return verb === 'kill'
        ? `Failed to kill unit ${unit}: Unit ${unit} not loaded.`
        : `${unit} is not active, cannot reload.`;
    case 'no-reload':
      return `Failed to reload ${unit}: Job type reload is not applicable for unit ${unit}.\nSee system logs and 'systemctl status ${unit}' for details.`;
    default: {
      const why =
        job.why === 'exit-code'
          ? 'the control process exited with error code'
          : job.why === 'signal'
            ? 'a fatal signal was delivered to the control process'
            : job.why === 'timeout'
              ? 'a timeout was exceeded'
              : job.why === 'start-limit-hit'
                ? 'start of the service was attempted too often'
                : job.why === 'protocol'
                  ? 'the service did not take the steps required by its unit configuration'
                  : 'a configured resource limit was exceeded';
      return `Job for ${unit} failed because ${why}.\nSee "${detail}" for details.`;
    }
  }
}

export function* warnReload(ctx: Ctx, id: string): Wait<void> {
  yield* plain(
    ctx,
    `Warning: The unit file, source configuration file or drop-ins of ${id} changed on disk. Run 'systemctl daemon-reload' to reload units.`,
    0,
  );
}

/** A service that was stopped may be begun by its sockets again. */
function* warnTriggers(ctx: Ctx, units: readonly string[]): Wait<void> {
  const { units: reports } = yield* ask(ctx, { verb: 'show', units: [...units] });
  for (const unit of reports) {
    const active = unit.triggeredBy.filter((other) => other.active === 'active' && !units.includes(other.id));
    if (active.length === 0) continue;
    const names = active.map((other) => `  ${other.id}`).join('\n');
    yield* plain(
      ctx,
      isOld(ctx)
        ? `Warning: Stopping ${unit.id}, but it can still be activated by:\n${names}`
        : `Stopping '${unit.id}', but its triggering units are still active:\n${active.map((other) => other.id).join(', ')}`,
      0,
    );
  }
}
