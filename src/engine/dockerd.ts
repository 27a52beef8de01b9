import { SIG_IGN, SIGHUP, SIGINT, SIGPIPE, SIGTERM } from '../abi/signal.ts';
import type { Entry, Program, Sys } from '../abi/sys.ts';
import type { HashFactory } from '../lib/hash.ts';
import { type Wait, writeAll, writeFile } from '../libc/io.ts';
import { notifyManager } from '../libc/sd-notify.ts';
import { Daemon } from './daemon.ts';
import { DaemonLog } from './log.ts';
import { restore } from './restore.ts';
import { ROUTES } from './routes.ts';
import { raiseOpenFiles } from './runtime/open-files.ts';
import { SERVER_VERSION } from './server/connection.ts';
import { type Listener, openListeners } from './server/listeners.ts';
import { Server } from './server/server.ts';
import { type EngineConfig, makeConfig } from './settings/config.ts';
import { type CommandLine, parseFlags, UsageError } from './settings/flags.ts';
import { readSettings, SETTINGS } from './settings/read.ts';
import { reload } from './settings/reload.ts';
import { checkStart } from './settings/start-check.ts';
import { usageText } from './settings/usage.ts';
import { settingsProblem } from './settings/validate.ts';
import { SettingsError, type Values } from './settings/values.ts';
import { shutDown } from './shut-down.ts';
import { serveMetrics } from './system/metrics.ts';
import { GIT_COMMIT } from './system/versions.ts';

/** What the engine is given from outside, because it takes time to load. */
export interface EngineParts {
  sha256: HashFactory;
}

/** The program dockerd: serves the API until it is told to end. @see dockerd(8) */
export function makeDockerd(parts: EngineParts): Entry {
  return (sys) => dockerd(sys, parts);
}

function* dockerd(sys: Sys, parts: EngineParts): Program {
  sys.prctl('name', 'dockerd');
  const line = yield* commandLine(sys);
  if (typeof line === 'number') return line;
  try {
    const config = yield* settingsOf(sys, line);
    if (line.validate) {
      yield* writeAll(sys, 1, 'configuration OK\n');
      return 0;
    }
    return yield* run(sys, parts, line, config);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    yield* writeAll(sys, 2, `${error.message}\n`);
    return 1;
  }
}

/** @returns what the command line says, or the status that the program ends with */
function* commandLine(sys: Sys): Wait<CommandLine | number> {
  let line: CommandLine;
  try {
    line = parseFlags(sys.argv.slice(1));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield* writeAll(sys, 2, `Status: ${error.message}\nSee 'dockerd --help'.${usageText()}, Code: 125\n`);
    return 1;
  }
  if (line.help) {
    yield* writeAll(sys, 1, usageText());
    return 0;
  }
  if (line.version) {
    yield* writeAll(sys, 1, `Docker version ${SERVER_VERSION}, build ${GIT_COMMIT}\n`);
    return 0;
  }
  if (line.words.length > 0) {
    yield* writeAll(sys, 2, usageText());
    return 1;
  }
  return line;
}

/** Flags and daemon.json together. @throws SettingsError */
function* settingsOf(sys: Sys, line: CommandLine): Wait<Map<string, unknown>> {
  const path = line.configFile ?? SETTINGS;
  let file: Values;
  try {
    file = yield* readSettings(sys, path, line.values, line.configFile === undefined);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new SettingsError(`unable to configure the Docker daemon with file ${path}: ${error.message}`);
  }
  const values = new Map([...line.values, ...file]);
  const problem = settingsProblem(values);
  if (problem === undefined) return values;
  if (file.size === 0) throw new SettingsError(problem);
  throw new SettingsError(
    `unable to configure the Docker daemon with file ${path}: merged configuration validation from file and command line flags failed: ${problem}`,
  );
}

