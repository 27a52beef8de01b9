import type { Wait } from '../../libc/io.ts';
import type { Place } from './buffer.ts';
import type { Editor } from './editor.ts';
import { findChar, type Motion, matching, nextWord, paragraph, previousWord, wordEnd } from './motions.ts';

const firstNonBlank = (line: string): number => Math.max(0, line.search(/\S|$/));

/** Runs one command of the command mode, whose first key is `first`. */
export function* runCommand(ed: Editor, first: string): Wait<void> {
  let key = first;
  let count: number | undefined;
  while (/^[1-9]$/.test(key) || (key === '0' && count !== undefined)) {
    count = (count ?? 0) * 10 + Number(key);
    key = yield* ed.key();
  }
  if (key === '"') {
    yield* ed.key();
    key = yield* ed.key();
  }
  if ('dcy<>'.includes(key) && key.length === 1) {
    yield* operator(ed, key, count);
    return;
  }
  const motion = yield* motionOf(ed, key, count, false);
  if (motion) {
    if (motion !== 'none') ed.at = { row: motion.row, col: motion.col };
    return;
  }
  yield* change(ed, key, count ?? 1);
}

/** @returns where the motion goes, 'none' where it is one that cannot be made, undefined where the key is no motion */
function* motionOf(
  ed: Editor,
  key: string,
  count: number | undefined,
  operating: boolean,
): Wait<Motion | 'none' | undefined> {
  const { buffer: b, at } = ed;
  const n = count ?? 1;
  const rows = ed.terminal.size().rows - 1;
  const repeat = (f: (p: Place) => Place): Place => {
    let p: Place = at;
    for (let i = 0; i < n; i++) p = f(p);
    return p;
  };
  const vertical = (row: number): Motion | 'none' =>
    row < 0 || row >= b.lines.length
      ? operating
        ? 'none'
        : { row: Math.max(0, Math.min(b.lines.length - 1, row)), col: at.col, linewise: true }
      : { row, col: at.col, linewise: true };
  switch (key) {
    case 'h':
    case 'Left':
    case 'Backspace':
      return { row: at.row, col: Math.max(0, at.col - n) };
    case 'l':
    case 'Right':
    case ' ':
      return { row: at.row, col: Math.min(b.line(at.row).length - (operating ? 0 : 1), at.col + n) };
    case 'j':
    case 'Down':
    case 'C-n':
      return vertical(at.row + n);
    case 'k':
    case 'Up':
    case 'C-p':
      return vertical(at.row - n);
    case 'Enter':
    case '+': {
      const row = Math.min(b.lines.length - 1, at.row + n);
      return { row, col: firstNonBlank(b.line(row)), linewise: true };
    }
    case '-': {
      const row = Math.max(0, at.row - n);
      return { row, col: firstNonBlank(b.line(row)), linewise: true };
    }
    case '0':
    case 'Home':
      return { row: at.row, col: 0 };
    case '^':
      return { row: at.row, col: firstNonBlank(b.line(at.row)) };
    case '$':
    case 'End':
      return {
        row: Math.min(b.lines.length - 1, at.row + n - 1),
        col: b.line(at.row + n - 1).length - (operating ? 0 : 1),
      };
    case '|':
      return { row: at.row, col: n - 1 };
    case 'w':
    case 'W': {
      // cw on a word ends where the word ends
      const to = repeat((p) => nextWord(b, p, key === 'W'));
      return operating && to.row > at.row && n === 1 ? { row: at.row, col: b.line(at.row).length } : to;
    }
    case 'b':
    case 'B':
      return repeat((p) => previousWord(b, p, key === 'B'));
    case 'e':
    case 'E':
      return { ...repeat((p) => wordEnd(b, p, key === 'E')), inclusive: true };
    case '}':
      return repeat((p) => paragraph(b, p, 1));
    case '{':
      return repeat((p) => paragraph(b, p, -1));
    case 'G': {
      const row = count === undefined ? b.lines.length - 1 : Math.min(b.lines.length, count) - 1;
      return { row, col: firstNonBlank(b.line(row)), linewise: true };
    }
    case 'g': {
      if ((yield* ed.key()) !== 'g') return 'none';
      const row = Math.min(b.lines.length, n) - 1;
      return { row, col: firstNonBlank(b.line(row)), linewise: true };
    }
    case 'H':
      return { row: ed.view.top, col: 0, linewise: true };
    case 'M':
      return { row: Math.min(b.lines.length - 1, ed.view.top + Math.floor(rows / 2)), col: 0, linewise: true };
    case 'L':
      return { row: Math.min(b.lines.length - 1, ed.view.top + rows - 1), col: 0, linewise: true };
    case 'C-f':
    case 'PageDown':
      ed.view.top = Math.min(Math.max(0, b.lines.length - 1), ed.view.top + rows - 2);
      return { row: Math.min(b.lines.length - 1, Math.max(at.row, ed.view.top)), col: 0, linewise: true };
    case 'C-b':
    case 'PageUp':
      ed.view.top = Math.max(0, ed.view.top - rows + 2);
      return { row: Math.min(at.row, ed.view.top + rows - 1), col: 0, linewise: true };
    case 'C-d':
      return { row: Math.min(b.lines.length - 1, at.row + Math.floor(rows / 2)), col: at.col, linewise: true };
    case 'C-u':
      return { row: Math.max(0, at.row - Math.floor(rows / 2)), col: at.col, linewise: true };
    case '%': {
      const to = matching(b, at);
      return to ? { ...to, inclusive: true } : 'none';
    }
    case 'f':
    case 'F':
    case 't':
    case 'T': {
      const c = yield* ed.key();
      ed.find = { key, c };
      return charMotion(ed, n, key, c);
    }
    case ';':
      return ed.find ? charMotion(ed, n, ed.find.key, ed.find.c) : 'none';
    case ',':
      return ed.find
        ? charMotion(ed, n, ({ f: 'F', F: 'f', t: 'T', T: 't' } as const)[ed.find.key], ed.find.c)
        : 'none';
    case '/':
    case '?': {
      const text = yield* ed.ask(key);
      if (text === undefined) return 'none';
      if (text !== '') ed.pattern = text;
      ed.forward = key === '/';
      return ed.search(ed.forward) ?? 'none';
    }
    case 'n':
      return ed.search(ed.forward) ?? 'none';
    case 'N':
      return ed.search(!ed.forward) ?? 'none';
    case '*': {
      const word = /^\w+/.exec(b.line(at.row).slice(at.col))?.[0];
      if (word === undefined) return 'none';
      ed.pattern = `\\<${word}\\>`;
      ed.forward = true;
      return ed.search(true) ?? 'none';
    }
    case "'":
    case '`': {
      const mark = ed.marks.get(yield* ed.key());
      return mark ? { ...mark, linewise: key === "'" } : 'none';
    }
    default:
      return undefined;
  }
}

