import { parse } from 'yaml';
import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { SIGINT, SIGTERM } from '../../abi/signal.ts';
import { Stat } from '../../abi/stat.ts';
import type { Futex, Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { listenTcp, serveHttp } from '../../libc/http-server.ts';
import { futexWait, readFile, sleep, type Wait } from '../../libc/io.ts';
import { isDir, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import type { Certificate } from '../../libc/tls.ts';
import { seenContainers, watchEvents } from '../servers/traefik/docker.ts';
import { type Dynamic, emptyDynamic, ofContainers, ofFile } from '../servers/traefik/dynamic.ts';
import { type Level, TraefikLog } from '../servers/traefik/log.ts';
import {
  type EntryPoint,
  entryPoints,
  type Options,
  optionsOfArguments,
  optionsOfYaml,
  unknownOption,
} from '../servers/traefik/options.ts';
import { Proxy } from '../servers/traefik/proxy.ts';

const FILES = ['/etc/traefik/traefik.yml', '/etc/traefik/traefik.yaml'];
/** Milliseconds between looks at a watched file, and tries to reach dockerd. */
const LOOK = 2000;
const RETRY = 1000;
const YEAR = 365 * 86_400;

const USAGE = `traefik passes requests on to what providers tell of.

Usage: traefik [command] [flags] [arguments]

Commands:
    healthcheck    Asks /ping of a running Traefik (here: not simulated)
    version        Shows the version

Flags: --api --api.insecure --entrypoints.NAME.address --providers.docker --providers.file.filename --log.level
       --accesslog --ping --configfile
`;

export default program({
  name: 'traefik',
  at: ['/usr/local/bin/traefik'],
  spec: 'Traefik 3 and 2: HTTP; providers docker and file; middlewares addPrefix basicAuth headers redirectRegex redirectScheme replacePath stripPrefix; TLS on port 443 or an entry point with http.tls, its default certificate; no ACME, TCP, UDP, metrics, plugins',
  usage: '[command] [flags]',
  about: 'Pass requests on to containers.',
  options: {},
  raw: true,
  *main(ctx) {
    const version = /^\d+\.\d+/.test(ctx.sys.image.version) ? ctx.sys.image.version : '3.6.1';
    const [first] = ctx.args;
    if (first === 'version' || first === '--version') {
      yield* ctx.stdout.write(`Version:      ${version}\nOS/Arch:      linux/amd64\n`);
      return 0;
    }
    if (first === '--help' || first === '-h' || first === 'help') {
      yield* ctx.stdout.write(USAGE);
      return 0;
    }
    const options = yield* readOptions(ctx);
    if (typeof options === 'string') {
      yield* ctx.stderr.write(`${options}\n`);
      return 1;
    }
    return yield* new Traefik(ctx.sys, options, version).run();
  },
});

/** From --configfile, else the arguments, else the file in /etc/traefik. @returns what is wrong */
function* readOptions(ctx: Context): Wait<Options | string> {
  const flags = optionsOfArguments(ctx.args);
  if (typeof flags === 'string') return `command not found: ${flags}`;
  const named = flags.get('configfile');
  if (flags.size === 0 || named !== undefined)
    for (const path of named === undefined ? FILES : [named]) {
      const bytes = yield* readFile(ctx.sys, path);
      if (typeof bytes === 'number') {
        if (named !== undefined) return `command traefik error: open ${path}: ${ctx.strerror(bytes)}`;
        continue;
      }
      if (path.endsWith('.toml')) return `command traefik error: ${path}: TOML is not simulated in Drydock`;
      try {
        return checked(new Map([...optionsOfYaml(decode(bytes)), ['configfile', path]]), 'file');
      } catch (thrown) {
        return `command traefik error: ${thrown instanceof Error ? thrown.message : path}`;
      }
    }
  return checked(flags, 'flags');
}

const checked = (options: Options, source: string): Options | string => {
  const unknown = unknownOption(options);
  return unknown === undefined
    ? options
    : `command traefik error: failed to decode configuration from ${source}: field not found, node: ${unknown}`;
};

class Traefik {
  readonly #log: TraefikLog;
  readonly #points: EntryPoint[];
  readonly #proxy: Proxy;
  readonly #old: boolean;

  constructor(
    private readonly sys: Sys,
    private readonly options: Options,
    private readonly version: string,
  ) {
    this.#old = Number(version.split('.')[0]) < 3;
    this.#log = new TraefikLog(sys, this.#old, options.get('log.level') ?? 'error');
    const insecure = options.get('api.insecure') === 'true';
    this.#points = entryPoints(options, insecure || options.has('ping'));
    this.#proxy = new Proxy(options, this.#points, this.#log, version);
  }

  *run(): Wait<number> {
    const { sys } = this;
    const ended: Futex = { value: 0 };
    for (const signal of [SIGTERM, SIGINT])
      sys.sigaction(signal, () => {
        ended.value = 1;
        sys.futexWake(ended, 1);
      });
    const file = this.options.get('configfile');
    const loaded = `Configuration loaded from ${file === undefined ? 'flags.' : `file: ${file}`}`;
    // Traefik 2 says this before it knows its level
    yield* this.#old
      ? this.#log.always('info', loaded)
      : this.#log.write('info', `Traefik version ${this.version} built on 2025-11-01T00:00:00Z`, {
          version: this.version,
        });
    if (!this.#old && file !== undefined) yield* this.#log.write('info', loaded);
    for (const point of this.#points) {
      const fd = listenTcp(sys, point.port);
      if (fd < 0) {
        const why = `error opening listener: listen tcp :${point.port}: bind: address already in use`;
        yield* this.#log.always(
          'fatal',
          `command traefik error: error while building entryPoint ${point.name}: ${why}`,
        );
        return 1;
      }
      const secure = point.port === 443 || this.options.has(`entrypoints.${point.name}.http.tls`);
      sys.thread((own) =>
        serveHttp(
          own,
          fd,
          (inner, request) => this.#proxy.answer(inner, request, point, secure),
          secure ? () => defaultCertificate(sys) : undefined,
        ),
      );
    }
    if (this.options.has('providers.docker')) {
      yield* this.#log.write('info', 'Starting provider *docker.Provider');
      sys.thread((own) => this.#docker(own));
    }
    const path = this.options.get('providers.file.filename') ?? this.options.get('providers.file.directory');
    if (path !== undefined) {
      yield* this.#log.write('info', 'Starting provider *file.Provider');
      sys.thread((own) => this.#file(own, path));
    }
    while (ended.value === 0) yield* futexWait(sys, ended, 0);
    yield* this.#log.write('info', 'I have to go...');
    yield* this.#log.write('info', 'Stopping server gracefully');
    for (const { name } of this.#points) yield* this.#log.write('info', `Entry point ${name} closed`);
    yield* this.#log.write('info', 'Server stopped');
    yield* this.#log.write('info', 'Shutting down');
    return 0;
  }

  #complaints(): [string[], (text: string) => void] {
    const found: string[] = [];
    return [found, (text) => void found.push(text)];
  }

  *#say(level: Level, texts: readonly string[], providerName: string): Wait<void> {
    for (const text of texts) yield* this.#log.write(level, text, { providerName });
  }

  *#docker(sys: Sys): Wait<number> {
    const socket = (this.options.get('providers.docker.endpoint') ?? 'unix:///var/run/docker.sock').replace(
      /^unix:\/\//,
      '',
    );
    const settings = {
      exposedByDefault: this.options.get('providers.docker.exposedbydefault') !== 'false',
      defaultRule: this.options.get('providers.docker.defaultrule') ?? 'Host(`{{ normalize .Name }}`)',
      network: this.options.get('providers.docker.network') ?? '',
    };
    const look = function* (this: Traefik): Wait<boolean> {
      const containers = yield* seenContainers(sys, socket);
      if (typeof containers === 'string') {
        yield* this.#say(
          'error',
          [`Failed to retrieve information of the docker client and server host error=${JSON.stringify(containers)}`],
          'docker',
        );
        return false;
      }
      const [found, complain] = this.#complaints();
      yield* this.#proxy.update('docker', ofContainers(containers, settings, complain));
      yield* this.#say('error', found, 'docker');
      return true;
    }.bind(this);
    for (;;) {
      if (yield* look())
        yield* watchEvents(sys, socket, function* () {
          yield* look();
        });
      yield* sleep(sys, RETRY);
    }
  }

  *#file(sys: Sys, path: string): Wait<number> {
    let seen = '';
    for (;;) {
      const names = isDir(sys, path) ? listDir(sys, path) : [''];
      const files = (typeof names === 'number' ? [] : names)
        .map((name) => (name === '' ? path : `${path}/${name}`))
        .filter((each) => /\.ya?ml$/.test(each));
      const state = files.map((each) => stamp(sys, each)).join();
      if (state !== seen) {
        seen = state;
        const [found, complain] = this.#complaints();
        const parts: Dynamic[] = [];
        for (const file of files) {
          const bytes = yield* readFile(sys, file);
          try {
            if (typeof bytes !== 'number') parts.push(ofFile(parse(decode(bytes)) as unknown, complain));
          } catch (thrown) {
            complain(`Error while building configuration: ${file}: ${thrown instanceof Error ? thrown.message : ''}`);
          }
        }
        const all = emptyDynamic();
        for (const part of parts)
          for (const key of ['routers', 'services', 'middlewares'] as const)
            for (const [name, value] of part[key]) (all[key] as Map<string, typeof value>).set(name, value);
        yield* this.#proxy.update('file', all);
        yield* this.#say('error', found, 'file');
      }
      if (this.options.get('providers.file.watch') === 'false') return 0;
      yield* sleep(sys, LOOK);
    }
  }
}

function stamp(sys: Sys, path: string): string {
  const st = new Stat();
  return sys.stat(path, st) < 0 ? '' : `${path}:${st.mtimeSec}.${st.mtimeNsec}:${st.size}`;
}

function defaultCertificate(sys: Sys): Certificate {
  const now = Math.floor(sys.now(CLOCK_REALTIME) / 1000);
  return {
    subject: 'TRAEFIK DEFAULT CERT',
    issuer: 'TRAEFIK DEFAULT CERT',
    names: ['traefik.default'],
    notBefore: now - 60,
    notAfter: now + YEAR,
  };
}
