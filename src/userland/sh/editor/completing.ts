import type { Wait } from '../../../libc/io.ts';
import type { Buffer } from './buffer.ts';
import { inColumns } from './columns.ts';
import type { Display } from './display.ts';
import type { KeyReader } from './keys.ts';

/** What completion found for the word before the cursor. */
export interface Completion {
  /** Cells from the beginning of the line that stay as they are. */
  from: number;
  /** What may replace the rest up to the cursor, ready to be inserted. */
  candidates: string[];
  /** How each is listed. */
  labels: string[];
  /** Put behind a candidate that is the only one. */
  suffix: (candidate: string) => string;
}

/** What the listing asks of the editor. */
export interface ListHost {
  readonly buffer: Buffer;
  readonly display: Display;
  readonly keys: KeyReader;
  write(text: string): void;
  flush(): Wait<void>;
}

/** The longest text that all words begin with. */
export function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? '';
  for (const word of words) {
    let i = 0;
    while (i < prefix.length && prefix[i] === word[i]) i++;
    prefix = prefix.slice(0, i);
  }
  return prefix;
}

/** Puts in what is sure. @returns whether the line changed; 'ambiguous' where there are several ways on */
export function completionStep(buffer: Buffer, found: Completion): 'changed' | 'complete' | 'ambiguous' {
  const { candidates, from } = found;
  const only = candidates.length === 1;
  const text = only ? candidates[0]! + found.suffix(candidates[0]!) : commonPrefix(candidates);
  const typed = buffer.cells.slice(from, buffer.cursor).join('');
  // what was typed in another case is replaced even if it grows no longer
  if (text === typed || (!only && text.length < typed.length)) return only ? 'complete' : 'ambiguous';
  buffer.save();
  buffer.remove(from, buffer.cursor);
  buffer.cursor = from;
  buffer.insert(text);
  return 'changed';
}

/** Lists candidates below the line and draws the line again. `many`: above so many it asks first (0: never). */
export function* listCandidates(editor: ListHost, labels: readonly string[], many: number): Wait<void> {
  const { buffer, display } = editor;
  display.toEnd();
  editor.write('\n');
  if (many <= 0 || labels.length <= many || (yield* confirmed(editor, labels.length)))
    editor.write(inColumns(labels, display.columns));
  display.again(buffer.cells, buffer.cursor);
}

function* confirmed(editor: ListHost, count: number): Wait<boolean> {
  editor.write(`Display all ${count} possibilities? (y or n)`);
  yield* editor.flush();
  for (;;) {
    const key = yield* editor.keys.next();
    const yes = /^[yY ]$/.test(key.text);
    if (!yes && !/^[nN]$/.test(key.text) && !['backspace', 'eof', 'C-c', 'C-g'].includes(key.name)) continue;
    editor.write('\n');
    return yes;
  }
}
