import type { Simple } from '../parse/ast.ts';

/** Whether the arguments of a declaration command are plain assignments, each a word. */
export function declaresPlainly({ declarations, words }: Simple): boolean {
  for (const [i, { elements }] of declarations!) if (elements || words[i]!.brace) return false;
  return true;
}