function charMotion(ed: Editor, n: number, key: 'f' | 'F' | 't' | 'T', c: string): Motion | 'none' {
  let col: number | undefined = ed.at.col;
  for (let i = 0; i < n && col !== undefined; i++) col = findChar(ed.buffer.line(ed.at.row), col, key, c);
  return col === undefined ? 'none' : { row: ed.at.row, col, inclusive: key === 'f' || key === 't' };
}

/** d, c, y, < and > with their motion, or twice for lines. */
function* operator(ed: Editor, op: string, count: number | undefined): Wait<void> {
  let key = yield* ed.key();
  let n = count;
  while (/^[1-9]$/.test(key) || (key === '0' && n !== count)) {
    n = (n === count ? 0 : (n ?? 0)) * 10 + Number(key);
    key = yield* ed.key();
  }
  const { at } = ed;
  if (key === op) {
    yield* onLines(ed, op, at.row, Math.min(ed.buffer.lines.length - 1, at.row + (n ?? 1) - 1));
    return;
  }
  const word = op === 'c' && (key === 'w' || key === 'W') && /\S/.test(ed.buffer.line(at.row)[at.col] ?? '');
  const motion = yield* motionOf(ed, word ? (key === 'w' ? 'e' : 'E') : key, n, true);
  if (!motion || motion === 'none') return;
  if (
    word &&
    /^\S$/.test(ed.buffer.line(at.row).slice(at.col, at.col + 1)) &&
    kindChanges(ed.buffer.line(at.row), at.col, key === 'W') &&
    (n ?? 1) === 1
  ) {
    motion.row = at.row;
    motion.col = at.col;
  }
  if (motion.linewise || op === '<' || op === '>') {
    yield* onLines(ed, op, Math.min(at.row, motion.row), Math.max(at.row, motion.row));
    return;
  }
  const before = motion.row < at.row || (motion.row === at.row && motion.col < at.col);
  const [from, to] = before ? [motion, at] : [at, motion];
  const end = { row: to.row, col: to.col + (motion.inclusive ? 1 : 0) };
  ed.register = { text: ed.buffer.textBetween(from, end), linewise: false };
  if (op === 'y') {
    ed.at = { row: from.row, col: from.col };
    return;
  }
  ed.buffer.checkpoint(at);
  ed.buffer.remove(from, end);
  ed.at = { row: from.row, col: from.col };
  if (op === 'c') yield* ed.insert();
  ed.repeat = [...ed.recording];
}

