import { encodeBase64, hashSync } from 'bcryptjs';
import { SIGINT, SIGQUIT, SIGTERM } from '../../abi/signal.ts';
import type { Futex } from '../../abi/sys.ts';
import { Headers } from '../../lib/http-headers.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { connectTcp, HttpConnection } from '../../libc/http-client.ts';
import { listenTcp, serveHttp } from '../../libc/http-server.ts';
import { futexWait, readFile, sleep, spawn, type Wait, writeFile } from '../../libc/io.ts';
import { type Context, exitWith, program } from '../../libc/program.ts';
import { adapt } from '../servers/caddy/adapt.ts';
import { adminAnswer } from '../servers/caddy/admin.ts';
import { CaddyfileError } from '../servers/caddy/caddyfile.ts';
import type { CaddyConfig, HandlerConfig } from '../servers/caddy/config.ts';
import { formatCaddyfile } from '../servers/caddy/format.ts';
import { CaddyLog } from '../servers/caddy/log.ts';
import { Caddy } from '../servers/caddy/server.ts';

const USAGE = `Caddy is a server for HTTP that is configured by a Caddyfile or JSON.

Usage:
  caddy [command]

Available Commands:
  adapt          Prints the JSON that a Caddyfile becomes
  file-server    Serves the files of a folder
  fmt            Formats a Caddyfile
  hash-password  Hashes a password for basic_auth
  help           Help about any command
  reload         Gives a running Caddy another configuration
  respond        Answers every request alike
  reverse-proxy  Passes requests on
  run            Runs Caddy in the foreground
  start          Runs Caddy in the background
  stop           Ends a running Caddy
  validate       Says whether a configuration can be used
  version        Prints the version
`;

const ADMIN = 2019;
/** bcrypt: rounds as a power of two, bytes of salt. */
const COST = 14;
const SALT = 16;

export default program({
  name: 'caddy',
  at: ['/usr/bin/caddy'],
  spec: 'Caddy 2.10: Caddyfile and JSON of file servers, proxies, answers; certificates of its own authority only; no ACME, compression, PHP, templates, plugins',
  usage: '[command]',
  about: 'Serve HTTP by a Caddyfile.',
  options: {},
  raw: true,
  *main(ctx) {
    const [command = 'help', ...words] = ctx.args;
    const flags = new Flags(words);
    switch (command) {
      case 'version':
      case '--version':
      case '-v':
        yield* ctx.stdout.write(`v${ctx.sys.image.version.replace(/^v/, '') || '2.10.2'}\n`);
        return 0;
      case 'run':
        return yield* run(ctx, yield* configOf(ctx, flags, true));
      case 'start':
        return yield* start(ctx, words);
      case 'stop':
        return yield* post(ctx, '/stop', '', 'stopping server');
      case 'reload': {
        const config = yield* configOf(ctx, flags, true);
        return yield* post(ctx, '/load', JSON.stringify(config), 'sending configuration to instance');
      }
      case 'validate': {
        yield* configOf(ctx, flags, true);
        yield* ctx.stdout.write('Valid configuration\n');
        return 0;
      }
      case 'adapt': {
        const config = yield* configOf(ctx, flags, false);
        const pretty = flags.has('pretty', 'p');
        yield* ctx.stdout.write(`${pretty ? JSON.stringify(config, null, '\t') : JSON.stringify(config)}\n`);
        return 0;
      }
      case 'fmt':
        return yield* format(ctx, flags);
      case 'hash-password':
        return yield* hashPassword(ctx, flags);
      case 'file-server':
      case 'respond':
      case 'reverse-proxy':
        return yield* run(ctx, quick(command, flags));
      case 'help':
      case '--help':
      case '-h':
        yield* ctx.stdout.write(USAGE);
        return 0;
      default:
        yield* ctx.stderr.write(`Error: unknown command "${command}" for "caddy"\n`);
        return 1;
    }
  },
});

/** `--name value`, `--name=value`, `-n value`, and words. */
class Flags {
  constructor(private readonly words: readonly string[]) {}

  has(long: string, short: string): boolean {
    return this.words.includes(`--${long}`) || this.words.includes(`-${short}`);
  }

  get(long: string, short: string): string | undefined {
    return this.all(long, short).at(-1);
  }

  all(long: string, short: string): string[] {
    return this.words.flatMap((word, i) => {
      if (word === `--${long}` || word === `-${short}`) return this.words[i + 1] ?? [];
      return word.startsWith(`--${long}=`) ? word.slice(long.length + 3) : [];
    });
  }

