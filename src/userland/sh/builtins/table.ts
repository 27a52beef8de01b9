import type { Builtin, Builtins } from '../exec/interpreter.ts';
import type { Personality } from '../parse/personality.ts';
import { echo } from './echo.ts';
import { exports_ } from './export.ts';
import * as flow from './flow.ts';
import { later } from './later.ts';
import {
  ASH_HELP,
  BIND,
  COMMANDS,
  COMPLETION,
  DECLARE,
  DIRECTORIES,
  HISTORY,
  JOBS,
  LOCAL,
  MISC,
  PROCESS,
  READ,
  TRAP,
  ULIMIT,
} from './libraries.ts';
import * as naming from './naming.ts';
import { set, shopt } from './set.ts';
import { dot, source } from './source.ts';
import { bracket, doubleBracket, test } from './test.ts';
import { unset } from './unset.ts';

const LOCAL_BUILTIN = later(LOCAL, 'local', { declaration: true });

/** What all three have. */
const COMMON: readonly [string, Builtin][] = [
  ['.', dot],
  [':', flow.colon],
  ['[', bracket],
  ['alias', naming.alias],
  ['bg', later(JOBS, 'bg')],
  ['break', flow.breaks],
  ['cd', later(DIRECTORIES, 'cd')],
  ['command', later(COMMANDS, 'command')],
  ['continue', flow.continues],
  ['echo', echo],
  ['eval', flow.evaluates],
  ['exec', later(COMMANDS, 'exec', { special: true, keepsRedirections: true })],
  ['exit', flow.exit],
  ['export', exports_],
  ['false', flow.no],
  ['fg', later(JOBS, 'fg')],
  ['getopts', later(MISC, 'getopts')],
  ['hash', naming.hash],
  ['jobs', later(JOBS, 'jobsBuiltin')],
  ['kill', later(JOBS, 'kill')],
  ['local', LOCAL_BUILTIN],
  ['printf', later(MISC, 'printf')],
  ['pwd', later(DIRECTORIES, 'pwd')],
  ['read', later(READ, 'read')],
  ['readonly', later(DECLARE, 'readonlys', { special: true, declaration: true })],
  ['return', flow.returns],
  ['set', set],
  ['shift', flow.shift],
  ['test', test],
  ['times', later(PROCESS, 'times', { special: true })],
  ['trap', later(TRAP, 'trap', { special: true })],
  ['true', flow.yes],
  ['type', later(COMMANDS, 'type')],
  ['ulimit', later(ULIMIT, 'ulimit')],
  ['umask', later(PROCESS, 'umask')],
  ['unalias', naming.unalias],
  ['unset', unset],
  ['wait', later(JOBS, 'wait')],
];

const BASH: readonly [string, Builtin][] = [
  ['bind', later(BIND, 'bind')],
  ['builtin', later(COMMANDS, 'builtin')],
  ['caller', later(MISC, 'caller')],
  ['compgen', later(COMPLETION, 'compgen')],
  ['complete', later(COMPLETION, 'complete')],
  ['compopt', later(COMPLETION, 'compopt')],
  ['declare', later(DECLARE, 'declares', { declaration: true })],
  ['dirs', later(DIRECTORIES, 'dirs')],
  ['disown', later(JOBS, 'disown')],
  ['enable', naming.enable],
  ['fc', later(HISTORY, 'fc')],
  ['help', later(MISC, 'help')],
  ['history', later(HISTORY, 'history')],
  ['let', later(MISC, 'letBuiltin')],
  ['logout', later(MISC, 'logout')],
  ['mapfile', later(READ, 'mapfile')],
  ['popd', later(DIRECTORIES, 'popd')],
  ['pushd', later(DIRECTORIES, 'pushd')],
  ['readarray', later(READ, 'readarray')],
  ['shopt', shopt],
  ['source', source],
  ['suspend', later(JOBS, 'suspend')],
  ['typeset', later(DECLARE, 'typesets', { declaration: true })],
];

const ASH: readonly [string, Builtin][] = [
  ['chdir', later(DIRECTORIES, 'cd')],
  ['[[', doubleBracket],
  ['help', later(ASH_HELP, 'help')],
  ['history', later(HISTORY, 'history')],
  ['let', later(MISC, 'letBuiltin')],
  ['local', { ...LOCAL_BUILTIN, special: true }],
  ['source', { ...source, special: true }],
];

const DASH: readonly [string, Builtin][] = [
  ['chdir', later(DIRECTORIES, 'cd')],
  ['local', { ...LOCAL_BUILTIN, special: true }],
];

/** The built-ins of a personality. */
export function builtinsOf(personality: Personality): Builtins {
  const own = personality === 'bash' ? BASH : personality === 'ash' ? ASH : DASH;
  return new Map([...COMMON, ...own]);
}
