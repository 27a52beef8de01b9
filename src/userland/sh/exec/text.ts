import { EINTR } from '../../../abi/errno.ts';
import { O_CLOEXEC, O_RDWR } from '../../../abi/flags.ts';
import { shellStatus, WaitResult } from '../../../abi/wait.ts';
import { decode } from '../../../lib/utf8.ts';
import { read, readAll, type Wait, waitpid, writeAll } from '../../../libc/io.ts';
import type { CommandPart, List, Simple, Word } from '../parse/ast.ts';
import { ParseFailure } from '../parse/failure.ts';
import { Parser } from '../parse/parser.ts';
import { commandText } from '../parse/unparse.ts';
import type { ShellFunction } from '../state/shell.ts';
import { DiscardUnwind, ExitUnwind, ReturnUnwind } from '../state/unwind.ts';
import { jobState } from './jobs.ts';
import { describeFailure } from './messages.ts';
import { readTo } from './reading-line.ts';
import { redirect } from './redirect.ts';
import { Substitutions } from './substitutions.ts';

/** Text that is run: eval, sourced files, traps, backquotes; and what programs print, caught. */
export abstract class TextRunner extends Substitutions {
  readonly #parsedBackquotes = new WeakMap<CommandPart, List>();

  /** What a program's environment is; bash tells it its path as well (`environmentOf`). */
  environment(): readonly string[] {
    const { shell } = this;
    const base = shell.vars.environment();
    if (!shell.bash) return base;
    const out = base.filter((pair) => !pair.startsWith('_='));
    for (const fn of shell.functions.values())
      if (fn.exported) out.push(`BASH_FUNC_${fn.name}%%=() ${this.functionBody(fn)}`);
    return out;
  }

  /** Text of a function's body, for the environment. */
  functionBody(fn: ShellFunction): string {
    return commandText(fn.body);
  }

  parseSubstitution(part: CommandPart): List | undefined {
    const known = this.#parsedBackquotes.get(part);
    if (known) return known;
    const parser = new Parser(part.source, this.shell.parseSettings, part.line);
    const all: List = { t: 'list', items: [], line: part.line };
    try {
      for (let line: List | undefined; (line = parser.parseLine()) !== undefined; ) all.items.push(...line.items);
    } catch (thrown) {
      if (!(thrown instanceof ParseFailure)) throw thrown;
      this.shell.queue.put(2, describeFailure(this.shell, thrown, part.source, 'command substitution: '));
      if (!this.shell.bash) this.shell.abandon();
      return undefined;
    }
    this.#parsedBackquotes.set(part, all);
    return all;
  }

  /**
   * Runs `text` as eval does: line by line.
   * @param origin what stands in the messages of a syntax error (`eval: `)
   * @param last nothing follows: the last command may replace the process
   */
  *runText(text: string, origin: string, firstLine = this.shell.line, last = false): Wait<number> {
    const { shell } = this;
    const parser = new Parser(text, shell.parseSettings, firstLine);
    const { lenient, running, baseLine } = shell;
    let status = 0;
    for (;;) {
      let line: List | undefined;
      try {
        line = parser.parseLine();
      } catch (thrown) {
        if (!(thrown instanceof ParseFailure)) throw thrown;
        shell.queue.put(2, describeFailure(shell, thrown, text, origin));
        yield* shell.queue.flush();
        if (!shell.bash) throw shell.interactive ? new DiscardUnwind(2) : new ExitUnwind(2, true);
        return origin.startsWith('eval') || origin === '' ? 2 : 2;
      }
      if (line === undefined) {
        shell.baseLine = baseLine;
        return status;
      }
      readTo(shell, parser.lastLine);
      if (!shell.queue.empty) yield* shell.queue.flush();
      this.tail = last && parser.atEnd();
      try {
        const r = this.list(line);
        status = typeof r === 'number' ? r : yield* r;
      } catch (thrown) {
        // an abandoned line does not end the text
        if (
          !(thrown instanceof DiscardUnwind) ||
          thrown.deep ||
          !shell.bash ||
          shell.interactive ||
          shell.subshellLevel > 0
        )
          throw thrown;
        status = thrown.status;
        shell.status = status;
        shell.lenient = lenient;
        shell.running = running;
      }
      this.tail = false;
    }
  }

  /** Runs the text of a file in this shell: `.`, startup files. */
  *sourceText(text: string, path: string): Wait<number> {
    const { shell } = this;
    const { line, loopDepth, readsStdin, command } = shell;
    const { tail } = this;
    const hidden = this.traps.any ? this.traps.hide(false, ['DEBUG']) : undefined;
    this.tail = false;
    shell.calls.push({ name: 'source', source: path, callLine: line, args: [] });
    shell.traceDepth++;
    try {
      const status = yield* this.#returned(this.runText(text, '', 1));
      const action = this.traps.actions.get('RETURN');
      shell.command = command;
      if (action !== undefined) yield* this.runTrap(action, 'RETURN');
      return status;
    } finally {
      this.tail = tail;
      shell.traceDepth--;
      shell.calls.pop();
      shell.line = line;
      shell.loopDepth = loopDepth;
      shell.readsStdin = readsStdin;
      this.traps.unhide(hidden);
    }
  }

