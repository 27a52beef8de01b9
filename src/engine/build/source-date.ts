import { formatRfc3339 } from '../../lib/go-time.ts';
import { quote } from '../../lib/quote.ts';
import { BuildError, type BuildOptions } from './context.ts';

/**
 * The date that what a build makes is to have, RFC 3339; undefined: the clock's.
 * @throws BuildError for an argument that is no number
 * @see moby/buildkit docs/build-repro.md
 */
export function sourceDate({ buildArgs }: BuildOptions): string | undefined {
  const text = buildArgs.SOURCE_DATE_EPOCH;
  // a context from the client has no date of its own
  if (text === undefined || text === '' || text === 'context') return undefined;
  if (!/^[+-]?\d{1,12}$/.test(text))
    throw new BuildError(
      `invalid SOURCE_DATE_EPOCH: ${text}: strconv.ParseInt: parsing ${quote(text)}: invalid syntax`,
    );
  return formatRfc3339(Number(text));
}
