import type { Wait } from '../../libc/io.ts';
import { resolve } from '../../libc/resolver.ts';
import type { Cli } from './command.ts';
import { CliError } from './errors.ts';
import type { Flags } from './flags/parse.ts';
import { lookupFailure } from './lookup.ts';

/** Where the signatures of Docker Hub's images are kept. */
const SERVER = 'notary.docker.io';

/** What is wrong with the server of signatures. */
export function* notaryFailure(cli: Cli, host = SERVER): Wait<string> {
  const found = yield* resolve(cli.sys, host);
  return typeof found === 'string' ? yield* lookupFailure(cli.sys, host) : `${host} does not have trust data`;
}

/**
 * Where signatures are asked for (`--disable-content-trust=false`, DOCKER_CONTENT_TRUST), they have to be looked up.
 * @throws CliError
 */
export function* checkTrust(cli: Cli, flags: Flags): Wait<void> {
  const wanted = /^(1|t|true)$/i.test(cli.env.get('DOCKER_CONTENT_TRUST') ?? '');
  const disabled = flags.changed('disable-content-trust') ? flags.bool('disable-content-trust') : !wanted;
  if (disabled) return;
  throw new CliError(`Error: error contacting notary server: ${yield* notaryFailure(cli)}`);
}
