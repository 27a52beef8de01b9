import { ansiQuote, hasControl, posixQuote, singleQuote } from '../expand/transform.ts';
import type { Personality } from '../parse/personality.ts';

/** What makes bash quote a word that it shows. */
const META = /[ \t\n'"\\|&;()<>!{}*[\]?^$`]|(?:^|[=:])~|^#/;

/** A word as `set -x` shows it: quoted where the shell would not read it back as it is. */
export function quoteIfNeeded(word: string, personality: Personality): string {
  if (word === '' && personality === 'bash') return "''";
  return quoteAssigned(word, personality);
}

/** The same of a value that is assigned: nothing stands for an empty one. */
export function quoteAssigned(word: string, personality: Personality): string {
  if (personality === 'dash') return word;
  if (personality === 'ash') return /[^+,\-./0-9:@A-Z\]^_a-z]/.test(word) ? posixQuote(word) : word;
  if (META.test(word)) return singleQuote(word);
  return hasControl(word) ? ansiQuote(word) : word;
}
