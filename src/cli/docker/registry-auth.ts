import { toBase64 } from '../../lib/base64.ts';
import { encode } from '../../lib/utf8.ts';
import type { Cli } from './command.ts';

/** Key of Docker Hub in config.json. */
export const HUB = 'https://index.docker.io/v1/';

/** The host of a registry's address: `https://localhost:5000/v2/` is `localhost:5000`. */
export const registryHost = (address: string): string => address.replace(/^https?:\/\//, '').split('/')[0]!;

/** Header fields with the credentials that were stored for a registry; none where there are none. */
export function registryAuth(cli: Cli, domain: string): Record<string, string> {
  const auth = cli.config.auth(domain === 'docker.io' ? HUB : domain);
  if (auth.username === undefined && auth.identitytoken === undefined) return {};
  return { 'X-Registry-Auth': urlSafe(JSON.stringify(auth)) };
}

/** The field that `push` always sends, be it with empty credentials. */
export const registryAuthOrEmpty = (cli: Cli, domain: string): Record<string, string> => ({
  'X-Registry-Auth': urlSafe('{}'),
  ...registryAuth(cli, domain),
});

const urlSafe = (text: string): string => toBase64(encode(text)).replaceAll('+', '-').replaceAll('/', '_');
