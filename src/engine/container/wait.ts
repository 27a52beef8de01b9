import type { WaitAnswer } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';
import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import type { Call } from '../server/call.ts';
import type { Container } from './container.ts';

/** @throws ApiError for a condition that there is none of */
export function checkCondition(condition: string): void {
  if (!['', 'not-running', 'next-exit', 'removed'].includes(condition))
    throw new ApiError('invalid-parameter', `invalid condition: ${quote(condition)}`);
}

/** Answers when a container has ended (or has been removed). The head goes out at once, so that the client can go on. */
export function* waitForContainer(call: Call, c: Container, condition: string): Wait<WaitAnswer> {
  const { sys, daemon } = call;
  const before = c.exits;
  const met = (): boolean => {
    if (condition === 'removed') return c.removed;
    if (c.removed) return true;
    // one that is about to be started again has ended all the same
    return c.exits > before || (condition !== 'next-exit' && !c.state.Running);
  };
  const stream = yield* call.stream('application/json');
  let gone = false;
  const fd = call.connection.fd;
  if (!met()) {
    yield* daemon.hangups.watch(sys, fd, () => {
      gone = true;
      c.changed.notify(sys);
    });
    while (!met() && !gone) yield* c.changed.wait(sys);
    yield* daemon.hangups.unwatch(sys, fd);
  }
  const answer: WaitAnswer = { StatusCode: c.state.ExitCode };
  if (!gone) yield* stream.write(encode(`${JSON.stringify(answer)}\n`));
  return answer;
}
