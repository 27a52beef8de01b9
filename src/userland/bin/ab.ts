import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { toBase64 } from '../../lib/base64.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { futexWait, joinBytes, read, readFile, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { gaiStrerror, resolve } from '../../libc/resolver.ts';

const options = {
  requests: { short: 'n', long: false, arg: 'requests', help: 'Number of requests to perform' },
  concurrency: { short: 'c', long: false, arg: 'concurrency', help: 'Number of requests at a time' },
  timelimit: { short: 't', long: false, arg: 'timelimit', help: 'Seconds at most; implies -n 50000' },
  post: { short: 'p', long: false, arg: 'postfile', help: 'File with data to POST' },
  put: { short: 'u', long: false, arg: 'putfile', help: 'File with data to PUT' },
  type: { short: 'T', long: false, arg: 'content-type', help: "Content type of that data ('text/plain')" },
  head: { short: 'i', long: false, help: 'HEAD in place of GET' },
  cookie: { short: 'C', long: false, arg: 'attribute', many: true, help: 'A cookie' },
  header: { short: 'H', long: false, arg: 'attribute', many: true, help: 'A header line' },
  auth: { short: 'A', long: false, arg: 'attribute', help: 'User and password for basic authentication' },
  keepAlive: { short: 'k', long: false, help: 'Use a connection again' },
  noPercentiles: { short: 'd', long: false, help: 'Without the table of percentiles' },
  quiet: { short: 'q', long: false, help: 'Without progress' },
  anyLength: { short: 'l', long: false, help: 'Lengths may differ' },
  goOn: { short: 'r', long: false, help: 'Go on after errors of sockets' },
  method: { short: 'm', long: false, arg: 'method', help: 'The method' },
  verbosity: { short: 'v', long: false, arg: 'verbosity', help: 'accepted' },
  timeout: { short: 's', long: false, arg: 'timeout', help: 'accepted: a response may take as long as it takes' },
  help: { short: 'h', long: false, help: 'Show the usage' },
  version: { short: 'V', long: false, help: 'Show the version' },
} as const;
type Ctx = Context<typeof options>;

const BANNER =
  'This is ApacheBench, Version 2.3 <$Revision: 1903618 $>\nCopyright 1996 Adam Twiss, Zeus Technology Ltd, http://www.zeustech.net/\nLicensed to The Apache Software Foundation, http://www.apache.org/\n\n';
const HELP = `Options are:\n${Object.values(options)
  .map((o) => `    -${o.short} ${('arg' in o ? o.arg : '').padEnd(12)} ${o.help}\n`)
  .join('')}`;

export default program({
  name: 'ab',
  at: ['/usr/bin/ab'],
  spec: 'ApacheBench 2.3 ab(1) for http: the report, without TLS, proxies, -g, -e, -w',
  usage: '[options] [http[s]://]hostname[:port]/path',
  about: 'Measure how many requests a server answers.',
  options,
  stopAtOperand: true,
  usageStatus: 22,
  hint: (name) => `Usage: ${name} [options] [http[s]://]hostname[:port]/path\n${HELP}`,
  *main(ctx) {
    const { opts } = ctx;
    if (opts.help) return yield* ctx.usage();
    if (opts.version) {
      yield* ctx.stdout.write(BANNER);
      return 0;
    }
    const count = Number(opts.requests ?? (opts.timelimit === undefined ? 1 : 50000));
    if (!(count > 0)) {
      yield* ctx.stderr.write('Invalid number of requests\n');
      return 22;
    }
    const concurrency = Number(opts.concurrency ?? 1);
    if (ctx.args.length !== 1) return yield* ctx.usage('wrong number of arguments');
    const url = /^(?:http:\/\/)?(\[[^\]]+\]|[^/:]+)(?::(\d+))?(\/.*)$/.exec(ctx.args[0]!);
    if (!url) return yield* ctx.usage('invalid URL');
    if (!(concurrency > 0) || concurrency > 20000) return yield* ctx.usage('Invalid Concurrency [Range 0..20000]');
    if (concurrency > count)
      return yield* ctx.usage('Cannot use concurrency level greater than total number of requests');
    const [, host = '', portText = '80', path = '/'] = url;
    yield* ctx.stdout.write(`${BANNER}Benchmarking ${host} (be patient)${count > 150 && !opts.quiet ? '\n' : '...'}`);
    yield* ctx.stdout.flush();
    const found = yield* resolve(ctx.sys, host.replace(/^\[|\]$/g, ''));
    if (typeof found === 'string') {
      yield* ctx.stderr.write(
        `apr_sockaddr_info_get() for ${host}: ${gaiStrerror(found, ctx.sys.image.flavour)} (670002)\n`,
      );
      return 670002 & 255;
    }
    const request = yield* requestText(ctx, host + (url[2] === undefined ? '' : `:${portText}`), path);
    const run = new Run(ctx, found.addresses[0]!, Number(portText), request, count);
    const error = yield* run.all(concurrency, Number(opts.timelimit ?? 0) * 1000);
    if (error !== 0) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(`apr_socket_recv: ${ctx.strerror(error)} (${error})\n`);
      if (run.times.length > 0) yield* ctx.stderr.write(`Total of ${run.times.length} requests completed\n`);
      return error & 255;
    }
    if (count > 150 && !opts.quiet) yield* ctx.stderr.write(`Finished ${run.times.length} requests\n`);
    else yield* ctx.stdout.write('..done\n');
    yield* ctx.stdout.write(run.report(host, portText, path, concurrency));
    return 0;
  },
});

