import { ansiQuote, hasControl, singleQuote } from '../expand/transform.ts';
import type { Personality } from '../parse/personality.ts';

/** A word as `set -x` shows it: quoted where the shell would not read it back as it is. */
export function quoteIfNeeded(word: string, personality: Personality): string {
  if (personality === 'dash') return word;
  const bash = personality === 'bash';
  if (word === '') return bash ? "''" : '';
  if (!bash) return /^[\w@%+=:,./-]+$/.test(word) ? word : singleQuote(word);
  if (hasControl(word)) return ansiQuote(word);
  return /[\s'"\\|&;()<>!{}*[\]?^$`]|^[~#]/.test(word) ? singleQuote(word) : word;
}
