import type { Wait } from '../../../libc/io.ts';
import { type Buffer, cellsOf } from './buffer.ts';
import type { Display } from './display.ts';
import type { History } from './history.ts';
import type { Key, KeyReader } from './keys.ts';

/** What the search asks of the editor. */
export interface SearchHost {
  readonly buffer: Buffer;
  readonly display: Display;
  readonly keys: KeyReader;
  readonly host: { readonly history: History; signal(): Wait<boolean> };
  flush(): Wait<void>;
  bell(): void;
}

/**
 * Incremental search in the history, until a key that is none of its own.
 * @param last what was searched for before: an empty search takes it
 * @returns the key that ended it, undefined where it was given up; and the entry where it ended
 */
export function* incrementalSearch(
  editor: SearchHost,
  backward: boolean,
  start: number,
  last: string,
  remember: (text: string) => void,
): Wait<{ key: Key | undefined; at: number }> {
  const { buffer, display } = editor;
  const { history } = editor.host;
  const prompt = display.currentPrompt;
  const original = { text: buffer.text, cursor: buffer.cursor };
  let text = '';
  let at = start;
  let failed = false;
  let direction = backward;
  const show = (): void => {
    const label = direction ? 'reverse-i-search' : 'i-search';
    display.prompt(`(${failed ? 'failed ' : ''}${label})\`${text}': `, buffer.cells, buffer.cursor);
  };
  const find = (next: boolean): void => {
    if (text === '') return;
    const test = (entry: string): boolean => entry.includes(text);
    const found = direction
      ? history.search(next ? at : Math.min(at + 1, history.length), test)
      : history.searchForward(next ? at : at - 1, test);
    failed = found < 0;
    if (failed) {
      editor.bell();
      return;
    }
    at = found;
    const entry = history.at(found)!;
    buffer.set(entry);
    buffer.cursor = cellsOf(entry.slice(0, direction ? entry.lastIndexOf(text) : entry.indexOf(text))).length;
  };
  show();
  for (;;) {
    yield* editor.flush();
    const key = yield* editor.keys.next();
    if (key.name === 'signal') {
      if (yield* editor.host.signal()) return { key: { name: 'eof', text: '' }, at };
      continue;
    }
    if (key.name === 'text' || key.name === 'paste') {
      text += key.text;
      find(false);
    } else if (key.name === 'C-r' || key.name === 'C-s') {
      direction = key.name === 'C-r';
      if (text === '') text = last;
      find(true);
    } else if (key.name === 'backspace' || key.name === 'C-h') {
      text = cellsOf(text).slice(0, -1).join('');
      at = start;
      failed = false;
      find(false);
    } else if (key.name === 'C-g' || key.name === 'C-c') {
      buffer.set(original.text, original.cursor);
      display.prompt(prompt, buffer.cells, buffer.cursor);
      return { key: key.name === 'C-c' ? key : undefined, at: start };
    } else {
      if (text !== '') remember(text);
      display.prompt(prompt, buffer.cells, buffer.cursor);
      return { key, at };
    }
    show();
  }
}
