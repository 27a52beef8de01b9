import { toBase64 } from '../../lib/base64.ts';
import { Headers } from '../../lib/http-headers.ts';
import { encode } from '../../lib/utf8.ts';
import type { BodySource } from '../../libc/http-client.ts';
import { connectTcp, HttpConnection, type HttpResponse } from '../../libc/http-client.ts';
import type { Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { gaiStrerror, resolve } from '../../libc/resolver.ts';
import { Deadline } from './deadline.ts';
import { secure } from './secure.ts';
import { hostField, type Target } from './target.ts';
import type { WGET_OPTIONS } from './wget-options.ts';

export type WgetContext = Context<typeof WGET_OPTIONS>;

/** What a request carries. */
export interface WgetRequest {
  method: string;
  body: Uint8Array | BodySource | undefined;
  /** Offset to go on from. */
  from: number;
}

/** Opens connections and sends requests, saying what it does in the form's words. */
export class WgetClient {
  readonly deadline: Deadline;
  private readonly seconds: number | undefined;

  constructor(
    private readonly ctx: WgetContext,
    /** Messages that -q and -nv leave out. */
    private readonly say: (text: string) => Wait<void>,
    /** Messages that only -q leaves out. */
    private readonly note: (text: string) => Wait<void>,
    private readonly quote: (text: string) => string,
  ) {
    this.deadline = new Deadline(ctx.sys);
    const text = ctx.opts.timeout ?? ctx.opts.connectTimeout;
    this.seconds = text === undefined ? (ctx.form === 'gnu' ? undefined : 900) : Number(text);
  }

  /** @returns the response, or the exit status; `refused` may be tried again */
  *request(target: Target, request: WgetRequest): Wait<HttpResponse | { status: number; again: boolean }> {
    const fd = yield* this.connect(target);
    if (typeof fd === 'object') return fd;
    if (this.ctx.form === 'gnu') yield* this.say('HTTP request sent, awaiting response... ');
    const connection = new HttpConnection(this.ctx.sys, fd);
    this.deadline.push(this.seconds === undefined ? undefined : this.seconds * 1000);
    const answer = yield* connection.request({
      method: request.method,
      target: target.path,
      headers: this.headers(target, request),
      ...(request.body ? { body: request.body } : {}),
    });
    this.deadline.pop();
    if (answer.kind === 'response') return answer;
    if (this.ctx.form === 'busybox') {
      yield* this.ctx.warn(this.deadline.expired ? 'download timed out' : 'error getting response');
      return { status: 1, again: false };
    }
    if (this.deadline.expired) {
      this.deadline.expired = false;
      yield* this.say('Read error (Connection timed out) in headers.\n');
    } else if (answer.errno !== 0) yield* this.say(`Read error (${this.ctx.strerror(answer.errno)}) in headers.\n`);
    else yield* this.say('No data received.\n');
    return { status: 4, again: true };
  }

  private headers(target: Target, request: WgetRequest): Headers {
    const { opts, form } = this.ctx;
    const headers = new Headers();
    headers.append('Host', hostField(target));
    headers.append('User-Agent', opts.userAgent ?? (form === 'gnu' ? 'Wget/1.21.4' : 'Wget'));
    if (form === 'gnu') {
      headers.append('Accept', '*/*');
      headers.append('Accept-Encoding', 'identity');
      headers.append('Connection', 'Keep-Alive');
    } else headers.append('Connection', 'close');
    const user = opts.httpUser ?? opts.user;
    const login = user !== undefined ? `${user}:${opts.httpPassword ?? opts.password ?? ''}` : target.login;
    if (login !== undefined) headers.append('Authorization', `Basic ${toBase64(encode(login))}`);
    if (request.from > 0) headers.append('Range', `bytes=${request.from}-`);
    if (request.body) headers.append('Content-Type', 'application/x-www-form-urlencoded');
    for (const line of opts.header) {
      const colon = line.indexOf(':');
      if (colon > 0) headers.set(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    return headers;
  }

  private *connect(target: Target): Wait<number | { status: number; again: boolean }> {
    const { ctx } = this;
    const gnu = ctx.form === 'gnu';
    const literal = /^[\d.]+$|:/.test(target.host);
    if (gnu && !literal) yield* this.say(`Resolving ${target.host} (${target.host})... `);
    const family = ctx.opts.inet4Only ? ('inet' as const) : ctx.opts.inet6Only ? ('inet6' as const) : undefined;
    const found = yield* resolve(ctx.sys, target.host, family ? { family } : {});
    if (typeof found === 'string') {
      if (!gnu) {
        yield* ctx.warn(`bad address '${target.host}'`);
        return { status: 1, again: false };
      }
      yield* this.say(`failed: ${gaiStrerror(found, ctx.sys.image.flavour)}.\n`);
      yield* this.note(`${ctx.name}: unable to resolve host address ${this.quote(target.host)}\n`);
      return { status: 4, again: false };
    }
    if (gnu && !literal) yield* this.say(`${found.addresses.join(', ')}\n`);
    let error = 0;
    let refused = '';
    for (const address of gnu ? found.addresses : found.addresses.slice(0, 1)) {
      const shown = address.includes(':') ? `[${address}]` : address;
      if (!gnu) yield* this.say(`Connecting to ${hostField({ ...target, scheme: '' })} (${shown}:${target.port})\n`);
      else if (literal) yield* this.say(`Connecting to ${shown}:${target.port}... `);
      else yield* this.say(`Connecting to ${target.host} (${target.host})|${shown}|:${target.port}... `);
      this.deadline.push(this.seconds === undefined ? undefined : this.seconds * 1000);
      const fd = yield* connectTcp(ctx.sys, address, target.port);
      this.deadline.pop();
      if (fd >= 0) {
        if (gnu) yield* this.say('connected.\n');
        return target.scheme === 'https' ? yield* this.handshake(fd, target) : fd;
      }
      error = fd;
      refused = shown;
      if (gnu) yield* this.say(`failed: ${this.deadline.expired ? 'Connection timed out' : ctx.strerror(fd)}.\n`);
    }
    if (gnu) return { status: 4, again: this.deadline.expired || ctx.opts.retryConnrefused };
    yield* ctx.warn(
      this.deadline.expired
        ? 'download timed out'
        : `can't connect to remote host (${refused}): ${ctx.strerror(error)}`,
    );
    return { status: 1, again: false };
  }

  private *handshake(fd: number, target: Target): Wait<number | { status: number; again: boolean }> {
    const { ctx } = this;
    const secured = yield* secure(ctx.sys, fd, target.host);
    if (typeof secured === 'string') {
      ctx.sys.close(fd);
      if (ctx.form === 'busybox') {
        yield* ctx.warn('TLS error from peer (alert code 40): handshake failure');
        return { status: 1, again: false };
      }
      yield* this.note('GnuTLS: An unexpected TLS packet was received.\nUnable to establish SSL connection.\n');
      return { status: 4, again: false };
    }
    // busybox's own TLS does not verify certificates
    if (secured.trust === undefined || ctx.opts.noCheckCertificate) return fd;
    if (ctx.form === 'busybox') return fd;
    ctx.sys.close(fd);
    const issuer = this.quote(`CN=${secured.certificate.issuer}`);
    const why =
      secured.trust === 'self-signed'
        ? '  Self-signed certificate encountered.\n'
        : secured.trust === 'expired'
          ? '  Issued certificate has expired.\n'
          : "  Unable to locally verify the issuer's authority.\n";
    if (secured.trust === 'name')
      yield* this.note(
        `ERROR: no certificate subject alternative name matches\n\trequested host name ${this.quote(target.host)}.\n`,
      );
    else yield* this.note(`ERROR: cannot verify ${target.host}'s certificate, issued by ${issuer}:\n${why}`);
    yield* this.note(`To connect to ${target.host} insecurely, use \`--no-check-certificate'.\n`);
    return { status: 5, again: false };
  }
}
