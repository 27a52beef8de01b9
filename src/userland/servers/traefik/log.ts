import { CLOCK_REALTIME, O_APPEND, O_CREAT, O_WRONLY } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { strftime } from '../../../lib/strftime.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

const SHORT: Readonly<Record<Level, string>> = {
  trace: 'TRC',
  debug: 'DBG',
  info: 'INF',
  warn: 'WRN',
  error: 'ERR',
  fatal: 'FTL',
};

/** Traefik's log on standard output: zerolog's console form (3) or logrus's text (2). */
export class TraefikLog {
  readonly #least: number;

  constructor(
    private readonly sys: Sys,
    private readonly old: boolean,
    level: string,
  ) {
    const wanted = level.toLowerCase() === 'warning' ? 'warn' : level.toLowerCase();
    this.#least = Math.max(0, LEVELS.indexOf(wanted as Level));
  }

  *write(level: Level, message: string, fields: Readonly<Record<string, string>> = {}): Wait<void> {
    if (LEVELS.indexOf(level) >= this.#least) yield* this.always(level, message, fields);
  }

  /** Whatever the level in force is. */
  *always(level: Level, message: string, fields: Readonly<Record<string, string>> = {}): Wait<void> {
    const time = strftime('%Y-%m-%dT%H:%M:%SZ', Math.floor(this.sys.now(CLOCK_REALTIME) / 1000));
    const more = Object.entries(fields)
      .map(([name, value]) => ` ${name}=${/[\s"=]/.test(value) ? JSON.stringify(value) : value}`)
      .join('');
    const line = this.old
      ? `time="${time}" level=${level === 'warn' ? 'warning' : level} msg=${JSON.stringify(message)}${more}\n`
      : `${time} ${SHORT[level]} ${message}${more}\n`;
    yield* writeAll(this.sys, 1, line);
  }
}

/** One request, for the access log. */
export interface Access {
  client: string;
  method: string;
  target: string;
  version: string;
  status: number;
  bytes: number;
  referer: string;
  agent: string;
  count: number;
  router: string;
  server: string;
  /** Milliseconds. */
  took: number;
}

/** Writes a line of the access log, in Traefik's common format or JSON. @param path '' for standard output */
export function* writeAccess(sys: Sys, path: string, format: string, access: Access): Wait<void> {
  const sec = Math.floor(sys.now(CLOCK_REALTIME) / 1000);
  const { client, method, target, version, status, bytes, referer, agent, count, router, server, took } = access;
  const name = (text: string): string => `"${text || '-'}"`;
  const json = {
    ClientHost: client,
    DownstreamContentSize: bytes,
    DownstreamStatus: status,
    Duration: Math.round(took * 1e6),
    RequestMethod: method,
    RequestPath: target,
    RequestProtocol: `HTTP/${version}`,
    RouterName: router,
    ServiceURL: server,
    level: 'info',
    msg: '',
    time: strftime('%Y-%m-%dT%H:%M:%SZ', sec),
  };
  const line =
    format === 'json'
      ? `${JSON.stringify(json)}\n`
      : `${client} - - [${strftime('%d/%b/%Y:%H:%M:%S %z', sec)}] "${method} ${target} HTTP/${version}" ${status} ${bytes} ${name(referer)} ${name(agent)} ${count} ${name(router)} ${name(server)} ${Math.round(took)}ms\n`;
  if (path === '') {
    yield* writeAll(sys, 1, line);
    return;
  }
  const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_APPEND, 0o664);
  if (fd < 0) return;
  yield* writeAll(sys, fd, line);
  sys.close(fd);
}
