import { EPIPE } from '../../../abi/errno.ts';
import type { Wait } from '../../../libc/io.ts';
import { Bindings } from '../editor/bound.ts';
import { History } from '../editor/history.ts';
import { mayGlob } from '../expand/pattern.ts';
import type { Assignment, Case, Command, List, Simple } from '../parse/ast.ts';
import { commandText } from '../parse/unparse.ts';
import { Shell, type ShellFunction } from '../state/shell.ts';
import { ExitUnwind, LoopUnwind } from '../state/unwind.ts';
import { EXPORT } from '../state/variable.ts';
import { declaresPlainly } from './declarations.ts';
import type { Result } from './machine.ts';
import { posixUsage } from './posix-usage.ts';
import { keep, redirect, restore, type Saved } from './redirect.ts';
import { select } from './select.ts';
import { Temporaries } from './temporaries.ts';
import { writeError } from './write-error.ts';

/** Arguments of declare and its kin that are array literals, by their place in argv. */
export type Arrays = ReadonlyMap<number, Assignment> | undefined;

export interface Builtin {
  /** POSIX special: assignments before it stay, errors end a shell that is not interactive. */
  special?: boolean;
  /** Assignment-like arguments are assignments. */
  declaration?: boolean;
  /** Its redirections stay (exec). */
  keepsRedirections?: boolean;
  /** `help` shows it. */
  synopsis?: string;
  run(ip: Interpreter, argv: string[], arrays: Arrays): Result;
  /** Of one that is loaded when it is first called: all of it; undefined where it cannot be loaded. */
  whole?(ip: Interpreter): Wait<Builtin | undefined>;
}
export type Builtins = ReadonlyMap<string, Builtin>;

/** Only the redirections of a command without words: around a list that does nothing. */
const nothing = ({ redirects, line }: Simple): Command => ({
  t: 'redirected',
  body: { t: 'list', items: [], line },
  redirects,
  line,
});

/** Commands whose last part is the last of the whole. */
const KEEPS_TAIL: ReadonlySet<string> = new Set(['simple', 'group', 'subshell', 'list', 'redirected']);

/** The interpreter of one shell process. */
export class Interpreter extends Temporaries {
  readonly history: History;
  /** What keys do in the line editor. */
  readonly bindings: Bindings;
  /** Built-ins that `enable -n` switched off. */
  disabled: Set<string>;

  constructor(
    shell: Shell,
    readonly builtins: Builtins,
    from?: Interpreter,
  ) {
    super(shell);
    this.disabled = new Set(from?.disabled);
    this.history = from?.history ?? new History();
    this.bindings = from?.bindings ?? new Bindings();
    shell.historyNumber = () => Math.max(1, this.history.nextNumber - (shell.interactive ? 1 : 0));
    if (from) {
      this.expander.promptText = from.promptTextFor(this);
      this.promptTextFor = from.promptTextFor;
      this.readLine = from.readLine;
      this.promptWaitFor = from.promptWaitFor;
      this.promptWait = from.promptWaitFor(this);
    }
  }

  /** The same for prompts that may run commands. */
  promptWaitFor: (ip: Interpreter) => (text: string) => Wait<string> = () =>
    function* (text) {
      return text;
    };
  /** Gives the function that expands prompts for an interpreter. */
  promptTextFor: (ip: Interpreter) => (text: string) => string = () => (text) => text;
  /** The line editor, where there is one (read -e, select). */
  readLine: ((prompt: string) => Wait<string | undefined>) | undefined;

  clone(): this {
    const { shell } = this;
    const copy = new Interpreter(
      new Shell(shell.sys, shell.personality, shell.declarationNames, shell),
      this.builtins,
      this,
    );
    return copy as this;
  }

