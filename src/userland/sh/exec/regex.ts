import type { Library } from '../../../abi/library.ts';
import type { Wait } from '../../../libc/io.ts';

export type Regex = typeof import('../../../lib/regex/regex.ts');

/** Regular expressions come when `=~` is first used. */
export const REGEX: Library<Regex> = { name: 'regex', load: () => import('../../../lib/regex/regex.ts') };

/** Steps of a search between two pauses. */
const STEPS = 20_000;

/**
 * Matches a POSIX extended regular expression.
 * @param pause is run now and then: the search may take long
 * @returns the match and its groups, null where there is none, undefined where the expression is wrong
 */
export function* matchRegex(
  { compileRegex, RegexBudgetError, RegexError }: Regex,
  source: string,
  text: string,
  icase: boolean,
  pause: () => Wait<void>,
): Wait<string[] | null | undefined> {
  const regex = compileRegex(source, { dialect: 'ere', icase });
  if (regex instanceof RegexError) return undefined;
  try {
    const search = regex.start(text);
    let m = search.run(STEPS);
    for (; m === 'more'; m = search.run(STEPS)) yield* pause();
    if (m === null) return null;
    const groups: string[] = [];
    for (let i = 0; i < m.length; i += 2) groups.push(m[i]! < 0 ? '' : text.slice(m[i], m[i + 1]));
    return groups;
  } catch (thrown) {
    if (thrown instanceof RegexBudgetError) return null;
    throw thrown;
  }
}

/** Parts of a search that nobody can interrupt. */
const PARTS = 500;

/** As `matchRegex`, in one go; null as well where that takes too long. */
export function matchRegexNow(
  library: Regex,
  source: string,
  text: string,
  icase: boolean,
): string[] | null | undefined {
  let parts = 0;
  const work = matchRegex(library, source, text, icase, function* () {
    if (++parts > PARTS) yield;
  });
  const { done, value } = work.next();
  return done ? value : null;
}
