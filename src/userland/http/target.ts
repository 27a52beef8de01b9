/** Where a URL points to. */
export interface Target {
  scheme: string;
  host: string;
  port: number;
  /** Path and query, beginning with a slash. */
  path: string;
  /** `user:password` as it stands in the URL, percent-decoded. */
  login: string | undefined;
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 };

/** Reads a URL. @returns undefined where it has no host or a wrong port */
export function parseTarget(text: string, scheme = 'http'): Target | undefined {
  const m =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/.exec(
      text,
    );
  if (!m || m[3] === '' || /[\s\x00-\x1f]/.test(m[3]!)) return undefined;
  const name = (m[1] ?? scheme).toLowerCase();
  const port = m[4] ? Number(m[4]) : (PORTS[name] ?? 0);
  if (port > 65535) return undefined;
  const path = m[5] === undefined ? '/' : m[5].startsWith('?') ? `/${m[5]}` : m[5];
  return {
    scheme: name,
    host: m[3]!.replace(/^\[|\]$/g, ''),
    port,
    path: path.replaceAll(' ', '%20'),
    login: m[2] === undefined ? undefined : percentDecode(m[2]),
  };
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `host` or `host:port` as the Host field has it: without the scheme's own port. */
export function hostField(target: Target): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return target.port === PORTS[target.scheme] ? host : `${host}:${target.port}`;
}

/** The target as text again. */
export const targetUrl = (target: Target): string => `${target.scheme}://${hostField(target)}${target.path}`;

/** A `Location` seen from `base`. */
export function resolveLocation(base: Target, location: string): Target | undefined {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(location)) return parseTarget(location);
  if (location.startsWith('//')) return parseTarget(`${base.scheme}:${location}`);
  const query = base.path.indexOf('?');
  const dir = query < 0 ? base.path : base.path.slice(0, query);
  const path = location.startsWith('/')
    ? location
    : location.startsWith('?')
      ? dir + location
      : dir.slice(0, dir.lastIndexOf('/') + 1) + location;
  return { ...base, path: withoutDots(path.replace(/#.*$/, '')) };
}

/** RFC 3986, section 5.2.4. */
export function withoutDots(path: string): string {
  const mark = path.indexOf('?');
  const [dir, query] = mark < 0 ? [path, ''] : [path.slice(0, mark), path.slice(mark)];
  const out: string[] = [];
  const parts = dir.split('/');
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === '.' || part === '..') {
      if (part === '..' && out.length > 1) out.pop();
      if (last) out.push('');
    } else out.push(part);
  }
  return out.join('/') + query;
}
