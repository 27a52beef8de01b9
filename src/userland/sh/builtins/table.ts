import type { Builtin, Builtins } from '../exec/interpreter.ts';
import type { Personality } from '../parse/personality.ts';
import * as commands from './commands.ts';
import * as completion from './completion.ts';
import * as declare from './declare.ts';
import * as directories from './directories.ts';
import { echo } from './echo.ts';
import * as flow from './flow.ts';
import * as history from './history.ts';
import * as jobs from './jobs.ts';
import * as misc from './misc.ts';
import * as naming from './naming.ts';
import * as process from './process.ts';
import * as read from './read.ts';
import { set, shopt } from './set.ts';
import { bracket, doubleBracket, test } from './test.ts';
import { trap } from './trap.ts';
import { unset } from './unset.ts';

/** What all three have. */
const COMMON: readonly [string, Builtin][] = [
  ['.', commands.dot],
  [':', flow.colon],
  ['[', bracket],
  ['alias', naming.alias],
  ['bg', jobs.bg],
  ['break', flow.breaks],
  ['cd', directories.cd],
  ['command', commands.command],
  ['continue', flow.continues],
  ['echo', echo],
  ['eval', flow.evaluates],
  ['exec', commands.exec],
  ['exit', flow.exit],
  ['export', declare.exports_],
  ['false', flow.no],
  ['fg', jobs.fg],
  ['getopts', misc.getopts],
  ['hash', naming.hash],
  ['jobs', jobs.jobsBuiltin],
  ['kill', jobs.kill],
  ['local', declare.local],
  ['printf', misc.printf],
  ['pwd', directories.pwd],
  ['read', read.read],
  ['readonly', declare.readonlys],
  ['return', flow.returns],
  ['set', set],
  ['shift', flow.shift],
  ['test', test],
  ['times', process.times],
  ['trap', trap],
  ['true', flow.yes],
  ['type', commands.type],
  ['ulimit', process.ulimit],
  ['umask', process.umask],
  ['unalias', naming.unalias],
  ['unset', unset],
  ['wait', jobs.wait],
];

const BASH: readonly [string, Builtin][] = [
  ['bind', misc.accepted],
  ['builtin', commands.builtin],
  ['caller', misc.caller],
  ['compgen', completion.compgen],
  ['complete', completion.complete],
  ['compopt', completion.compopt],
  ['declare', declare.declares],
  ['dirs', directories.dirs],
  ['disown', jobs.disown],
  ['enable', naming.enable],
  ['fc', history.fc],
  ['help', misc.help],
  ['history', history.history],
  ['let', misc.letBuiltin],
  ['logout', misc.logout],
  ['mapfile', read.mapfile],
  ['popd', directories.popd],
  ['pushd', directories.pushd],
  ['readarray', read.readarray],
  ['shopt', shopt],
  ['source', commands.source],
  ['suspend', jobs.suspend],
  ['typeset', declare.typesets],
];

const ASH: readonly [string, Builtin][] = [
  ['chdir', directories.cd],
  ['[[', doubleBracket],
  ['history', history.history],
  ['let', misc.letBuiltin],
  ['source', commands.source],
];

/** `local` is special in dash. */
const DASH: readonly [string, Builtin][] = [
  ['chdir', directories.cd],
  ['local', { ...declare.local, special: true }],
];

/** The built-ins of a personality. */
export function builtinsOf(personality: Personality): Builtins {
  const own = personality === 'bash' ? BASH : personality === 'ash' ? ASH : DASH;
  return new Map([...COMMON, ...own]);
}
