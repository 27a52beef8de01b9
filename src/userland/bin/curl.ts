import { O_APPEND, O_CREAT, O_WRONLY } from '../../abi/flags.ts';
import { open, sleep, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { Output } from '../../libc/stdio.ts';
import { CurlOptions } from '../curl/options.ts';
import { CurlError, curlTarget, curlVersion, Transfer } from '../curl/transfer.ts';

const TRY = "curl: try 'curl --help' or 'curl --manual' for more information\n";

export default program({
  name: 'curl',
  at: ['/usr/bin/curl'],
  spec: 'curl 8.5.0: HTTP and HTTPS; without URL globbing, proxies, HTTP/2, config files; transfers are not parallel',
  usage: '[options...] <url>',
  about: 'Transfer data from or to a server.',
  options: {},
  raw: true,
  *main(ctx) {
    const o = new CurlOptions();
    if (ctx.args[0] === '--help' || ctx.args[0] === '-h') {
      yield* ctx.stdout.write(
        'Usage: curl [options...] <url>\n -d, --data <data>           HTTP POST data\n -f, --fail                  Fail fast with no output on HTTP errors\n -h, --help <category>       Get help for commands\n -i, --include               Include response headers in output\n -o, --output <file>         Write to file instead of stdout\n -O, --remote-name           Write output to file named as remote file\n -s, --silent                Silent mode\n -T, --upload-file <file>    Transfer local FILE to destination\n -u, --user <user:password>  Server user and password\n -A, --user-agent <name>     Send User-Agent <name> to server\n -v, --verbose               Make the operation more talkative\n -V, --version               Show version number and quit\n',
      );
      return 0;
    }
    const wrong = o.parse(ctx.args);
    if (wrong !== undefined) {
      yield* ctx.stderr.write(`curl: ${wrong}\n${TRY}`);
      return 2;
    }
    if (o.has('version')) {
      yield* ctx.stdout.write(
        `curl ${curlVersion(ctx)} (x86_64-pc-linux-gnu) libcurl/${curlVersion(ctx)} OpenSSL/3.0.13 zlib/1.3\nProtocols: http https\nFeatures: alt-svc AsynchDNS HSTS HTTPS-proxy IPv6 Largefile libz SSL threadsafe UnixSockets\n`,
      );
      return 0;
    }
    if (o.urls.length === 0) {
      yield* ctx.stderr.write(`curl: (2) no URL specified\n${TRY}`);
      return 2;
    }
    if (o.last('stderr') !== undefined) {
      const fd = yield* open(ctx.sys, o.last('stderr')!, O_WRONLY | O_CREAT | O_APPEND, 0o666);
      if (fd >= 0) ctx.stderr = new Output(ctx.sys, fd, true);
    }
    let status = 0;
    for (const [at, url] of o.urls.entries()) status = yield* one(ctx, o, url, at);
    return status;
  },
});

function remoteName(path: string): string {
  const plain = path.replace(/\?.*$/, '');
  return plain.slice(plain.lastIndexOf('/') + 1);
}

function* one(ctx: Context, o: CurlOptions, url: string, at: number): Wait<number> {
  const target = curlTarget(url);
  if (target instanceof CurlError) return yield* report(ctx, o, target);
  const asked =
    at < o.outputs.length ? { name: o.outputs[at] } : o.has('remote-name-all') ? { name: undefined } : undefined;
  let output: string | undefined;
  if (asked) {
    output = asked.name ?? remoteName(target.path);
    if (output === '')
      return yield* report(
        ctx,
        o,
        new CurlError(23, 'Failed to extract a sensible file name from the URL to use for storage!'),
        'curl: Remote file name has no length!\n',
      );
  }
  const retries = Number(o.last('retry') ?? 0);
  for (let attempt = 0; ; attempt++) {
    const transfer = new Transfer(ctx, o, target, output);
    const error = yield* transfer.run();
    const again =
      error && (error.transient || o.has('retry-all-errors') || (error.status === 7 && o.has('retry-connrefused')));
    if (again && attempt < retries) {
      const delay = Number(o.last('retry-delay') ?? 0) || 2 ** attempt;
      if (!o.has('silent'))
        yield* ctx.stderr.write(
          `Warning: Problem: ${problem(error)}. Will retry in ${delay} ${delay === 1 ? 'second' : 'seconds'}. ${retries - attempt} ${retries - attempt === 1 ? 'retry' : 'retries'} left.\n`,
        );
      yield* sleep(ctx.sys, delay * 1000);
      continue;
    }
    const status = error ? yield* report(ctx, o, error) : 0;
    const format = o.last('write-out');
    if (format !== undefined) {
      yield* ctx.stdout.write(transfer.writeOut(format, error));
      yield* ctx.stdout.flush();
    }
    return status;
  }
}

const problem = (error: CurlError): string => {
  if (error.status === 28) return 'timeout';
  if (error.status === 7) return 'connection refused';
  return error.status === 22 ? 'HTTP error' : '(retrying all errors)';
};

function* report(ctx: Context, o: CurlOptions, error: CurlError, words?: string): Wait<number> {
  if (!o.has('silent') || o.has('show-error'))
    yield* ctx.stderr.write(words ?? `curl: (${error.status}) ${error.message}\n`);
  return error.status;
}
