import type { HashFactory } from '../../lib/hash.ts';
import { loadHash } from '../../lib/hash.ts';
import { toHex } from '../../lib/hex.ts';
import { decode } from '../../lib/utf8.ts';
import { certificatesIn } from '../../libc/certificates.ts';
import { listenTcp, serveHttp } from '../../libc/http-server.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { strerror } from '../../libc/strerror.ts';
import type { Certificate } from '../../libc/tls.ts';
import { untilSignal } from '../servers/go-signals.ts';
import { type Config, ConfigError, readConfig } from '../servers/registry/config.ts';
import { collectGarbage } from '../servers/registry/garbage.ts';
import { newUuid } from '../servers/registry/ids.ts';
import { Log } from '../servers/registry/log.ts';
import { registrySite } from '../servers/registry/server.ts';
import { Storage } from '../servers/registry/storage.ts';

const USAGE = `Usage:
  registry [flags]
  registry [command]

Available Commands:
  garbage-collect \`garbage-collect\` deletes layers not referenced by any manifests
  help            Help about any command
  serve           \`serve\` stores and distributes Docker images

Flags:
  -h, --help      help for registry
  -v, --version   show the version and exit

Use "registry [command] --help" for more information about a command.
`;

const SERVE = 'Usage:\n  registry serve <config> [flags]\n\nFlags:\n  -h, --help   help for serve\n';

const COLLECT = `Usage:
  registry garbage-collect <config> [flags]

Flags:
  -m, --delete-untagged   delete manifests that are not currently referenced via tag
  -d, --dry-run           do everything except remove the blobs
  -h, --help              help for garbage-collect
`;

/** The version of the executable that runs: the images of registry 2 and 3 share the program. */
const versionOf = (ctx: Context): string =>
  /^\d+\.\d+\.\d+$/.test(ctx.sys.image.version) ? ctx.sys.image.version : '2.8.3';

const majorOf = (version: string): number => Number(version.split('.')[0]);

const makeProgram = (hash: HashFactory) =>
  program({
    name: 'registry',
    at: ['/bin/registry'],
    spec: 'distribution 2.8.3 and 3.0.0: filesystem storage, htpasswd; no token auth, proxy, notifications, cloud storage',
    usage: '[command]',
    about: 'Store and distribute images.',
    options: {},
    raw: true,
    *main(ctx) {
      const [command, ...args] = ctx.args;
      const help = args.some((arg) => arg === '-h' || arg === '--help');
      if (command === '-v' || command === '--version') {
        const home =
          majorOf(versionOf(ctx)) >= 3 ? 'github.com/distribution/distribution/v3' : 'github.com/docker/distribution';
        const v = majorOf(versionOf(ctx)) >= 3 ? 'v' : '';
        yield* ctx.stdout.write(`${ctx.name} ${home} ${v}${versionOf(ctx)}\n`);
        return 0;
      }
      if (command === 'serve') {
        if (!help) return yield* serve(ctx, hash, args);
        yield* ctx.stdout.write(`\`serve\` stores and distributes Docker images.\n\n${SERVE}`);
        return 0;
      }
      if (command === 'garbage-collect') {
        if (!help) return yield* collect(ctx, args);
        yield* ctx.stdout.write(`\`garbage-collect\` deletes layers not referenced by any manifests\n\n${COLLECT}`);
        return 0;
      }
      if (command === undefined || ['-h', '--help', 'help'].includes(command)) {
        yield* ctx.stdout.write(command === undefined ? USAGE : `\`registry\`\n\n${USAGE}`);
        return 0;
      }
      const what = command.startsWith('-') ? `unknown flag: ${command}` : `unknown command "${command}" for "registry"`;
      yield* ctx.stderr.write(
        `Error: ${what}\n${command.startsWith('-') ? USAGE : ''}Run 'registry --help' for usage.\n`,
      );
      return 1;
    },
  });

