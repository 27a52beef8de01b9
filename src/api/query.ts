import type { Endpoint } from './endpoint.ts';

/** Decodes %XX and `+`; a wrong escape stays as it is. */
export function decodeComponent(text: string, plus = true): string {
  const spaced = plus ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** The parameters of a query, in their order. */
export function parseQuery(text: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodeComponent(pair.slice(equals + 1));
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return values;
}

const encodePath = (value: string, slashes: boolean): string =>
  slashes ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);

/** The target of a request: path and query with their values filled in. Undefined values are left out. */
export function formatTarget(
  e: Endpoint<unknown, unknown, unknown>,
  params: Readonly<Record<string, unknown>>,
  version: string | undefined,
): string {
  const path = e.path.replace(/\{(\w+)(\.\.\.)?\}/g, (_, name: string, rest: string | undefined) =>
    encodePath(String(params[name]), rest !== undefined),
  );
  const pairs: string[] = [];
  for (const [name, kind] of Object.entries(e.query)) {
    const value = params[name];
    if (value === undefined || value === null) continue;
    const add = (v: string): void => {
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(v)}`);
    };
    if (kind === 'bool') add(value ? '1' : '0');
    else if (kind === 'list') for (const item of value as readonly string[]) add(item);
    else if (kind === 'json') add(JSON.stringify(value));
    else add(String(value));
  }
  const query = pairs.length > 0 ? `?${pairs.join('&')}` : '';
  return `${version === undefined ? '' : `/v${version}`}${path}${query}`;
}
