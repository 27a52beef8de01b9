import type { Library } from '../../../abi/library.ts';
import type { Builtin, Builtins } from '../exec/interpreter.ts';
import type { Personality } from '../parse/personality.ts';
import * as commands from './commands.ts';
import * as declare from './declare.ts';
import { echo } from './echo.ts';
import * as flow from './flow.ts';
import { later } from './later.ts';
import * as naming from './naming.ts';
import { set, shopt } from './set.ts';
import { bracket, doubleBracket, test } from './test.ts';
import { unset } from './unset.ts';

/** Files whose built-ins a login gets by without. */
const COMPLETION: Library<typeof import('./completion.ts')> = {
  name: 'bash/completion',
  load: () => import('./completion.ts'),
};
const DIRECTORIES: Library<typeof import('./directories.ts')> = {
  name: 'bash/directories',
  load: () => import('./directories.ts'),
};
const HISTORY: Library<typeof import('./history.ts')> = { name: 'bash/history', load: () => import('./history.ts') };
const JOBS: Library<typeof import('./jobs.ts')> = { name: 'bash/jobs', load: () => import('./jobs.ts') };
const MISC: Library<typeof import('./misc.ts')> = { name: 'bash/misc', load: () => import('./misc.ts') };
const PROCESS: Library<typeof import('./process.ts')> = { name: 'bash/process', load: () => import('./process.ts') };
const READ: Library<typeof import('./read.ts')> = { name: 'bash/read', load: () => import('./read.ts') };
const TRAP: Library<typeof import('./trap.ts')> = { name: 'bash/trap', load: () => import('./trap.ts') };

/** All of them, to be loaded when there is time. */
export const LATER: readonly Library<object>[] = [COMPLETION, DIRECTORIES, HISTORY, JOBS, MISC, PROCESS, READ, TRAP];

/** What all three have. */
const COMMON: readonly [string, Builtin][] = [
  ['.', commands.dot],
  [':', flow.colon],
  ['[', bracket],
  ['alias', naming.alias],
  ['bg', later(JOBS, 'bg')],
  ['break', flow.breaks],
  ['cd', later(DIRECTORIES, 'cd')],
  ['command', commands.command],
  ['continue', flow.continues],
  ['echo', echo],
  ['eval', flow.evaluates],
  ['exec', commands.exec],
  ['exit', flow.exit],
  ['export', declare.exports_],
  ['false', flow.no],
  ['fg', later(JOBS, 'fg')],
  ['getopts', later(MISC, 'getopts')],
  ['hash', naming.hash],
  ['jobs', later(JOBS, 'jobsBuiltin')],
  ['kill', later(JOBS, 'kill')],
  ['local', declare.local],
  ['printf', later(MISC, 'printf')],
  ['pwd', later(DIRECTORIES, 'pwd')],
  ['read', later(READ, 'read')],
  ['readonly', declare.readonlys],
  ['return', flow.returns],
  ['set', set],
  ['shift', flow.shift],
  ['test', test],
  ['times', later(PROCESS, 'times', true)],
  ['trap', later(TRAP, 'trap', true)],
  ['true', flow.yes],
  ['type', commands.type],
  ['ulimit', later(PROCESS, 'ulimit')],
  ['umask', later(PROCESS, 'umask')],
  ['unalias', naming.unalias],
  ['unset', unset],
  ['wait', later(JOBS, 'wait')],
];

const BASH: readonly [string, Builtin][] = [
  ['bind', later(MISC, 'accepted')],
  ['builtin', commands.builtin],
  ['caller', later(MISC, 'caller')],
  ['compgen', later(COMPLETION, 'compgen')],
  ['complete', later(COMPLETION, 'complete')],
  ['compopt', later(COMPLETION, 'compopt')],
  ['declare', declare.declares],
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
  ['source', commands.source],
  ['suspend', later(JOBS, 'suspend')],
  ['typeset', declare.typesets],
];

const ASH: readonly [string, Builtin][] = [
  ['chdir', later(DIRECTORIES, 'cd')],
  ['[[', doubleBracket],
  ['history', later(HISTORY, 'history')],
  ['let', later(MISC, 'letBuiltin')],
  ['source', commands.source],
];

/** `local` is special in dash. */
const DASH: readonly [string, Builtin][] = [
  ['chdir', later(DIRECTORIES, 'cd')],
  ['local', { ...declare.local, special: true }],
];

/** The built-ins of a personality. */
export function builtinsOf(personality: Personality): Builtins {
  const own = personality === 'bash' ? BASH : personality === 'ash' ? ASH : DASH;
  return new Map([...COMMON, ...own]);
}
