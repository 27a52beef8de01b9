import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { sleep, type Wait } from '../../libc/io.ts';
import { parseCalendar } from './calendar.ts';
import type { Manager } from './manager.ts';
import { type JobOutcome, titleOf, triggeredBy, type Unit } from './unit.ts';
import { timeSpan } from './unit-file.ts';

/** Begins a timer: its unit is started whenever one of its times comes. @see systemd.timer(5) */
export function* startTimer(sys: Sys, manager: Manager, unit: Unit): Wait<JobOutcome['result']> {
  unit.result = 'success';
  manager.set(sys, unit, 'active', 'waiting');
  yield* manager.log(sys, unit, `Started ${titleOf(unit)}.`);
  manager.say('ok', `Started ${titleOf(unit)}.`);
  const { generation } = unit;
  const began = sys.now(CLOCK_MONOTONIC);
  sys.thread(function* (own) {
    for (;;) {
      const delay = nextDelay(own, manager, unit, began);
      if (delay === undefined) return 0;
      yield* sleep(own, delay);
      if (unit.generation !== generation || unit.active !== 'active') return 0;
      yield* manager.start(own, triggeredBy(unit));
    }
  });
  return 'done';
}

/** Milliseconds until the next time of the timer. */
function nextDelay(sys: Sys, manager: Manager, unit: Unit, began: number): number | undefined {
  const { file } = unit.definition;
  const monotonic = sys.now(CLOCK_MONOTONIC);
  const wall = sys.now(CLOCK_REALTIME);
  const uptime = manager.uptime(sys);
  const delays: number[] = [];
  const add = (key: string, since: number | undefined): void => {
    for (const text of file.all('Timer', key)) {
      const span = timeSpan(text);
      if (span !== undefined && since !== undefined) delays.push(span - since);
    }
  };
  add('OnActiveSec', monotonic - began);
  add('OnBootSec', uptime);
  add('OnStartupSec', uptime);
  const service = manager.units.get(triggeredBy(unit));
  add('OnUnitActiveSec', service && service.activeSince > 0 ? wall - service.activeSince : lastRun(service, wall));
  add('OnUnitInactiveSec', service && service.activeUntil > 0 ? wall - service.activeUntil : lastRun(service, wall));
  for (const text of file.all('Timer', 'OnCalendar')) {
    const at = parseCalendar(text)?.next(Math.floor(wall / 1000));
    if (at !== undefined) delays.push(at * 1000 - wall);
  }
  const due = delays.filter((delay) => delay > 0);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** A oneshot service was never active: its last change counts. */
const lastRun = (service: Unit | undefined, wall: number): number | undefined =>
  service && service.changed > 0 ? wall - service.changed : undefined;

export function* stopTimer(sys: Sys, manager: Manager, unit: Unit): Wait<void> {
  unit.generation++;
  manager.set(sys, unit, 'inactive', 'dead');
  yield* manager.log(sys, unit, `${unit.definition.id}: Deactivated successfully.`);
  yield* manager.log(sys, unit, `Stopped ${titleOf(unit)}.`);
}
