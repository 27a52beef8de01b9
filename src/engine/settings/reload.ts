import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import type { DaemonLog } from '../log.ts';
import { type EngineConfig, reloaded } from './config.ts';
import { goText, readSettings } from './read.ts';
import { settingsProblem } from './validate.ts';
import { SettingsError, type Values } from './values.ts';

/** SIGHUP: reads daemon.json again; of it that takes effect which can change while the engine runs. */
export function* reload(sys: Sys, daemon: Daemon, log: DaemonLog, path: string, flags: Values): Wait<void> {
  yield* log.line(sys, 'info', 'Got signal to reload configuration', { 'config-file': path });
  try {
    const file = yield* readSettings(sys, path, flags, false);
    const problem = settingsProblem(new Map([...flags, ...file]));
    if (problem !== undefined) throw new SettingsError(problem);
    daemon.config = reloaded(daemon.config, flags, file);
    log.level = daemon.config.debug ? 'debug' : daemon.config.logLevel;
    for (const [what, key] of COUNTS) yield* log.line(sys, 'debug', `Reset ${what}: ${daemon.config[key]}`);
    daemon.events.log(sys, 'daemon', 'reload', daemon.id, {
      ...attributesOf(daemon.config),
      name: sys.uname().nodename,
    });
    yield* log.line(sys, 'info', 'Reloaded configuration', { config: JSON.stringify(shown(daemon.config)) });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    yield* log.line(sys, 'error', 'Error reloading configuration', { error: error.message });
  }
}

const COUNTS = [
  ['Max Concurrent Downloads', 'maxDownloads'],
  ['Max Concurrent Uploads', 'maxUploads'],
  ['Max Download Attempts', 'maxAttempts'],
] as const;

/** What the event says. @see moby daemon/reload.go */
const attributesOf = (c: EngineConfig): Record<string, string> => ({
  debug: String(c.debug),
  'default-cgroupns-mode': c.cgroupnsMode,
  'default-ipc-mode': c.ipcMode,
  'default-runtime': c.defaultRuntime,
  'default-shm-size': String(c.shmSize),
  features: goText(c.features),
  'insecure-registries': JSON.stringify(c.registries.insecure),
  labels: JSON.stringify(c.labels),
  'live-restore': String(c.liveRestore),
  'max-concurrent-downloads': String(c.maxDownloads),
  'max-concurrent-uploads': String(c.maxUploads),
  'max-download-attempts': String(c.maxAttempts),
  'registry-mirrors': JSON.stringify(c.registries.mirrors),
  runtimes: Object.entries(c.runtimes)
    .map(([name, { path = '' }]) => `${name}:${path}`)
    .join(' '),
  'shutdown-timeout': String(c.shutdownTimeout),
});

/** What the log says of the settings that can be read again. */
const shown = (c: EngineConfig): Record<string, unknown> => ({
  ...(c.labels.length > 0 ? { labels: c.labels } : {}),
  pidfile: c.pidfile,
  'data-root': c.dataRoot,
  'exec-root': c.execRoot,
  group: c.group,
  ...(c.liveRestore ? { 'live-restore': true } : {}),
  'max-concurrent-downloads': c.maxDownloads,
  'max-concurrent-uploads': c.maxUploads,
  'max-download-attempts': c.maxAttempts,
  'shutdown-timeout': c.shutdownTimeout,
  ...(c.debug ? { debug: true } : {}),
  hosts: c.hosts,
  'log-level': c.logLevel,
  'log-format': c.logFormat,
  'registry-mirrors': c.registries.mirrors,
  'insecure-registries': c.registries.insecure,
  features: c.features,
  'default-runtime': c.defaultRuntime,
  'default-shm-size': c.shmSize,
  'default-ipc-mode': c.ipcMode,
  'default-cgroupns-mode': c.cgroupnsMode,
});
