import type { Wait } from '../../../libc/io.ts';
import type { For } from '../parse/ast.ts';
import { LoopUnwind, succeeds } from '../state/unwind.ts';
import type { Control } from './control.ts';
import { LineReader } from './line-reader.ts';

/** `select name in words; do …; done`. */
export function* select(ip: Control, node: For): Wait<number> {
  const { shell } = ip;
  const words: string[] = [];
  if (node.words === undefined) words.push(...shell.params);
  else yield* ip.expander.fieldsWait(node.words, words);
  if (shell.options.xtrace)
    yield* ip.trace(`select ${node.name} in ${(node.words ?? []).map((w) => w.source).join(' ')}`);
  if (words.length === 0) return (shell.status = 0);
  const { lenient } = shell;
  let status = 0;
  let show = true;
  const { baseLine } = shell;
  shell.line = shell.baseLine = node.line;
  shell.loopDepth++;
  try {
    for (;;) {
      if (ip.wantsDebug) yield* ip.debug(node);
      if (show) shell.queue.put(2, menu(words));
      show = false;
      shell.queue.put(2, ip.expander.promptText(shell.vars.get('PS3') ?? '#? '));
      yield* shell.queue.flush();
      const line = yield* new LineReader(shell, 0).read({ delimiter: 10 });
      if (typeof line === 'number' || (line.text === '' && line.ended)) {
        shell.queue.put(1, '\n');
        yield* shell.queue.flush();
        return (shell.status = 1);
      }
      if (line.text.trim() === '') {
        show = true;
        continue;
      }
      shell.assign('REPLY', line.text);
      const n = /^\s*\d+\s*$/.test(line.text) ? Number(line.text) : 0;
      if (!succeeds(() => shell.assign(node.name, words[n - 1] ?? ''))) return (shell.status = 1);
      try {
        status = yield* ip.runList(node.body);
        if (shell.returning) return status;
      } catch (thrown) {
        if (!(thrown instanceof LoopUnwind)) throw thrown;
        shell.lenient = lenient;
        if (thrown.levels > 1) {
          thrown.levels--;
          throw thrown;
        }
        status = 0;
        if (thrown.kind === 'break') break;
      }
    }
  } finally {
    shell.loopDepth--;
    shell.baseLine = baseLine;
  }
  return (shell.status = status);
}

/** The numbered list; in columns where it is long. */
function menu(words: readonly string[]): string {
  const width = String(words.length).length;
  const longest = Math.max(...words.map((w) => w.length));
  const cell = longest + width + 2;
  const columns = Math.max(1, Math.floor(80 / (cell + 2)));
  const rows = Math.max(1, Math.ceil(words.length / columns));
  if (rows <= 1 || words.length < columns || columns === 1) {
    return words.map((word, i) => `${String(i + 1).padStart(width)}) ${word}\n`).join('');
  }
  let out = '';
  for (let r = 0; r < rows; r++) {
    for (let i = r; i < words.length; i += rows) {
      const text = `${String(i + 1).padStart(width)}) ${words[i]}`;
      out += i + rows < words.length ? text.padEnd(cell + 2) : text;
    }
    out += '\n';
  }
  return out;
}
