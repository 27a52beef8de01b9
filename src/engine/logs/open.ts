import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { strerror } from '../../libc/strerror.ts';
import type { Container } from '../container/container.ts';
import { JsonFile } from './json-file.ts';
import { LocalLog } from './local.ts';
import { LOG_DRIVERS, type Logger } from './logger.ts';

/** Opens the log of a container that starts; sets its path. @returns undefined where nothing is kept. @throws ApiError */
export function* openLogger(sys: Sys, c: Container): Wait<Logger | undefined> {
  const { Type, Config } = c.hostConfig.LogConfig;
  const options = Config ?? {};
  if (Type === 'none') return undefined;
  const logger =
    Type === 'local' ? new LocalLog(sys, c.directory, options) : new JsonFile(jsonPath(c), options, attributes(c));
  if (Type === 'json-file') c.logPath = jsonPath(c);
  const r = yield* logger.open(sys);
  if (r < 0)
    throw new ApiError('internal', `failed to initialize logging driver: open ${c.logPath}: ${strerror(-r, 'go')}`);
  return logger;
}

const jsonPath = (c: Container): string => c.file(`${c.id}-json.log`);

/** Labels and variables that the log's options ask for. */
function attributes(c: Container): Record<string, string> | undefined {
  const options = c.hostConfig.LogConfig.Config ?? {};
  const out: Record<string, string> = {};
  for (const label of (options.labels ?? '').split(',')) {
    const value = c.config.Labels?.[label];
    if (label !== '' && value !== undefined) out[label] = value;
  }
  for (const name of (options.env ?? '').split(',')) {
    const pair = (c.config.Env ?? []).find((p) => p.startsWith(`${name}=`));
    if (name !== '' && pair !== undefined) out[name] = pair.slice(name.length + 1);
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

/** Checks --log-driver and --log-opt. @throws ApiError */
export function checkLogConfig(type: string, options: Readonly<Record<string, string>>): void {
  const known = LOG_DRIVERS[type];
  if (!known) throw new ApiError('invalid-parameter', `logger: no log driver named '${type}' is registered`);
  for (const [name, value] of Object.entries(options)) {
    if (name === 'mode' || name === 'max-buffer-size' || name === 'cache-disabled') continue;
    if (!known.includes(name) && type !== 'none')
      throw new ApiError('invalid-parameter', `unknown log opt '${name}' for ${type} log driver`);
    if (name === 'max-size' && !/^\d+(\.\d+)?\s*[bkmgtp]?b?$/i.test(value))
      throw new ApiError('invalid-parameter', `invalid size: '${value}'`);
    if (name === 'max-file' && !/^\d+$/.test(value))
      throw new ApiError('invalid-parameter', `strconv.Atoi: parsing "${value}": invalid syntax`);
  }
}
