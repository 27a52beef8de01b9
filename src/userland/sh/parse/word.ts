import type { Part, Word } from './ast.ts';

/** Characters that make text a pattern; a bracket only where one closes it. */
const GLOB = /[*?\\]|\[[\s\S]*\]/;
const EXTGLOB = /[?*+@!]\(/;

/** Makes a word of its parts and works out what can be known of it before it is expanded. */
export function makeWord(parts: Part[], source: string, brace = false): Word {
  let pure = true;
  let fixed: string | undefined = '';
  // parts of a bracket expression may stand in several
  const bracket = parts.length > 1 && source.includes('[') && source.includes(']');
  for (const part of parts) {
    if (!part.pure) pure = false;
    if (fixed === undefined) continue;
    if (part.k === 'squote') fixed += part.text;
    else if (part.k === 'lit')
      fixed =
        GLOB.test(part.text) || EXTGLOB.test(part.text) || (bracket && part.text.includes('['))
          ? undefined
          : fixed + part.text;
    else if (part.k === 'dquote') {
      let text: string | undefined = '';
      for (const inner of part.parts) {
        if (inner.k === 'lit' || inner.k === 'squote') text += inner.text;
        else text = undefined;
        if (text === undefined) break;
      }
      fixed = text === undefined ? undefined : fixed + text;
    } else fixed = undefined;
  }
  if (parts.length === 0) fixed = undefined;
  return { parts, source, fixed: brace ? undefined : fixed, pure, brace, pattern: constantPattern(parts) };
}

const PATTERN_CHARACTERS = /[*?[\]\\()|+@!^-]/g;

/** The text with its pattern characters quoted by backslashes. */
export function quotePattern(text: string): string {
  return text.replace(PATTERN_CHARACTERS, '\\$&');
}

function constantPattern(parts: readonly Part[]): string | undefined {
  let out = '';
  for (const part of parts) {
    if (part.k === 'lit') out += part.text;
    else if (part.k === 'squote') out += quotePattern(part.text);
    else if (part.k === 'dquote') {
      for (const inner of part.parts) {
        if (inner.k !== 'lit' && inner.k !== 'squote') return undefined;
        out += quotePattern(inner.text);
      }
    } else return undefined;
  }
  return out;
}

/** A word of plain text. */
export function literalWord(text: string): Word {
  return {
    parts: [{ k: 'squote', text, pure: true }],
    source: text,
    fixed: text,
    pure: true,
    brace: false,
    pattern: quotePattern(text),
  };
}

/** The text of a word that is nothing but unquoted characters (so that it may be a reserved word or an alias). */
export function bareText(word: Word): string | undefined {
  const only = word.parts.length === 1 ? word.parts[0]! : undefined;
  return only?.k === 'lit' ? only.text : undefined;
}

/** True where any character of the word is quoted (a here-document's delimiter). */
export function isQuoted(word: Word): boolean {
  return word.parts.some((part) => part.k === 'squote' || part.k === 'dquote');
}
