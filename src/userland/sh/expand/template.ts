import type { Word } from '../parse/ast.ts';
import { SLOT } from './arithmetic-parse.ts';

/** An arithmetic expression with places where parameters stood. */
export interface Template {
  /** The text, a place a SLOT character and its number. */
  text: string;
  names: string[];
}

const WORD_CHARACTER = /[\w#[\]$.]/;

/** @returns null where the expression has other expansions, or ones that touch other characters of a word */
export function makeTemplate(word: Word): Template | null {
  let text = '';
  const names: string[] = [];
  let afterSlot = false;
  for (const part of word.parts) {
    if (part.k === 'lit') {
      if (/\+\+|--|\*\*/.test(part.text) || (afterSlot && WORD_CHARACTER.test(part.text[0]!))) return null;
      text += part.text;
      afterSlot = false;
    } else if (
      part.k === 'param' &&
      part.op === '' &&
      part.index === undefined &&
      !part.indirect &&
      /^\w+$/.test(part.name)
    ) {
      if (afterSlot || (text !== '' && WORD_CHARACTER.test(text.at(-1)!)) || names.length > 8) return null;
      text += SLOT + names.length;
      names.push(part.name);
      afterSlot = true;
    } else return null;
  }
  return names.length === 0 || /=(?!=)/.test(text.replace(/[<>=!]=/g, '')) ? null : { text, names };
}

/** The value of a decimal literal without sign and leading zeros, up to 15 digits; undefined for any other text. */
export function smallInteger(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { length } = text;
  if (length === 0 || length > 15) return undefined;
  let value = text.charCodeAt(0) - 48;
  if (value < 0 || value > 9 || (value === 0 && length > 1)) return undefined;
  for (let i = 1; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
