import { CLOCK_MONOTONIC, CLOCK_REALTIME, O_APPEND, O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { calendar, two } from '../../libc/clock-text.ts';
import type { HttpResponse } from '../../libc/http-client.ts';
import { open, readFile, sleep, type Wait } from '../../libc/io.ts';
import { joinPath, mkdirp } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { Output } from '../../libc/stdio.ts';
import { parseTarget, resolveLocation, type Target, targetUrl } from '../http/target.ts';
import { WgetClient, type WgetContext } from '../http/wget-fetch.ts';
import { WGET_OPTIONS } from '../http/wget-options.ts';
import { Bar, Dots, longRate, type Progress, Stars } from '../http/wget-progress.ts';

const hint = (name: string): string =>
  `Usage: ${name} [OPTION]... [URL]...\n\nTry \`${name} --help' for more options.\n`;

export default program({
  name: 'wget',
  at: ['/usr/bin/wget'],
  spec: 'GNU Wget 1.21 and busybox wget; HTTP and HTTPS only, without recursion',
  versionText: 'GNU Wget 1.21.4 built on linux-gnu.',
  usage: '[OPTION]... [URL]...',
  about: 'Fetch files over HTTP.',
  options: WGET_OPTIONS,
  usageStatus: 2,
  hint,
  busybox: {
    at: '/usr/bin/wget',
    long: [
      'output-document',
      'output-file',
      'quiet',
      'server-response',
      'spider',
      'tries',
      'directory-prefix',
      'continue',
      'user-agent',
      'header',
      'post-data',
      'post-file',
      'no-check-certificate',
    ],
    usage:
      '[-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] URL...',
    help: "Retrieve files via HTTP or FTP\n\n\t--spider\tOnly check URL existence: $? is 0 if exists\n\t--header STR\tAdd STR (of form 'header: value') to headers\n\t--post-data STR\tSend STR using POST method\n\t--post-file FILE\tSend FILE using POST method\n\t--no-check-certificate\tDon't validate the server's certificate\n\t-c\t\tContinue retrieval of aborted transfer\n\t-q\t\tQuiet\n\t-P DIR\t\tSave to DIR (default .)\n\t-S    \t\tShow server response\n\t-O FILE\t\tSave to FILE ('-' for stdout)\n\t-o LOGFILE\tLog messages to FILE\n\t-U STR\t\tUse STR for User-Agent header\n\t-Y on/off\tUse proxy\n",
  },
  *main(ctx) {
    const urls = [...ctx.args];
    if (ctx.opts.inputFile !== undefined) {
      const bytes = yield* readFile(ctx.sys, ctx.opts.inputFile);
      if (typeof bytes === 'number') return yield* ctx.die(`${ctx.opts.inputFile}: ${ctx.strerror(bytes)}`, 3);
      urls.push(
        ...decode(bytes)
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      );
    }
    if (urls.length === 0) {
      if (ctx.form === 'busybox') return yield* ctx.usage();
      yield* ctx.warn('missing URL');
      yield* ctx.stderr.write(hint(ctx.name));
      return 1;
    }
    return yield* new Wget(ctx).run(urls);
  },
});

class Wget {
  private readonly gnu: boolean;
  private readonly quiet: boolean;
  private readonly terse: boolean;
  private log: Output;
  private readonly client: WgetClient;
  private document: Output | undefined;

  constructor(private readonly ctx: WgetContext) {
    const { opts } = ctx;
    this.gnu = ctx.form === 'gnu';
    this.quiet = opts.quiet;
    this.terse = opts.noVerbose || (opts.n ?? '').includes('v');
    this.log = ctx.stderr;
    const utf8 = /utf-?8/i.test(ctx.env.get('LC_ALL') || ctx.env.get('LC_CTYPE') || ctx.env.get('LANG') || '');
    this.quote = (text) => (utf8 ? `\u2018${text}\u2019` : `'${text}'`);
    this.client = new WgetClient(
      ctx,
      (text) => this.say(text),
      (text) => this.note(text),
      this.quote,
    );
  }

  private readonly quote: (text: string) => string;

  private *say(text: string): Wait<void> {
    if (!this.quiet && !this.terse) yield* this.log.write(text);
  }

  private *note(text: string): Wait<void> {
    if (!this.quiet) yield* this.log.write(text);
  }

  private stamp(): string {
    const c = calendar(Math.floor(this.ctx.sys.now(CLOCK_REALTIME) / 1000));
    return `${c.year}-${two(c.month)}-${two(c.day)} ${two(c.hour)}:${two(c.minute)}:${two(c.second)}`;
  }

  *run(urls: readonly string[]): Wait<number> {
    const { ctx } = this;
    const { opts } = ctx;
    const logTo = opts.append ?? opts.log;
    if (logTo !== undefined && logTo !== '-') {
      const fd = yield* open(ctx.sys, logTo, O_WRONLY | O_CREAT | (opts.append ? O_APPEND : O_TRUNC), 0o666);
      if (fd < 0) return yield* ctx.die(`${logTo}: ${ctx.strerror(fd)}`);
      this.log = new Output(ctx.sys, fd, true);
    }
    let status = 0;
    for (const url of urls) {
      const one = yield* this.retrieve(url);
      if (one !== 0 && (status === 0 || one < status)) status = one;
      if (one !== 0 && !this.gnu) break;
    }
    if (this.document && this.document !== ctx.stdout) yield* this.document.flush();
    return status;
  }

  private *retrieve(url: string): Wait<number> {
    const { ctx, gnu } = this;
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
    if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
      if (!gnu) return yield* ctx.die(`not an http or ftp url: ${url}`);
      yield* this.note(`${url}: Unsupported scheme ${this.quote(scheme)}.\n`);
      return 1;
    }
    const target = parseTarget(url);
    if (!target) {
      yield* this.note(gnu ? `${url}: Invalid host name.\n` : `wget: bad address '${url}'\n`);
      return 1;
    }
    if (ctx.opts.spider && gnu) yield* this.say('Spider mode enabled. Check if remote file exists.\n');
    const tries = ctx.opts.tries === undefined ? (gnu ? 20 : 1) : Number(ctx.opts.tries) || Number.POSITIVE_INFINITY;
    for (let attempt = 1; ; attempt++) {
      if (gnu)
        yield* this.say(
          `--${this.stamp()}--  ${attempt > 1 ? `(try:${String(attempt).padStart(2)})  ` : ''}${targetUrl(target)}\n`,
        );
      const result = yield* this.attempt(target, target, 0);
      if (typeof result === 'number') return result;
      if (!result.again) return result.status;
      if (attempt >= tries) {
        yield* this.say('Giving up.\n\n');
        return result.status;
      }
      yield* this.say('Retrying.\n\n');
      yield* sleep(ctx.sys, Math.min(attempt, Number(ctx.opts.waitretry ?? 10)) * 1000);
    }
  }

  private *attempt(
    target: Target,
    first: Target,
    redirects: number,
  ): Wait<number | { status: number; again: boolean }> {
    const { ctx, gnu } = this;
    const { opts } = ctx;
    const name = this.fileName(first);
    const from = opts.continue && opts.output !== '-' ? this.sizeOf(name) : 0;
    let body: Uint8Array | undefined;
    if (opts.postData !== undefined) body = encode(opts.postData);
    else if (opts.bodyData !== undefined) body = encode(opts.bodyData);
    else if (opts.postFile !== undefined) {
      const bytes = yield* readFile(ctx.sys, opts.postFile);
      if (typeof bytes === 'number') return yield* ctx.die(`${opts.postFile}: ${ctx.strerror(bytes)}`, 3);
      body = bytes;
    }
    const method =
      opts.method?.toUpperCase() ?? (body ? 'POST' : opts.spider && gnu ? 'HEAD' : opts.spider ? 'HEAD' : 'GET');
    const response = yield* this.client.request(target, { method, body, from });
    if (!('kind' in response)) return response;
    yield* this.showHead(response);
    const location = response.headers.get('location');
    if ([301, 302, 303, 307, 308].includes(response.status) && location !== undefined) {
      const next = resolveLocation(target, location);
      response.close();
      if (gnu) yield* this.say(`Location: ${location} [following]\n`);
      if (redirects >= Number(opts.maxRedirect ?? (gnu ? 20 : 10))) {
        yield* this.note(gnu ? `${opts.maxRedirect ?? 20} redirections exceeded.\n` : 'wget: too many redirections\n');
        return gnu ? 8 : 1;
      }
      if (!next) return 1;
      if (gnu) yield* this.say(`--${this.stamp()}--  ${targetUrl(next)}\n`);
      return yield* this.attempt(next, first, redirects + 1);
    }
    if (from > 0 && response.status === 416) {
      yield* this.say('\n    The file is already fully retrieved; nothing to do.\n\n');
      return 0;
    }
    if (response.status >= 300 || response.status < 200) {
      response.close();
      if (!gnu)
        return yield* ctx.die(
          `server returned error: HTTP/${response.head.version} ${response.status} ${response.head.reason}`,
        );
      if (opts.spider) {
        yield* this.say('Remote file does not exist -- broken link!!!\n\n');
        return 8;
      }
      if (this.terse) yield* this.note(`${targetUrl(target)}:\n`);
      yield* this.note(`${this.stamp()} ERROR ${response.status}: ${response.head.reason}.\n`);
      yield* this.say('\n');
      return 8;
    }
    return yield* this.save(response, target, name, from);
  }

  private *showHead(response: HttpResponse): Wait<void> {
    const { head } = response;
    const lines = [
      `HTTP/${head.version} ${head.status} ${head.reason}`,
      ...[...head.headers].map(([n, v]) => `${n}: ${v}`),
    ];
    if (this.gnu) {
      if (this.ctx.opts.serverResponse) yield* this.note(`\n${lines.map((l) => `  ${l}\n`).join('')}`);
      else yield* this.say(`${head.status} ${head.reason}\n`);
    } else if (this.ctx.opts.serverResponse) yield* this.log.write([...lines, ''].map((l) => `  ${l}\n`).join(''));
  }

  private fileName(target: Target): string {
    const { opts } = this.ctx;
    if (opts.output !== undefined) return opts.output;
    const path = this.gnu ? target.path : target.path.replace(/\?.*$/, '');
    const last = path.slice(path.replace(/\?.*$/, '').lastIndexOf('/') + 1);
    let name = last === '' || last.startsWith('?') ? `index.html${last}` : last;
    try {
      name = decodeURIComponent(name);
    } catch {
      // stays as it is
    }
    return opts.prefix === undefined ? name : joinPath(opts.prefix, name);
  }

  private sizeOf(name: string): number {
    const st = new Stat();
    return this.ctx.sys.stat(name, st) === 0 ? st.size : 0;
  }

  /** Opens where the document goes. @returns the stream and the name that is shown */
  private *destination(name: string, from: number): Wait<{ out: Output; name: string } | undefined> {
    const { ctx, gnu } = this;
    const { opts } = ctx;
    if (opts.output === '-') {
      this.document = ctx.stdout;
      return { out: ctx.stdout, name: gnu ? 'STDOUT' : '-' };
    }
    if (opts.output !== undefined && this.document) return { out: this.document, name };
    if (opts.prefix !== undefined && opts.output === undefined) mkdirp(ctx.sys, opts.prefix);
    let path = name;
    let flags = O_WRONLY | O_CREAT;
    if (from > 0) flags |= O_APPEND;
    else if (opts.output !== undefined) flags |= O_TRUNC;
    else if (gnu) {
      const st = new Stat();
      for (let n = 1; ctx.sys.stat(path, st) === 0; n++) path = `${name}.${n}`;
    } else flags |= O_EXCL;
    const fd = yield* open(ctx.sys, path, flags, 0o666);
    if (fd < 0) {
      if (gnu)
        yield* this.note(
          `${path}: ${ctx.strerror(fd)}\n\nCannot write to ${this.quote(path)} (${ctx.strerror(fd)}).\n`,
        );
      else yield* ctx.warn(`can't open '${path}': ${ctx.strerror(fd)}`);
      return undefined;
    }
    const out = new Output(ctx.sys, fd);
    if (opts.output !== undefined) this.document = out;
    return { out, name: path };
  }

  private *save(response: HttpResponse, target: Target, name: string, from: number): Wait<number> {
    const { ctx, gnu } = this;
    const { opts, sys } = ctx;
    const length = response.headers.get('content-length');
    const resumed = from > 0 && response.status === 206;
    const total = length === undefined ? undefined : Number(length);
    const type = response.headers.get('content-type')?.replace(/;.*$/, '');
    if (gnu && from > 0 && !resumed && total === from) {
      response.close();
      yield* this.say('\n    The file is already fully retrieved; nothing to do.\n\n');
      return 0;
    }
    if (gnu)
      yield* this.say(
        `Length: ${total === undefined ? 'unspecified' : lengthText(total)}${type === undefined ? '' : ` [${type}]`}\n`,
      );
    if (opts.spider) {
      response.close();
      yield* this.say(gnu ? 'Remote file exists.\n\n' : 'remote file exists\n');
      return 0;
    }
    if (gnu && (opts.noClobber || (opts.n ?? '').includes('c')) && this.exists(name)) {
      response.close();
      yield* this.say(`File ${this.quote(name)} already there; not retrieving.\n\n`);
      return 0;
    }
    const to = yield* this.destination(name, resumed ? from : 0);
    if (!to) return gnu ? 3 : 1;
    const toStdout = to.out === ctx.stdout;
    if (gnu) yield* this.say(`Saving to: ${this.quote(to.name)}\n`);
    else yield* this.say(toStdout ? 'writing to stdout\n' : `saving to '${to.name}'\n`);
    const progress = this.progress(to.name, total);
    const begin = sys.now(CLOCK_MONOTONIC);
    let got = 0;
    for (;;) {
      this.client.deadline.push(opts.timeout === undefined ? undefined : Number(opts.timeout) * 1000);
      const part = yield* response.chunk();
      this.client.deadline.pop();
      if (part === undefined) break;
      got += part.length;
      yield* to.out.write(part);
      if (to.out.error !== 0) {
        response.close();
        if (toStdout) return gnu ? 3 : 1;
        yield* ctx.warn(
          gnu
            ? `Cannot write to ${this.quote(to.name)} (${ctx.strerror(to.out.error)}).`
            : `write error: ${ctx.strerror(to.out.error)}`,
        );
        return gnu ? 3 : 1;
      }
      if (progress) yield* this.log.write(progress.update(got));
      if (sys.tick()) yield;
    }
    yield* to.out.flush();
    if (progress) yield* this.log.write(progress.finish(got));
    if (!toStdout && to.out !== this.document) sys.close(to.out.fd);
    if (response.broken) {
      if (!gnu)
        return yield* ctx.die(this.client.deadline.expired ? 'download timed out' : 'connection closed prematurely');
      yield* this.say(`\n${this.stamp()} - Connection closed at byte ${got}. Giving up.\n\n`);
      return 4;
    }
    if (!gnu) {
      yield* this.say(toStdout ? 'written to stdout\n' : `'${to.name}' saved\n`);
      return 0;
    }
    const rate = longRate((got * 1000) / Math.max(0.001, sys.now(CLOCK_MONOTONIC) - begin));
    const counts = total === undefined ? `[${got}]` : `[${got}/${total}]`;
    if (this.terse)
      yield* this.note(`${this.stamp()} URL:${targetUrl(target)} ${counts} -> "${toStdout ? '-' : to.name}" [1]\n`);
    else
      yield* this.say(
        `\n${this.stamp()} (${rate}) - ${toStdout ? 'written to stdout' : `${this.quote(to.name)} saved`} ${counts}\n\n`,
      );
    return 0;
  }

  private exists(name: string): boolean {
    return this.ctx.sys.stat(name, new Stat()) === 0;
  }

  private progress(name: string, total: number | undefined): Progress | undefined {
    const { ctx } = this;
    if (this.quiet && !ctx.opts.showProgress) return undefined;
    if (this.terse) return undefined;
    const size = ctx.sys.isatty(2) ? ctx.sys.tiocgwinsz(2) : -1;
    const width = typeof size === 'object' && size.cols > 0 ? size.cols : 80;
    const base = name.slice(name.lastIndexOf('/') + 1);
    if (!this.gnu) return new Stars(ctx.sys, base, total, width);
    const bar = ctx.opts.progress?.startsWith('bar') ?? ctx.sys.isatty(2);
    return bar ? new Bar(ctx.sys, base, total, width) : new Dots(ctx.sys, total);
  }
}

/** `5`, or `15728640 (15M)`. */
function lengthText(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    unit++;
  }
  return `${bytes} (${value < 10 ? value.toFixed(1) : Math.round(value)}${'KMGT'[unit]})`;
}