  /** What `return` gives, or the status of the last command. */
  *#returned(body: Wait<number>): Wait<number> {
    try {
      return yield* body;
    } catch (thrown) {
      if (!(thrown instanceof ReturnUnwind)) throw thrown;
      return thrown.status;
    }
  }

  /** All of a descriptor, which is closed, as text. */
  *readAllText(fd: number): Wait<string> {
    const bytes = yield* readAll(this.sys, fd);
    this.sys.close(fd);
    return typeof bytes === 'number' ? '' : decode(bytes);
  }

  /** Leaving an interactive shell with stopped jobs takes two tries. @returns true where it was said now */
  stoppedJobsWarned(): boolean {
    const { shell } = this;
    if (this.#warned || !this.jobs.jobs.some((job) => jobState(job) === 'stopped')) return false;
    this.#warned = true;
    shell.queue.put(2, shell.bash ? 'There are stopped jobs.\n' : 'You have stopped jobs.\n');
    return true;
  }
  #warned = false;

  /** What the command of the last trap gave. */
  protected trapResult = 0;

  /** The line that a trap's command begins with. */
  #trapLine(condition: string | undefined): number {
    const { shell } = this;
    if (condition === 'ERR' && shell.bash) return shell.errorLine;
    return condition !== undefined || shell.personality === 'ash' ? shell.line : 1;
  }

  *runTrap(text: string, name: string): Wait<void> {
    const { shell, traps } = this;
    const { status, lenient, line, substitutionStatus, lastArgument, loopDepth } = shell;
    const { tail } = this;
    const { inTrap } = shell;
    this.tail = false;
    shell.inTrap = true;
    const condition = name === 'DEBUG' || name === 'ERR' || name === 'RETURN' ? name : undefined;
    if (condition) traps.actions.delete(condition);
    if (condition === 'RETURN') shell.lenient++;
    const { trapStatus } = shell;
    if (!condition) shell.trapStatus = status;
    try {
      yield* this.runText(text, `${name}: `, this.#trapLine(condition));
    } catch (thrown) {
      // ash goes on after a mistake in the command of ERR
      if (condition !== 'ERR' || shell.bash || !(thrown instanceof ExitUnwind) || !thrown.error) throw thrown;
    } finally {
      this.trapResult = shell.status;
      this.tail = tail;
      shell.inTrap = inTrap;
      shell.trapStatus = trapStatus;
      if (condition && !traps.actions.has(condition)) traps.actions.set(condition, text);
      shell.lenient = lenient;
      shell.status = status;
      shell.line = line;
      shell.loopDepth = loopDepth;
      shell.substitutionStatus = substitutionStatus;
      shell.lastArgument = lastArgument;
    }
  }

  *copyFile(body: List): Wait<number> {
    const { shell } = this;
    const command = body.items[0]!.command as Simple;
    if (!(yield* redirect(this.expander, command.redirects, undefined))) {
      yield* shell.queue.flush();
      return 1;
    }
    const buf = new Uint8Array(65536);
    for (;;) {
      const n = yield* read(this.sys, 0, buf);
      if (n <= 0) {
        if (n < 0) shell.error(`${command.redirects[0]!.word.source}: ${shell.strerror(n)}`);
        return n < 0 ? 1 : 0;
      }
      yield* writeAll(this.sys, 1, buf.subarray(0, n));
    }
  }

  /** Runs a program with nothing to read and its messages dropped. @returns what it printed */
  *capture(argv: string[]): Wait<{ text: string; status: number }> {
    return yield* this.#captured((child) => child.program(argv, this.environment(), () => argv[0]!));
  }

  /** The same for a text of commands. */
  *captureText(text: string): Wait<{ text: string; status: number }> {
    return yield* this.#captured((child) => child.runText(text, '', 1));
  }

  *#captured(body: (child: this) => Wait<number>): Wait<{ text: string; status: number }> {
    const { sys } = this;
    yield* this.shell.queue.flush();
    const ends = [0, 0];
    if (sys.pipe2(ends, O_CLOEXEC) < 0) return { text: '', status: 1 };
    const pid = yield* this.forkChild(
      (child) => {
        child.tail = true;
        return body(child);
      },
      (child) => {
        child.dup2(ends[1]!, 1);
        const none = child.open('/dev/null', O_RDWR);
        if (none < 0) return;
        child.dup2(none, 0);
        child.dup2(none, 2);
      },
    );
    sys.close(ends[1]!);
    const text = yield* this.readAllText(ends[0]!);
    const out = new WaitResult();
    while ((yield* waitpid(sys, pid, 0, out)) === -EINTR);
    return { text, status: shellStatus(out.status) };
  }

  /** Splits a text at IFS into words and expands them, as compgen -W does; none where a quote is not closed. */
  *splitWords(text: string): Wait<string[]> {
    const { shell } = this;
    const out: string[] = [];
    let words: Word[];
    try {
      words = new Parser(text, shell.parseSettings).wordList(shell.ifs);
    } catch (thrown) {
      if (!(thrown instanceof ParseFailure)) throw thrown;
      return out;
    }
    for (const word of words) yield* this.expander.addFieldWait(word, out);
    return out;
  }
}
