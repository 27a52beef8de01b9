import { SIG_DFL, SIG_IGN, SIGNAL_NAMES, signalNumber } from '../../../abi/signal.ts';
import type { Shell } from '../state/shell.ts';

/** bash's conditions that are no signals. */
export const PSEUDO_SIGNALS = ['EXIT', 'DEBUG', 'RETURN', 'ERR'] as const;
export type Condition = number | 'DEBUG' | 'RETURN' | 'ERR';
const CALL_CONDITIONS = ['DEBUG', 'RETURN', 'ERR'] as const;
/** The condition EXIT is number 0. */
export const EXIT = 0;

/** What `trap` has set. Handlers of signals only note that they came; the interpreter runs the commands between two of its own. */
export class Traps {
  readonly actions = new Map<Condition, string>();
  /** Signals that came and whose trap has not run yet. */
  readonly pending: number[] = [];
  /** Ignored when the shell started: cannot be trapped in a shell that is not interactive. */
  readonly ignoredAtStart = new Set<number>();
  /** Traps of the parent, shown by `trap -p` in a subshell that has set none. */
  inherited: ReadonlyMap<Condition, string> | undefined;

  constructor(readonly shell: Shell) {}

  get any(): boolean {
    return this.actions.size > 0;
  }

  /** Sets the action of a condition; undefined: the default, '' ignores. */
  set(condition: Condition, action: string | undefined): void {
    this.inherited = undefined;
    if (action === undefined) this.actions.delete(condition);
    else this.actions.set(condition, action);
    if (typeof condition !== 'number' || condition === EXIT) return;
    if (this.ignoredAtStart.has(condition) && !this.shell.interactive) return;
    const { sys } = this.shell;
    if (action === undefined) sys.sigaction(condition, this.defaultHandler(condition));
    else if (action === '') sys.sigaction(condition, SIG_IGN);
    else sys.sigaction(condition, (signal) => this.pending.push(signal));
  }

  /** Takes away what a function (of a sourced file: DEBUG) does not see unless it is traced. @returns it */
  hide(
    traced: boolean,
    conditions: readonly Condition[] = CALL_CONDITIONS,
  ): ReadonlyMap<Condition, string> | undefined {
    const { functrace, errtrace } = this.shell.options;
    let hidden: Map<Condition, string> | undefined;
    for (const condition of conditions) {
      const action = this.actions.get(condition);
      if (action === undefined || (condition === 'ERR' ? errtrace : functrace || traced)) continue;
      hidden ??= new Map();
      hidden.set(condition, action);
      this.actions.delete(condition);
    }
    return hidden;
  }

  /** Puts back what was hidden, unless the function set the trap anew. */
  unhide(hidden: ReadonlyMap<Condition, string> | undefined): void {
    if (hidden === undefined) return;
    for (const [condition, action] of hidden) if (!this.actions.has(condition)) this.actions.set(condition, action);
  }

  /** What an interactive shell does with a signal that is not trapped; set by the interpreter. */
  defaultHandler: (signal: number) => typeof SIG_DFL | ((signal: number) => void) = () => SIG_DFL;

  /** In a child: traps that are commands are the default again, ignored signals stay ignored. */
  resetForChild(from: Traps): void {
    const { sys } = this.shell;
    for (const [condition, action] of from.actions) {
      if (action === '' && typeof condition === 'number') {
        this.actions.set(condition, '');
        continue;
      }
      if (typeof condition === 'number') {
        if (condition !== EXIT) sys.sigaction(condition, SIG_DFL);
      } else if (condition === 'ERR' ? this.shell.bash && this.shell.options.errtrace : this.shell.options.functrace)
        this.actions.set(condition, action);
    }
    for (const signal of from.ignoredAtStart) this.ignoredAtStart.add(signal);
    this.inherited = from.any ? new Map(from.actions) : undefined;
  }
}

/** The condition that a word names. @returns undefined where it is none */
export function conditionOf(word: string, bash: boolean, err = bash): Condition | undefined {
  const name = word.toUpperCase();
  if (name === 'EXIT' || word === '0') return EXIT;
  if (bash && (name === 'DEBUG' || name === 'RETURN')) return name;
  if (err && name === 'ERR') return name;
  if (!bash && /^SIG/i.test(word)) return undefined;
  return signalNumber(word);
}

/** A condition's name as `trap -p` prints it. */
export function conditionName(condition: Condition, bash: boolean): string {
  if (typeof condition === 'string') return condition;
  const name = SIGNAL_NAMES[condition];
  if (condition === EXIT) return 'EXIT';
  return bash ? `SIG${name ?? condition}` : (name ?? String(condition));
}
