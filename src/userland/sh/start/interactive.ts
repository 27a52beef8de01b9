import { ENOENT } from '../../../abi/errno.ts';
import { CLOCK_REALTIME, F_DUPFD_CLOEXEC, O_APPEND, O_CREAT, O_WRONLY } from '../../../abi/flags.ts';
import type { Library } from '../../../abi/library.ts';
import {
  SIG_DFL,
  SIGCONT,
  SIGHUP,
  SIGINT,
  SIGQUIT,
  SIGTERM,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGWINCH,
} from '../../../abi/signal.ts';
import { Stat } from '../../../abi/stat.ts';
import { TCSANOW, type Termios } from '../../../abi/termios.ts';
import { decode } from '../../../lib/utf8.ts';
import { library, open, readFile, type Wait, writeAll, writeFile } from '../../../libc/io.ts';
import { BIND } from '../builtins/libraries.ts';
import { visible } from '../editor/display.ts';
import { Editor } from '../editor/editor.ts';
import { historyWords } from '../editor/history.ts';
import type { EditorHost } from '../editor/host.ts';
import { BlockSource, type LineSource, type Prompts, runSource } from '../exec/input.ts';
import type { Interpreter } from '../exec/interpreter.ts';
import { jobState } from '../exec/jobs.ts';
import { LineReader } from '../exec/line-reader.ts';
import type { Shell } from '../state/shell.ts';
import { DiscardUnwind, ExitUnwind } from '../state/unwind.ts';
import { promptWait } from './prompt.ts';

const TERMINAL_FD = 255;
/** What a prompt does not wait for. */
const COMPLETE: Library<typeof import('../completion/complete.ts')> = {
  name: 'bash/complete',
  load: () => import('../completion/complete.ts'),
};
const EXPANSION: Library<typeof import('../editor/history-expansion.ts')> = {
  name: 'readline/history-expansion',
  load: () => import('../editor/history-expansion.ts'),
};

/** To be loaded when there is time. */
export const AT_A_TERMINAL: readonly Library<object>[] = [COMPLETE, EXPANSION];

/** The read-eval loop at a terminal, from job control to the history file. */
export function* interact(ip: Interpreter): Wait<number> {
  const session = new Session(ip);
  return yield* session.run();
}

class Session implements LineSource, Prompts {
  readonly ahead = false;
  readonly #shell: Shell;
  #editor: Editor | undefined;
  #commands = 0;
  #hangup = false;
  /** Terminal settings after the last command that ended well. */
  #good: Termios | undefined;
  /** The lines of a command that is not complete. */
  #pending = '';

  constructor(readonly ip: Interpreter) {
    this.#shell = ip.shell;
  }