  /** Words that are no flags; `boolean` have no value. */
  operands(boolean: readonly string[]): string[] {
    return this.words.filter((word, i) => {
      const before = this.words[i - 1] ?? '';
      return !word.startsWith('-') && (!before.startsWith('-') || before.includes('=') || boolean.includes(before));
    });
  }
}

function* fail(ctx: Context, message: string): Wait<never> {
  yield* ctx.stderr.write(`Error: ${message}\n`);
  return exitWith(1);
}

/** The configuration that --config names, a Caddyfile unless it is JSON; by default ./Caddyfile. */
function* configOf(ctx: Context, flags: Flags, log: boolean): Wait<CaddyConfig> {
  const path = flags.get('config', 'c') ?? 'Caddyfile';
  const bytes = yield* readFile(ctx.sys, path);
  if (typeof bytes === 'number') {
    if (flags.get('config', 'c') === undefined && log) return {};
    return yield* fail(ctx, `reading config from file: open ${path}: ${ctx.strerror(bytes)}`);
  }
  const words = new CaddyLog(ctx.sys);
  if (log) yield* words.write('info', '', 'using config from file', { file: path });
  const json = flags.get('adapter', 'a') === undefined && path.endsWith('.json');
  try {
    const config = json ? (JSON.parse(decode(bytes)) as CaddyConfig) : adapt(decode(bytes), path, ctx.env);
    if (log && !json) yield* words.write('info', '', 'adapted config to JSON', { adapter: 'caddyfile' });
    if (log && !json && formatCaddyfile(decode(bytes)) !== decode(bytes))
      yield* words.write(
        'warn',
        '',
        "Caddyfile input is not formatted; run 'caddy fmt --overwrite' to fix inconsistencies",
        {
          adapter: 'caddyfile',
          file: path,
          line: 1,
        },
      );
    return config;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return yield* fail(ctx, `loading initial config: ${thrown.message}`);
    if (!(thrown instanceof CaddyfileError)) throw thrown;
    return yield* fail(ctx, `adapting config using caddyfile: ${thrown.message}`);
  }
}

