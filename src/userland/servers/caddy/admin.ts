import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import { adapt } from './adapt.ts';
import { CaddyfileError } from './caddyfile.ts';
import type { CaddyConfig } from './config.ts';
import type { CaddyLog } from './log.ts';
import type { Caddy } from './server.ts';

const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const MAX = 8 * 1024 * 1024;

const failure = (status: number, error: string): SiteResponse => ({
  status,
  headers: [JSON_TYPE],
  body: `${JSON.stringify({ error })}\n`,
});

/** What Caddy's administration answers: /config/, /load, /adapt, /stop. @see Caddy, "API" */
export function* adminAnswer(
  _sys: Sys,
  { head, path, body }: SiteRequest,
  caddy: Caddy,
  log: CaddyLog,
  env: ReadonlyMap<string, string>,
  stop: () => void,
): Wait<SiteResponse> {
  const { method } = head;
  yield* log.write('info', 'admin.api', 'received request', {
    method,
    host: head.headers.get('host') ?? '',
    uri: head.target,
  });
  if (path === '/stop' && method === 'POST') {
    stop();
    return { status: 200, body: '' };
  }
  if (path.startsWith('/config/') && method === 'GET') {
    let value: unknown = caddy.config;
    for (const key of path
      .slice('/config/'.length)
      .split('/')
      .filter((part) => part !== ''))
      value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    return { status: 200, headers: [JSON_TYPE], body: `${JSON.stringify(value ?? null)}\n` };
  }
  if (path !== '/load' && path !== '/adapt') return failure(404, `unrecognized path: ${path}`);
  if (method !== 'POST') return failure(405, 'method not allowed');
  const bytes = yield* body.bytes(MAX);
  const text = bytes ? decode(bytes) : '';
  let config: CaddyConfig;
  try {
    const isCaddyfile = (head.headers.get('content-type') ?? '').includes('caddyfile');
    config = isCaddyfile ? adapt(text, 'Caddyfile', env) : (JSON.parse(text) as CaddyConfig);
  } catch (thrown) {
    if (!(thrown instanceof CaddyfileError || thrown instanceof SyntaxError)) throw thrown;
    return failure(400, `adapting config using caddyfile adapter: ${thrown.message}`);
  }
  if (path === '/adapt') return { status: 200, headers: [JSON_TYPE], body: `${JSON.stringify({ result: config })}\n` };
  const wrong = yield* caddy.load(config);
  if (wrong !== undefined) return failure(400, wrong);
  yield* log.write('info', 'admin.api', 'load complete');
  return { status: 200, body: '' };
}
