import { Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { LOCALE_VARIABLES } from '../../../libc/locale.ts';
import { setOption } from '../builtins/set.ts';
import type { Interpreter } from '../exec/interpreter.ts';
import { passwdNow } from '../expand/home.ts';
import { ParseFailure } from '../parse/failure.ts';
import { Parser } from '../parse/parser.ts';
import { AssocArray } from '../state/assoc.ts';
import type { Shell } from '../state/shell.ts';
import { DYNAMIC, EXPORT, INTEGER, IndexedArray, READONLY, WATCHED } from '../state/variable.ts';
import { isName } from '../state/variables.ts';

const BASH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Variables that a shell starts with: its environment, and what it sets itself. */
export function importEnvironment(ip: Interpreter): void {
  const { shell } = ip;
  const { vars, sys } = shell;
  declareSpecial(shell);
  for (const pair of sys.envp) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    if (shell.bash && /^BASH_FUNC_.*%%$/.test(name)) {
      importFunction(ip, name.slice(10, -2), pair.slice(equals + 1));
      continue;
    }
    if (equals <= 0 || !isName(name)) continue;
    if (name === 'SHELLOPTS' && shell.bash) {
      for (const option of pair.slice(equals + 1).split(':')) setOption(shell, option, true);
      vars.attributes(name, EXPORT);
    }
    if (OWN.has(name) && shell.bash) continue;
    vars.set(name, pair.slice(equals + 1));
    if (name !== '_') vars.attributes(name, EXPORT);
  }
  shell.started = true;
  vars.set('IFS', ' \t\n');
  vars.attributes('IFS', 0, EXPORT);
  const inheritedOptind = vars.get('OPTIND');
  if (inheritedOptind === undefined || !shell.bash) vars.set('OPTIND', '1');
  if (shell.bash) vars.set('OPTERR', '1');
  workingDirectory(shell);
  vars.set('PPID', String(sys.getppid()));
  if (shell.bash) {
    vars.attributes('PPID', READONLY | INTEGER);
    bashVariables(ip);
  } else {
    vars.set('PS2', '> ');
    vars.set('PS4', '+ ');
    if (vars.get('PS1') === undefined)
      vars.set('PS1', shell.personality === 'ash' ? '\\w \\$ ' : sys.credentials().euid === 0 ? '# ' : '$ ');
    if (shell.personality === 'dash' && vars.get('PATH') === undefined) vars.set('PATH', BASH_PATH);
    if (shell.personality === 'ash' && vars.get('PATH') === undefined)
      vars.set('PATH', '/sbin:/usr/sbin:/bin:/usr/bin');
    if (shell.personality === 'ash') {
      const level = Number(vars.get('SHLVL') ?? '0') || 0;
      vars.set('SHLVL', String(level + 1));
      vars.attributes('SHLVL', EXPORT);
      if (vars.get('HOSTNAME') === undefined) vars.set('HOSTNAME', sys.uname().nodename);
    }
  }
}

/** Where Debian's bash looks for built-ins that `enable -f` loads. */
const LOADABLES = '/usr/local/lib/bash:/usr/lib/bash:/opt/local/lib/bash:/usr/pkg/lib/bash:/opt/pkg/lib/bash:.';

const OWN = new Set([
  'PPID',
  'UID',
  'EUID',
  'BASHOPTS',
  'SHELLOPTS',
  'BASH_VERSINFO',
  'RANDOM',
  'SECONDS',
  'LINENO',
  'BASHPID',
]);

/** Variables that are worked out when they are read. */
const BASH_DYNAMIC = [
  'RANDOM',
  'SRANDOM',
  'LINENO',
  'SECONDS',
  'EPOCHSECONDS',
  'EPOCHREALTIME',
  'HISTCMD',
  'BASHPID',
  'BASH_SUBSHELL',
  'BASH_COMMAND',
  'BASH_ARGV0',
  '_',
  'PIPESTATUS',
  'FUNCNAME',
  'BASH_ARGC',
  'BASH_ARGV',
  'BASH_SOURCE',
  'BASH_LINENO',
  'DIRSTACK',
  'GROUPS',
];
const ASH_DYNAMIC = ['FUNCNAME', 'LINENO', 'RANDOM', 'EPOCHSECONDS', 'EPOCHREALTIME'];

