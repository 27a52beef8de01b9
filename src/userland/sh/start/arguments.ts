import { OPTION_LETTERS, type SetOption, SHOPT_DEFAULTS } from '../state/options.ts';
import type { Shell } from '../state/shell.ts';

/** What the command line of a shell asks for. */
export interface Invocation {
  /** `-c` */
  command: string | undefined;
  script: string | undefined;
  /** `$0` where it is given. */
  name: string | undefined;
  params: string[];
  interactive: boolean;
  login: boolean;
  noProfile: boolean;
  noRc: boolean;
  rcFile: string | undefined;
  /** Text to print instead of running (--version, --help). */
  say: string | undefined;
}

const BASH_LONG = new Set([
  'debug',
  'debugger',
  'dump-po-strings',
  'dump-strings',
  'help',
  'init-file',
  'login',
  'noediting',
  'noprofile',
  'norc',
  'posix',
  'pretty-print',
  'rcfile',
  'restricted',
  'verbose',
  'version',
]);

/** Reads the command line. Options of set are put into the shell. @returns a status after a message where it is wrong */
export function parseInvocation(shell: Shell, argv: readonly string[]): Invocation | number {
  const out: Invocation = {
    command: undefined,
    script: undefined,
    name: undefined,
    params: [],
    interactive: false,
    login: argv[0]?.startsWith('-') === true,
    noProfile: false,
    noRc: false,
    rcFile: undefined,
    say: undefined,
  };
  let at = 1;
  let wantsCommand = false;
  let stdin = false;
  let interactive = false;
  if (shell.bash && (argv[0] === 'sh' || argv[0]?.endsWith('/sh'))) shell.options.posix = true;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--' || word === '-') {
      at++;
      break;
    }
    // busybox knows no long options here, and minds none
    if (word.startsWith('--') && shell.personality === 'ash') continue;
    if (word.length < 2 || (word[0] !== '-' && word[0] !== '+')) break;
    if (word.startsWith('--') && shell.bash) {
      const name = word.slice(2);
      if (!BASH_LONG.has(name)) return invalid(shell, word);
      if (name === 'login') out.login = true;
      else if (name === 'noprofile') out.noProfile = true;
      else if (name === 'norc') out.noRc = true;
      else if (name === 'posix') shell.options.posix = true;
      else if (name === 'verbose') shell.options.verbose = true;
      else if (name === 'rcfile' || name === 'init-file') out.rcFile = argv[++at];
      else if (name === 'version') out.say = versionText(shell.sys.image.version);
      else if (name === 'help') out.say = HELP;
      continue;
    }
    const on = word[0] === '-';
    for (const letter of word.slice(1)) {
      if (letter === 'c') wantsCommand = true;
      else if (letter === 's' && on) stdin = true;
      else if (letter === 'i' && on) interactive = true;
      else if (letter === 'l') out.login = on;
      else if (letter === 'o' || (letter === 'O' && shell.bash)) {
        const name = argv[++at];
        if (name === undefined) return letter === 'o' ? 0 : 0;
        if (!setByName(shell, letter, name, on)) return invalidName(shell, letter, name);
      } else if (letter === 'D' && shell.bash) out.say = '';
      else if (letter === 'r' && shell.bash) continue;
      else {
        const option = OPTION_LETTERS.find(([l]) => l === letter)?.[1];
        if (option === undefined || (!shell.bash && 'khptBEHPT'.includes(letter)))
          return invalid(shell, `${word[0]}${letter}`);
        shell.options[option] = on;
      }
    }
  }
  const rest = argv.slice(at);
  if (wantsCommand) {
    const command = rest.shift();
    if (command === undefined) {
      shell.queue.put(
        2,
        shell.bash
          ? `${shell.name}: -c: option requires an argument\n`
          : shell.personality === 'dash'
            ? `${shell.name}: 0: -c requires an argument\n`
            : `${shell.name}: -c requires an argument\n`,
      );
      return 2;
    }
    out.command = command;
    out.name = rest.shift();
  } else if (!stdin && rest.length > 0) {
    out.script = rest.shift();
    out.name = out.script;
  }
  out.params = rest;
  const terminal = out.command === undefined && out.script === undefined && shell.sys.isatty(0) && shell.sys.isatty(2);
  out.interactive = interactive || terminal;
  return out;
}

function setByName(shell: Shell, letter: string, name: string, on: boolean): boolean {
  if (letter === 'O') {
    if (!(name in SHOPT_DEFAULTS)) return false;
    shell.setShopt(name, on);
    return true;
  }
  if (!(name in shell.options)) return false;
  shell.options[name as SetOption] = on;
  return true;
}

function invalidName(shell: Shell, letter: string, name: string): number {
  if (shell.bash) shell.queue.put(2, `${shell.name}: ${name}: invalid ${letter === 'O' ? 'shell ' : ''}option name\n`);
  else if (shell.personality === 'dash') shell.queue.put(2, `${shell.name}: 0: Illegal option -o ${name}\n`);
  else shell.queue.put(2, `${shell.name}: illegal option -o ${name}\n`);
  return 2;
}

function invalid(shell: Shell, option: string): number {
  if (shell.bash) {
    shell.queue.put(2, `${shell.name}: ${option}: invalid option\n${USAGE.replaceAll('NAME', shell.name)}`);
  } else if (shell.personality === 'dash') shell.queue.put(2, `${shell.name}: 0: Illegal option ${option}\n`);
  else shell.queue.put(2, `${shell.name}: illegal option ${option}\n`);
  return 2;
}

const USAGE = `Usage:	NAME [GNU long option] [option] ...
	NAME [GNU long option] [option] script-file ...
GNU long options:
${[...BASH_LONG].map((name) => `\t--${name}\n`).join('')}Shell options:
	-ilrsD or -c command or -O shopt_option		(invocation only)
	-abefhkmnptuvxBCEHPT or -o option
`;

/** @param version of the image, where it says one */
const versionText = (version: string): string =>
  `GNU bash, version ${/^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '5.2.21'}(1)-release (x86_64-pc-linux-gnu)
Copyright (C) 2022 Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>

This is free software; you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.
`;

const HELP = `GNU bash, version 5.2.21(1)-release-(x86_64-pc-linux-gnu)
${USAGE.replaceAll('NAME', 'bash')}Type \`bash -c "help set"' for more information about shell options.
Type \`bash -c help' for more information about shell builtin commands.
`;
