import { F_DUPFD_CLOEXEC } from '../../../abi/flags.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Assignment, Simple } from '../parse/ast.ts';
import { EXPORT, READONLY } from '../state/variable.ts';
import { Compound } from './compound.ts';
import type { Arrays } from './interpreter.ts';

/** Assignments before a command, and what `set -x` shows of it. */
export abstract class Temporaries extends Compound {
  /** Shows a command that is about to run; one with assignments before it later, where its standard error goes now. */
  protected *traceSimple(
    node: Simple,
    argv: readonly string[],
    arrays: Arrays,
  ): Wait<Map<number, Assignment> | undefined> {
    const { shell } = this;
    const expanded = arrays && (yield* this.traceArrays(argv, arrays));
    const shown = expanded ? this.shownArgv(argv, expanded) : argv;
    if (node.assigns.length === 0) yield* this.traceCommand(shown);
    else {
      const fd = node.redirects.length > 0 ? shell.sys.fcntl(shell.traceFd, F_DUPFD_CLOEXEC, 10) : -1;
      this.traced = { argv: shown, fd: fd < 0 ? undefined : fd };
    }
    return expanded;
  }

  protected forgetTraced(): void {
    if (this.traced?.fd !== undefined) this.shell.sys.close(this.traced.fd);
    this.traced = undefined;
  }

  /** Shows something where standard error went before the redirections of the command. */
  protected *onTraceFd(show: Wait<void>): Wait<void> {
    const { shell } = this;
    const fd = shell.traceFd;
    shell.traceFd = this.traced!.fd ?? fd;
    yield* show;
    shell.traceFd = fd;
    this.forgetTraced();
  }

  /** Assignments before a command: exported variables of an inner scope. */
  protected *temporaries(assigns: readonly Assignment[]): Wait<void> {
    const shown: string[] = [];
    yield* this.#exportTemporaries(assigns, shown);
    const { traced, shell } = this;
    if (!traced) return;
    const tracing = this;
    yield* this.onTraceFd(
      (function* () {
        if (!shell.bash) yield* tracing.traceCommand(traced.argv, shown);
        else {
          for (const text of shown) yield* tracing.trace(text);
          yield* tracing.traceCommand(traced.argv);
        }
      })(),
    );
  }

  *#exportTemporaries(assigns: readonly Assignment[], shown: string[]): Wait<void> {
    const { shell } = this;
    for (const a of assigns) {
      if (a.index !== undefined && shell.bash) {
        shell.error(`\`${a.source.slice(0, a.source.indexOf('=')).replace(/\+$/, '')}': not a valid identifier`);
        continue;
      }
      const before = shell.vars.own(a.name);
      if (before && before.flags & READONLY) {
        shell.error(`${a.name}: ${shell.bash ? 'readonly variable' : 'is read only'}`);
        if (shell.bash) continue;
        shell.abandon();
      }
      const value = a.value ? yield* this.expander.textWait(a.value, true) : a.source.slice(a.source.indexOf('=') + 1);
      const old = a.append ? (shell.vars.get(a.name) ?? '') : '';
      shell.vars.declareLocal(a.name, 'temporary');
      shell.vars.attributes(a.name, EXPORT);
      if (value !== undefined && a.index === undefined) shell.vars.set(a.name, old + value);
      if (this.traced) shown.push(this.shownAssignment(a, value));
    }
  }
}
