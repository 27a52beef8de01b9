import { ApiError } from '../../api/errors.ts';
import { GoError } from '../../lib/go-value.ts';
import { quote } from '../../lib/quote.ts';
import { fromHumanSize, ramInBytes } from '../../lib/units.ts';
import type { Rotation } from './rotating-file.ts';

export type LogOptions = Readonly<Record<string, string>>;

/** Log drivers that are known, with the options that each takes. */
export const LOG_DRIVERS: Readonly<Record<string, readonly string[]>> = {
  'json-file': ['max-file', 'max-size', 'compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag'],
  local: ['max-file', 'max-size', 'compress'],
  none: [],
};

const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);

/** Checks --log-driver and --log-opt as far as the engine does before a container starts. @throws ApiError */
export function checkLogConfig(type: string, options: LogOptions): void {
  const known = LOG_DRIVERS[type];
  if (!known) throw invalid(`error looking up logging plugin ${type}: plugin ${quote(type)} not found`);
  const mode = options.mode ?? '';
  if (!['', 'blocking', 'non-blocking'].includes(mode)) throw invalid(`logger: logging mode not supported: ${mode}`);
  const buffer = options['max-buffer-size'];
  if (buffer !== undefined) {
    if (mode !== 'non-blocking')
      throw invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
    size(buffer, ramInBytes, (text) => `error parsing option max-buffer-size: ${text}`);
  }
  for (const name of Object.keys(options)) {
    if (name === 'mode' || name === 'max-buffer-size' || name.startsWith('cache-')) continue;
    if (!known.includes(name) && type === 'local') throw invalid(`unknown log opt '${name}' for log driver local`);
    if (!known.includes(name) && type !== 'none') throw invalid(`unknown log opt '${name}' for ${type} log driver`);
  }
}

/** The options of json-file about its files. @throws ApiError */
export function jsonRotation(options: LogOptions): Rotation {
  const maxSize = options['max-size'] ? size(options['max-size'], fromHumanSize) : -1;
  const maxFile = options['max-file'] ? whole(options['max-file']) : 1;
  if (maxFile < 1) throw invalid('max-file cannot be less than 1');
  const compress = options.compress ? flag(options.compress) : false;
  if (compress && (maxFile === 1 || maxSize === -1))
    throw invalid('compress cannot be true when max-file is less than 2 or max-size is not set');
  return { maxSize, maxFile, compress };
}

/** The options of `local`: five files of 20 MB, compressed, unless told. @throws ApiError */
export function localRotation(options: LogOptions): Rotation {
  const maxSize = options['max-size']
    ? size(options['max-size'], ramInBytes, (text) => `invalid value for max-size: ${options['max-size']}: ${text}`)
    : 20 * 1024 * 1024;
  const maxFile = options['max-file']
    ? whole(options['max-file'], (t) => `invalid value for max-file: ${options['max-file']}: ${t}`)
    : 5;
  const compress = options.compress ? flag(options.compress, (t) => `error reading compress log option: ${t}`) : true;
  if (compress && maxFile <= 1) throw invalid('compression cannot be enabled when max file count is 1');
  return { maxSize, maxFile, compress };
}

const asItIs = (text: string): string => text;

function size(text: string, parse: (text: string) => number, words = asItIs): number {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GoError) throw invalid(words(error.message));
    throw error;
  }
}

function whole(text: string, words = asItIs): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw invalid(words(`strconv.Atoi: parsing ${quote(text)}: invalid syntax`));
}

function flag(text: string, words = asItIs): boolean {
  if (/^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(text)) return /^[1tT]/.test(text);
  throw invalid(words(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`));
}