/** Declares the variables that are worked out when they are read, and those whose change has an effect. */
function declareSpecial({ vars, bash, personality }: Shell): void {
  for (const name of ['IFS', 'PATH', 'OPTIND']) vars.attributes(name, WATCHED);
  if (personality === 'ash') for (const name of ASH_DYNAMIC) vars.attributes(name, DYNAMIC);
  if (!bash) return;
  for (const name of ['POSIXLY_CORRECT', ...LOCALE_VARIABLES]) vars.attributes(name, WATCHED);
  for (const name of BASH_DYNAMIC) vars.attributes(name, DYNAMIC);
  for (const name of ['RANDOM', 'SECONDS', 'BASHPID', 'SRANDOM', 'HISTCMD', 'OPTIND']) vars.attributes(name, INTEGER);
  for (const name of ['SHELLOPTS', 'BASHOPTS']) vars.attributes(name, DYNAMIC | READONLY);
}

/** `$PWD` is kept where it names the working directory, else asked of the kernel. */
function workingDirectory(shell: Shell): void {
  const { vars, sys } = shell;
  const given = vars.get('PWD');
  const here = new Stat();
  const there = new Stat();
  if (
    given?.startsWith('/') &&
    !/(^|\/)\.\.?(\/|$)/.test(given) &&
    sys.stat('.', here) === 0 &&
    sys.stat(given, there) === 0 &&
    here.dev === there.dev &&
    here.ino === there.ino
  ) {
    shell.cwd = given;
  } else {
    const cwd = sys.getcwd();
    shell.cwd = typeof cwd === 'string' ? cwd : '';
  }
  vars.set('PWD', shell.cwd);
  vars.attributes('PWD', EXPORT);
  if (shell.bash && vars.get('OLDPWD') === undefined) vars.attributes('OLDPWD', EXPORT);
}

/** The user's shell by /etc/passwd. */
function loginShell(sys: Sys, uid: number): string {
  const entries = passwdNow(sys);
  if (entries.length === 0) return '/bin/bash';
  return entries.find((entry) => entry.uid === uid)?.shell || '/bin/sh';
}

function bashVariables(ip: Interpreter): void {
  const { shell } = ip;
  const { vars, sys } = shell;
  if (vars.get('PATH') === undefined) vars.set('PATH', BASH_PATH);
  const level = Number(vars.get('SHLVL') ?? '0');
  vars.set('SHLVL', String(Number.isInteger(level) && level >= 0 ? level + 1 : 1));
  vars.attributes('SHLVL', EXPORT);
  const credentials = sys.credentials();
  vars.set('UID', String(credentials.uid));
  vars.set('EUID', String(credentials.euid));
  vars.attributes('UID', READONLY | INTEGER);
  vars.attributes('EUID', READONLY | INTEGER);
  const uname = sys.uname();
  const unlessSet = (name: string, value: string): void => {
    if (vars.get(name) === undefined) vars.set(name, value);
  };
  unlessSet('HOSTNAME', uname.nodename);
  unlessSet('HOSTTYPE', uname.machine);
  unlessSet('OSTYPE', 'linux-gnu');
  if (vars.get('SHELL') === undefined) vars.set('SHELL', loginShell(sys, credentials.uid));
  unlessSet('TERM', 'dumb');
  vars.set('COMP_WORDBREAKS', ` \t\n"'@><=;|&(:`);
  vars.set('BASH_LOADABLES_PATH', LOADABLES);
  unlessSet('MACHTYPE', `${uname.machine}-pc-linux-gnu`);
  vars.set('BASH', sys.image.path);
  const version = /^\d+\.\d+\.\d+/.test(sys.image.version) ? sys.image.version : '5.2.21';
  const [major, minor, patch] = version.split(/[.(]/) as [string, string, string];
  vars.set('BASH_VERSION', `${major}.${minor}.${patch}(1)-release`);
  vars.setArray(
    'BASH_VERSINFO',
    IndexedArray.of([major, minor, patch, '1', 'release', `${uname.machine}-pc-linux-gnu`]),
  );
  vars.attributes('BASH_VERSINFO', READONLY);
  vars.setAssoc('BASH_ALIASES', new AssocArray());
  vars.setAssoc('BASH_CMDS', new AssocArray());
  vars.setArray('BASH_ARGV', new IndexedArray());
  vars.setArray('BASH_ARGC', new IndexedArray());
  vars.set('PS4', vars.get('PS4') ?? '+ ');
}

function importFunction(ip: Interpreter, name: string, text: string): void {
  const { shell } = ip;
  try {
    const list = new Parser(`${name} ${text}`, shell.parseSettings).parseLine();
    const command = list?.items[0]?.command;
    if (command?.t !== 'function') return;
    shell.functions.set(name, {
      name,
      body: command.body,
      source: 'environment',
      line: 0,
      exported: true,
      readonly: false,
      traced: false,
    });
  } catch (thrown) {
    if (!(thrown instanceof ParseFailure)) throw thrown;
    shell.error(`error importing function definition for \`${name}'`);
  }
}