/** Reads the configuration that the arguments or REGISTRY_CONFIGURATION_PATH name. @throws ConfigError */
function* configuration(ctx: Context, args: readonly string[]): Wait<Config> {
  const path = args.find((arg) => !arg.startsWith('-')) ?? ctx.env.get('REGISTRY_CONFIGURATION_PATH') ?? '';
  if (path === '') throw new ConfigError('configuration path unspecified');
  const bytes = yield* readFile(ctx.sys, path);
  if (typeof bytes === 'number') throw new ConfigError(`open ${path}: ${strerror(-bytes, 'go')}`);
  try {
    return readConfig(decode(bytes), ctx.env);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`error parsing ${path}: ${error.message}`);
    throw error;
  }
}

/** Runs what needs a configuration; says what is wrong with it. */
function* configured(
  ctx: Context,
  args: readonly string[],
  usage: string,
  work: (config: Config) => Wait<number>,
): Wait<number> {
  let config: Config;
  try {
    config = yield* configuration(ctx, args);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* ctx.stderr.write(`configuration error: ${error.message}\n`);
    yield* ctx.stdout.write(usage);
    return 1;
  }
  return yield* work(config);
}

function collect(ctx: Context, args: readonly string[]): Wait<number> {
  return configured(ctx, args, COLLECT, function* (config) {
    const has = (short: string, long: string): boolean => args.includes(short) || args.includes(long);
    const options = { dryRun: has('-d', '--dry-run'), deleteUntagged: has('-m', '--delete-untagged') };
    yield* collectGarbage(ctx.sys, new Storage(config.root), options, function* (line) {
      yield* ctx.stdout.write(`${line}\n`);
    });
    return 0;
  });
}

function serve(ctx: Context, hash: HashFactory, args: readonly string[]): Wait<number> {
  return configured(ctx, args, SERVE, function* (config) {
    const { sys } = ctx;
    const version = versionOf(ctx);
    const major = majorOf(version);
    const go = { 'go.version': major >= 3 ? 'go1.23.7' : 'go1.20.8' };
    const boot = { 'instance.id': newUuid(sys), ...config.log.fields, version: major >= 3 ? `v${version}` : version };
    const log = new Log(config.log.level, config.log.json, go);
    let secret = config.secret;
    if (secret === '') {
      const bytes = new Uint8Array(32);
      sys.getrandom(bytes);
      secret = toHex(bytes);
      yield* log.write(
        sys,
        'warning',
        'No HTTP secret provided - generated random secret. This may cause problems with uploads if multiple registries are behind a load-balancer. To provide a shared secret, fill in http.secret in the configuration file or set the REGISTRY_HTTP_SECRET environment variable.',
        boot,
      );
    }
    yield* log.write(sys, 'info', 'redis not configured', boot);
    if (config.cache) yield* log.write(sys, 'info', `using ${config.cache} blob descriptor cache`, boot);
    let certificate: Certificate | undefined;
    for (const path of config.tls ? [config.tls.certificate, config.tls.key] : []) {
      const bytes = yield* readFile(sys, path);
      if (typeof bytes === 'number') {
        yield* log.write(sys, 'fatal', `open ${path}: ${strerror(-bytes, 'go')}`, go);
        return 1;
      }
      certificate ??= certificatesIn(decode(bytes))[0];
      if (!certificate) {
        yield* log.write(sys, 'fatal', 'tls: failed to find any PEM data in certificate input', go);
        return 1;
      }
    }
    const parts = /^(.*):(\d+)$/.exec(config.addr);
    const host = parts?.[1]?.replace(/^\[|\]$/g, '') ?? '';
    const port = Number(parts?.[2] ?? NaN);
    const listener = Number.isNaN(port) ? -22 : listenTcp(sys, port, host);
    if (listener < 0) {
      yield* log.write(sys, 'fatal', `listen tcp ${config.addr}: bind: ${strerror(-listener, 'go')}`, go);
      return 1;
    }
    yield* log.write(
      sys,
      'info',
      `listening on ${host === '' ? `[::]:${port}` : config.addr}${certificate ? ', tls' : ''}`,
      boot,
    );
    const registry = { config, storage: new Storage(config.root), hash, log, secret, major };
    sys.thread(function* (own) {
      const shown = certificate;
      return yield* serveHttp(own, listener, registrySite(registry, shown !== undefined), shown && (() => shown));
    });
    return yield* untilSignal(sys);
  });
}

export default loadHash('sha256').then(makeProgram);
