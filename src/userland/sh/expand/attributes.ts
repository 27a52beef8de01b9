import {
  CAPITALIZE,
  EXPORT,
  INTEGER,
  LOWER,
  NAMEREF,
  READONLY,
  TRACE,
  UPPER,
  type Variable,
} from '../state/variable.ts';
import { doubleQuote } from './transform.ts';

const LETTERS: readonly [number, string][] = [
  [INTEGER, 'i'],
  [NAMEREF, 'n'],
  [READONLY, 'r'],
  [TRACE, 't'],
  [EXPORT, 'x'],
  [CAPITALIZE, 'c'],
  [LOWER, 'l'],
  [UPPER, 'u'],
];

/** Attribute letters of a variable in the order in which bash shows them. */
export function attributeLetters(variable: Variable): string {
  let out = variable.array ? 'a' : variable.assoc ? 'A' : '';
  for (const [flag, letter] of LETTERS) if (variable.flags & flag) out += letter;
  return out;
}

/** `([0]="a" [1]="b")`. */
export function compound(variable: Variable, bytes: boolean): string {
  if (variable.assoc) {
    const items = [...variable.assoc].map(
      ([k, v]) => `[${/^[\w.-]+$/.test(k) ? k : doubleQuote(k, bytes)}]=${doubleQuote(v, bytes)}`,
    );
    return items.length === 0 ? '()' : `(${items.join(' ')} )`;
  }
  return `(${(variable.array?.entries() ?? []).map(([k, v]) => `[${k}]=${doubleQuote(v, bytes)}`).join(' ')})`;
}
