import type { Wait } from '../../../libc/io.ts';
import type { Interpreter } from '../exec/interpreter.ts';
import { searchCommand } from '../exec/lookup.ts';

/** Programs that complete their own command lines by a hidden command, as those built on cobra do. */
const PROGRAMS: ReadonlySet<string> = new Set(['docker', 'docker-compose', 'kubectl', 'helm']);

export const hasCobra = (command: string): boolean => PROGRAMS.has(command);

/** Bits of the directive in the last line. */
const ERROR = 1;
const NO_SPACE = 2;
const NO_FILES = 4;

/**
 * Asks `PROGRAM __complete WORDS… WORD` for candidates: one a line, a tab before its description, then `:DIRECTIVE`.
 * @returns undefined where the program does not answer
 * @see cobra's shell completion protocol
 */
export function* cobraCandidates(
  ip: Interpreter,
  line: { words: readonly string[]; word: string },
): Wait<{ words: string[]; labels?: string[]; nospace: boolean; filenames: boolean } | undefined> {
  const command = line.words[0]!;
  const path = searchCommand(ip.shell, command);
  if (typeof path === 'number') return undefined;
  const answer = yield* ip.capture([command, '__complete', ...line.words.slice(1), line.word]);
  if (answer.status !== 0) return undefined;
  const lines = answer.text.split('\n').filter((l) => l !== '');
  const last = lines.findLastIndex((l) => /^:\d+$/.test(l));
  if (last < 0) return undefined;
  const directive = Number(lines[last]!.slice(1));
  if (directive & ERROR) return undefined;
  const rows = lines.slice(0, last).map((l) => l.split('\t') as [string, string | undefined]);
  const matching = rows.filter(([word]) => word.startsWith(line.word) && !word.startsWith('_activeHelp_'));
  const words = matching.map(([word]) => word);
  const filenames = words.length === 0 && (directive & NO_FILES) === 0;
  const described = matching.length > 1 && matching.some(([, about]) => about !== undefined);
  const width = Math.max(0, ...words.map((w) => w.length));
  return {
    words,
    ...(described
      ? { labels: matching.map(([word, about]) => (about ? `${word.padEnd(width)}  (${about})` : word)) }
      : {}),
    nospace: (directive & NO_SPACE) !== 0,
    filenames,
  };
}
