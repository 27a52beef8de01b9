import { quote } from '../../lib/quote.ts';
import { DockerfileError, type Lines } from './dockerfile-error.ts';
import { wordEnd } from './expand.ts';

/** A name and its value as they are written; `old`: with a blank between them in place of `=`. */
export interface NameValue {
  name: string;
  value: string;
  old: boolean;
}

/**
 * Reads `NAME=value …` of ENV and LABEL, or `NAME the rest` in the old form. Nothing is expanded.
 * @throws DockerfileError
 * @see moby/buildkit frontend/dockerfile/parser/line_parsers.go parseNameVal
 */
export function nameValues(keyword: string, text: string, escape: string, at: Lines): NameValue[] {
  const words: string[] = [];
  for (let i = 0; i < text.length; ) {
    const end = /\s/.test(text[i]!) ? i + 1 : wordEnd(text, i, escape);
    if (text.slice(i, end).trim() !== '') words.push(text.slice(i, end));
    i = end;
  }
  const [first] = words;
  if (first === undefined) return [];
  if (!first.includes('=')) {
    const parts = /^(\S*)\s+([\s\S]*)$/.exec(text);
    if (!parts) throw new DockerfileError(`${keyword} must have two arguments`, at.first, at.last);
    return [{ name: parts[1]!, value: parts[2]!, old: true }];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0)
      throw new DockerfileError(
        `Syntax error - can't find = in ${quote(word)}. Must be of the form: name=value`,
        at.first,
        at.last,
      );
    return { name: word.slice(0, equals), value: word.slice(equals + 1), old: false };
  });
}
