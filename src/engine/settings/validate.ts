import { quote } from '../../lib/quote.ts';
import { prefixProblem } from './json-fields.ts';
import type { Values } from './values.ts';

/** What is wrong with an address to listen on. */
export function hostProblem(host: string): string | undefined {
  const proto = /^([a-z0-9+.-]*):\/\//i.exec(host.trim())?.[1];
  if (proto === undefined || ['tcp', 'unix', 'npipe', 'fd'].includes(proto)) return undefined;
  return `invalid bind address (${host}): unsupported proto '${proto}'`;
}

/** What is wrong with a registry's mirror. */
export function mirrorProblem(mirror: string): string | undefined {
  const scheme = /^([a-z]+):\/\//.exec(mirror)?.[1] ?? '';
  if (scheme === '')
    return `invalid mirror: no scheme specified for ${quote(mirror)}: must use either 'https://' or 'http://'`;
  if (scheme !== 'http' && scheme !== 'https')
    return `invalid mirror: unsupported scheme ${quote(scheme)} in ${quote(mirror)}: must use either 'https://' or 'http://'`;
  return undefined;
}

const LEVELS = new Set(['', 'panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']);
const DOMAIN = /^(\.|[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62})?(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62})?)*\.?)$/;

/** What is wrong with settings taken together. @see moby daemon/config, Validate */
export function settingsProblem(values: Values): string | undefined {
  const text = (key: string): string => (values.get(key) as string | undefined) ?? '';
  const list = (key: string): string[] => (values.get(key) as string[] | undefined) ?? [];
  const number = (key: string): number => (values.get(key) as number | undefined) ?? 0;
  if (!LEVELS.has(text('log-level').toLowerCase())) return `invalid logging level: ${text('log-level')}`;
  if (!['', 'text', 'json'].includes(text('log-format'))) return `invalid log format: ${text('log-format')}`;
  for (const domain of list('dns-search')) if (!DOMAIN.test(domain)) return `${domain} is not a valid domain`;
  for (const label of list('labels')) if (!label.includes('=')) return `bad attribute format: ${label}`;
  if (number('mtu') < 0) return `invalid default MTU: ${number('mtu')}`;
  for (const key of ['max-concurrent-downloads', 'max-concurrent-uploads', 'max-download-attempts'])
    if (number(key) < 0) return `invalid ${key.replaceAll('-', ' ')}: ${number(key)}`;
  const port = number('network-diagnostic-port');
  if (port < 0 || port > 65535) return `invalid network-diagnostic-port (${port}): value must be between 0 and 65535`;
  for (const term of list('node-generic-resources'))
    if (!term.includes('='))
      return `could not parse GenericResource: incorrect term ${term}, missing '=' or malformed expression`;
  for (const host of list('hosts')) {
    const problem = hostProblem(host);
    if (problem !== undefined) return problem;
  }
  for (const mirror of list('registry-mirrors')) {
    const problem = mirrorProblem(mirror);
    if (problem !== undefined) return problem;
  }
  for (const option of list('exec-opts')) {
    const [name, value] = option.split('=', 2);
    if (value === undefined) return `invalid exec-opt (${option}): must be formatted 'opt=value'`;
    if (name!.trim() !== 'native.cgroupdriver')
      return `invalid exec-opt (${option}): unknown option: '${name!.trim()}'`;
  }
  return platformProblem(values, text);
}

function platformProblem(values: Values, text: (key: string) => string): string | undefined {
  const proxy = text('userland-proxy-path');
  if (values.get('userland-proxy') !== false && proxy !== '' && !proxy.startsWith('/'))
    return `invalid userland-proxy-path: must be an absolute path: ${proxy}`;
  if (!['', 'private', 'shareable'].includes(text('default-ipc-mode')))
    return `default IPC mode setting (${text('default-ipc-mode')}) is invalid; use "shareable" or "private"`;
  const six = text('fixed-cidr-v6');
  const problem = six === '' ? undefined : prefixProblem(six);
  if (problem !== undefined) return `invalid fixed-cidr-v6: invalid fixed-cidr-v6: ${problem}`;
  if (!['', 'private', 'host'].includes(text('default-cgroupns-mode')))
    return `invalid default cgroup namespace (${text('default-cgroupns-mode')}): use "host" or "private"`;
  return undefined;
}
