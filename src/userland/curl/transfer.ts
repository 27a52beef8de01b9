import { CLOCK_MONOTONIC, O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { toBase64 } from '../../lib/base64.ts';
import { Gunzip } from '../../lib/gzip.ts';
import { Headers } from '../../lib/http-headers.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { connectTcp, connectUnix, HttpConnection, type HttpResponse } from '../../libc/http-client.ts';
import { open, type Wait, writeFile } from '../../libc/io.ts';
import { dirname, joinPath, mkdirp } from '../../libc/paths.ts';
import type { Context } from '../../libc/program.ts';
import { resolve } from '../../libc/resolver.ts';
import { Output } from '../../libc/stdio.ts';
import { Deadline } from '../http/deadline.ts';
import { secure } from '../http/secure.ts';
import { hostField, parseTarget, resolveLocation, type Target, targetUrl, withoutDots } from '../http/target.ts';
import { type RequestBody, requestBody } from './body.ts';
import { cookiesFor, keepCookies } from './cookies.ts';
import { Meter } from './meter.ts';
import type { CurlOptions } from './options.ts';

/** Why a transfer failed: curl's exit status and words. */
export class CurlError {
  constructor(
    readonly status: number,
    readonly message: string,
    readonly transient = false,
  ) {}
}

const TRUST_HELP =
  'More details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.';

/** The version that the executable says it is. */
export const curlVersion = (ctx: Context): string => /^\d+\.\d+\.\d+$/.exec(ctx.sys.image.version)?.[0] ?? '8.5.0';

/** One URL, with its redirects. */
export class Transfer {
  private readonly began: number;
  private readonly deadline: Deadline;
  private readonly meter: Meter;
  private target: Target;
  private response: HttpResponse | undefined;
  private received = 0;
  private sent = 0;
  private headerBytes = 0;
  private redirects = 0;
  private connectedAt = 0;
  private firstByteAt = 0;
  private address = '';
  private fileName: string | undefined;
  private method = 'GET';

  constructor(
    private readonly ctx: Context,
    private readonly o: CurlOptions,
    target: Target,
    /** Name of the file, undefined: stdout. */
    private readonly output: string | undefined,
  ) {
    this.target = o.has('path-as-is') ? target : { ...target, path: withoutDots(target.path) };
    this.began = ctx.sys.now(CLOCK_MONOTONIC);
    this.old = curlVersion(ctx).startsWith('7.');
    this.deadline = new Deadline(ctx.sys);
    const toTerminal = output === undefined || output === '-' ? ctx.sys.isatty(1) : false;
    this.meter = new Meter(ctx.sys, ctx.stderr, !o.has('silent') && !o.has('no-progress-meter') && !toTerminal);
  }

  /** curl 7 numbers its connections in what it says. */
  private readonly old: boolean;

  private closing(): string {
    return this.old ? `Closing connection ${this.redirects}` : 'Closing connection';
  }

  private elapsed(): number {
    return Math.floor(this.ctx.sys.now(CLOCK_MONOTONIC) - this.began);
  }

  private *info(text: string): Wait<void> {
    if (this.o.has('verbose')) yield* this.ctx.stderr.write(`* ${text}\n`);
  }

  private timeout(): CurlError | undefined {
    if (!this.deadline.expired) return undefined;
    const ms = this.elapsed();
    return this.connectedAt === 0
      ? new CurlError(28, `Connection timed out after ${ms} milliseconds`, true)
      : new CurlError(28, `Operation timed out after ${ms} milliseconds with ${this.received} bytes received`, true);
  }

  /** @returns undefined, or what went wrong */
  *run(): Wait<CurlError | undefined> {
    const { o } = this;
    const limit = o.last('max-time');
    this.deadline.push(limit === undefined ? undefined : Number(limit) * 1000);
    const error = yield* this.follow();
    this.deadline.pop();
    return error;
  }

  private *follow(): Wait<CurlError | undefined> {
    const { o, ctx } = this;
    let body = yield* requestBody(ctx, o);
    if (typeof body === 'string') return new CurlError(26, body);
    this.method =
      o.last('request') ??
      (o.has('head') ? 'HEAD' : o.last('upload-file') !== undefined ? 'PUT' : body && !o.has('get') ? 'POST' : 'GET');
    if (body && o.has('get')) {
      this.target = {
        ...this.target,
        path: `${this.target.path}${this.target.path.includes('?') ? '&' : '?'}${decode(body.bytes)}`,
      };
      body = undefined;
    }
    yield* this.meter.start();
    const most = Number(o.last('max-redirs') ?? 50);
    for (;;) {
      const fd = yield* this.connect();
      if (fd instanceof CurlError) return fd;
      const response = yield* this.request(fd, body);
      if (response instanceof CurlError) return response;
      this.response = response;
      const location = response.headers.get('location');
      const follows = o.has('location') && location !== undefined && response.status >= 300 && response.status < 400;
      if (!follows) return yield* this.receive(response);
      if (o.has('include') || o.has('head')) yield* this.showHead(response);
      while ((yield* response.chunk()) !== undefined) if (ctx.sys.tick()) yield;
      if (this.redirects >= most && most >= 0) return new CurlError(47, `Maximum (${most}) redirects followed`);
      this.redirects++;
      const next = resolveLocation(this.target, location);
      if (!next) return new CurlError(3, 'URL using bad/illegal format or missing URL');
      if (next.scheme !== 'http' && next.scheme !== 'https')
        return new CurlError(1, `Protocol "${next.scheme}" not supported or disabled in libcurl`);
      if (response.status === 303 || ((response.status === 301 || response.status === 302) && this.method === 'POST')) {
        if (o.last('request') === undefined) this.method = this.method === 'HEAD' ? 'HEAD' : 'GET';
        body = undefined;
      }
      yield* this.info(`Issue another request to this URL: '${targetUrl(next)}'`);
      this.target = next;
    }
  }

  private *connect(): Wait<number | CurlError> {
    const { ctx, o, target } = this;
    const unix = o.last('unix-socket');
    const seconds = o.last('connect-timeout');
    if (unix !== undefined) {
      yield* this.info(`  Trying ${unix}:0...`);
      const fd = yield* connectUnix(ctx.sys, unix);
      if (fd < 0)
        return new CurlError(
          7,
          `Failed to connect to ${target.host} port ${target.port} after ${this.elapsed()} ms: Couldn't connect to server`,
        );
      yield* this.info(`Connected to ${target.host} (${unix}) port 0`);
      this.connectedAt = this.elapsed();
      return fd;
    }
    const given = o
      .all('resolve')
      .map((r) => /^\+?([^:]+):(\d+):(.*)$/.exec(r))
      .find((m) => m && m[1] === target.host && Number(m[2]) === target.port);
    const family = o.has('ipv4') ? ('inet' as const) : o.has('ipv6') ? ('inet6' as const) : undefined;
    this.deadline.push(seconds === undefined ? undefined : Number(seconds) * 1000);
    const found = given
      ? { addresses: given[3]!.replace(/[[\]]/g, '').split(',') }
      : yield* resolve(ctx.sys, target.host, family ? { family } : {});
    if (typeof found === 'string') {
      this.deadline.pop();
      if (o.has('verbose')) yield* this.info(`Could not resolve host: ${target.host}`);
      return new CurlError(6, `Could not resolve host: ${target.host}`, true);
    }
    for (const address of found.addresses) {
      const shown = address.includes(':') ? `[${address}]` : address;
      yield* this.info(`  Trying ${shown}:${target.port}...`);
      const fd = yield* connectTcp(ctx.sys, address, target.port);
      if (fd >= 0) {
        this.deadline.pop();
        this.address = address;
        this.connectedAt = Math.max(1, this.elapsed());
        yield* this.info(
          `Connected to ${target.host} (${address}) port ${target.port}${this.old ? ` (#${this.redirects})` : ''}`,
        );
        return target.scheme === 'https' ? yield* this.handshake(fd) : fd;
      }
      if (this.deadline.expired) break;
      yield* this.info(`connect to ${address} port ${target.port} failed: ${ctx.strerror(fd)}`);
    }
    this.deadline.pop();
    const late = this.timeout();
    if (late) return late;
    const error = new CurlError(
      7,
      `Failed to connect to ${target.host} port ${target.port} after ${this.elapsed()} ms: Couldn't connect to server`,
    );
    yield* this.info(error.message);
    yield* this.meter.end(0, 0, 0);
    yield* this.info(this.closing());
    return error;
  }

  private *handshake(fd: number): Wait<number | CurlError> {
    const { ctx, o, target } = this;
    const secured = yield* secure(ctx.sys, fd, target.host, o.last('cacert'));
    if (typeof secured === 'string') {
      ctx.sys.close(fd);
      if (secured === 'plain')
        return new CurlError(35, 'OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number');
      return new CurlError(
        35,
        `OpenSSL SSL_connect: ${secured === 'closed' ? 'Connection reset by peer' : 'SSL_ERROR_SSL'} in connection to ${target.host}:${target.port} `,
      );
    }
    const { certificate, trust } = secured;
    yield* this.info('SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384');
    yield* this.info('Server certificate:');
    yield* this.info(` subject: CN=${certificate.subject}`);
    yield* this.info(` issuer: CN=${certificate.issuer}`);
    if (trust === undefined || o.has('insecure')) return fd;
    ctx.sys.close(fd);
    const bundle = o.last('cacert');
    if (trust === 'no-bundle')
      return new CurlError(77, `error setting certificate file: ${bundle ?? '/etc/ssl/certs/ca-certificates.crt'}`);
    if (trust === 'name')
      return new CurlError(
        60,
        `SSL: no alternative certificate subject name matches target host name '${target.host}'\n${TRUST_HELP}`,
      );
    const why = {
      'self-signed': 'self-signed certificate',
      expired: 'certificate has expired',
      'unknown-issuer': 'unable to get local issuer certificate',
    }[trust];
    return new CurlError(60, `SSL certificate problem: ${why}\n${TRUST_HELP}`);
  }

  private *headers(body: RequestBody | undefined): Wait<Headers> {
    const { o, target } = this;
    const headers = new Headers();
    headers.append('Host', hostField(target));
    const login = o.last('user') ?? target.login;
    if (login !== undefined)
      headers.append('Authorization', `Basic ${toBase64(encode(login.includes(':') ? login : `${login}:`))}`);
    else if (o.last('oauth2-bearer') !== undefined)
      headers.append('Authorization', `Bearer ${o.last('oauth2-bearer')}`);
    if (o.last('range') !== undefined) headers.append('Range', `bytes=${o.last('range')}`);
    const resume = this.resumeFrom();
    if (resume > 0) headers.append('Range', `bytes=${resume}-`);
    headers.append('User-Agent', o.last('user-agent') ?? `curl/${curlVersion(this.ctx)}`);
    headers.append('Accept', body?.type === 'application/json' ? 'application/json' : '*/*');
    if (o.has('compressed')) headers.append('Accept-Encoding', 'deflate, gzip');
    const referer = o.last('referer')?.replace(/;auto$/, '');
    if (referer) headers.append('Referer', referer);
    const cookies = yield* cookiesFor(this.ctx, o.all('cookie'), target.host);
    if (cookies !== '') headers.append('Cookie', cookies);
    if (body?.type) headers.append('Content-Type', body.type);
    for (const line of o.all('header')) {
      const m = /^([^:;]+)([:;])\s*(.*)$/.exec(line);
      if (!m) continue;
      if (m[2] === ':' && m[3] === '') headers.delete(m[1]!);
      else headers.set(m[1]!, m[3]!);
    }
    return headers;
  }

  private resumeFrom(): number {
    const at = this.o.last('continue-at');
    if (at === undefined) return 0;
    if (at !== '-') return Number(at);
    const st = new Stat();
    return this.output !== undefined && this.ctx.sys.stat(this.output, st) === 0 ? st.size : 0;
  }

  private *request(fd: number, body: RequestBody | undefined): Wait<HttpResponse | CurlError> {
    const { ctx, o, target } = this;
    const headers = yield* this.headers(body);
    if (o.has('verbose')) {
      const shown = new Headers(headers);
      if (body) shown.set('Content-Length', String(body.bytes.length));
      yield* ctx.stderr.write(
        `> ${this.method} ${target.path} HTTP/1.1\r\n${[...shown].map(([n, v]) => `> ${n}: ${v}\r\n`).join('')}> \r\n`,
      );
    }
    const connection = new HttpConnection(ctx.sys, fd);
    const answer = yield* connection.request({
      method: this.method,
      target: target.path,
      headers,
      ...(body ? { body: body.bytes } : {}),
    });
    this.sent = body?.bytes.length ?? 0;
    if (answer.kind === 'failure') {
      const late = this.timeout();
      if (late) return late;
      if (answer.errno === 104) return new CurlError(56, 'Recv failure: Connection reset by peer', true);
      if (answer.message === 'EOF') return new CurlError(52, 'Empty reply from server', true);
      return new CurlError(
        answer.errno === 0 ? 1 : 56,
        answer.errno === 0 ? 'Received HTTP/0.9 when not allowed' : `Recv failure: ${ctx.strerror(answer.errno)}`,
      );
    }
    this.firstByteAt = this.elapsed();
    if (o.has('verbose'))
      yield* ctx.stderr.write(
        this.headText(answer)
          .split('\r\n')
          .slice(0, -1)
          .map((line) => `< ${line}\r\n`)
          .join(''),
      );
    const jar = o.last('cookie-jar');
    if (jar !== undefined) yield* keepCookies(ctx, jar, target.host, answer.headers);
    this.headerBytes += this.headText(answer).length;
    return answer;
  }

  private headText(response: HttpResponse): string {
    const { head } = response;
    return `HTTP/${head.version} ${head.status} ${head.reason}\r\n${[...head.headers].map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`;
  }

  private *showHead(response: HttpResponse): Wait<void> {
    const text = this.headText(response);
    const dump = this.o.last('dump-header');
    if (dump !== undefined) {
      if (dump === '-') yield* this.ctx.stdout.write(text);
      else yield* writeFile(this.ctx.sys, dump, text);
    }
    if (!this.o.has('include') && !this.o.has('head')) return;
    const out = yield* this.destination();
    if (out instanceof CurlError) return;
    yield* out.write(text);
  }

  private opened: Output | undefined;

  private *destination(): Wait<Output | CurlError> {
    if (this.opened) return this.opened;
    const { ctx, o } = this;
    if (this.output === undefined || this.output === '-') {
      this.opened = ctx.stdout;
      return ctx.stdout;
    }
    const dir = o.last('output-dir');
    let path = dir === undefined ? this.output : joinPath(dir, this.output);
    const disposition = o.has('remote-header-name')
      ? /filename="?([^";]+)/.exec(this.response?.headers.get('content-disposition') ?? '')?.[1]
      : undefined;
    if (disposition) path = joinPath(dirname(path), disposition.replace(/.*\//, ''));
    if (o.has('create-dirs')) mkdirp(ctx.sys, dirname(path));
    const append = this.resumeFrom() > 0;
    const fd = yield* open(ctx.sys, path, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC), 0o666);
    if (fd < 0) {
      if (!o.has('silent') || o.has('show-error'))
        yield* ctx.stderr.write(`Warning: Failed to open the file ${path}: ${ctx.strerror(fd)}\n`);
      return new CurlError(23, 'Failure writing output to destination');
    }
    this.fileName = path;
    this.opened = new Output(ctx.sys, fd);
    return this.opened;
  }

  private *receive(response: HttpResponse): Wait<CurlError | undefined> {
    const { ctx, o } = this;
    const failing = response.status >= 400 && (o.has('fail') || o.has('fail-with-body'));
    const failure = new CurlError(
      22,
      `The requested URL returned error: ${response.status}`,
      [408, 429, 500, 502, 503, 504].includes(response.status),
    );
    if (failing && !o.has('fail-with-body')) {
      response.close();
      yield* this.meter.end(0, 0, 0);
      return failure;
    }
    yield* this.showHead(response);
    const length = response.headers.get('content-length');
    const total = length === undefined ? undefined : Number(length);
    const gunzip =
      o.has('compressed') && response.headers.get('content-encoding') === 'gzip' ? new Gunzip() : undefined;
    for (;;) {
      const part = yield* response.chunk();
      if (part === undefined) break;
      if (this.received === 0 && o.has('verbose') && this.meter.shown)
        yield* ctx.stderr.write(`{ [${part.length} bytes data]\n`);
      this.received += part.length;
      const out = yield* this.destination();
      if (out instanceof CurlError) {
        response.close();
        return out;
      }
      for (const piece of gunzip ? gunzip.push(part) : [part]) yield* out.write(piece);
      if (out === ctx.stdout) yield* out.flush();
      if (out.error !== 0) {
        response.close();
        return new CurlError(23, `Failure writing output to destination`);
      }
      yield* this.meter.update(this.received, total, this.sent);
      if (ctx.sys.tick()) yield;
    }
    if (this.output !== undefined && this.output !== '-' && response.status !== 304) {
      const out = yield* this.destination();
      if (out instanceof CurlError) return out;
      yield* out.flush();
      if (out !== ctx.stdout) ctx.sys.close(out.fd);
    } else yield* ctx.stdout.flush();
    if (response.broken) {
      const late = this.timeout();
      if (late) return late;
      if (total !== undefined)
        return new CurlError(18, `transfer closed with ${total - this.received} bytes remaining to read`, true);
      return new CurlError(18, 'transfer closed with outstanding read data remaining', true);
    }
    yield* this.meter.end(this.received, total, this.sent);
    if (o.has('verbose'))
      yield* this.info(
        response.headers.hasToken('connection', 'close')
          ? 'Closing connection'
          : `Connection #0 to host ${this.target.host} left intact`,
      );
    return failing ? failure : undefined;
  }

  /** The text of -w. */
  writeOut(format: string, error: CurlError | undefined): string {
    const seconds = (ms: number): string => (ms / 1000).toFixed(6);
    const total = this.ctx.sys.now(CLOCK_MONOTONIC) - this.began;
    const r = this.response;
    const values: Readonly<Record<string, string>> = {
      http_code: String(r?.status ?? 0).padStart(3, '0'),
      response_code: String(r?.status ?? 0).padStart(3, '0'),
      http_version: r?.head.version ?? '0',
      content_type: r?.headers.get('content-type') ?? '',
      url_effective: targetUrl(this.target),
      url: targetUrl(this.target),
      method: this.method,
      scheme: this.target.scheme.toUpperCase(),
      num_redirects: String(this.redirects),
      num_connects: String(this.redirects + 1),
      redirect_url: r?.headers.get('location') ?? '',
      remote_ip: this.address,
      remote_port: String(this.target.port),
      size_download: String(this.received),
      size_upload: String(this.sent),
      size_header: String(this.headerBytes),
      speed_download: String(Math.floor((this.received * 1000) / Math.max(1, total))),
      speed_upload: String(Math.floor((this.sent * 1000) / Math.max(1, total))),
      time_total: seconds(total),
      time_connect: seconds(this.connectedAt),
      time_namelookup: seconds(0),
      time_appconnect: seconds(this.target.scheme === 'https' ? this.connectedAt : 0),
      time_pretransfer: seconds(this.connectedAt),
      time_starttransfer: seconds(this.firstByteAt),
      time_redirect: seconds(0),
      filename_effective: this.fileName ?? '',
      exitcode: String(error?.status ?? 0),
      errormsg: error?.message ?? '',
      ssl_verify_result: '0',
    };
    return format
      .replace(/\\([nrt\\])/g, (_, c: 'n') => ({ n: '\n', r: '\r', t: '\t', '\\': '\\' })[c])
      .replace(/%(?:\{(\w+)\}|header\{([^}]+)\}|%)/g, (all, name: string | undefined, header: string | undefined) => {
        if (all === '%%') return '%';
        if (header !== undefined) return r?.headers.get(header) ?? '';
        return values[name!] ?? '';
      });
  }
}

/** Reads a URL of the command line as curl does. */
export function curlTarget(url: string): Target | CurlError {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return new CurlError(1, `Protocol "${scheme}" not supported or disabled in libcurl`);
  return parseTarget(url) ?? new CurlError(3, 'URL using bad/illegal format or missing URL');
}