  exec(node: Command): Result {
    if (this.tail && !KEEPS_TAIL.has(node.t)) return this.#noTail(node);
    switch (node.t) {
      case 'simple':
        return this.#simple(node);
      case 'andor':
        return this.andOr(node);
      case 'if':
        return this.ifElse(node);
      case 'list':
        return this.list(node);
      case 'while':
        return this.whileLoop(node);
      case 'for':
        return this.forLoop(node);
      case 'select':
        return select(this, node);
      case 'arithfor':
        return this.arithmeticFor(node);
      case 'case':
        return this.#based(node);
      case 'group':
        return this.list(node.body);
      case 'subshell':
        return this.subshell(node.body, node.line);
      case 'pipe':
        return this.pipeline(node);
      case 'redirected':
        return this.redirected(node);
      case 'function':
        return this.define(node);
      case 'cond':
        if (this.wantsDebug) return this.#debugged(node, () => this.conditionalCommand(node));
        return this.conditionalCommand(node);
      case 'arith':
        if (this.wantsDebug) return this.#debugged(node, () => this.arithmeticCommand(node.word, node.line));
        return this.arithmeticCommand(node.word, node.line);
      case 'coproc':
        return this.coprocess(node);
    }
  }

  /** `case`: what bash says of what is within it and is no command of its own, it says of this line. */
  #based(node: Case): Result {
    const { shell } = this;
    const before = shell.baseLine;
    shell.baseLine = node.line;
    const r = this.wantsDebug ? this.#debugged(node, () => this.caseOf(node)) : this.caseOf(node);
    if (typeof r !== 'number') return this.#basedRest(r, before);
    shell.baseLine = before;
    return r;
  }

  *#basedRest(rest: Wait<number>, before: number): Wait<number> {
    const status = yield* rest;
    this.shell.baseLine = before;
    return status;
  }

  /** The DEBUG trap before a compound command that has one. */
  *#debugged(node: Command, body: () => Result): Wait<number> {
    yield* this.debug(node);
    const r = body();
    return typeof r === 'number' ? r : yield* r;
  }

  /** Something follows the commands within this one: none of them may replace the process. */
  *#noTail(node: Command): Wait<number> {
    this.tail = false;
    const r = this.exec(node);
    const status = typeof r === 'number' ? r : yield* r;
    this.tail = true;
    return status;
  }

  override list(node: List): Result {
    if (!this.tail || node.items.length <= 1) return super.list(node);
    return this.#tailList(node);
  }

  *#tailList(node: List): Wait<number> {
    this.tail = false;
    let status = 0;
    for (let i = 0; i < node.items.length; i++) {
      const item = node.items[i]!;
      if (this.shell.returning) return status;
      if (i === node.items.length - 1) this.tail = true;
      const r = item.background ? this.background(item.command) : this.exec(item.command);
      status = typeof r === 'number' ? r : yield* r;
    }
    return status;
  }

  // ---- simple commands

  #simple(node: Simple): Result {
    const { shell } = this;
    shell.line = shell.errorLine = node.line;
    if (
      !node.pure ||
      node.redirects.length > 0 ||
      shell.options.xtrace ||
      this.traps.pending.length > 0 ||
      (this.traps.any && this.traps.actions.has('DEBUG'))
    )
      return this.#simpleWait(node);
    if (shell.options.noexec) return 0;
    if (!shell.inTrap) shell.command = node;
    const argv: string[] = [];
    const { words } = node;
    if (node.declarations && !(shell.bash && declaresPlainly(node))) return this.#simpleWait(node);
    for (const word of words) if (mayGlob(word) && !shell.options.noglob) return this.#simpleWait(node);
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      const declaration = node.declarations?.get(i);
      if (declaration) argv.push(this.expander.declaration(declaration));
      else if (word.fixed !== undefined) argv.push(word.fixed);
      else this.expander.addField(word, argv);
    }
    if (argv.length === 0) {
      for (const a of node.assigns) this.assign(a);
      return this.finish(0);
    }
    return this.#dispatch(node, argv, undefined);
  }

  *#simpleWait(node: Simple): Wait<number> {
    const { shell, expander, traps } = this;
    if (traps.pending.length > 0) yield* this.runPending();
    if (shell.options.noexec) return 0;
    shell.line = shell.errorLine = node.line;
    if (this.wantsDebug) {
      yield* this.debug(node);
      // shopt extdebug: the trap says that the command is not to run
      if (shell.shopts.extdebug && this.trapResult !== 0) return 0;
    } else if (!shell.inTrap) shell.command = node;
    shell.substitutionStatus = undefined;
    const substitutes = this.substitutes;
    const argv: string[] = [];
    let arrays: Map<number, Assignment> | undefined;
    const tail = this.tail;
    this.tail = false;
    for (let i = 0; i < node.words.length; i++) {
      let declaration = node.declarations?.get(i);
      if (declaration && !shell.bash && !this.#declares(argv)) declaration = undefined;
      if (declaration === undefined) {
        yield* expander.addFieldWait(node.words[i]!, argv);
        continue;
      }
      if (node.words[i]!.brace && shell.bash) {
        // what braces make are no assignments any more: they are split
        for (const word of expander.braces(node.words[i]!)) yield* expander.untildedFieldsWait(word, argv);
        continue;
      }
      if (declaration.elements) {
        arrays ??= new Map();
        arrays.set(argv.length, declaration);
        argv.push(`${declaration.name}${declaration.append ? '+' : ''}=`);
      } else argv.push(yield* this.#declarationText(declaration));
    }
    const saved: Saved = [];
    const { redirections } = this;
    try {
      if (argv.length === 0) {
        return yield* this.#assignmentsOnly(node, saved);
      }
      if (shell.options.xtrace) arrays = yield* this.traceSimple(node, argv, arrays);
      if (node.redirects.length > 0) {
        const ok = yield* redirect(expander, node.redirects, saved);
        if (!ok) return yield* this.#redirectionFailed(argv[0]!);
      }
      this.tail = tail && this.substitutes === substitutes;
      this.redirections = saved;
      const r = this.#dispatch(node, argv, arrays);
      const status = typeof r === 'number' ? r : yield* r;
      const builtin = this.builtins.get(argv[0] === 'command' || argv[0] === 'builtin' ? (argv[1] ?? '') : argv[0]!);
      if (builtin?.keepsRedirections && argv.length === (argv[0] === 'exec' ? 1 : 2)) keep(shell, saved);
      return status;
    } finally {
      this.redirections = redirections;
      this.forgetTraced();
      if (saved.length > 0) {
        if (!shell.queue.empty) yield* shell.queue.flush();
        restore(shell, saved);
      }
      if (this.substitutes > substitutes) this.closeSubstitutes(substitutes);
      this.tail = tail;
    }
  }

  /** In dash and ash it is the command's name as expanded that makes assignments of its arguments. */
  #declares(argv: readonly string[]): boolean {
    const name = argv.find((word) => word !== 'command');
    return name !== undefined && this.shell.declarationNames.has(name);
  }

  *#declarationText(a: Assignment): Wait<string> {
    const value = yield* this.expander.textWait(a.value!, true);
    const index = a.index === undefined ? '' : `[${yield* this.expander.quotedTextWait(a.index)}]`;
    return `${a.name}${index}${a.append ? '+' : ''}=${value}`;
  }

  *#redirectionFailed(name: string): Wait<number> {
    const { shell } = this;
    yield* shell.queue.flush();
    const status = shell.bash || shell.personality === 'ash' ? 1 : 2;
    const builtin = this.functionOf(name) ? undefined : this.builtins.get(name);
    if (builtin?.special && !shell.interactive && (!shell.bash || shell.options.posix))
      throw new ExitUnwind(shell.personality === 'dash' ? 2 : 1, true);
    const r = this.finish(status);
    return typeof r === 'number' ? r : yield* r;
  }

  *#assignmentsOnly(node: Simple, saved: Saved): Wait<number> {
    const { shell } = this;
    if (shell.options.xtrace) yield* this.assignTraced(node.assigns);
    else for (const a of node.assigns) yield* this.assignWait(a);
    if (node.redirects.length > 0) {
      // a descriptor that nobody would close is opened in a child
      if (node.redirects.some((r) => r.variable !== undefined)) return yield* this.subshell(nothing(node));
      const ok = yield* redirect(this.expander, node.redirects, saved);
      if (!ok) {
        yield* shell.queue.flush();
        const r = this.finish(shell.bash || shell.personality === 'ash' ? 1 : 2);
        return typeof r === 'number' ? r : yield* r;
      }
    }
    const r = this.finish(shell.substitutionStatus ?? 0);
    return typeof r === 'number' ? r : yield* r;
  }

  functionOf(name: string): ShellFunction | undefined {
    return this.shell.functions.get(name);
  }

  /** Finds what a command's name stands for and runs it. */
  #dispatch(node: Simple, argv: string[], arrays: Arrays): Result {
    const { shell } = this;
    const name = argv[0]!;
    const builtin = this.disabled.has(name) ? undefined : this.builtins.get(name);
    if (builtin?.special && (!shell.bash || shell.options.posix)) return this.#callBuiltin(builtin, node, argv, arrays);
    const fn = shell.functions.get(name);
    if (fn !== undefined) return this.#callFunctionNode(fn, node, argv);
    if (builtin !== undefined) return this.#callBuiltin(builtin, node, argv, arrays);
    // `%1` is `fg %1`
    if (shell.bash && name.charCodeAt(0) === 37 && this.builtins.has('fg'))
      return this.#callBuiltin(this.builtins.get('fg')!, node, ['fg', ...argv], undefined);
    return this.#callProgram(node, argv);
  }

  /** What ran around the built-in that runs. */
  #outerRunning = '';

  #callBuiltin(builtin: Builtin, node: Simple, argv: string[], arrays: Arrays): Result {
    const { shell } = this;
    if (node.assigns.length > 0) return this.#builtinWithAssigns(builtin, node, argv, arrays);
    const { running } = shell;
    shell.running = argv[0]!;
    this.#outerRunning = running;
    const r = builtin.run(this, argv, arrays);
    if (typeof r !== 'number') return this.#builtinRest(r, argv, running);
    shell.running = running;
    if (r === 2 && shell.options.posix) posixUsage(shell, builtin, argv);
    shell.lastArgument = argv[argv.length - 1]!;
    if (shell.queue.empty) {
      if (shell.returning) return r;
      if (r !== 0) return this.finish(r);
      shell.pipeStatus = undefined;
      return (shell.status = 0);
    }
    if (shell.queue.flushNow() && shell.queue.error === 0) return this.finish(r);
    return this.#builtinFlush(r, argv);
  }

  *#builtinRest(waiting: Wait<number>, argv: string[], running: string): Wait<number> {
    const { redirections } = this;
    const { errorLine } = this.shell;
    this.redirections = undefined;
    const status = yield* waiting;
    this.redirections = redirections;
    this.shell.errorLine = errorLine;
    this.shell.running = running;
    this.shell.lastArgument = argv.at(-1)!;
    return yield* this.#builtinFlush(status, argv);
  }

  *#builtinFlush(status: number, argv: string[]): Wait<number> {
    const { queue } = this.shell;
    yield* queue.flush();
    let result = status;
    if (queue.error !== 0) {
      const { error } = queue;
      queue.error = 0;
      if (this.shell.bash || error !== EPIPE) {
        writeError(this.shell, argv[0]!, error);
        yield* queue.flush();
      }
      queue.error = 0;
      if (result === 0) result = 1;
    }
    if (this.shell.returning) return result;
    const r = this.finish(result);
    return typeof r === 'number' ? r : yield* r;
  }

  *#builtinWithAssigns(builtin: Builtin, node: Simple, argv: string[], arrays: Arrays): Wait<number> {
    const { shell } = this;
    const { running } = shell;
    const stays = builtin.special && (!shell.bash || shell.options.posix) && argv[0] !== 'command';
    if (stays) {
      if (this.traced) yield* this.onTraceFd(this.assignTraced(node.assigns, argv));
      else for (const a of node.assigns) yield* this.assignWait(a);
      if (shell.bash || (builtin.keepsRedirections && argv.length > 1))
        for (const a of node.assigns) shell.vars.attributes(a.name, EXPORT);
      shell.running = argv[0]!;
      const r = builtin.run(this, argv, arrays);
      return yield* this.#builtinRest(this.#asWait(r), argv, running);
    }
    shell.vars.pushFrame('temporary');
    let status: number;
    try {
      yield* this.temporaries(node.assigns);
      shell.running = argv[0]!;
      const r = builtin.run(this, argv, arrays);
      status = typeof r === 'number' ? r : yield* r;
    } finally {
      shell.running = running;
      shell.vars.popFrame();
    }
    shell.lastArgument = argv.at(-1)!;
    return yield* this.#builtinFlush(status, argv);
  }

  *#asWait(r: Result): Wait<number> {
    return typeof r === 'number' ? r : yield* r;
  }

  *#callProgram(node: Simple, argv: string[]): Wait<number> {
    const { shell } = this;
    shell.lastArgument = argv.at(-1)!;
    if (node.assigns.length === 0) {
      return yield* this.program(argv, this.environment(), () => commandText(node));
    }
    shell.vars.pushFrame('temporary');
    try {
      yield* this.temporaries(node.assigns);
      // PATH=… x looks for x there
      return yield* this.program(argv, this.environment(), () => commandText(node));
    } finally {
      shell.vars.popFrame();
    }
  }

  // ---- functions

  #callFunctionNode(fn: ShellFunction, node: Simple, argv: string[]): Result {
    if (node.assigns.length > 0) return this.#callWithAssigns(fn, node, argv);
    // an ERR trap that the function sets is none for its own call
    const err = this.traps.any && this.traps.actions.has('ERR');
    const { redirections } = this;
    this.redirections = undefined;
    const r = this.callFunction(fn, argv);
    if (typeof r !== 'number') return this.#called(r, err, node.line, redirections);
    this.redirections = redirections;
    this.shell.errorLine = node.line;
    return this.finish(r, undefined, err);
  }

  *#callWithAssigns(fn: ShellFunction, node: Simple, argv: string[]): Wait<number> {
    const { shell } = this;
    shell.vars.pushFrame('temporary');
    try {
      yield* this.temporaries(node.assigns);
      const err = this.traps.actions.has('ERR');
      const { redirections } = this;
      this.redirections = undefined;
      const r = this.callFunction(fn, argv);
      return yield* this.#called(typeof r === 'number' ? this.#asWait(r) : r, err, node.line, redirections);
    } finally {
      shell.vars.popFrame();
    }
  }

  *#called(call: Wait<number>, err: boolean, line: number, redirections: Saved | undefined): Wait<number> {
    const status = yield* call;
    this.redirections = redirections;
    this.shell.errorLine = line;
    const r = this.finish(status, undefined, err);
    return typeof r === 'number' ? r : yield* r;
  }

  /** Ctrl-C came while an interactive shell waited. */
  interruptPending = false;

  /** Signals get their default actions, as a program that is executed expects; `restoreSignals` undoes it. */
  releaseSignals: () => void = () => {};
  restoreSignals: () => void = () => {};

  /** Leaves `levels` loops. */
  leaveLoop(kind: 'break' | 'continue', levels: number): never {
    this.shell.running = this.#outerRunning;
    throw new LoopUnwind(kind, Math.min(levels, this.shell.loopDepth));
  }
}
