import type { Endpoint } from '../../api/endpoint.ts';
import type { Wait } from '../../libc/io.ts';
import type { Call } from './call.ts';

/** One row of the table of what the engine serves. */
export interface Route {
  readonly endpoint: Endpoint<unknown, unknown, unknown>;
  handle(call: Call, params: Record<string, unknown>): Wait<unknown>;
}

/** Joins an operation with what does it. What the handler returns is the answer, unless it wrote one itself. */
export function serve<P, R, B>(endpoint: Endpoint<P, R, B>, handle: (call: Call, params: P) => Wait<R>): Route {
  return {
    endpoint: endpoint as Endpoint<unknown, unknown, unknown>,
    handle: handle as unknown as Route['handle'],
  };
}
