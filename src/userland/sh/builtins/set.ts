import { library, type Wait } from '../../../libc/io.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { OPTION_LETTERS, type SetOption, SHOPT_DEFAULTS } from '../state/options.ts';
import type { Shell } from '../state/shell.ts';
import { specialError } from './flow.ts';
import { DECLARE } from './libraries.ts';
import { builtinOptions } from './options.ts';

/** Options that each shell lists under `set -o`, in its order. */
const LISTED: Readonly<Record<string, readonly SetOption[]>> = {
  bash: [
    'allexport',
    'braceexpand',
    'emacs',
    'errexit',
    'errtrace',
    'functrace',
    'hashall',
    'histexpand',
    'history',
    'ignoreeof',
    'interactive-comments',
    'keyword',
    'monitor',
    'noclobber',
    'noexec',
    'noglob',
    'nolog',
    'notify',
    'nounset',
    'onecmd',
    'physical',
    'pipefail',
    'posix',
    'privileged',
    'verbose',
    'vi',
    'xtrace',
  ],
  dash: [
    'errexit',
    'noglob',
    'ignoreeof',
    'interactive-comments',
    'monitor',
    'noexec',
    'xtrace',
    'verbose',
    'vi',
    'emacs',
    'noclobber',
    'allexport',
    'notify',
    'nounset',
    'privileged',
    'nolog',
  ],
  ash: [
    'errexit',
    'noglob',
    'ignoreeof',
    'interactive-comments',
    'monitor',
    'noexec',
    'xtrace',
    'verbose',
    'noclobber',
    'allexport',
    'notify',
    'nounset',
    'vi',
    'pipefail',
    'errtrace',
  ],
};
const ASH_NAMES: Readonly<Record<string, string>> = { 'interactive-comments': 'stdin' };

function shownName(shell: Shell, option: SetOption): string {
  if (!shell.bash && option === 'interactive-comments')
    return shell.personality === 'ash' ? 'interactive' : 'interactive';
  return shell.personality === 'ash' ? (ASH_NAMES[option] ?? option) : option;
}

export const set: Builtin = {
  special: true,
  synopsis: 'set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]',
  run(ip, argv) {
    const { shell } = ip;
    if (argv.length === 1) return listVariables(ip);
    let at = 1;
    for (; at < argv.length; at++) {
      const word = argv[at]!;
      if (word === '--') {
        shell.params = argv.slice(at + 1);
        if (!shell.bash) shell.resetGetopts();
        return 0;
      }
      if (word === '+') continue;
      if (word === '-') {
        shell.options.xtrace = false;
        shell.options.verbose = false;
        at++;
        break;
      }
      if (word.length < 2 || (word[0] !== '-' && word[0] !== '+')) break;
      const on = word[0] === '-';
      for (const letter of word.slice(1)) {
        if (letter === 'o') {
          const name = argv[at + 1];
          if (name === undefined) {
            listOptions(shell, on);
            continue;
          }
          at++;
          if (!setOption(shell, name, on)) {
            if (shell.bash) {
              shell.builtinError(`${name}: invalid option name`);
              return 2;
            }
            shell.builtinError(
              `${shell.personality === 'dash' ? 'Illegal' : 'illegal'} option ${on ? '-' : '+'}o ${name}`,
            );
            return shell.personality === 'dash' ? specialError(shell) : 1;
          }
          continue;
        }
        const option = OPTION_LETTERS.find(([l]) => l === letter)?.[1];
        if (
          option === undefined ||
          (!shell.bash && (shell.personality === 'ash' ? 'hkptBHPT' : 'hkptBEHPT').includes(letter))
        ) {
          if (shell.bash) {
            shell.builtinError(`${word[0]}${letter}: invalid option`);
            shell.queue.put(2, `set: usage: ${set.synopsis}\n`);
            return 2;
          }
          shell.builtinError(`${shell.personality === 'dash' ? 'Illegal' : 'illegal'} option ${word[0]}${letter}`);
          return specialError(shell);
        }
        shell.options[option] = on;
      }
    }
    if (at < argv.length || argv[at - 1] === '-') {
      if (at < argv.length) {
        shell.params = argv.slice(at);
        if (!shell.bash) shell.resetGetopts();
      }
    }
    return 0;
  },
};

/** Sets an option of `set -o`. @returns false where the shell has none of that name */
export function setOption(shell: Shell, name: string, on: boolean): boolean {
  const listed = LISTED[shell.personality]!;
  const option = listed.find((o) => shownName(shell, o) === name);
  if (option === undefined) return false;
  shell.options[option] = on;
  if (on && option === 'vi') shell.options.emacs = false;
  if (on && option === 'emacs') shell.options.vi = false;
  return true;
}

function listOptions(shell: Shell, table: boolean): void {
  if (table && !shell.bash)
    shell.print(shell.personality === 'dash' ? 'Current option settings\n' : 'Current option settings\n');
  for (const option of LISTED[shell.personality]!) {
    const on = shell.options[option];
    const name = shownName(shell, option);
    if (table)
      shell.print(
        shell.bash ? `${name.padEnd(15)}\t${on ? 'on' : 'off'}\n` : `${name.padEnd(16)}${on ? 'on' : 'off'}\n`,
      );
    else shell.print(`set ${on ? '-' : '+'}o ${name}\n`);
  }
}

function* listVariables(ip: Interpreter): Wait<number> {
  const declare = yield* library(ip.sys, DECLARE);
  if (typeof declare === 'number') {
    ip.shell.builtinError(ip.shell.strerror(declare));
    return 1;
  }
  declare.printAll(ip.shell);
  return 0;
}

/** In the order in which bash lists them: two of them stand in the other order in its table. */
const SHOPT_LISTED: readonly string[] = Object.keys(SHOPT_DEFAULTS).sort((a, b) =>
  a === 'autocd' ? -1 : b === 'autocd' ? 1 : a < b ? -1 : 1,
);

export const shopt: Builtin = {
  synopsis: 'shopt [-pqsu] [-o] [optname ...]',
  run(ip, argv) {
    const { shell } = ip;
    const options = builtinOptions(shell, argv, 'pqsuo', 'shopt [-pqsu] [-o] [optname ...]');
    if (!options) return 2;
    const { flags, at } = options;
    const names = argv.slice(at);
    const ofSet = flags.includes('o');
    const on = flags.includes('s');
    const off = flags.includes('u');
    if (on && off) {
      shell.builtinError('cannot set and unset shell options simultaneously');
      return 1;
    }
    const all: readonly string[] = ofSet ? LISTED.bash! : SHOPT_LISTED;
    const value = (name: string): boolean => (ofSet ? shell.options[name as SetOption] : shell.shopts[name]!);
    const show = (name: string): void => {
      if (flags.includes('q')) return;
      if (flags.includes('p'))
        shell.print(
          ofSet ? `set ${value(name) ? '-' : '+'}o ${name}\n` : `shopt ${value(name) ? '-s' : '-u'} ${name}\n`,
        );
      else shell.print(`${name.padEnd(15)}\t${value(name) ? 'on' : 'off'}\n`);
    };
    if (names.length === 0) {
      for (const name of all) if ((!on && !off) || value(name) === on) show(name);
      return 0;
    }
    let status = 0;
    for (const name of names) {
      if (!all.includes(name)) {
        shell.builtinError(`${name}: invalid ${ofSet ? 'option' : 'shell option'} name`);
        status = 1;
        continue;
      }
      if (on || off) {
        if (ofSet) setOption(shell, name, on);
        else shell.setShopt(name, on);
      } else {
        show(name);
        if (!value(name)) status = 1;
      }
    }
    return status;
  },
};
