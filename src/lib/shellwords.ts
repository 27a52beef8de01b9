/**
 * Splits a command line into words as a shell does: blanks, quotes, backslashes; nothing is expanded.
 * @returns undefined where a quote has no end or a backslash stands last
 */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === ' ' || c === '\t' || c === '\n' || c === '\r') {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= '';
    if (c === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) return undefined;
      word += line.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      const quoted = doubleQuoted(line, i + 1);
      if (!quoted) return undefined;
      word += quoted.text;
      i = quoted.end;
    } else if (c === '\\') {
      i++;
      if (i >= line.length) return undefined;
      if (line[i] !== '\n') word += line[i];
    } else word += c;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Text up to the closing quote, and where that stands. */
function doubleQuoted(line: string, start: number): { text: string; end: number } | undefined {
  let text = '';
  for (let i = start; i < line.length; i++) {
    const c = line[i]!;
    if (c === '"') return { text, end: i };
    if (c === '\\' && i + 1 < line.length && '"\\$`\n'.includes(line[i + 1]!)) {
      i++;
      if (line[i] !== '\n') text += line[i];
    } else text += c;
  }
  return undefined;
}

/** A word so that a shell reads it as it is: plain where nothing is special, else in single quotes. */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