/** The request, which is the same every time. */
function* requestText(ctx: Ctx, host: string, path: string): Wait<Uint8Array> {
  const { opts } = ctx;
  const file = opts.post ?? opts.put;
  const body = file === undefined ? new Uint8Array(0) : yield* readFile(ctx.sys, file);
  if (typeof body === 'number') {
    yield* ctx.stderr.write(`ab: Could not open POST data file (${file}): ${ctx.strerror(body)}\n`);
    return yield* ctx.die('', 1);
  }
  const method = opts.method ?? (opts.post ? 'POST' : opts.put ? 'PUT' : opts.head ? 'HEAD' : 'GET');
  const has = (name: string): boolean => opts.header.some((line) => line.toLowerCase().startsWith(`${name}:`));
  const lines = [`${method} ${path} HTTP/1.0`];
  if (opts.keepAlive) lines.push('Connection: Keep-Alive');
  if (file !== undefined) lines.push(`Content-length: ${body.length}`, `Content-type: ${opts.type ?? 'text/plain'}`);
  if (opts.auth !== undefined) lines.push(`Authorization: Basic ${toBase64(encode(opts.auth))}`);
  if (opts.cookie.length > 0) lines.push(`Cookie: ${opts.cookie.join('; ')}`);
  if (!has('host')) lines.push(`Host: ${host}`);
  if (!has('user-agent')) lines.push('User-Agent: ApacheBench/2.3');
  if (!has('accept')) lines.push('Accept: */*');
  return joinBytes([encode(`${[...lines, ...opts.header].join('\r\n')}\r\n\r\n`), body]);
}

interface Times {
  connect: number;
  wait: number;
  total: number;
}

class Run {
  readonly times: Times[] = [];
  private started = 0;
  private failures = 0;
  private length = 0;
  private bad = 0;
  private kept = 0;
  private bytes = 0;
  private html = 0;
  private document = -1;
  private server = '';
  private spent = 0;
  private error = 0;
  private readonly left = { value: 0 };

  constructor(
    private readonly ctx: Ctx,
    private readonly address: string,
    private readonly port: number,
    private readonly request: Uint8Array,
    private readonly count: number,
  ) {}

  /** Runs all requests by `concurrency` threads. @returns errno of what ended them early, or 0 */
  *all(concurrency: number, limit: number): Wait<number> {
    const { sys } = this.ctx;
    const begin = sys.now(CLOCK_MONOTONIC);
    const end = limit > 0 ? begin + limit : Number.POSITIVE_INFINITY;
    this.left.value = concurrency;
    const { left } = this;
    const worker = (): ((own: Sys) => Generator<void, number, void>) => (own) => this.work(own, end);
    for (let i = 0; i < concurrency; i++) {
      const tid = sys.thread(worker());
      if (tid < 0) return -tid;
    }
    while (left.value > 0) yield* futexWait(sys, left, left.value);
    this.spent = (sys.now(CLOCK_MONOTONIC) - begin) / 1000;
    return this.error;
  }

  private *work(sys: Sys, end: number): Generator<void, number, void> {
    let fd = -1;
    while (this.started < this.count && this.error === 0 && sys.now(CLOCK_MONOTONIC) < end) {
      this.started++;
      const again = fd >= 0;
      fd = yield* this.one(sys, fd);
      if (again && fd >= 0) this.kept++;
      if (
        this.count > 150 &&
        !this.ctx.opts.quiet &&
        this.times.length % Math.max(100, Math.floor(this.count / 10)) === 0
      )
        yield* writeAll(sys, 2, `Completed ${this.times.length} requests\n`);
      if (sys.tick()) yield;
    }
    if (fd >= 0) sys.close(fd);
    this.left.value--;
    sys.futexWake(this.left, 1);
    return 0;
  }

