import type { Wait } from '../../../libc/io.ts';
import { ArithmeticError } from '../expand/arithmetic-parse.ts';
import type { Conditional, Redirected, Simple } from '../parse/ast.ts';
import { commandText } from '../parse/unparse.ts';
import { DiscardUnwind } from '../state/unwind.ts';
import { Calls } from './calls.ts';
import { conditional, conditionalWait } from './conditional.ts';
import type { Result } from './machine.ts';
import { redirect, restore, type Saved } from './redirect.ts';
import { quoteIfNeeded } from './trace-quote.ts';

/** Compound commands that are not control flow, and `set -x`. */
export abstract class Compound extends Calls {
  /** Expands a prompt that may run commands (PS4). */
  promptWait: (text: string) => Wait<string> = function* (text) {
    return text;
  };

  *redirected(node: Redirected): Wait<number> {
    const { shell } = this;
    shell.line = node.body.t === 'subshell' ? node.redirects[0]!.line : shell.baseLine;
    const substitutes = this.substitutes;
    const saved: Saved = [];
    const { tail } = this;
    try {
      this.tail = false;
      const ok = yield* redirect(this.expander, node.redirects, saved);
      if (!ok) {
        yield* shell.queue.flush();
        if (shell.personality === 'ash' && node.body.t !== 'subshell') {
          // ash does not count this for errexit
          shell.pipeStatus = undefined;
          return (shell.status = 1);
        }
        const r = this.finish(shell.bash ? 1 : 2);
        return typeof r === 'number' ? r : yield* r;
      }
      return yield* this.run(node.body);
    } finally {
      this.tail = tail;
      if (!shell.queue.empty) yield* shell.queue.flush();
      restore(shell, saved);
      if (this.substitutes > substitutes) this.closeSubstitutes(substitutes);
    }
  }

  conditionalCommand(node: Conditional): Result {
    this.shell.line = node.line;
    if (this.shell.options.xtrace) return this.#conditionalTraced(node);
    const r = conditional(this.expander, node.expression);
    return r === undefined ? this.#conditionalRest(node) : this.finish(r);
  }

  *#conditionalTraced(node: Conditional): Wait<number> {
    yield* this.trace(commandText(node));
    return yield* this.#conditionalRest(node);
  }

  *#conditionalRest(node: Conditional): Wait<number> {
    const r = this.finish(yield* conditionalWait(this.expander, node.expression));
    return typeof r === 'number' ? r : yield* r;
  }

  arithmeticCommand(word: Simple['words'][number], line: number): Result {
    this.shell.line = line;
    if (!word.pure || this.shell.options.xtrace) return this.#arithmeticWait(word);
    return this.finish(this.#arithmeticStatus(this.expander.quotedText(word)));
  }

  #arithmeticStatus(text: string): number {
    const { shell } = this;
    try {
      return shell.evaluator.evaluate(text) ? 0 : 1;
    } catch (thrown) {
      if (thrown instanceof DiscardUnwind) return 1;
      if (!(thrown instanceof ArithmeticError)) throw thrown;
      shell.evaluator.reset();
      shell.arithmeticError(thrown, text, '((: ');
      return 1;
    }
  }

  *#arithmeticWait(word: Simple['words'][number]): Wait<number> {
    const text = yield* this.expander.quotedTextWait(word);
    if (this.shell.options.xtrace) yield* this.trace(`(( ${text.trim()} ))`);
    const r = this.finish(this.#arithmeticStatus(text));
    if (!this.shell.queue.empty) yield* this.shell.queue.flush();
    return typeof r === 'number' ? r : yield* r;
  }

  // ---- set -x

  *traceCommand(argv: readonly string[]): Wait<void> {
    const { personality } = this.shell;
    yield* this.trace(argv.map((word) => quoteIfNeeded(word, personality)).join(' '));
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
