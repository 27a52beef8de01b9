import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { parseScript } from '../sed/parse.ts';
import { ScriptError } from '../sed/script.ts';
import { replaced } from '../sed/substitute.ts';
import type { Editor } from './editor.ts';

/** Runs a line of ex commands: w q x wq e r s d y set, a number, with a range. */
export function* runEx(ed: Editor, text: string): Wait<void> {
  const parsed = range(ed, text.trim());
  if (!parsed) {
    ed.message = ed.vim ? 'E16: Invalid range' : 'Bad address';
    return;
  }
  const { from, to, given, rest } = parsed;
  const m = /^([a-zA-Z]*)(!?)\s*(.*)$/.exec(rest);
  const [, name = '', bang = '', argument = ''] = m ?? [];
  if (rest === '') {
    if (given) ed.at = { row: to, col: 0 };
    return;
  }
  const lines = given ? ([from, to] as const) : undefined;
  const leave = (): void => {
    ed.done = true;
  };
  if (/^s(?:\W|$)/.test(rest)) {
    substitute(ed, rest, from, to);
    return;
  }
  switch (name) {
    case 'w':
    case 'write':
      if (ed.readonly && bang === '' && argument === '' && ed.vim)
        ed.message = "E45: 'readonly' option is set (add ! to override)";
      else yield* ed.save(argument === '' ? undefined : argument, ...(lines ?? []));
      return;
    case 'wq':
    case 'wqa':
    case 'wqall':
      if (yield* ed.save(argument === '' ? undefined : argument, ...(lines ?? []))) leave();
      return;
    case 'x':
    case 'xit':
    case 'xa':
      if (!ed.buffer.changed || (yield* ed.save(undefined))) leave();
      return;
    case 'q':
    case 'quit':
    case 'qa':
    case 'qall':
      if (ed.buffer.changed && bang === '')
        ed.message = ed.vim
          ? 'E37: No write since last change (add ! to override)'
          : 'No write since last change (:q! overrides)';
      else leave();
      return;
    case 'e':
    case 'edit':
      if (ed.buffer.changed && bang === '')
        ed.message = ed.vim
          ? 'E37: No write since last change (add ! to override)'
          : 'No write since last change (:e! overrides)';
      else if (argument !== '' || ed.file !== undefined) yield* ed.open(argument === '' ? ed.file! : argument);
      return;
    case 'r':
    case 'read': {
      const bytes = yield* readFile(ed.ctx.sys, argument);
      if (typeof bytes === 'number') {
        ed.message = ed.vim ? `E484: Can't open file ${argument}` : `'${argument}' ${ed.ctx.strerror(bytes)}`;
        return;
      }
      ed.buffer.checkpoint(ed.at);
      ed.buffer.lines.splice(to + 1, 0, ...decode(bytes).replace(/\n$/, '').split('\n'));
      ed.at = { row: to + 1, col: 0 };
      return;
    }
    case 'd':
    case 'delete':
      ed.buffer.checkpoint(ed.at);
      ed.register = { text: `${ed.buffer.lines.slice(from, to + 1).join('\n')}\n`, linewise: true };
      ed.buffer.removeLines(from, to);
      ed.at = { row: from, col: 0 };
      return;
    case 'y':
    case 'yank':
      ed.register = { text: `${ed.buffer.lines.slice(from, to + 1).join('\n')}\n`, linewise: true };
      return;
    case 'f':
    case 'file':
      if (argument !== '') ed.file = argument;
      ed.message = `"${ed.file ?? '[No Name]'}" ${ed.buffer.lines.length}L`;
      return;
    case 'set':
    case 'se':
      for (const word of argument.split(/\s+/)) option(ed, word);
      return;
    case 'noh':
    case 'nohlsearch':
    case 'syntax':
    case 'colorscheme':
      return;
    default:
      ed.message = ed.vim ? `E492: Not an editor command: ${text}` : `':${text}' is not implemented`;
  }
}

function option(ed: Editor, word: string): void {
  if (word === 'nu' || word === 'number') ed.view.numbers = true;
  else if (word === 'nonu' || word === 'nonumber') ed.view.numbers = false;
  else if (word === 'ic' || word === 'ignorecase') ed.ignoreCase = true;
  else if (word === 'noic' || word === 'noignorecase') ed.ignoreCase = false;
}

interface Range {
  from: number;
  to: number;
  given: boolean;
  rest: string;
}

/** Addresses in front of a command: `%`, `.`, `$`, numbers with +N and -N, marks. */
function range(ed: Editor, text: string): Range | undefined {
  const last = ed.buffer.lines.length - 1;
  const here = ed.at.row;
  if (text.startsWith('%')) return { from: 0, to: last, given: true, rest: text.slice(1).trim() };
  let rest = text;
  const address = (): number | undefined => {
    const m = /^(\d+|\.|\$|'[a-z])?((?:[-+]\d*)*)/.exec(rest)!;
    if (m[0] === '') return undefined;
    rest = rest.slice(m[0].length);
    let row =
      m[1] === undefined || m[1] === '.'
        ? here
        : m[1] === '$'
          ? last
          : m[1].startsWith("'")
            ? (ed.marks.get(m[1][1]!)?.row ?? here)
            : Number(m[1]) - 1;
    for (const step of m[2]!.match(/[-+]\d*/g) ?? []) row += (step[0] === '-' ? -1 : 1) * Number(step.slice(1) || 1);
    return row;
  };
  const first = address();
  if (first === undefined) return { from: here, to: here, given: false, rest };
  let second = first;
  if (rest.startsWith(',')) {
    rest = rest.slice(1);
    second = address() ?? here;
  }
  const clamp = (n: number): number => Math.max(0, Math.min(last, n));
  if (first > second) return undefined;
  return { from: clamp(first), to: clamp(second), given: true, rest: rest.trim() };
}

function substitute(ed: Editor, text: string, from: number, to: number): void {
  const commands = parseScript([{ text: /^s(\W).*\1.*\1/.test(text) ? text : `${text}${text[1] ?? ''}`, from: 1 }], {
    extended: false,
    sandbox: false,
    busybox: !ed.vim,
  });
  if (commands instanceof ScriptError || !commands[0]?.sub) {
    ed.message = ed.vim ? 'E486: Invalid substitution' : 'Bad search pattern';
    return;
  }
  const { sub } = commands[0];
  const regex = sub.regex ?? (ed.pattern === '' ? undefined : ed.regexOf(ed.pattern));
  if (!regex) return;
  let lines = 0;
  const next = [...ed.buffer.lines];
  let last = ed.at.row;
  for (let row = from; row <= to; row++) {
    const result = replaced(next[row]!, regex, sub);
    if (result === undefined) continue;
    next[row] = result;
    last = row;
    lines++;
  }
  if (lines === 0) {
    ed.message = ed.vim ? `E486: Pattern not found: ${text.split(text[1]!)[1]}` : 'No match';
    return;
  }
  ed.buffer.checkpoint(ed.at);
  ed.buffer.lines = next.flatMap((line) => line.split('\n'));
  ed.at = { row: last, col: 0 };
  if (lines > 2 && ed.vim) ed.message = `${lines} substitutions on ${lines} lines`;
}
