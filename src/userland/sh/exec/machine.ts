import { SIGINT } from '../../../abi/signal.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import { Expander, type Substitutions } from '../expand/expander.ts';
import { singleQuote } from '../expand/transform.ts';
import type { ArrayElement, Assignment, Command, CommandPart, List, Part, Word } from '../parse/ast.ts';
import { AssocArray } from '../state/assoc.ts';
import type { Shell } from '../state/shell.ts';
import { DiscardUnwind, ExitUnwind, Unwind } from '../state/unwind.ts';
import { EXPORT, IndexedArray, type Variable } from '../state/variable.ts';
import { JobTable } from './jobs.ts';
import { restore, type Saved } from './redirect.ts';
import { EXIT, Traps } from './traps.ts';

/** A status, or a generator that has to wait before it has one. */
export type Result = number | Wait<number>;

/** State and services that all parts of the interpreter share. */
export abstract class Machine implements Substitutions {
  readonly expander: Expander;
  readonly jobs: JobTable;
  readonly traps: Traps;
  /** The process ends with the command that runs: it may be replaced by it. */
  tail = false;

  constructor(readonly shell: Shell) {
    this.expander = new Expander(shell, this);
    this.jobs = new JobTable(shell);
    this.traps = new Traps(shell);
  }

  get sys(): Sys {
    return this.shell.sys;
  }

  abstract command(part: CommandPart): Wait<string>;
  abstract process(part: Extract<Part, { k: 'process' }>): Wait<string>;
  /** Runs a command: at once where nothing has to wait, otherwise by the generator that is returned. */
  abstract exec(node: Command): Result;
  abstract list(node: List): Result;
  /** Runs the command that a trap is set to. */
  abstract runTrap(text: string, name: string): Wait<void>;

  *run(node: Command): Wait<number> {
    const r = this.exec(node);
    return typeof r === 'number' ? r : yield* r;
  }

  *runList(node: List): Wait<number> {
    const r = this.list(node);
    return typeof r === 'number' ? r : yield* r;
  }

  // ---- end of a command

  /** What the simple command that runs has redirected: it is over when the ERR trap is about to run. */
  protected redirections: Saved | undefined;

  /** Notes the status of a command that counts for errexit and, if `err`, the ERR trap. */
  finish(status: number, statuses?: number[], err = true): Result {
    const { shell } = this;
    shell.status = status;
    shell.pipeStatus = statuses;
    if (status !== 0 && shell.lenient === 0 && (shell.options.errexit || this.traps.actions.has('ERR')))
      return this.#failed(status, err);
    return status;
  }

