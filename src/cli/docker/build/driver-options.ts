import { splitCsv } from '../../../lib/csv.ts';
import { CliError } from '../errors.ts';

/** `--driver-opt key=value,key=value`; null where there are none. @throws CliError */
export function parseOptions(words: readonly string[]): Record<string, string> | null {
  const options: Record<string, string> = {};
  for (const field of words.flatMap(splitCsv)) {
    const equals = field.indexOf('=');
    if (equals < 0) throw new CliError(`ERROR: invalid value "${field}", expecting k=v`);
    options[field.slice(0, equals)] = field.slice(equals + 1);
  }
  return words.length > 0 ? options : null;
}
