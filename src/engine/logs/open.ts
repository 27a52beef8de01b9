import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { strerror } from '../../libc/strerror.ts';
import type { Container } from '../container/container.ts';
import { logAttributes } from './attributes.ts';
import { JSON_LINES, JsonFile } from './json-file.ts';
import { LOCAL_ENTRIES, LocalLog, localPath } from './local.ts';
import type { Logger } from './logger.ts';
import { jsonRotation, localRotation } from './options.ts';
import { type LogQuery, LogReader } from './read.ts';

const HEAD = 'failed to create task for container: failed to initialize logging driver: ';

/** Opens the log of a container that starts; sets its path. @returns undefined where nothing is kept. @throws ApiError */
export function* openLogger(sys: Sys, c: Container): Wait<Logger | undefined> {
  if (c.hostConfig.LogConfig.Type === 'none') return undefined;
  try {
    const logger = makeLogger(c);
    const r = yield* logger.open(sys);
    if (r < 0) throw new ApiError('internal', `open ${c.logPath}: ${strerror(-r, 'go')}`);
    return logger;
  } catch (error) {
    if (error instanceof ApiError) throw new ApiError(error.kind, HEAD + error.message);
    throw error;
  }
}

function makeLogger(c: Container): Logger {
  const { Type, Config } = c.hostConfig.LogConfig;
  const options = Config ?? {};
  if (Type === 'local') return new LocalLog(c.directory, localRotation(options));
  c.logPath = jsonPath(c);
  return new JsonFile(c.logPath, jsonRotation(options), logAttributes(c));
}

const jsonPath = (c: Container): string => c.file(`${c.id}-json.log`);

/** What reads a container's log. @throws ApiError where its driver keeps nothing */
export function logReader(c: Container, query: LogQuery): LogReader {
  const { Type } = c.hostConfig.LogConfig;
  if (Type === 'none') throw new ApiError('not-implemented', 'configured logging driver does not support reading');
  if (Type === 'local') return new LogReader(localPath(c.directory), LOCAL_ENTRIES, query);
  return new LogReader(c.logPath || jsonPath(c), JSON_LINES, query);
}
