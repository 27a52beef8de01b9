import { Stat } from '../../../abi/stat.ts';
import { normalizePath } from '../../../libc/paths.ts';
import type { MatcherSet } from './config.ts';
import type { Exchange } from './exchange.ts';

/** `*` at the ends and in the middle; compared without case. */
function pathMatches(pattern: string, path: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 's').test(path.toLowerCase());
}

function hostMatches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern.toLowerCase() === host;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === pattern.slice(1).toLowerCase();
}

function addressMatches(range: string, client: string): boolean {
  if (range === 'private_ranges') return /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd])/.test(client);
  const [base = '', bits = '32'] = range.split('/');
  const number = (text: string): number => text.split('.').reduce((n, part) => n * 256 + Number(part), 0);
  if (!/^\d+\./.test(base) || !/^\d+\./.test(client)) return base === client;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(client) / size);
}

/** The first of `try_files` that is there, and says so to later placeholders. */
function fileMatches({ try_files = ['{path}'], root }: NonNullable<MatcherSet['file']>, exchange: Exchange): boolean {
  const folder = root ?? exchange.vars.get('root') ?? '.';
  for (const wanted of try_files) {
    if (wanted.startsWith('=')) return false;
    const name = exchange.fill(wanted);
    const path = normalizePath(`/${name}`) + (name.endsWith('/') && name !== '/' ? '/' : '');
    if (exchange.sys.stat(folder + path, new Stat()) < 0) continue;
    exchange.vars.set('http.matchers.file.relative', path);
    return true;
  }
  return false;
}

/** Whether all of a set match. @see Caddy, "Request matchers" */
export function matches(set: MatcherSet, exchange: Exchange): boolean {
  if (set.host && !set.host.some((host) => hostMatches(host, exchange.host))) return false;
  if (set.path && !set.path.some((path) => pathMatches(path, exchange.path))) return false;
  if (set.method && !set.method.includes(exchange.method)) return false;
  for (const [name, values] of Object.entries(set.header ?? {})) {
    const value = exchange.headers.get(name);
    if (value === undefined || (values.length > 0 && !values.some((each) => pathMatches(each, value)))) return false;
  }
  for (const [name, values] of Object.entries(set.query ?? {})) {
    const value = exchange.request.query.get(name);
    if (value === undefined || !values.some((each) => each === '*' || each === value)) return false;
  }
  if (set.remote_ip && !set.remote_ip.ranges.some((range) => addressMatches(range, exchange.client))) return false;
  if (set.not?.some((each) => matches(each, exchange))) return false;
  return set.file === undefined || fileMatches(set.file, exchange);
}