/** The configuration of a command that needs no file. */
function quick(command: string, flags: Flags): CaddyConfig {
  const listen = flags.get('listen', 'l') ?? flags.get('from', 'f') ?? ':80';
  let handler: HandlerConfig;
  if (command === 'file-server')
    handler = {
      handler: 'file_server',
      root: flags.get('root', 'r') ?? '.',
      hide: ['Caddyfile'],
      ...(flags.has('browse', 'b') && { browse: {} }),
    };
  else if (command === 'reverse-proxy') {
    const upstreams = flags
      .all('to', 't')
      .map((to) => ({ dial: to.startsWith(':') ? `localhost${to}` : to.replace(/^http:\/\//, '') }));
    handler = { handler: 'reverse_proxy', upstreams };
  } else {
    const status = flags.get('status', 's');
    const body = flags.get('body', 'b') ?? flags.operands([])[0] ?? '';
    handler = { handler: 'static_response', body, ...(status !== undefined && { status_code: Number(status) }) };
  }
  const port = /:(\d+)$/.exec(listen)?.[0] ?? ':80';
  const off = { automatic_https: { disable: true } };
  return {
    admin: { disabled: true },
    apps: { http: { servers: { srv0: { listen: [port], routes: [{ handle: [handler] }], ...off } } } },
  };
}

function* run(ctx: Context, config: CaddyConfig): Wait<number> {
  const { sys, env } = ctx;
  const log = new CaddyLog(sys);
  const ended: Futex = { value: 0 };
  let name = '';
  const end = (signal: string): void => {
    if (ended.value !== 0) return;
    name = signal;
    ended.value = 1;
    sys.futexWake(ended, 1);
  };
  sys.sigaction(SIGTERM, () => end('SIGTERM'));
  sys.sigaction(SIGINT, () => end('SIGINT'));
  sys.sigaction(SIGQUIT, () => end('SIGQUIT'));
  const caddy = new Caddy(sys, env, log);
  const address = config.admin?.listen ?? `localhost:${ADMIN}`;
  const port = Number(/:(\d+)$/.exec(address)?.[1] ?? ADMIN);
  if (config.admin?.disabled) yield* log.write('warn', 'admin', 'admin endpoint disabled');
  else {
    const local = /^(localhost|127\.0\.0\.1):/.test(address);
    const listener = listenTcp(sys, port, local ? '::ffff:127.0.0.1' : '');
    if (listener < 0)
      return yield* fail(
        ctx,
        `loading initial config: starting caddy administration endpoint: listen tcp 127.0.0.1:${port}: bind: ${ctx.strerror(listener)}`,
      );
    yield* log.write('info', 'admin', 'admin endpoint started', {
      address,
      enforce_origin: false,
      origins: [`//${address}`, `//[::1]:${port}`, `//127.0.0.1:${port}`],
    });
    sys.thread((own) =>
      serveHttp(own, listener, (inner, request) => adminAnswer(inner, request, caddy, log, env, () => end('api'))),
    );
  }
  const wrong = yield* caddy.load(config);
  if (wrong !== undefined)
    return yield* fail(ctx, wrong.replace('loading new config', 'loading initial config: loading new config'));
  yield* log.write('info', '', 'serving initial configuration');
  while (ended.value === 0) yield* futexWait(sys, ended, 0);
  const signal = name === 'api' ? {} : { signal: name };
  if (name !== 'api') yield* log.write('info', '', 'shutting down apps, then terminating', signal);
  yield* log.write('warn', '', 'exiting; byeee!! 👋', signal);
  if (!config.admin?.disabled) yield* log.write('info', 'admin', 'stopped previous server', { address });
  yield* log.write('info', '', 'shutdown complete', { ...signal, exit_code: 0 });
  return 0;
}

function* start(ctx: Context, words: readonly string[]): Wait<number> {
  const { sys } = ctx;
  const pid = yield* spawn(sys, sys.image.path, ['caddy', 'run', ...words], sys.envp, { setsid: true });
  if (pid < 0) return yield* fail(ctx, `starting caddy process: ${ctx.strerror(pid)}`);
  for (let tries = 0; tries < 50; tries++) {
    yield* sleep(sys, 100);
    const fd = yield* connectTcp(sys, '127.0.0.1', ADMIN);
    if (fd < 0 && sys.kill(pid, 0) === 0) continue;
    if (fd < 0) break;
    sys.close(fd);
    yield* ctx.stdout.write(`Successfully started Caddy (pid=${pid}) - Caddy is running in the background\n`);
    return 0;
  }
  return yield* fail(ctx, 'caddy process exited with error: exit status 1');
}

/** Asks the administration of the Caddy that runs here. */
function* post(ctx: Context, target: string, body: string, what: string): Wait<number> {
  const { sys } = ctx;
  const fd = yield* connectTcp(sys, '127.0.0.1', ADMIN);
  if (fd < 0)
    return yield* fail(
      ctx,
      `${what}: performing request: Post "http://localhost:${ADMIN}${target}": dial tcp 127.0.0.1:${ADMIN}: connect: ${ctx.strerror(fd)}`,
    );
  const connection = new HttpConnection(sys, fd);
  const headers = new Headers([
    ['Host', `localhost:${ADMIN}`],
    ['Content-Type', 'application/json'],
  ]);
  const answer = yield* connection.request({ method: 'POST', target, headers, body: encode(body) });
  if (answer.kind === 'failure') return yield* fail(ctx, `${what}: ${answer.message}`);
  const text = yield* answer.text();
  if (answer.status >= 400)
    return yield* fail(ctx, `${what}: caddy responded with error: HTTP ${answer.status}: ${text.trim()}`);
  return 0;
}

function* format(ctx: Context, flags: Flags): Wait<number> {
  const path = flags.operands(['--overwrite', '-w', '--diff', '-d'])[0] ?? 'Caddyfile';
  const bytes = yield* readFile(ctx.sys, path);
  if (typeof bytes === 'number') return yield* fail(ctx, `reading input file: open ${path}: ${ctx.strerror(bytes)}`);
  const before = decode(bytes);
  const after = formatCaddyfile(before);
  if (flags.has('overwrite', 'w')) {
    yield* writeFile(ctx.sys, path, after);
    return 0;
  }
  yield* ctx.stdout.write(after);
  return before === after ? 0 : yield* fail(ctx, `${path}:1: Caddyfile input is not formatted`);
}

function* hashPassword(ctx: Context, flags: Flags): Wait<number> {
  const given = flags.get('plaintext', 'p') ?? (yield* ctx.stdin.line());
  if (given === undefined || given === '') return yield* fail(ctx, 'plaintext is required');
  const bytes = new Uint8Array(SALT);
  ctx.sys.getrandom(bytes);
  yield* ctx.stdout.write(`${hashSync(given.replace(/\n$/, ''), `$2a$${COST}$${encodeBase64([...bytes], SALT)}`)}\n`);
  return 0;
}