  *#failed(status: number, err: boolean): Wait<number> {
    const { shell } = this;
    const action = this.traps.actions.get('ERR');
    if (err && action !== undefined) {
      if (this.redirections) {
        if (!shell.queue.empty) yield* shell.queue.flush();
        restore(shell, this.redirections);
      }
      yield* this.runTrap(action, 'ERR');
    }
    shell.status = status;
    if (shell.options.errexit) throw new ExitUnwind(status);
    return status;
  }

  /** After a built-in: gives its output to the kernel. */
  flushed(status: number): Result {
    const { queue } = this.shell;
    if (queue.empty || queue.flushNow()) return status;
    return this.#flushing(status);
  }

  *#flushing(status: number): Wait<number> {
    yield* this.shell.queue.flush();
    return status;
  }

  // ---- traps

  get wantsDebug(): boolean {
    return this.traps.any && this.traps.actions.has('DEBUG');
  }

  /** Runs the DEBUG trap before a command. */
  *debug(node: Command): Wait<void> {
    const { shell } = this;
    shell.line = node.line;
    if (!shell.inTrap) shell.command = node;
    if (!this.wantsDebug) return;
    yield* this.runTrap(this.traps.actions.get('DEBUG')!, 'DEBUG');
    shell.line = node.line;
  }

  *heedInterrupt(): Wait<void> {
    const { shell, traps } = this;
    if (shell.interactive && traps.pending.includes(SIGINT) && !traps.actions.has(SIGINT)) yield* this.runPending();
  }

  /** Runs the traps of the signals that came. */
  *runPending(): Wait<void> {
    const { shell, traps } = this;
    while (traps.pending.length > 0) {
      const signal = traps.pending.shift()!;
      const action = traps.actions.get(signal);
      if (action === undefined && signal === SIGINT && shell.interactive) {
        traps.pending.length = 0;
        shell.queue.put(2, '\n');
        throw new DiscardUnwind(130);
      }
      if (action === undefined || action === '') continue;
      const { status } = shell;
      yield* this.runTrap(action, 'trap');
      shell.status = status;
    }
  }

  /** The EXIT trap, once. @returns the status that the shell ends with */
  *runExitTrap(status: number): Wait<number> {
    const action = this.traps.actions.get(EXIT);
    if (action === undefined || action === '') return status;
    this.traps.actions.delete(EXIT);
    this.shell.status = status;
    this.shell.lenient = 0;
    try {
      yield* this.runTrap(action, 'exit trap');
    } catch (thrown) {
      if (thrown instanceof ExitUnwind) return thrown.status;
      if (!this.isUnwind(thrown)) throw thrown;
    }
    return status;
  }

  isUnwind(thrown: unknown): thrown is Unwind {
    return thrown instanceof Unwind;
  }

  // ---- assignments

  /** Performs an assignment that cannot wait. */
  assign(a: Assignment): void {
    const { shell, expander } = this;
    if (a.elements !== undefined && a.index !== undefined) this.#listToMember(a);
    if (a.elements !== undefined) {
      const associative = this.#isAssoc(a.name);
      const values = a.elements.map((e) => this.#elementNow(e, associative));
      this.storeArray(a, values);
      return;
    }
    const value = a.value!.fixed ?? expander.text(a.value!, true);
    if (a.index !== undefined) this.#storeIndexed(a, expander.quotedText(a.index), value);
    else if (a.append) this.#append(a.name, value);
    else shell.assign(a.name, value);
  }

  /** Performs an assignment. `trace` is told the value (undefined: a literal of an array) before it is stored. */
  *assignWait(a: Assignment, trace?: (value: string | undefined) => Wait<void>): Wait<void> {
    if (a.pure && !trace) {
      this.assign(a);
      return;
    }
    const { shell, expander } = this;
    if (a.elements !== undefined && a.index !== undefined) this.#listToMember(a);
    if (a.elements !== undefined) {
      if (trace) yield* trace(undefined);
      this.storeArray(a, yield* this.arrayValues(a.elements, this.#isAssoc(a.name)));
      return;
    }
    const index = a.index && (yield* expander.quotedTextWait(a.index));
    const value = yield* expander.textWait(a.value!, true);
    if (trace) yield* trace(value);
    if (index !== undefined) this.#storeIndexed(a, index, value);
    else if (a.append) this.#append(a.name, value);
    else shell.assign(a.name, value);
  }

  #listToMember(a: Assignment): never {
    this.shell.error(`${a.name}[${a.index!.source}]: cannot assign list to array member`);
    return this.shell.abandon();
  }

  #storeIndexed(a: Assignment, index: string, value: string): void {
    if (index === '' && (a.index!.source === '' || this.#isAssoc(a.name))) {
      this.shell.error(`${a.name}[${a.index!.source}]: bad array subscript`);
      this.shell.abandon();
    }
    this.shell.assignElement(a.name, index, value, a.append);
    if (this.shell.options.allexport) this.shell.vars.attributes(a.name, EXPORT);
  }

  #append(name: string, value: string): void {
    const { shell } = this;
    const variable = shell.vars.find(name);
    shell.assign(name, shell.appended(variable?.flags ?? 0, shell.vars.get(name), value));
  }

  /** `[i]=x{a,b}` of an indexed array: words without subscripts. */
  #bracedWords(e: ArrayElement, associative: boolean): Word[] | undefined {
    if (e.whole === undefined || associative) return undefined;
    const words = this.expander.braces(e.whole);
    return words.length > 1 ? words : undefined;
  }

  #elementNow(e: ArrayElement, associative: boolean): ElementValue {
    const { expander } = this;
    const braced = this.#bracedWords(e, associative);
    if (braced) {
      const values: string[] = [];
      expander.fields(braced, values);
      return { index: undefined, append: false, values, source: '' };
    }
    if (e.index !== undefined || associative) {
      const index = e.index && expander.quotedText(e.index);
      return { index, append: e.append, values: [expander.text(e.value, !associative)], source: e.value.source };
    }
    const values: string[] = [];
    expander.addField(e.value, values);
    return { index: undefined, append: false, values, source: '' };
  }

  *#elementWait(e: ArrayElement, associative: boolean): Wait<ElementValue> {
    const { expander } = this;
    const braced = this.#bracedWords(e, associative);
    if (braced) {
      const values: string[] = [];
      yield* expander.fieldsWait(braced, values);
      return { index: undefined, append: false, values, source: '' };
    }
    if (e.index !== undefined || associative) {
      const index = e.index && (yield* expander.quotedTextWait(e.index));
      const value = yield* expander.textWait(e.value, !associative);
      return { index, append: e.append, values: [value], source: e.value.source };
    }
    const values: string[] = [];
    yield* expander.addFieldWait(e.value, values);
    return { index: undefined, append: false, values, source: '' };
  }

  #isAssoc(name: string): boolean {
    return this.shell.vars.find(name)?.assoc !== undefined;
  }

  /** Expands the elements of `name=(…)`. `associative`: the words are keys and values. */
  *arrayValues(elements: readonly ArrayElement[], associative: boolean): Wait<ElementValue[]> {
    const values: ElementValue[] = [];
    for (const e of elements) values.push(yield* this.#elementWait(e, associative));
    return values;
  }

  /** Stores the elements of `name=(…)` or `name+=(…)`. Indices are evaluated one by one, while the array grows. */
  storeArray(a: { name: string; append: boolean }, items: readonly ElementValue[]): void {
    const { shell } = this;
    const variable = shell.vars.find(a.name);
    if (variable?.assoc) {
      this.#storeAssoc(a, items, variable);
      return;
    }
    const flags = variable?.flags ?? 0;
    const array = a.append ? shell.vars.arrayOf(a.name) : new IndexedArray();
    if (!a.append) shell.vars.setArray(a.name, array);
    let next = array.max + 1;
    for (const item of items) {
      if (item.index !== undefined) {
        let at = Number(shell.evaluate(item.index));
        if (at < 0) at += array.max + 1;
        if (at < 0) {
          shell.error(`${item.index}: bad array subscript`);
          shell.abandon();
        }
        const before = item.append ? array.get(at) : undefined;
        const value = item.append ? shell.appended(flags, before, item.values[0]!) : item.values[0]!;
        array.set(at, shell.vars.convert(a.name, value));
        next = at + 1;
      } else for (const value of item.values) array.set(next++, shell.vars.convert(a.name, value));
    }
    const stored = shell.vars.find(a.name);
    if (stored) shell.vars.weigh(stored);
    if (shell.options.allexport) shell.vars.attributes(a.name, EXPORT);
  }

  #storeAssoc(a: { name: string; append: boolean }, items: readonly ElementValue[], variable: Variable): void {
    const { shell } = this;
    // a declaration command has quoted the words once more
    const quoted = shell.running === '' ? String : singleQuote;
    const assoc = a.append ? variable.assoc!.clone() : new AssocArray();
    if (items[0] !== undefined && items[0].index === undefined) {
      // words without subscripts are keys and values in turn
      const plain = items.flatMap((item) =>
        item.index === undefined ? item.values : [`[${item.index}]${item.append ? '+' : ''}=${item.values[0]}`],
      );
      for (let i = 0; i < plain.length; i += 2) assoc.set(plain[i]!, plain[i + 1] ?? '');
    } else {
      for (const item of items) {
        if (item.index === undefined)
          shell.error(`${a.name}: ${quoted(item.source)}: must use subscript when assigning associative array`);
        else if (item.append && a.append) assoc.set(item.index, (assoc.get(item.index) ?? '') + item.values[0]!);
        else assoc.set(item.index, item.values[0]!);
      }
    }
    shell.vars.setAssoc(a.name, assoc);
  }
}

/** One word of an array literal, expanded: with an index one value, else as many as it became fields. */
export interface ElementValue {
  index: string | undefined;
  append: boolean;
  values: string[];
  /** As it stands in the script. */
  source: string;
}
