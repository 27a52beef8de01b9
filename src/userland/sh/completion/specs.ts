import type { Wait } from '../../../libc/io.ts';
import type { Interpreter } from '../exec/interpreter.ts';
import { IndexedArray } from '../state/variable.ts';
import { completionsOf, generate } from './compgen.ts';

/** Candidates by what `complete` was told of the command; undefined where it was told nothing. */
export function* specCandidates(
  ip: Interpreter,
  line: { words: readonly string[]; word: string; typed: string },
): Wait<{ words: string[]; files: boolean; nospace: boolean } | undefined> {
  const command = line.words[0]!;
  const spec = completionsOf(ip.shell).get(command) ?? completionsOf(ip.shell).get(command.replace(/^.*\//, ''));
  if (!spec) return undefined;
  const words = yield* generate(ip, spec, line.word, () => {
    const { shell } = ip;
    shell.vars.setArray('COMP_WORDS', IndexedArray.of([...line.words, line.word]));
    shell.vars.set('COMP_CWORD', String(line.words.length));
    const text = [...line.words, line.word].join(' ');
    shell.vars.set('COMP_LINE', text);
    shell.vars.set('COMP_POINT', String(text.length));
    return [command, line.word, line.words.at(-1)!];
  });
  if (words.length === 0 && (spec.options.has('default') || spec.options.has('bashdefault'))) return undefined;
  return {
    words,
    files: spec.options.has('filenames') || spec.actions.has('file') || spec.actions.has('directory'),
    nospace: spec.options.has('nospace'),
  };
}
