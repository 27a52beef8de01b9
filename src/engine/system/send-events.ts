import { ApiError } from '../../api/errors.ts';
import type { Filters } from '../../api/filters.ts';
import type { EventMessage } from '../../api/system.ts';
import { type Instant, parseTimestamp } from '../../lib/go-time.ts';
import { quote } from '../../lib/quote.ts';
import type { Wait } from '../../libc/io.ts';
import { now } from '../clock.ts';
import { eventFits, eventJson } from '../events/events.ts';
import type { Call } from '../server/call.ts';

/** Answers with events as they come; with `since` also those from then on that are still known. @throws ApiError */
export function* sendEvents(call: Call, o: { since?: string; until?: string; filters?: Filters }): Wait<void> {
  const { sys, daemon } = call;
  const since = instantOf(o.since);
  const until = instantOf(o.until);
  if (since && until && (until.sec < since.sec || (until.sec === since.sec && until.nsec < since.nsec)))
    throw new ApiError('invalid-parameter', `\`since\` time (${o.since}) cannot be after \`until\` time (${o.until})`);
  const filters = o.filters ?? {};
  const stream = yield* call.stream('application/json');
  const channel = daemon.events.listen();
  let gone = false;
  const { fd } = call.connection;
  try {
    const past = since || until ? [...daemon.events.past()] : [];
    for (const e of past) {
      if (!between(e, since, until) || !eventFits(e, filters)) continue;
      if (!(yield* stream.write(`${eventJson(e)}\n`))) return;
    }
    yield* daemon.hangups.watch(sys, fd, () => {
      gone = true;
      channel.close(sys);
    });
    while (!gone) {
      const t = now(sys);
      const left = until && (until.sec - t.sec) * 1000 + (until.nsec - t.nsec) / 1e6;
      if (left !== undefined && left <= 0) return;
      const e = yield* channel.receive(sys, left);
      if (e === undefined) {
        if (left !== undefined && !channel.closed) return;
        break;
      }
      if (eventFits(e, filters) && !(yield* stream.write(`${eventJson(e)}\n`))) return;
    }
  } finally {
    yield* daemon.hangups.unwatch(sys, fd);
    daemon.events.forget(channel);
  }
}

function instantOf(text: string | undefined): Instant | undefined {
  if (text === undefined || text === '') return undefined;
  const instant = parseTimestamp(text);
  if (!instant)
    throw new ApiError('internal', `strconv.ParseInt: parsing ${quote(text.split('.')[0]!)}: invalid syntax`);
  return instant;
}

function between(e: EventMessage, since: Instant | undefined, until: Instant | undefined): boolean {
  const nsec = Number(e.timeNano.slice(-9));
  if (since && (e.time < since.sec || (e.time === since.sec && nsec < since.nsec))) return false;
  return !(until && (e.time > until.sec || (e.time === until.sec && nsec > until.nsec)));
}