/** Whether the word that begins at `col` has only that one character. */
const kindChanges = (line: string, col: number, big: boolean): boolean => {
  const rest = line.slice(col);
  return (big ? /^\S(?=\s|$)/ : /^(?:\w(?!\w)|[^\w\s](?![^\w\s]))/).test(rest);
};

function* onLines(ed: Editor, op: string, from: number, to: number): Wait<void> {
  const { buffer } = ed;
  const text = `${buffer.lines.slice(from, to + 1).join('\n')}\n`;
  if (op === 'y') {
    ed.register = { text, linewise: true };
    if (to - from >= 2) ed.message = ed.vim ? `${to - from + 1} lines yanked` : `Yank ${to - from + 1} lines`;
    ed.at = { row: Math.min(from, ed.at.row), col: ed.at.col };
    return;
  }
  buffer.checkpoint(ed.at);
  if (op === '<' || op === '>') {
    for (let row = from; row <= to; row++)
      if (buffer.line(row) !== '')
        buffer.lines[row] = op === '>' ? `\t${buffer.line(row)}` : buffer.line(row).replace(/^(?:\t| {1,8})/, '');
    ed.at = { row: from, col: firstNonBlank(buffer.line(from)) };
  } else {
    ed.register = { text, linewise: true };
    if (op === 'c') {
      const indent = '';
      buffer.lines.splice(from, to - from + 1, indent);
      ed.at = { row: from, col: 0 };
      yield* ed.insert();
    } else {
      buffer.removeLines(from, to);
      const row = Math.min(from, buffer.lines.length - 1);
      ed.at = { row, col: firstNonBlank(buffer.line(row)) };
      if (to - from >= 2 && ed.vim) ed.message = `${to - from + 1} fewer lines`;
    }
  }
  ed.repeat = [...ed.recording];
}

