import type { Evaluator } from '../expand/arithmetic.ts';
import { arithmeticMessage } from '../expand/arithmetic-message.ts';
import { ArithmeticError } from '../expand/arithmetic-parse.ts';
import * as int from '../expand/integer.ts';
import { smallInteger } from '../expand/template.ts';
import { Messages } from './messages.ts';
import { DiscardUnwind } from './unwind.ts';

/** Built-ins whose name bash puts before what is wrong with an expression. */
const NAMED_IN_ARITHMETIC: ReadonlySet<string> = new Set([
  'declare',
  'export',
  'local',
  'mapfile',
  'printf',
  'read',
  'readonly',
  'typeset',
  'unset',
]);

/** Evaluates for a shell, and says what is wrong. */
export abstract class Arithmetics extends Messages {
  abstract readonly evaluator: Evaluator;
  /** Gives up what an error gives up. */
  abstract abandon(): never;

  /** Evaluates arithmetic; prints what is wrong and gives up. */
  evaluate(text: string): number | bigint {
    try {
      return this.evaluator.evaluate(text);
    } catch (thrown) {
      if (!(thrown instanceof ArithmeticError)) throw thrown;
      this.evaluator.reset();
      this.arithmeticError(thrown, text);
      this.abandon();
    }
  }

  /** Evaluates an expression with values in its places (expand/template.ts). */
  evaluateTemplate(text: string, slots: readonly number[]): number | bigint {
    try {
      return this.evaluator.evaluateTemplate(text, slots);
    } catch (thrown) {
      if (!(thrown instanceof ArithmeticError)) throw thrown;
      this.evaluator.reset();
      const plain = (t: string): string => t.replace(/\x01(\d)/g, (_, i: string) => String(slots[Number(i)]));
      const { expression } = thrown;
      const token = expression === undefined ? plain(thrown.token) : thrown.token;
      this.arithmeticError(new ArithmeticError(thrown.message, token), expression ?? plain(text));
      this.abandon();
    }
  }

  /** Evaluates something that `place` stands for in messages. */
  named<T>(place: string, evaluate: () => T): T {
    const before = this.arithmeticPlace;
    this.arithmeticPlace = place;
    try {
      return evaluate();
    } finally {
      this.arithmeticPlace = before;
    }
  }

  #arithmeticPrefix(): string {
    if (this.arithmeticPlace !== undefined) return this.arithmeticPlace;
    return NAMED_IN_ARITHMETIC.has(this.running) ? `${this.running}: ` : '';
  }

  /** What stands in front of an expression in a message. */
  arithmeticPlace: string | undefined;

  arithmeticError(error: ArithmeticError, text: string, prefix = this.#arithmeticPrefix()): void {
    this.error(arithmeticMessage(this.personality, error, text, prefix));
  }

  /** The value that an integer variable takes. */
  integer(text: string): string {
    return this.#deeply(() => String(this.evaluate(text)));
  }

  /** Two values of an integer variable, added. */
  protected sum(before: string, more: string): string {
    return this.#deeply(() => String(int.add(this.evaluate(before), this.evaluate(more))));
  }

  /** The value of a subscript. */
  subscriptValue(index: string): number {
    const small = smallInteger(index);
    return small ?? Number(this.#deeply(() => this.named('', () => this.evaluate(index))));
  }

  /** What is wrong with it ends the eval and the `-c` around it as well. */
  #deeply<T>(evaluate: () => T): T {
    try {
      return evaluate();
    } catch (thrown) {
      if (!(thrown instanceof DiscardUnwind)) throw thrown;
      throw new DiscardUnwind(thrown.status, this.bash);
    }
  }
}
