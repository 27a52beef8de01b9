import type { Wait } from '../../../libc/io.ts';
import { ArithmeticError } from '../expand/arithmetic-parse.ts';
import type { Conditional, Redirected, Simple } from '../parse/ast.ts';
import { DiscardUnwind } from '../state/unwind.ts';
import { conditional, conditionalWait } from './conditional.ts';
import type { Result } from './machine.ts';
import { redirect, restore, type Saved } from './redirect.ts';
import { Tracing } from './tracing.ts';

/** Compound commands that are not control flow. */
export abstract class Compound extends Tracing {
  *redirected(node: Redirected): Wait<number> {
    const { shell } = this;
    shell.line = shell.baseLine;
    if (node.body.t === 'subshell')
      shell.line = shell.errorLine = shell.bash ? node.body.line : node.redirects[0]!.line;
    const substitutes = this.substitutes;
    const saved: Saved = [];
    const { tail, redirections } = this;
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
      if (node.body.t === 'subshell') this.redirections = saved;
      return yield* this.run(node.body);
    } finally {
      this.redirections = redirections;
      this.tail = tail;
      if (!shell.queue.empty) yield* shell.queue.flush();
      restore(shell, saved);
      if (this.substitutes > substitutes) this.closeSubstitutes(substitutes);
    }
  }

  conditionalCommand(node: Conditional): Result {
    this.shell.line = this.shell.errorLine = node.line;
    if (this.shell.options.xtrace) return this.#conditionalRest(node);
    const r = conditional(this.expander, node.expression);
    return r === undefined ? this.#conditionalRest(node) : this.finish(r);
  }

  *#conditionalRest(node: Conditional): Wait<number> {
    const trace = this.shell.options.xtrace ? (text: string) => this.trace(`[[ ${text} ]]`) : undefined;
    const r = this.finish(yield* conditionalWait(this.expander, node.expression, trace));
    return typeof r === 'number' ? r : yield* r;
  }

  arithmeticCommand(word: Simple['words'][number], line: number): Result {
    this.shell.line = this.shell.errorLine = line;
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
    if (this.shell.options.xtrace) yield* this.trace(`(( ${text} ))`);
    const r = this.finish(this.#arithmeticStatus(text));
    if (!this.shell.queue.empty) yield* this.shell.queue.flush();
    return typeof r === 'number' ? r : yield* r;
  }
}