function* run(sys: Sys, parts: EngineParts, line: CommandLine, values: Values): Program {
  const config = makeConfig(values);
  checkTls(values);
  sys.sigaction(SIGPIPE, SIG_IGN);
  sys.umask(0o022);
  raiseOpenFiles(sys);
  const log = new DaemonLog();
  log.format = config.logFormat;
  log.level = config.debug ? 'debug' : config.logLevel;
  const daemon = new Daemon(
    parts.sha256,
    (message) => {
      sys.thread(function* (own) {
        yield* log.line(own, 'error', message);
        return 0;
      });
    },
    config,
  );
  yield* log.line(sys, 'info', 'Starting up');
  const listeners = yield* openListeners(
    sys,
    log,
    config,
    (values.get('tlsverify') ?? values.get('tls')) as boolean | undefined,
  );
  yield* checkStart(sys, config);
  yield* warnOf(sys, log, config, values);
  yield* log.line(sys, 'info', 'Loading containers: start.');
  yield* restore(sys, daemon);
  yield* log.line(sys, 'info', 'Loading containers: done.');
  yield* log.line(sys, 'info', 'Docker daemon', { 'storage-driver': 'overlay2', version: SERVER_VERSION });
  yield* writeFile(sys, config.pidfile, String(sys.getpid()), 0o644);
  if (config.metricsAddress !== '') yield* serveMetrics(sys, daemon, config.metricsAddress);
  yield* serve(sys, daemon, log, listeners, line);
  for (const { file } of listeners) if (file !== '') sys.unlink(file);
  sys.unlink(config.pidfile);
  yield* log.line(sys, 'info', 'Daemon shutdown complete');
  return sys.exit(0);
}

/** TLS is not served: settings that want it are refused, as where there are no certificates. @throws SettingsError */
function checkTls(values: Values): void {
  if (values.get('tls') !== true && !values.has('tlsverify')) return;
  const [cert, key] = [values.get('tlscert') ?? '', values.get('tlskey') ?? ''];
  throw new SettingsError(
    `invalid TLS configuration: Could not load X509 key pair (cert: "${cert}", key: "${key}"): open ${cert}: no such file or directory`,
  );
}

/** Settings that are taken and have no effect here say so. */
function* warnOf(sys: Sys, log: DaemonLog, config: EngineConfig, values: Values): Wait<void> {
  if (values.get('live-restore') === true)
    yield* log.line(sys, 'warning', 'Live restore is not supported here: containers stop with the daemon');
  if (config.experimental) yield* log.line(sys, 'warning', 'Running with experimental features enabled');
  if (config.selinux) yield* log.line(sys, 'warning', 'Docker could not enable SELinux on the host system');
  if (config.seccompProfile !== 'builtin')
    yield* log.line(sys, 'warning', 'WARNING: daemon is not using the default seccomp profile');
  for (const name of (values.get('insecure-registries') as string[] | undefined) ?? []) {
    const scheme = /^https?:\/\//.exec(name)?.[0];
    if (scheme === undefined) continue;
    const words = `insecure registry ${name} should not contain '${scheme}' and '${scheme}' has been removed from the insecure registry config`;
    yield* log.line(sys, 'warning', words);
  }
}

/** Serves until a signal ends it; SIGHUP reads the settings again. */
function* serve(
  sys: Sys,
  daemon: Daemon,
  log: DaemonLog,
  listeners: readonly Listener[],
  line: CommandLine,
): Wait<void> {
  let ending = '';
  let again = false;
  for (const [signal, name] of [
    [SIGTERM, 'terminated'],
    [SIGINT, 'interrupt'],
  ] as const)
    sys.sigaction(signal, () => {
      ending = name;
    });
  sys.sigaction(SIGHUP, () => {
    again = true;
  });
  const server = new Server(daemon, ROUTES);
  for (const { fd } of listeners) sys.thread((own) => server.run(own, fd));
  yield* log.line(sys, 'info', 'Daemon has completed initialization');
  for (const { shown } of listeners) yield* log.line(sys, 'info', `API listen on ${shown}`);
  yield* notifyManager(sys, 'READY=1');
  while (ending === '') {
    if (again) {
      again = false;
      yield* reload(sys, daemon, log, line.configFile ?? SETTINGS, line.values);
    }
    sys.pause();
    yield;
  }
  yield* log.line(sys, 'info', `Processing signal '${ending}'`);
  yield* notifyManager(sys, 'STOPPING=1');
  yield* shutDown(sys, daemon);
}
