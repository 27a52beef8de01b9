import type { Builtin, Builtins } from '../exec/interpreter.ts';
import type { Personality } from '../parse/personality.ts';
import { echo } from './echo.ts';
import * as flow from './flow.ts';
import { bracket, doubleBracket, test } from './test.ts';

/** The built-ins of a personality. */
export function builtinsOf(personality: Personality): Builtins {
  const table: [string, Builtin][] = [
    [':', flow.colon],
    ['[', bracket],
    ['break', flow.breaks],
    ['continue', flow.continues],
    ['echo', echo],
    ['eval', flow.evaluates],
    ['exit', flow.exit],
    ['false', flow.no],
    ['return', flow.returns],
    ['shift', flow.shift],
    ['test', test],
    ['true', flow.yes],
  ];
  if (personality === 'ash') table.push(['[[', doubleBracket]);
  return new Map(table);
}
