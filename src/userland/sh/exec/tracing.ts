import type { Wait } from '../../../libc/io.ts';
import type { ArrayElement, Assignment, Word } from '../parse/ast.ts';
import { Calls } from './calls.ts';
import type { ElementValue } from './machine.ts';
import { quoteAssigned, quoteIfNeeded } from './trace-quote.ts';

/** Commands that show what they assign after themselves. */
const SHOWS_ASSIGNED: ReadonlySet<string> = new Set(['export', 'readonly']);
const ASSIGNMENT = /^([A-Za-z_]\w*\+?=)([\s\S]*)$/;

const fixedWord = (text: string): Word => ({
  parts: [{ k: 'squote', text, pure: true }],
  source: text,
  fixed: text,
  pure: true,
  brace: false,
  pattern: undefined,
});

/** `set -x`. */
export abstract class Tracing extends Calls {
  /** Expands a prompt that may run commands (PS4). */
  promptWait: (text: string) => Wait<string> = function* (text) {
    return text;
  };

  /** A command that is shown when the assignments before it have been expanded, and the descriptor that it goes to. */
  protected traced: { argv: readonly string[]; fd: number | undefined } | undefined;

  /** Shows a simple command. */
  *traceCommand(argv: readonly string[], before: readonly string[] = []): Wait<void> {
    const { personality, bash } = this.shell;
    yield* this.trace([...before, ...argv.map((word) => quoteIfNeeded(word, personality))].join(' '));
    const name = bash && argv.findIndex((word) => word !== 'command' && word !== 'builtin');
    if (name === false || !SHOWS_ASSIGNED.has(argv[name]!)) return;
    for (const word of argv.slice(name + 1)) {
      const m = ASSIGNMENT.exec(word);
      if (m) yield* this.trace(`${m[1]}${quoteAssigned(m[2]!, personality)}`);
    }
  }

  /** Performs assignments and shows them: bash each on a line, the others all before `argv`. */
  *assignTraced(assigns: readonly Assignment[], argv: readonly string[] = []): Wait<void> {
    const { bash } = this.shell;
    const shown: string[] = [];
    for (const a of assigns) {
      const tracing = this;
      yield* this.assignWait(a, function* (value) {
        const text = tracing.shownAssignment(a, value);
        if (bash) yield* tracing.trace(text);
        else shown.push(text);
      });
    }
    if (!bash || argv.length > 0) yield* this.traceCommand(argv, shown);
  }

  /** An assignment with its expanded value; an array literal as it stands. */
  protected shownAssignment(a: Assignment, value: string | undefined): string {
    if (value === undefined) return a.source;
    const index = a.index ? `[${a.index.source}]` : '';
    return `${a.name}${index}${a.append ? '+' : ''}=${quoteAssigned(value, this.shell.personality)}`;
  }

  /** Expands the array literals of a declaration command and shows them. @returns them as they are then */
  *traceArrays(argv: readonly string[], arrays: ReadonlyMap<number, Assignment>): Wait<Map<number, Assignment>> {
    const associative = argv.some((word) => /^-\w*A/.test(word));
    const result = new Map<number, Assignment>();
    for (const [at, a] of arrays) {
      const isAssoc = associative || this.shell.vars.find(a.name)?.assoc !== undefined;
      const elements = (yield* this.arrayValues(a.elements!, isAssoc)).flatMap(expanded);
      const texts = elements.map(
        (e) => `${e.index ? `['${e.index.fixed}']${e.append ? '+' : ''}=` : ''}'${e.value.fixed}'`,
      );
      yield* this.trace(`${a.name}${a.append ? '+' : ''}=(${texts.join(' ')})`);
      result.set(at, { ...a, elements });
    }
    return result;
  }

  /** What stands for the literals in the line that shows the command. */
  protected shownArgv(argv: readonly string[], arrays: ReadonlyMap<number, Assignment>): string[] {
    return argv.map((word, at) => arrays.get(at)?.name ?? word);
  }

  *trace(text: string): Wait<void> {
    const { shell } = this;
    const { status } = shell;
    const ps4 = shell.vars.get('PS4') ?? '';
    let prompt = ps4;
    if (ps4 !== '+ ') {
      try {
        prompt = (yield* this.promptWait(ps4)).replace(/[\x01\x02]/g, '');
      } catch (thrown) {
        if (!this.isUnwind(thrown)) throw thrown;
      }
    }
    const depth = shell.bash ? shell.traceDepth : 0;
    shell.status = status;
    const first = [...prompt][0] ?? '';
    shell.queue.put(shell.traceFd, `${first.repeat(depth)}${prompt}${text}\n`);
    yield* shell.queue.flush();
  }
}

function expanded(value: ElementValue): ArrayElement[] {
  const index = value.index === undefined ? undefined : fixedWord(value.index);
  return value.values.map((text) => ({ index, append: value.append, value: fixedWord(text), whole: undefined }));
}
