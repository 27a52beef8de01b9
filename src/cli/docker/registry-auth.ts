import { fromBase64, toBase64 } from '../../lib/base64.ts';
import { decode, encode } from '../../lib/utf8.ts';
import type { Cli } from './command.ts';

/** Key of Docker Hub in config.json. */
const HUB = 'https://index.docker.io/v1/';

/** Header fields with the credentials that were stored for a registry; none where there are none. */
export function registryAuth(cli: Cli, domain: string): Record<string, string> {
  const auths = (cli.config.file as { auths?: Record<string, { auth?: string; identitytoken?: string }> }).auths ?? {};
  const server = domain === 'docker.io' ? HUB : domain;
  const stored = auths[server];
  if (!stored?.auth) return {};
  const pair = decodePair(stored.auth);
  if (!pair) return {};
  const text = JSON.stringify({
    username: pair[0],
    password: pair[1],
    serveraddress: server,
    ...(stored.identitytoken ? { identitytoken: stored.identitytoken } : {}),
  });
  return { 'X-Registry-Auth': toBase64(encode(text)).replaceAll('+', '-').replaceAll('/', '_') };
}

/** `name:password` in base64. */
function decodePair(text: string): [string, string] | undefined {
  const bytes = fromBase64(text);
  const out = bytes ? decode(bytes) : '';
  const colon = out.indexOf(':');
  return colon < 0 ? undefined : [out.slice(0, colon), out.slice(colon + 1)];
}
