import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { resolverConfig } from '../../libc/resolv-conf.ts';

/** Go's words for a name that leads nowhere: `dial tcp: lookup NAME on SERVER:53: no such host`. */
export function* lookupFailure(sys: Sys, name: string): Wait<string> {
  const { nameservers } = yield* resolverConfig(sys);
  const server = nameservers[0] ?? '127.0.0.1';
  return `dial tcp: lookup ${name} on ${server.includes(':') ? `[${server}]` : server}:53: no such host`;
}
