import { F_DUPFD_CLOEXEC, O_RDONLY } from '../../../abi/flags.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import type { Program, Sys } from '../../../abi/sys.ts';
import { open, type Wait } from '../../../libc/io.ts';
import { BlockSource, DescriptorSource, FileSource, runSource, runString } from '../exec/input.ts';
import { type Builtins, Interpreter } from '../exec/interpreter.ts';
import { searchCommand } from '../exec/lookup.ts';
import { openError, PRIVATE_FD } from '../exec/redirect.ts';
import type { Personality } from '../parse/personality.ts';
import { Shell } from '../state/shell.ts';
import { DiscardUnwind, ExitUnwind, isStackOverflow, LoopUnwind, ReturnUnwind } from '../state/unwind.ts';
import { type Invocation, parseInvocation } from './arguments.ts';
import { importEnvironment } from './environment.ts';

/** What is added for a shell at a terminal. */
export interface InteractiveParts {
  /** Runs the read-eval loop at the terminal. */
  interact(ip: Interpreter): Wait<number>;
  prompt(ip: Interpreter): (text: string) => string;
  promptWait(ip: Interpreter, text: string): Wait<string>;
}

/** The life of a shell process, whichever personality it has. */
export function* runShell(sys: Sys, personality: Personality, builtins: Builtins, parts: InteractiveParts): Program {
  const declarations = new Set<string>();
  for (const [name, builtin] of builtins) if (builtin.declaration) declarations.add(name);
  const shell = new Shell(sys, personality, declarations);
  const ip = new Interpreter(shell, builtins);
  ip.promptTextFor = parts.prompt;
  ip.promptWaitFor = (each) => (text) => parts.promptWait(each, text);
  ip.promptWait = ip.promptWaitFor(ip);
  ip.expander.promptText = parts.prompt(ip);
  shell.name = sys.argv[0] ?? personality;
  const invocation = parseInvocation(shell, sys.argv);
  if (typeof invocation === 'number') {
    yield* shell.queue.flush();
    return invocation;
  }
  if (invocation.say !== undefined) {
    shell.print(invocation.say);
    yield* shell.queue.flush();
    return 0;
  }
  importEnvironment(ip);
  let status: number;
  try {
    status = yield* start(ip, invocation, parts);
  } catch (thrown) {
    status = yield* ended(ip, thrown);
  }
  status = yield* ip.runExitTrap(status);
  yield* shell.queue.flush();
  return status & 0xff;
}

function* ended(ip: Interpreter, thrown: unknown): Wait<number> {
  if (isStackOverflow(thrown)) return ip.overflowed();
  yield* ip.shell.queue.flush();
  if (thrown instanceof ExitUnwind || thrown instanceof ReturnUnwind || thrown instanceof DiscardUnwind)
    return thrown.status;
  if (thrown instanceof LoopUnwind) return 0;
  throw thrown;
}

function* start(ip: Interpreter, invocation: Invocation, parts: InteractiveParts): Wait<number> {
  const { shell } = ip;
  shell.params = invocation.params;
  if (invocation.name !== undefined) shell.name = invocation.name;
  shell.interactive = invocation.interactive;
  shell.ofInteractive = invocation.interactive;
  shell.login = invocation.login;
  shell.commandString = invocation.command !== undefined;
  shell.readsStdin = invocation.command === undefined && invocation.script === undefined;
  if (shell.bash) shell.setShopt('login_shell', invocation.login);
  if (invocation.interactive && shell.bash) {
    shell.setShopt('expand_aliases', true);
    shell.options.emacs = !shell.options.vi;
    if (shell.vars.get('PS1') === undefined) shell.vars.set('PS1', '\\s-\\v\\$ ');
    if (shell.vars.get('PS2') === undefined) shell.vars.set('PS2', '> ');
  }
  if (invocation.interactive && shell.personality === 'ash') greet(shell);
  yield* startupFiles(ip, invocation);
  if (invocation.command !== undefined && invocation.interactive && !shell.bash) {
    if ((yield* runString(ip, invocation.command, true)) === undefined) return yield* parts.interact(ip);
    return shell.status;
  }
  if (invocation.command !== undefined) return (yield* runString(ip, invocation.command)) ?? shell.status;
  if (invocation.script !== undefined) return yield* runScript(ip, invocation.script);
  if (invocation.interactive) return yield* parts.interact(ip);
  return yield* runSource(ip, shell.bash ? new DescriptorSource(shell, 0) : new BlockSource(shell, 0));
}