/** Commands that change the text, enter insert mode or leave. */
function* change(ed: Editor, key: string, n: number): Wait<void> {
  const { buffer: b, at } = ed;
  const line = b.line(at.row);
  const keep = (): void => {
    ed.repeat = [...ed.recording];
  };
  const cut = (from: Place, to: Place): void => {
    ed.register = { text: b.textBetween(from, to), linewise: false };
    b.remove(from, to);
  };
  const start = function* (place: Place): Wait<void> {
    ed.at = place;
    yield* ed.insert();
    keep();
  };
  const end = { row: at.row, col: line.length };
  switch (key) {
    case 'i':
    case 'Insert':
      b.checkpoint(at);
      return yield* start(at);
    case 'a':
      b.checkpoint(at);
      return yield* start({ row: at.row, col: Math.min(line.length, at.col + 1) });
    case 'I':
      b.checkpoint(at);
      return yield* start({ row: at.row, col: firstNonBlank(line) });
    case 'A':
      b.checkpoint(at);
      return yield* start(end);
    case 'o':
    case 'O': {
      b.checkpoint(at);
      const row = key === 'o' ? at.row + 1 : at.row;
      b.lines.splice(row, 0, '');
      return yield* start({ row, col: 0 });
    }
    case 'R':
      b.checkpoint(at);
      yield* ed.insert(true);
      return keep();
    case 'x':
    case 'Delete':
      if (line === '') return;
      b.checkpoint(at);
      cut(at, { row: at.row, col: Math.min(line.length, at.col + n) });
      return keep();
    case 'X':
      if (at.col === 0) return;
      b.checkpoint(at);
      cut({ row: at.row, col: Math.max(0, at.col - n) }, at);
      ed.at = { row: at.row, col: Math.max(0, at.col - n) };
      return keep();
    case 'D':
      b.checkpoint(at);
      cut(at, end);
      return keep();
    case 'C':
      b.checkpoint(at);
      cut(at, end);
      return yield* start(at);
    case 's':
      b.checkpoint(at);
      cut(at, { row: at.row, col: Math.min(line.length, at.col + n) });
      return yield* start(at);
    case 'S':
      return yield* onLines(ed, 'c', at.row, Math.min(b.lines.length - 1, at.row + n - 1));
    case 'Y':
      return yield* onLines(ed, 'y', at.row, Math.min(b.lines.length - 1, at.row + n - 1));
    case 'r': {
      const c = yield* ed.key();
      if (c === 'Esc' || at.col + n > line.length) return;
      b.checkpoint(at);
      if (c === 'Enter') {
        b.remove(at, { row: at.row, col: at.col + 1 });
        ed.at = b.insert(at, '\n');
      } else b.lines[at.row] = line.slice(0, at.col) + c.repeat(n) + line.slice(at.col + n);
      return keep();
    }
    case '~': {
      b.checkpoint(at);
      const part = line.slice(at.col, at.col + n);
      const swapped = [...part].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');
      b.lines[at.row] = line.slice(0, at.col) + swapped + line.slice(at.col + n);
      ed.at = { row: at.row, col: at.col + n };
      return keep();
    }
    case 'J': {
      if (at.row >= b.lines.length - 1) return;
      b.checkpoint(at);
      for (let i = 0; i < Math.max(1, n - 1) && at.row < b.lines.length - 1; i++) {
        const here = b.line(at.row);
        const next = b.line(at.row + 1).trimStart();
        b.lines.splice(
          at.row,
          2,
          here + (here === '' || next === '' || /\s$/.test(here) || next.startsWith(')') ? '' : ' ') + next,
        );
        ed.at = { row: at.row, col: here.length };
      }
      return keep();
    }
    case 'p':
    case 'P': {
      const { text, linewise } = ed.register;
      if (text === '') return;
      b.checkpoint(at);
      if (linewise) {
        const row = key === 'p' ? at.row + 1 : at.row;
        const lines = text.slice(0, -1).split('\n');
        for (let i = 0; i < n; i++) b.lines.splice(row, 0, ...lines);
        ed.at = { row, col: firstNonBlank(b.line(row)) };
      } else {
        const place = { row: at.row, col: key === 'p' ? Math.min(line.length, at.col + 1) : at.col };
        const after = b.insert(place, text.repeat(n));
        ed.at = text.includes('\n') ? place : { row: after.row, col: after.col - 1 };
      }
      return keep();
    }
    case 'u':
    case 'U': {
      const place = b.undo(at);
      if (place) ed.at = { ...place };
      else ed.message = ed.vim ? 'Already at oldest change' : 'Nothing to undo';
      return;
    }
    case 'C-r': {
      const place = b.redo(at);
      if (place) ed.at = { ...place };
      else ed.message = 'Already at newest change';
      return;
    }
    case '.':
      ed.again();
      return;
    case 'm':
      ed.marks.set(yield* ed.key(), { ...at });
      return;
    case 'Z': {
      const next = yield* ed.key();
      if (next === 'Z' && (!b.changed || (yield* ed.save(undefined)))) ed.done = true;
      else if (next === 'Q') ed.done = true;
      return;
    }
    case 'C-g':
      ed.message = `"${ed.file ?? '[No Name]'}"${b.changed ? ' [Modified]' : ''} line ${at.row + 1} of ${b.lines.length} --${Math.floor(((at.row + 1) * 100) / b.lines.length)}%--`;
      return;
    case 'C-c':
      if (ed.vim) ed.message = 'Type  :qa  and press <Enter> to exit Vim';
      return;
    default:
      return;
  }
}
