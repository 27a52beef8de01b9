import type { Wait } from '../../../libc/io.ts';
import type { FunctionDefinition } from '../parse/ast.ts';
import type { ShellFunction } from '../state/shell.ts';
import { DiscardUnwind, ReturnUnwind } from '../state/unwind.ts';
import type { Result } from './machine.ts';
import { TextRunner } from './text.ts';
import type { Condition } from './traps.ts';

const MAX_CALL_DEPTH = 10_000;
/** Functions are charged as memory when there are so many more, each by so many bytes. */
const MANY_FUNCTIONS = 128;
const FUNCTION = 2048;

/** Calls of functions. */
export abstract class Calls extends TextRunner {
  /** bash asks the function command_not_found_handle. */
  notFoundHandler(argv: string[]): Wait<number> | undefined {
    const { shell } = this;
    const handler = shell.bash ? shell.functions.get('command_not_found_handle') : undefined;
    if (!handler) return undefined;
    return this.#asWait(this.callFunction(handler, ['command_not_found_handle', ...argv]));
  }

  /** A function definition as a command. */
  define(node: FunctionDefinition): Result {
    const { shell } = this;
    if (shell.bash && /[$'"\\`]/.test(node.name)) {
      shell.line = node.line;
      shell.error(`\`${node.name}': not a valid identifier`);
      return this.finish(1);
    }
    const old = shell.functions.get(node.name);
    if (old?.readonly) {
      shell.error(`${node.name}: readonly function`);
      return this.finish(1);
    }
    if (!old && shell.functions.size % MANY_FUNCTIONS === MANY_FUNCTIONS - 1) shell.holds(MANY_FUNCTIONS * FUNCTION);
    shell.functions.set(node.name, {
      name: node.name,
      body: node.body,
      source:
        shell.calls.at(-1)?.source ?? (shell.commandString ? 'environment' : shell.readsStdin ? 'main' : shell.name),
      line: node.line,
      exported: old?.exported ?? false,
      readonly: false,
      traced: false,
    });
    shell.status = 0;
    return 0;
  }

  /** Calls a function with `argv[1..]` as its arguments. @returns its status */
  callFunction(fn: ShellFunction, argv: readonly string[]): Result {
    const { shell } = this;
    if (this.sys.tick()) return this.#callLater(fn, argv);
    const nest = shell.vars.get('FUNCNEST');
    const limit = nest === undefined ? 0 : Number(nest) || 0;
    if (shell.calls.length >= (limit > 0 ? limit : MAX_CALL_DEPTH)) {
      shell.error(`${fn.name}: maximum function nesting level exceeded (${limit || MAX_CALL_DEPTH})`);
      throw new DiscardUnwind(1);
    }
    const call = new Call(this, argv, this.traps.any ? this.traps.hide(fn.traced) : undefined);
    shell.params = argv.slice(1);
    shell.calls.push({ name: fn.name, source: fn.source, callLine: shell.line, args: shell.params });
    shell.line = shell.baseLine = fn.line;
    if (shell.bash) shell.loopDepth = 0;
    shell.vars.pushFrame('function');
    this.tail = false;
    if (this.traps.any) return this.#callRest(this.#traced(fn), call);
    let r: Result;
    try {
      r = this.exec(fn.body);
    } catch (thrown) {
      call.leave();
      if (!(thrown instanceof ReturnUnwind)) throw thrown;
      return thrown.status;
    }
    if (typeof r !== 'number' || this.traps.any) return this.#callRest(this.#asWait(r), call);
    call.leave();
    return r;
  }

  *#callLater(fn: ShellFunction, argv: readonly string[]): Wait<number> {
    yield;
    const r = this.callFunction(fn, argv);
    return typeof r === 'number' ? r : yield* r;
  }

  *#traced(fn: ShellFunction): Wait<number> {
    const debug = this.traps.actions.get('DEBUG');
    if (debug !== undefined) yield* this.runTrap(debug, 'DEBUG');
    const r = this.exec(fn.body);
    return typeof r === 'number' ? r : yield* r;
  }

  *#callRest(body: Wait<number>, call: Call): Wait<number> {
    try {
      const status = yield* this.#returned(body);
      const action = this.traps.actions.get('RETURN');
      if (action === undefined) return status;
      this.shell.returning = false;
      yield* this.runTrap(action, 'RETURN');
      return status;
    } finally {
      call.leave();
    }
  }

  *#returned(body: Wait<number>): Wait<number> {
    try {
      return yield* body;
    } catch (thrown) {
      if (!(thrown instanceof ReturnUnwind)) throw thrown;
      return thrown.status;
    }
  }

  *#asWait(r: Result): Wait<number> {
    return typeof r === 'number' ? r : yield* r;
  }
}

/** What a function call changed in the shell and gives back when it returns. */
class Call {
  readonly #params: string[];
  readonly #loopDepth: number;
  readonly #lenient: number;
  readonly #line: number;
  readonly #baseLine: number;
  readonly #getoptsAt: number;
  readonly #tail: boolean;
  readonly #running: string;

  constructor(
    readonly ip: Calls,
    readonly argv: readonly string[],
    readonly hidden: ReadonlyMap<Condition, string> | undefined,
  ) {
    const { shell } = ip;
    this.#params = shell.params;
    this.#loopDepth = shell.loopDepth;
    this.#lenient = shell.lenient;
    this.#line = shell.line;
    this.#baseLine = shell.baseLine;
    this.#getoptsAt = shell.getoptsAt;
    this.#tail = ip.tail;
    this.#running = shell.running;
  }

  leave(): void {
    const { shell } = this.ip;
    this.ip.traps.unhide(this.hidden);
    this.ip.tail = this.#tail;
    shell.returning = false;
    shell.running = this.#running;
    shell.vars.popFrame();
    shell.calls.pop();
    shell.params = this.#params;
    shell.loopDepth = this.#loopDepth;
    shell.lenient = this.#lenient;
    shell.line = this.#line;
    shell.baseLine = this.#baseLine;
    if (!shell.bash) shell.getoptsAt = this.#getoptsAt;
    shell.lastArgument = this.argv[this.argv.length - 1]!;
  }
}