  *run(): Wait<number> {
    const { ip } = this;
    const shell = this.#shell;
    this.#signals();
    this.#jobControl();
    yield* shell.queue.flush();
    const tty = shell.sys.isatty(0);
    if (!tty && !shell.bash) this.#block = new BlockSource(shell, 0);
    if (tty && shell.personality !== 'dash') {
      this.#editor = new Editor(shell.sys, 0, 2, this.#host());
      ip.readLine = (prompt) => this.#plainLine(prompt);
      if (shell.bash) shell.options.emacs = !shell.options.vi;
    }
    if (shell.bash) {
      shell.options.history = true;
      shell.options.histexpand = true;
      if (shell.vars.get('HISTSIZE') === undefined) shell.vars.set('HISTSIZE', '500');
      if (shell.vars.get('HISTFILESIZE') === undefined) shell.vars.set('HISTFILESIZE', '500');
      if (shell.vars.get('HISTFILE') === undefined)
        shell.vars.set('HISTFILE', `${shell.vars.get('HOME') ?? ''}/.bash_history`);
      shell.vars.set('COLUMNS', shell.vars.get('COLUMNS') ?? '80');
      shell.vars.set('LINES', shell.vars.get('LINES') ?? '24');
      this.#windowSize();
    } else if (shell.personality === 'ash' && shell.vars.get('HISTFILE') === undefined)
      shell.vars.set('HISTFILE', `${shell.vars.get('HOME') ?? ''}/.ash_history`);
    yield* this.#loadHistory();
    if (shell.bash && this.#editor) yield* this.#inputrc();
    let status: number;
    let thrown: unknown;
    try {
      status = yield* runSource(ip, this, this);
    } catch (caught) {
      if (!(caught instanceof ExitUnwind)) throw caught;
      thrown = caught;
      status = caught.status;
    }
    yield* this.#end();
    if (thrown) throw thrown;
    return status;
  }

  *#inputrc(): Wait<void> {
    const { vars } = this.#shell;
    const own = vars.get('INPUTRC') || `${vars.get('HOME') ?? ''}/.inputrc`;
    const st = new Stat();
    // the code for it comes only where there is such a file
    const path = [own, '/etc/inputrc'].find((each) => this.#shell.sys.stat(each, st) === 0);
    const bind = path === undefined ? -ENOENT : yield* library(this.#shell.sys, BIND);
    if (typeof bind !== 'number') yield* bind.readInputrc(this.ip, path!);
  }

  #signals(): void {
    const shell = this.#shell;
    const { sys } = shell;
    const { traps } = this.ip;
    const ignore = (): void => {};
    const handlers = new Map<number, (signal: number) => void>([
      [SIGINT, (signal) => traps.pending.push(signal)],
      [SIGHUP, () => (this.#hangup = true)],
      [SIGWINCH, ignore],
      [SIGTERM, ignore],
      [SIGQUIT, ignore],
      [SIGTSTP, ignore],
      [SIGTTIN, ignore],
      [SIGTTOU, ignore],
    ]);
    traps.defaultHandler = (signal) => handlers.get(signal) ?? SIG_DFL;
    for (const [signal, handler] of handlers) if (!traps.actions.has(signal)) sys.sigaction(signal, handler);
    this.ip.releaseSignals = () => {
      for (const signal of handlers.keys()) if (!traps.actions.has(signal)) sys.sigaction(signal, SIG_DFL);
    };
    this.ip.restoreSignals = () => {
      for (const [signal, handler] of handlers) if (!traps.actions.has(signal)) sys.sigaction(signal, handler);
    };
  }

  #jobControl(): void {
    const shell = this.#shell;
    const { sys } = shell;
    const { jobs } = this.ip;
    const terminal = sys.isatty(2) ? 2 : sys.isatty(0) ? 0 : undefined;
    const fd = terminal === undefined ? -1 : sys.fcntl(terminal, F_DUPFD_CLOEXEC, TERMINAL_FD);
    const group = fd < 0 ? -1 : sys.tcgetpgrp(fd);
    if (fd < 0 || group < 0) {
      if (fd >= 0) sys.close(fd);
      if (shell.bash) {
        shell.queue.put(
          2,
          `${shell.name}: cannot set terminal process group (${sys.getpgid(0)}): ${shell.strerror(25)}\n${shell.name}: no job control in this shell\n`,
        );
      } else
        shell.queue.put(
          2,
          `${shell.name}: ${shell.personality === 'dash' ? '0: ' : ''}can't access tty; job control turned off\n`,
        );
      return;
    }
    jobs.tty = fd;
    shell.options.monitor = true;
    const own = sys.getpid();
    if (sys.getpgid(0) !== own) sys.setpgid(0, own);
    jobs.shellPgid = sys.getpgid(0);
    jobs.giveTerminal(jobs.shellPgid);
  }

  #host(): EditorHost {
    const { ip } = this;
    const shell = this.#shell;
    const session = this;
    return {
      *complete(before) {
        const completion = yield* library(ip.sys, COMPLETE);
        return typeof completion === 'number' ? undefined : yield* completion.complete(ip, before);
      },
      *signal() {
        session.#windowSize();
        if (ip.traps.pending.length > 0) yield* ip.runPending();
        return session.#hangup;
      },
      history: ip.history,
      mode: () => (shell.options.vi ? 'vi' : 'emacs'),
      bracketedPaste: shell.bash && shell.vars.get('TERM') !== 'dumb',
      words: historyWords,
      bindings: ip.bindings,
      execute: (command, line, point) => session.#execute(command, line, point),
    };
  }

  /** Runs what `bind -x` bound: it sees the line in READLINE_LINE and READLINE_POINT. */
  *#execute(command: string, line: string, point: number): Wait<{ line: string; point: number }> {
    const { vars } = this.#shell;
    vars.set('READLINE_LINE', line);
    vars.set('READLINE_POINT', String(point));
    yield* this.ip.runText(command, 'bind_int_variable: ', 1);
    yield* this.#shell.queue.flush();
    const after = { line: vars.get('READLINE_LINE') ?? '', point: Number(vars.get('READLINE_POINT') ?? '0') || 0 };
    vars.unset('READLINE_LINE');
    vars.unset('READLINE_POINT');
    return after;
  }