  /** One request. @returns a descriptor that may be used again, or -1 */
  private *one(sys: Sys, open: number): Wait<number> {
    const begin = sys.now(CLOCK_MONOTONIC);
    const fd = open >= 0 ? open : yield* connectTcp(sys, this.address, this.port);
    if (fd < 0) return this.failed(-fd);
    const connected = sys.now(CLOCK_MONOTONIC);
    const sent = yield* writeAll(sys, fd, this.request);
    const buf = new Uint8Array(65536);
    let head = '';
    let body = 0;
    let waited = connected;
    let length = Number.POSITIVE_INFINITY;
    let total = 0;
    let inHead = true;
    while (sent >= 0 && body < length) {
      const n = yield* read(sys, fd, buf);
      if (n < 0) {
        sys.close(fd);
        return this.failed(-n);
      }
      if (n === 0) break;
      if (total === 0) waited = sys.now(CLOCK_MONOTONIC);
      total += n;
      if (!inHead) {
        body += n;
        continue;
      }
      head += decode(buf.subarray(0, n));
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) continue;
      inHead = false;
      body = total - encode(head.slice(0, end + 4)).length;
      head = head.slice(0, end);
      const keeps = this.ctx.opts.keepAlive && /^connection:\s*keep-alive/im.test(head);
      const said = /^content-length:\s*(\d+)/im.exec(head)?.[1];
      if ((keeps || this.ctx.opts.head) && said !== undefined) length = this.ctx.opts.head ? 0 : Number(said);
    }
    const now = sys.now(CLOCK_MONOTONIC);
    this.account(head, total, body);
    this.times.push({ connect: connected - begin, wait: waited - connected, total: now - begin });
    if (body >= length && this.ctx.opts.keepAlive) return fd;
    sys.close(fd);
    return -1;
  }

  private failed(errno: number): number {
    if (this.ctx.opts.goOn) this.failures++;
    else this.error ||= errno;
    return -1;
  }

  private account(head: string, total: number, body: number): void {
    this.bytes += total;
    this.html += body;
    this.server ||= /^server:\s*(.*)$/im.exec(head)?.[1]?.trim() ?? '';
    if (total === 0) this.failures++;
    else if (!/^HTTP\/\d\.\d 2/.test(head)) this.bad++;
    if (this.document < 0) this.document = body;
    else if (body !== this.document && !this.ctx.opts.anyLength) {
      this.failures++;
      this.length++;
    }
  }

  report(host: string, port: string, path: string, concurrency: number): string {
    const done = this.times.length;
    const { spent } = this;
    const pad = (name: string): string => `${name}:`.padEnd(24);
    const rate = spent > 0 ? done / spent : 0;
    const each = done > 0 ? (1000 * spent) / done : 0;
    let out = `\n\n${pad('Server Software')}${this.server}\n${pad('Server Hostname')}${host}\n${pad('Server Port')}${port}\n\n${pad('Document Path')}${path}\n${pad('Document Length')}${this.ctx.opts.anyLength ? 'Variable' : `${Math.max(0, this.document)} bytes`}\n\n${pad('Concurrency Level')}${concurrency}\n${pad('Time taken for tests')}${spent.toFixed(3)} seconds\n${pad('Complete requests')}${done}\n${pad('Failed requests')}${this.failures}\n`;
    if (this.failures > 0)
      out += `   (Connect: 0, Receive: 0, Length: ${this.length}, Exceptions: ${this.failures - this.length})\n`;
    if (this.bad > 0) out += `${pad('Non-2xx responses')}${this.bad}\n`;
    if (this.ctx.opts.keepAlive) out += `${pad('Keep-Alive requests')}${this.kept}\n`;
    out += `${pad('Total transferred')}${this.bytes} bytes\n`;
    out += `${pad('HTML transferred')}${this.html} bytes\n${pad('Requests per second')}${rate.toFixed(2)} [#/sec] (mean)\n${pad('Time per request')}${(each * concurrency).toFixed(3)} [ms] (mean)\n${pad('Time per request')}${each.toFixed(3)} [ms] (mean, across all concurrent requests)\n${pad('Transfer rate')}${(spent > 0 ? this.bytes / 1024 / spent : 0).toFixed(2)} [Kbytes/sec] received\n`;
    return done === 0 ? out : out + this.connectionTimes() + this.percentiles();
  }

  private connectionTimes(): string {
    const row = (name: string, of: (t: Times) => number): string => {
      const sorted = this.times.map(of).sort((a, b) => a - b);
      const mean = sorted.reduce((sum, t) => sum + t, 0) / sorted.length;
      const spread = sorted.reduce((sum, t) => sum + (t - mean) ** 2, 0);
      const deviation = sorted.length > 1 ? Math.sqrt(spread / (sorted.length - 1)) : 0;
      const n = (value: number, width: number): string => String(Math.round(value)).padStart(width);
      const median = sorted[Math.floor(sorted.length / 2)]!;
      return `${`${name}:`.padEnd(12)}${n(sorted[0]!, 5)}${n(mean, 5)}${deviation.toFixed(1).padStart(6)}${n(median, 7)}${n(sorted.at(-1)!, 8)}\n`;
    };
    return `\nConnection Times (ms)\n              min  mean[+/-sd] median   max\n${row('Connect', (t) => t.connect)}${row('Processing', (t) => t.total - t.connect)}${row('Waiting', (t) => t.wait)}${row('Total', (t) => t.total)}`;
  }

  private percentiles(): string {
    if (this.ctx.opts.noPercentiles || this.times.length < 2) return '';
    const sorted = this.times.map((t) => t.total).sort((a, b) => a - b);
    let out = '\nPercentage of the requests served within a certain time (ms)\n';
    for (const percent of [50, 66, 75, 80, 90, 95, 98, 99])
      out += `  ${percent}%${String(Math.round(sorted[Math.floor((sorted.length * percent) / 100)]!)).padStart(7)}\n`;
    return `${out} 100%${String(Math.round(sorted.at(-1)!)).padStart(7)} (longest request)\n`;
  }
}
