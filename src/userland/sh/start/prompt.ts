import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Wait } from '../../../libc/io.ts';
import { formatTime } from '../builtins/time-format.ts';
import { INVISIBLE_END, INVISIBLE_START } from '../editor/display.ts';
import type { Interpreter } from '../exec/interpreter.ts';
import { passwdNow } from '../expand/home.ts';
import type { Word } from '../parse/ast.ts';
import { ParseFailure } from '../parse/failure.ts';
import { Parser } from '../parse/parser.ts';
import type { Shell } from '../state/shell.ts';

/** What the escapes of a prompt show beyond the shell's state. */
export interface PromptNumbers {
  /** `\!` */
  history: number;
  /** `\#` */
  command: number;
  /** `\j` */
  jobs?: number;
}

/** Text that the expansion which follows leaves as it is. */
const literal = (text: string): string => text.replace(/[\\$`"]/g, '\\$&');

/** The name of the user, as /etc/passwd has it. */
export function userName(shell: Shell): string {
  const { euid } = shell.sys.credentials();
  return passwdNow(shell.sys).find((user) => user.uid === euid)?.name ?? (shell.bash ? 'I have no name!' : '?');
}

function directory(shell: Shell, base: boolean): string {
  const home = shell.vars.get('HOME');
  const cwd = shell.vars.get('PWD') ?? shell.cwd;
  if (base) {
    if (home && cwd === home) return '~';
    return cwd === '/' ? '/' : cwd.slice(cwd.lastIndexOf('/') + 1);
  }
  let path = cwd;
  if (home && home !== '/' && (cwd === home || cwd.startsWith(`${home}/`))) path = `~${cwd.slice(home.length)}`;
  const trim = Number(shell.vars.get('PROMPT_DIRTRIM') ?? '0');
  if (trim > 0) {
    const parts = path.replace(/^~\/?/, '').replace(/^\//, '').split('/');
    if (parts.length > trim) path = `${path.startsWith('~') ? '~/' : ''}.../${parts.slice(-trim).join('/')}`;
  }
  return path;
}

/** Replaces the backslash escapes of a prompt. @see bash(1), PROMPTING */
export function promptEscapes(shell: Shell, text: string, numbers: PromptNumbers): string {
  if (!text.includes('\\') || shell.personality === 'dash') return text;
  const time = (format: string): string =>
    formatTime(format, Math.floor(shell.sys.now(CLOCK_REALTIME) / 1000), shell.vars.get('TZ') ?? 'UTC0');
  return text.replace(/\\(D\{[^}]*\}|[0-7]{1,3}|[\s\S])/g, (all, e: string) => {
    if (/^[0-7]/.test(e)) return literal(String.fromCharCode(Number.parseInt(e, 8) & 0xff));
    if (e[0] === 'D' && e.length > 1) return literal(time(e.slice(2, -1) || '%X'));
    switch (e) {
      case 'a':
        return '\x07';
      case 'd':
        return time('%a %b %d');
      case 'e':
        return '\x1b';
      case 'h':
        return literal(shell.sys.uname().nodename.replace(/\..*/, ''));
      case 'H':
        return literal(shell.sys.uname().nodename);
      case 'j':
        return String(numbers.jobs ?? 0);
      case 'l': {
        const tty = shell.sys.ttyname(0);
        return typeof tty === 'string' ? tty.replace(/^\/dev\//, '').replace(/^.*\//, '') : 'tty';
      }
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 's':
        return literal((shell.sys.argv[0] ?? shell.name).replace(/^-/, '').replace(/^.*\//, ''));
      case 't':
        return time('%H:%M:%S');
      case 'T':
        return time('%I:%M:%S');
      case '@':
        return time('%I:%M %p');
      case 'A':
        return time('%H:%M');
      case 'u':
        return literal(userName(shell));
      case 'v':
        return (shell.vars.get('BASH_VERSION') ?? '').replace(/^(\d+\.\d+).*/, '$1');
      case 'V':
        return (shell.vars.get('BASH_VERSION') ?? '').replace(/\(.*/, '');
      case 'w':
        return literal(directory(shell, false));
      case 'W':
        return literal(directory(shell, true));
      case '!':
        return String(numbers.history);
      case '#':
        return String(numbers.command);
      case '$':
        return shell.sys.credentials().euid === 0 ? '#' : '\\$';
      case '[':
        return INVISIBLE_START;
      case ']':
        return INVISIBLE_END;
      case '\\':
        return '\\';
      default:
        return all;
    }
  });
}

function promptWord(ip: Interpreter, text: string, numbers: PromptNumbers): Word | undefined {
  const { shell } = ip;
  const decoded = promptEscapes(shell, text, numbers);
  if (shell.bash && !shell.shopts.promptvars) return undefined;
  try {
    return new Parser('', shell.parseSettings).expandable(decoded);
  } catch (thrown) {
    if (!(thrown instanceof ParseFailure)) throw thrown;
    return undefined;
  }
}

/** A prompt whose expansion cannot wait (`${x@P}`); command substitutions in it stay as they are. */
export function promptNow(ip: Interpreter, text: string, numbers: PromptNumbers): string {
  const word = promptWord(ip, text, numbers);
  const decoded = word?.pure ? ip.expander.quotedText(word) : promptEscapes(ip.shell, text, numbers);
  return decoded.replaceAll(INVISIBLE_START, '').replaceAll(INVISIBLE_END, '');
}

/** A prompt, fully expanded, the marks of invisible pieces in it. `$?` is what it was. */
export function* promptWait(ip: Interpreter, text: string, numbers: PromptNumbers): Wait<string> {
  const word = promptWord(ip, text, numbers);
  if (word === undefined) return promptEscapes(ip.shell, text, numbers);
  const { status, substitutionStatus } = ip.shell;
  const { xtrace } = ip.shell.options;
  ip.shell.options.xtrace = false;
  const out = yield* ip.expander.quotedTextWait(word);
  ip.shell.options.xtrace = xtrace;
  ip.shell.status = status;
  ip.shell.substitutionStatus = substitutionStatus;
  return out;
}
