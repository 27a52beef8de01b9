import { readFile, type Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError, messageOf } from '../errors.ts';
import { pathError } from '../files.ts';
import { parseBool } from '../flags/bool.ts';
import { mapOf } from '../key-values.ts';
import { type ContextMeta, normalizeHost, readContext } from './store.ts';

type Endpoint = ContextMeta['Endpoints']['docker'];

/** Keys of `--docker`. */
const KEYS = ['from', 'host', 'ca', 'cert', 'key', 'skip-tls-verify'];

/** The endpoint that `--docker host=…` describes. @throws CliError */
export function* endpointOf(cli: Cli, given: readonly string[]): Wait<Endpoint> {
  try {
    return yield* parsed(cli, mapOf(given));
  } catch (error) {
    throw new CliError(`unable to create docker endpoint config: ${messageOf(error)}`);
  }
}

function* parsed(cli: Cli, values: Record<string, string>): Wait<Endpoint> {
  const odd = Object.keys(values).find((key) => !KEYS.includes(key));
  if (odd !== undefined) throw new CliError(`unrecognized config key: ${odd}`);
  if (values.from !== undefined) return (yield* readContext(cli, values.from)).Endpoints.docker;
  for (const kind of ['ca', 'cert', 'key']) {
    const path = values[kind];
    if (path === undefined || path === '') continue;
    const bytes = yield* readFile(cli.sys, path);
    if (typeof bytes === 'number') throw new CliError(pathError('open', path, bytes));
    throw new CliError('this client speaks no TLS to a daemon');
  }
  const skip = values['skip-tls-verify'] ?? '';
  const skips = skip === '' ? false : parseBool(skip);
  if (skips === undefined) throw new CliError(`skip-tls-verify: parsing ${JSON.stringify(skip)}: invalid syntax`);
  const host = values.host ?? '';
  if (host !== '') checkHost(host);
  return { ...(host !== '' && { Host: host }), SkipTLSVerify: skips };
}

/** @throws CliError */
function checkHost(host: string): void {
  if (!host.includes('://')) {
    throw new CliError(`unable to apply docker endpoint options: unable to parse docker host \`${host}\``);
  }
  normalizeHost(host);
}
