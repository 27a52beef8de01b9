import type { Sys } from '../../../abi/sys.ts';
import { Headers } from '../../../lib/http-headers.ts';
import type { Config, VirtualServer } from './config.ts';
import type { Listen } from './listen.ts';
import type { Location } from './locations.ts';
import { splitUri } from './request-line.ts';
import type { RewriteTarget } from './rewrite.ts';
import type { Scope } from './scope.ts';
import { expand, type Template } from './template.ts';

/** One connection, as variables show it. */
export interface Client {
  fd: number;
  addr: string;
  port: number;
  localAddr: string;
  localPort: number;
  listen: Listen;
  /** Number of the connection, and of requests on it so far. */
  number: number;
  requests: number;
  ssl: boolean;
  /** The address of the socket's other end, where `addr` is of the client that a proxy spoke for. */
  peerAddr: string;
}

/** What upstreams did for a request. */
export interface UpstreamTrace {
  addresses: string[];
  statuses: string[];
  /** Seconds with three digits. */
  times: string[];
  headers: Headers | undefined;
}

/** Looks a variable up that is none of the request's own (set, captures, maps). */
export type VariableSource = (request: Request, name: string) => string;

/** A request on its way through the phases. */
export class Request implements RewriteTarget {
  uri = '/';
  args = '';
  /** Target as it came. */
  readonly target: string;
  method: string;
  scope: Scope;
  location: Location | undefined;
  breaks = false;
  /** Redirected inside the server: `internal` locations are open. */
  internal = false;
  /** It took its place in the limits of requests. */
  limited = false;
  /** An error page is being made. */
  inErrorPage = false;
  /** Changes of the URI that are left. */
  changesLeft = 11;
  readonly set = new Map<string, string>();
  captures: { text: string; match: readonly number[] } = { text: '', match: [] };
  body: Uint8Array = new Uint8Array(0);
  /** Set when the answer begins. */
  status = 0;
  sent = new Headers();
  bodyBytes = 0;
  bytesSent = 0;
  user = '';
  readonly upstream: UpstreamTrace = { addresses: [], statuses: [], times: [], headers: undefined };
  /** The upstream that is at work, for messages. */
  upstreamUrl = '';
  /** Milliseconds of the clock. */
  readonly began: number;

  constructor(
    readonly sys: Sys,
    readonly config: Config,
    readonly client: Client,
    readonly server: VirtualServer,
    readonly head: { method: string; target: string; version: string; headers: Headers; line: string },
    /** Bytes of the head. */
    readonly headLength: number,
    readonly source: VariableSource,
  ) {
    this.method = head.method;
    this.target = head.target;
    this.args = splitUri(head.target).args;
    this.scope = server.scope;
    this.began = sys.now(0);
  }

  get headers(): Headers {
    return this.head.headers;
  }

  get located(): boolean {
    return this.location !== undefined;
  }

  /** The host that the client asked for, without port; the server's name where it said none. */
  get host(): string {
    const absolute = /^https?:\/\/([^/?:]+)/i.exec(this.target);
    const host = absolute?.[1] ?? (this.headers.get('host') ?? '').replace(/:\d*$/, '');
    return host === '' ? this.server.name : host.toLowerCase().replace(/\.$/, '');
  }

  capture(text: string, match: readonly number[], names: ReadonlyMap<string, number>): void {
    this.captures = { text, match };
    for (const [name, group] of names) this.set.set(name, this.#group(group));
  }

  #group(n: number): string {
    const { text, match } = this.captures;
    const start = match[2 * n] ?? -1;
    return start < 0 ? '' : text.slice(start, match[2 * n + 1]);
  }

  /** @param depth of maps that ask for each other */
  variable(name: string, depth = 0): string {
    if (/^\d$/.test(name)) return this.#group(Number(name));
    const set = this.set.get(name);
    if (set !== undefined) return set;
    const map = this.config.maps.get(name);
    if (!map || depth > 20) return this.source(this, name);
    const value = (template: Template | undefined): string =>
      template ? expand(template, (n) => this.variable(n, depth + 1)) : '';
    const key = value(map.source);
    const exact = map.exact.get(key.toLowerCase());
    if (exact) return value(exact);
    for (const pattern of map.patterns) {
      const match = pattern.regex.exec(key);
      if (!match) continue;
      this.capture(key, match, pattern.regex.names);
      return value(pattern.value);
    }
    return value(map.fallback);
  }

  expand(template: Template): string {
    return expand(template, (name) => this.variable(name));
  }

  /** The text of a directive's argument with its variables. */
  text(argument: string): string {
    return this.expand(this.config.template(argument));
  }
}
