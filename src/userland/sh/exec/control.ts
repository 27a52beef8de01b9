import type { Wait } from '../../../libc/io.ts';
import { toByteText } from '../expand/bytes.ts';
import type { AndOr, ArithmeticFor, Case, CaseItem, Command, For, If, List, While, Word } from '../parse/ast.ts';
import { DiscardUnwind, LoopUnwind, succeeds } from '../state/unwind.ts';
import { Machine, type Result } from './machine.ts';

/**
 * Control flow. Each construct runs in a plain function as long as nothing has to wait; a part that has to goes on in
 * the generator form from where it is.
 */
export abstract class Control extends Machine {
  /** Starts a command in the background. */
  abstract background(node: Command): Wait<number>;

  list(node: List): Result {
    return this.#listFrom(node, 0);
  }

  #listFrom(node: List, from: number): Result {
    const { items } = node;
    let status = from === 0 ? 0 : this.shell.status;
    for (let i = from; i < items.length; i++) {
      const item = items[i]!;
      const r = item.background ? this.background(item.command) : this.exec(item.command);
      if (typeof r !== 'number') return i + 1 === items.length ? r : this.#listRest(node, i, r);
      status = r;
      if (this.shell.returning) return status;
    }
    return status;
  }

  *#listRest(node: List, at: number, waiting: Wait<number>): Wait<number> {
    let status = yield* waiting;
    const { items } = node;
    for (let i = at + 1; i < items.length; i++) {
      if (this.shell.returning) return status;
      const item = items[i]!;
      const r = item.background ? this.background(item.command) : this.exec(item.command);
      status = typeof r === 'number' ? r : yield* r;
    }
    return status;
  }

  andOr(node: AndOr): Result {
    const { shell } = this;
    shell.lenient++;
    const left = this.exec(node.left);
    if (typeof left !== 'number') return this.#andOrRest(node, left);
    shell.lenient--;
    if (shell.returning) return left;
    return (left === 0) === (node.op === '&&') ? this.exec(node.right) : left;
  }

  *#andOrRest(node: AndOr, waiting: Wait<number>): Wait<number> {
    const left = yield* waiting;
    this.shell.lenient--;
    if (this.shell.returning) return left;
    return (left === 0) === (node.op === '&&') ? yield* this.run(node.right) : left;
  }

  ifElse(node: If): Result {
    return this.#ifFrom(node, 0);
  }

  #ifFrom(node: If, from: number): Result {
    const { shell } = this;
    for (let i = from; i < node.clauses.length; i++) {
      shell.lenient++;
      const c = this.list(node.clauses[i]!.condition);
      if (typeof c !== 'number') return this.#ifRest(node, i, c);
      shell.lenient--;
      if (shell.returning) return c;
      if (c === 0) return this.list(node.clauses[i]!.body);
    }
    if (node.otherwise) return this.list(node.otherwise);
    shell.pipeStatus ??= [shell.status];
    shell.status = 0;
    return 0;
  }

  *#ifRest(node: If, at: number, waiting: Wait<number>): Wait<number> {
    const c = yield* waiting;
    this.shell.lenient--;
    if (this.shell.returning) return c;
    const r = c === 0 ? this.list(node.clauses[at]!.body) : this.#ifFrom(node, at + 1);
    return typeof r === 'number' ? r : yield* r;
  }

  /**
   * What a loop does with what was thrown in it.
   * @returns true: it is over; false: go on with the next turn
   */
  #loopCaught(thrown: unknown, lenient: number): boolean {
    const { shell } = this;
    if (!(thrown instanceof LoopUnwind)) throw thrown;
    shell.lenient = lenient;
    if (thrown.levels > 1) {
      thrown.levels--;
      throw thrown;
    }
    return thrown.kind === 'break';
  }

  *whileLoop(node: While): Wait<number> {
    const { shell, traps } = this;
    const { lenient } = shell;
    let status = 0;
    shell.loopDepth++;
    try {
      for (;;) {
        if (this.sys.tick()) yield;
        if (traps.pending.length > 0) yield* this.runPending();
        try {
          shell.lenient = lenient + 1;
          let r = this.list(node.condition);
          const c = typeof r === 'number' ? r : yield* r;
          shell.lenient = lenient;
          if (shell.returning) return c;
          if ((c === 0) === node.until) {
            shell.pipeStatus ??= [c];
            break;
          }
          r = this.list(node.body);
          status = typeof r === 'number' ? r : yield* r;
          if (shell.returning) return status;
        } catch (thrown) {
          const over = this.#loopCaught(thrown, lenient);
          status = 0;
          if (over) break;
        }
      }
    } finally {
      shell.loopDepth--;
    }
    shell.status = status;
    return status;
  }

  /** Runs a loop's body once. @returns the status; -1 where the loop is over */
  #turn(body: List, lenient: number): Result {
    if (this.sys.tick()) return this.#turnLater(body, lenient, true);
    if (this.traps.pending.length > 0) return this.#turnLater(body, lenient, false);
    let r: Result;
    try {
      r = this.list(body);
    } catch (thrown) {
      return this.#loopCaught(thrown, lenient) ? -1 : 0;
    }
    return typeof r === 'number' ? r : this.#turnRest(r, lenient);
  }

  *#turnLater(body: List, lenient: number, yields: boolean): Wait<number> {
    if (yields) yield;
    if (this.traps.pending.length > 0) yield* this.runPending();
    try {
      const r = this.list(body);
      return typeof r === 'number' ? r : yield* r;
    } catch (thrown) {
      return this.#loopCaught(thrown, lenient) ? -1 : 0;
    }
  }

  *#turnRest(waiting: Wait<number>, lenient: number): Wait<number> {
    try {
      return yield* waiting;
    } catch (thrown) {
      return this.#loopCaught(thrown, lenient) ? -1 : 0;
    }
  }

  *forLoop(node: For): Wait<number> {
    const { shell } = this;
    const words: string[] = [];
    const { baseLine } = shell;
    shell.line = shell.baseLine = node.line;
    if (node.words === undefined) words.push(...shell.params);
    else yield* this.expander.fieldsWait(node.words, words);
    if (!/^[A-Za-z_]\w*$/.test(node.name)) {
      shell.line = node.line;
      shell.error(`\`${node.name}': not a valid identifier`);
      return yield* this.#result(1);
    }
    const { lenient } = shell;
    let status = 0;
    shell.loopDepth++;
    try {
      for (const word of words) {
        if (this.wantsDebug) yield* this.debug(node);
        shell.line = node.line;
        if (shell.options.xtrace && shell.bash)
          yield* this.trace(`for ${node.name} in ${(node.words ?? []).map((w) => w.source).join(' ')}`);
        if (!succeeds(() => this.setLoopVariable(node.name, word))) return yield* this.#result(1);
        const turn = this.#turn(node.body, lenient);
        const r = typeof turn === 'number' ? turn : yield* turn;
        status = r < 0 ? 0 : r;
        if (shell.returning) return status;
        if (r < 0) break;
      }
    } finally {
      shell.loopDepth--;
      shell.baseLine = baseLine;
    }
    shell.status = status;
    return status;
  }

  /** Prints a line of `set -x`. */
  abstract trace(text: string): Wait<void>;

  setLoopVariable(name: string, value: string): void {
    const own = this.shell.vars.own(name);
    if (own && own.flags & 32) {
      // a nameref as loop variable is pointed at each word in turn
      this.shell.vars.edit(name).value = value;
      return;
    }
    this.shell.assign(name, value);
  }

  *#result(status: number): Wait<number> {
    const r = this.finish(status);
    return typeof r === 'number' ? r : yield* r;
  }

  *arithmeticFor(node: ArithmeticFor): Wait<number> {
    const { shell } = this;
    const { lenient, baseLine } = shell;
    let status = 0;
    shell.line = node.line;
    const first = this.#forStep(node.init);
    if ((typeof first === 'object' ? yield* first : first) === undefined) return yield* this.#result(1);
    shell.loopDepth++;
    try {
      for (;;) {
        shell.line = node.line;
        let step = this.#forStep(node.condition);
        const go = typeof step === 'object' ? yield* step : step;
        if (go === undefined) return yield* this.#result(1);
        if (!go) break;
        const turn = this.#turn(node.body, lenient);
        const r = typeof turn === 'number' ? turn : yield* turn;
        status = r < 0 ? 0 : r;
        if (shell.returning) return status;
        if (r < 0) break;
        step = this.#forStep(node.update);
        if ((typeof step === 'object' ? yield* step : step) === undefined) return yield* this.#result(1);
      }
    } finally {
      shell.loopDepth--;
      shell.baseLine = baseLine;
    }
    shell.status = status;
    return status;
  }

  /** Evaluates one of the three expressions of `for ((…))`. @returns undefined after a message: the loop ends */
  #forStep(word: ArithmeticFor['init']): number | bigint | undefined | Wait<number | bigint | undefined> {
    const empty = word.fixed !== undefined && /^\s*$/.test(word.fixed);
    if (this.shell.options.xtrace || (!empty && !word.pure)) return this.#forStepWait(word);
    if (empty) return 1;
    return this.#evaluated(() => this.expander.arithmetic(word));
  }

  *#forStepWait(word: ArithmeticFor['init']): Wait<number | bigint | undefined> {
    const text = word.source.trim() === '' ? '1' : yield* this.expander.quotedTextWait(word);
    if (this.shell.options.xtrace) yield* this.trace(`(( ${text.trimStart()} ))`);
    return this.#evaluated(() => this.shell.evaluate(text));
  }

  #evaluated(evaluate: () => number | bigint): number | bigint | undefined {
    try {
      return this.shell.named('((: ', evaluate);
    } catch (thrown) {
      if (!(thrown instanceof DiscardUnwind)) throw thrown;
      return undefined;
    }
  }

  caseOf(node: Case): Result {
    this.shell.line = node.line;
    if (!node.subject.pure || this.shell.options.xtrace) return this.#caseWait(node);
    const subject = this.expander.text(node.subject);
    for (let i = 0; i < node.items.length; i++) {
      const item = node.items[i]!;
      const fits = this.#fits(item, subject);
      if (fits === undefined) return this.#caseFrom(node, subject, i);
      if (!fits) continue;
      return item.end === ';;' ? this.#caseBody(item) : this.#caseFrom(node, subject, i);
    }
    this.shell.status = 0;
    return 0;
  }

  /** Whether one of an item's patterns matches; undefined where a pattern may wait. */
  #fits(item: CaseItem, subject: string): boolean | undefined {
    for (const p of item.patterns) {
      if (!p.pure) return undefined;
      if (this.#matches(subject, p, undefined)) return true;
    }
    return false;
  }

  #caseBody(item: CaseItem): Result {
    if (item.body.items.length > 0) return this.list(item.body);
    this.shell.status = 0;
    return 0;
  }

  *#caseWait(node: Case): Wait<number> {
    const subject = yield* this.expander.textWait(node.subject);
    if (this.shell.options.xtrace && this.shell.bash) yield* this.trace(`case ${node.subject.source} in`);
    return yield* this.#caseFrom(node, subject, 0);
  }

  *#caseFrom(node: Case, subject: string, from: number): Wait<number> {
    let status = 0;
    let through = false;
    for (let i = from; i < node.items.length; i++) {
      const item = node.items[i]!;
      let matched = through;
      for (const p of item.patterns) {
        if (matched) break;
        const pattern = p.pure ? undefined : yield* this.expander.patternWait(p);
        matched = this.#matches(subject, p, pattern);
      }
      if (!matched) continue;
      const r = this.#caseBody(item);
      status = typeof r === 'number' ? r : yield* r;
      if (item.end === ';;' || this.shell.returning) return status;
      through = item.end === ';&';
    }
    this.shell.status = status;
    return status;
  }

  /** @param expanded the pattern, where it is known */
  #matches(subject: string, word: Word, expanded: string | undefined): boolean {
    const { shell } = this;
    const nocase = shell.shopts.nocasematch!;
    if (word.fixed !== undefined && !nocase) return subject === word.fixed;
    const pattern = expanded ?? this.expander.pattern(word);
    return shell.patterns
      .compile(shell.bytes ? toByteText(pattern) : pattern, { extglob: shell.shopts.extglob!, nocase })
      .matches(shell.bytes ? toByteText(subject) : subject);
  }
}
