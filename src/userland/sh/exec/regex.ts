import type { Library } from '../../../abi/library.ts';

export type Regex = typeof import('../../../lib/regex/regex.ts');

/** Regular expressions come when `=~` is first used. */
export const REGEX: Library<Regex> = { name: 'regex', load: () => import('../../../lib/regex/regex.ts') };

/**
 * Matches a POSIX extended regular expression.
 * @returns the match and its groups, null where there is none, undefined where the expression is wrong
 */
export function matchRegex(
  { compileRegex, RegexBudgetError, RegexError }: Regex,
  source: string,
  text: string,
  icase: boolean,
): string[] | null | undefined {
  const regex = compileRegex(source, { dialect: 'ere', icase });
  if (regex instanceof RegexError) return undefined;
  try {
    const m = regex.exec(text);
    if (m === null) return null;
    const groups: string[] = [];
    for (let i = 0; i < m.length; i += 2) groups.push(m[i]! < 0 ? '' : text.slice(m[i], m[i + 1]));
    return groups;
  } catch (thrown) {
    if (thrown instanceof RegexBudgetError) return null;
    throw thrown;
  }
}