/** A busybox that Debian built says what it is; others are built to be quiet. */
function greet(shell: Shell): void {
  const { version } = shell.sys.image;
  if (!version.includes('(Debian')) return;
  shell.print(`\n\nBusyBox ${version} built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n`);
}

function* runScript(ip: Interpreter, path: string): Wait<number> {
  const { shell } = ip;
  const { sys } = shell;
  let name = path;
  const st = new Stat();
  if (!path.includes('/') && sys.stat(path, st) < 0) {
    const found = shell.bash ? searchCommand(shell, path, undefined, false) : -2;
    if (typeof found === 'string') name = found;
  }
  const opened = yield* open(sys, name, O_RDONLY);
  if (opened < 0) {
    shell.name = sys.argv[0] ?? 'sh';
    if (shell.bash) shell.queue.put(2, `${shell.name}: ${path}: ${shell.strerror(opened)}\n`);
    else if (shell.personality === 'dash')
      shell.queue.put(2, `${shell.name}: 0: ${openError(shell, path, opened, false)}\n`);
    else shell.queue.put(2, `${shell.name}: can't open '${path}': ${shell.strerror(opened)}\n`);
    yield* shell.queue.flush();
    return opened === -2 ? (shell.bash ? 127 : 2) : shell.bash ? 126 : 2;
  }
  const isDir = sys.fstat(opened, st) === 0 && isDirectory(st.mode);
  if (isDir && shell.bash) {
    shell.queue.put(2, `${sys.argv[0]}: ${path}: Is a directory\n`);
    yield* shell.queue.flush();
    return 126;
  }
  if (shell.bash && (yield* ip.isBinary(name))) {
    shell.queue.put(2, `${name}: ${name}: cannot execute binary file\n`);
    yield* shell.queue.flush();
    return 126;
  }
  const fd = sys.fcntl(opened, F_DUPFD_CLOEXEC, shell.bash ? 255 : PRIVATE_FD);
  sys.close(opened);
  const status = yield* runSource(ip, new FileSource(shell, fd));
  return status;
}

/** The files that a shell reads before its first command. @see bash(1), INVOCATION */
function* startupFiles(ip: Interpreter, invocation: Invocation): Wait<void> {
  const { shell } = ip;
  const home = shell.vars.get('HOME') ?? '/';
  if (invocation.login && !invocation.noProfile) {
    yield* readIfThere(ip, '/etc/profile');
    const mine = shell.bash && !shell.options.posix ? ['.bash_profile', '.bash_login', '.profile'] : ['.profile'];
    for (const name of mine) if (yield* readIfThere(ip, `${home}/${name}`)) break;
  }
  if (invocation.interactive && shell.bash && !invocation.login && !invocation.noRc) {
    yield* readIfThere(ip, '/etc/bash.bashrc');
    yield* readIfThere(ip, invocation.rcFile ?? `${home}/.bashrc`);
  }
  const variable = shell.bash
    ? invocation.interactive
      ? undefined
      : 'BASH_ENV'
    : invocation.interactive
      ? 'ENV'
      : undefined;
  if (variable !== undefined) {
    const value = shell.vars.get(variable);
    if (value) yield* readIfThere(ip, value.replace(/^\$HOME|^~/, home));
  }
}

/** Runs a file in this shell if it can be read. */
export function* readIfThere(ip: Interpreter, path: string): Wait<boolean> {
  const fd = yield* open(ip.sys, path, O_RDONLY);
  if (fd < 0) return false;
  const { interactive } = ip.shell;
  try {
    yield* ip.sourceText(yield* ip.readAllText(fd), path);
  } catch (thrown) {
    if (!(thrown instanceof ReturnUnwind) && !(thrown instanceof DiscardUnwind)) throw thrown;
  }
  ip.shell.interactive = interactive;
  yield* ip.shell.queue.flush();
  return true;
}
