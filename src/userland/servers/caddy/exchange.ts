import type { Sys } from '../../../abi/sys.ts';
import { Headers } from '../../../lib/http-headers.ts';
import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import type { HeaderOps } from './config.ts';

/** A request on its way through the handlers, which may change it, and what they want of the answer's head. */
export class Exchange {
  path: string;
  method: string;
  /** With its `?`, or empty. */
  search: string;
  readonly headers: Headers;
  readonly vars = new Map<string, string>();
  readonly #response: HeaderOps[] = [];
  readonly #original: string;

  constructor(
    readonly sys: Sys,
    readonly request: SiteRequest,
    readonly secure: boolean,
    readonly env: ReadonlyMap<string, string>,
  ) {
    const mark = request.head.target.indexOf('?');
    this.path = request.path;
    this.method = request.head.method;
    this.search = mark < 0 ? '' : request.head.target.slice(mark);
    this.headers = new Headers(request.head.headers);
    this.#original = request.head.target;
  }

  get uri(): string {
    return encodeURI(this.path) + this.search;
  }

  /** Name without a port. */
  get host(): string {
    return (this.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
  }

  get client(): string {
    return this.request.client.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  }

  wantHeaders(ops: HeaderOps): void {
    this.#response.push(ops);
  }

  /** An answer with what `headers` handlers wanted. */
  finish(response: SiteResponse): SiteResponse {
    const headers = new Headers(response.headers ?? []);
    if (!headers.has('server')) headers.set('Server', 'Caddy');
    for (const ops of this.#response) this.apply(ops, headers);
    return { ...response, headers: [...headers] };
  }

  apply(ops: HeaderOps, headers: Headers): void {
    for (const name of ops.delete ?? []) headers.delete(name);
    for (const [name, values] of Object.entries(ops.set ?? {})) headers.set(name, this.fill(values[0] ?? ''));
    for (const [name, values] of Object.entries(ops.add ?? {}))
      for (const value of values) headers.append(name, this.fill(value));
  }

  /** Replaces placeholders; an unknown one becomes nothing. @see Caddy, "Placeholders" */
  fill(text: string): string {
    return text.replace(/\{([\w.:-]+)\}/g, (_, name: string) => this.#value(name) ?? '');
  }

  #value(name: string): string | undefined {
    const header = /^(?:header|http\.request\.header)\.(.+)$/.exec(name)?.[1];
    if (header !== undefined) return this.headers.get(header);
    const variable = /^env\.(.+)$/.exec(name)?.[1];
    if (variable !== undefined) return this.env.get(variable);
    const query = /^(?:query|http\.request\.uri\.query)\.(.+)$/.exec(name)?.[1];
    if (query !== undefined) return this.request.query.get(query);
    switch (name.replace(/^http\.request\./, '')) {
      case 'host':
        return this.host;
      case 'hostport':
        return this.headers.get('host');
      case 'port':
        return /:(\d+)$/.exec(this.headers.get('host') ?? '')?.[1] ?? (this.secure ? '443' : '80');
      case 'uri':
        return this.uri;
      case 'orig_uri':
        return this.#original;
      case 'path':
      case 'uri.path':
        return this.path;
      case 'query':
      case 'uri.query':
        return this.search.slice(1);
      case 'method':
        return this.method;
      case 'scheme':
        return this.secure ? 'https' : 'http';
      case 'remote':
        return this.request.client;
      case 'remote_host':
      case 'remote.host':
      case 'client_ip':
        return this.client;
      case 'system.hostname':
        return this.sys.uname().nodename;
      default:
        return this.vars.get(name.replace(/^(http\.)?vars\./, ''));
    }
  }
}