  #windowSize(): void {
    const shell = this.#shell;
    if (!shell.bash || !shell.shopts.checkwinsize) return;
    const size = shell.sys.tiocgwinsz(this.ip.jobs.tty >= 0 ? this.ip.jobs.tty : 0);
    if (typeof size === 'number' || size.cols === 0) return;
    shell.vars.set('COLUMNS', String(size.cols));
    shell.vars.set('LINES', String(size.rows));
  }

  // ---- lines

  *next(more: boolean): Wait<string | undefined> {
    const shell = this.#shell;
    if (!more) this.#pending = '';
    for (;;) {
      if (this.#hangup) this.#hangUp();
      const text = shell.vars.get(more ? 'PS2' : 'PS1') ?? '';
      const prompt = yield* promptWait(this.ip, text, {
        history: this.ip.history.nextNumber,
        command: this.#commands + 1,
      });
      yield* shell.queue.flush();
      const line = yield* this.#line(prompt);
      if (line === 'interrupt') {
        this.ip.traps.pending.length = 0;
        throw new DiscardUnwind(130);
      }
      if (line === undefined) {
        if (more) return undefined;
        if (this.#hangup) this.#hangUp();
        if (this.#refusesEof()) continue;
        if (shell.bash) shell.queue.put(2, shell.login ? 'logout\n' : 'exit\n');
        else if (this.#editor === undefined) shell.queue.put(2, '\n');
        else shell.queue.put(2, '\n');
        yield* shell.queue.flush();
        return undefined;
      }
      const expanded = yield* this.#expand(line);
      if (expanded === undefined) continue;
      this.#remember(expanded, more);
      this.#pending += `${expanded}\n`;
      return `${expanded}\n`;
    }
  }

  #hangUp(): never {
    const { jobs } = this.ip;
    for (const job of jobs.jobs) {
      if (job.nohup || jobState(job) === 'done') continue;
      this.#shell.sys.kill(-job.pgid, SIGHUP);
      if (jobState(job) === 'stopped') this.#shell.sys.kill(-job.pgid, SIGCONT);
    }
    throw new ExitUnwind(129);
  }

  #eofs = 0;

  #refusesEof(): boolean {
    const shell = this.#shell;
    if (this.ip.stoppedJobsWarned()) return true;
    const limit = shell.options.ignoreeof ? 10 : Number(shell.vars.get('IGNOREEOF') ?? '0');
    if (!(limit > 0) || ++this.#eofs > limit) return false;
    shell.queue.put(
      2,
      shell.bash ? `Use "${shell.login ? 'logout' : 'exit'}" to leave the shell.\n` : '\nUse "exit" to leave shell.\n',
    );
    return true;
  }

  /** Commands of a dash that are no terminal's come in blocks, which an error drops. */
  #block: BlockSource | undefined;

  drop(): void {
    if (this.#shell.personality === 'dash' && this.#block) this.#block = new BlockSource(this.#shell, 0);
  }

  /** One line of the terminal. */
  *#line(prompt: string): Wait<string | undefined | 'interrupt'> {
    const shell = this.#shell;
    if (this.#editor) {
      const entered = yield* this.#editor.read(prompt);
      if (entered.kind === 'line') return entered.text;
      if (entered.kind === 'interrupt') return 'interrupt';
      return undefined;
    }
    shell.queue.put(shell.personality === 'ash' ? 1 : 2, visible(prompt));
    yield* shell.queue.flush();
    if (this.#block) return (yield* this.#block.next())?.replace(/\n$/, '');
    const line = yield* new LineReader(shell, 0).read({ delimiter: 10 });
    if (typeof line === 'number') {
      if (this.ip.traps.pending.length === 0) return undefined;
      shell.queue.put(2, '\n');
      yield* shell.queue.flush();
      return 'interrupt';
    }
    return line.ended && line.text === '' ? undefined : line.text;
  }

  *#plainLine(prompt: string): Wait<string | undefined> {
    const line = yield* this.#line(prompt);
    return line === 'interrupt' ? undefined : line;
  }

  *#expand(line: string): Wait<string | undefined> {
    const shell = this.#shell;
    if (!shell.bash || !shell.options.histexpand || !/[!^]/.test(line)) return line;
    const expansion = yield* library(shell.sys, EXPANSION);
    if (typeof expansion === 'number') return line;
    const expanded = expansion.expandHistory(line, this.ip.history);
    if ('error' in expanded) {
      shell.queue.put(2, `${shell.messageName}: ${expanded.error}\n`);
      yield* shell.queue.flush();
      return undefined;
    }
    if (expanded.changed) {
      shell.queue.put(expanded.printOnly ? 1 : 2, `${expanded.text}\n`);
      yield* shell.queue.flush();
    }
    if (!expanded.printOnly) return expanded.text;
    this.#remember(expanded.text, false);
    return undefined;
  }

  /** Puts a line into the history, by HISTCONTROL and HISTIGNORE. */
  #remember(line: string, more: boolean): void {
    const shell = this.#shell;
    const { history } = this.ip;
    if (shell.bash ? !shell.options.history : this.#editor === undefined) return;
    if (more && shell.bash) {
      const last = history.entries.at(-1);
      if (last && this.#kept) {
        const glue =
          shell.shopts.lithist || this.#openQuote(last.text)
            ? '\n'
            : /(?:^|[\s;])(?:then|do|else|\{|\(|in)\s*$|&&\s*$|\|\|?\s*$|;\s*$/.test(last.text)
              ? ' '
              : '; ';
        last.text += glue + line;
      }
      return;
    }
    this.#kept = false;
    if (line.trim() === '') return;
    const control = (shell.vars.get('HISTCONTROL') ?? '').split(':');
    const has = (word: string): boolean =>
      control.includes(word) || (control.includes('ignoreboth') && word !== 'erasedups');
    if (shell.bash) {
      if (has('ignorespace') && /^\s/.test(line)) return;
      const ignored = (shell.vars.get('HISTIGNORE') ?? '').split(':').filter((p) => p !== '');
      if (
        ignored.some((p) =>
          shell.patterns
            .compile(p === '&' ? (history.at(history.length - 1) ?? '') : p, { extglob: false, nocase: false })
            .matches(line),
        )
      )
        return;
    }
    if ((has('ignoredups') || !shell.bash) && history.at(history.length - 1) === line) return;
    if (control.includes('erasedups'))
      for (let i = history.length - 1; i >= 0; i--) if (history.at(i) === line) history.delete(i);
    history.limit = this.#limit('HISTSIZE');
    history.add(line, Math.floor(shell.sys.now(CLOCK_REALTIME) / 1000));
    this.#kept = true;
  }

  #kept = false;

  #openQuote(text: string): boolean {
    const quotes = text.replace(/\\./g, '').match(/["']/g)?.length ?? 0;
    return quotes % 2 === 1;
  }

  #limit(name: string): number {
    const value = this.#shell.vars.get(name);
    if (value === undefined || !/^\d+$/.test(value)) return -1;
    return Number(value);
  }

  // ---- around commands

  *before(): Wait<void> {
    const shell = this.#shell;
    const { ip } = this;
    ip.traps.pending.length = 0;
    ip.jobs.notify();
    yield* shell.queue.flush();
    if (ip.jobs.tty >= 0) {
      ip.jobs.giveTerminal(ip.jobs.shellPgid);
      if (shell.status > 128 && this.#good) shell.sys.tcsetattr(ip.jobs.tty, TCSANOW, this.#good);
      else {
        const now = shell.sys.tcgetattr(ip.jobs.tty);
        if (typeof now !== 'number') this.#good = now;
      }
    }
    this.#windowSize();
    if (shell.bash) yield* this.#promptCommands();
    yield* shell.queue.flush();
  }

  *#promptCommands(): Wait<void> {
    const shell = this.#shell;
    const variable = shell.vars.find('PROMPT_COMMAND');
    if (!variable) return;
    const commands = variable.array ? variable.array.values() : [variable.value ?? ''];
    const { status, lastArgument } = shell;
    for (const command of commands) {
      if (command === '') continue;
      shell.status = status;
      yield* this.ip.runText(command, 'PROMPT_COMMAND: ', 1);
    }
    shell.status = status;
    shell.lastArgument = lastArgument;
  }

  entered(text: string): void {
    if (text.trim() !== '') this.#commands++;
    this.#eofs = 0;
  }

  // ---- history file

  *#loadHistory(): Wait<void> {
    const shell = this.#shell;
    const file = shell.personality === 'dash' ? undefined : shell.vars.get('HISTFILE');
    if (!file) return;
    const bytes = yield* readFile(shell.sys, file);
    this.ip.history.limit = shell.bash ? this.#limit('HISTSIZE') : 256;
    if (typeof bytes !== 'number') this.ip.history.load(decode(bytes));
  }

  *#end(): Wait<void> {
    const shell = this.#shell;
    const { history, jobs } = this.ip;
    const file = shell.personality === 'dash' ? undefined : shell.vars.get('HISTFILE');
    if (shell.login && shell.bash && shell.shopts.huponexit)
      for (const job of jobs.jobs) if (!job.nohup && jobState(job) !== 'done') shell.sys.kill(-job.pgid, SIGHUP);
    if (jobs.tty >= 0)
      for (const job of jobs.jobs)
        if (jobState(job) === 'stopped') {
          shell.sys.kill(-job.pgid, SIGTERM);
          shell.sys.kill(-job.pgid, SIGCONT);
        }
    if (!file || history.length === history.loaded) return;
    const stamps = shell.vars.get('HISTTIMEFORMAT') !== undefined;
    if (shell.bash && shell.shopts.histappend) {
      const fd = yield* open(shell.sys, file, O_WRONLY | O_CREAT | O_APPEND, 0o600);
      if (fd < 0) return;
      yield* writeAll(shell.sys, fd, history.save(history.loaded, stamps));
      shell.sys.close(fd);
      return;
    }
    const limit = shell.bash ? this.#limit('HISTFILESIZE') : 256;
    const from = limit < 0 ? 0 : Math.max(0, history.length - limit);
    yield* writeFile(shell.sys, file, history.save(from, stamps), 0o600);
  }
}
