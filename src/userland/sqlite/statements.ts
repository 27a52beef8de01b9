/** Cuts a text at the semicolons that end statements: not those in quotes, comments and triggers. */
export function cutStatements(text: string): { complete: { text: string }[]; rest: string } {
  const complete: { text: string }[] = [];
  let begin = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at]!;
    if (c === "'" || c === '"' || c === '`' || c === '[') {
      const end = text.indexOf(c === '[' ? ']' : c, at + 1);
      if (end < 0) break;
      at = end;
    } else if (c === '-' && text[at + 1] === '-') {
      const end = text.indexOf('\n', at);
      if (end < 0) break;
      at = end;
    } else if (c === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) break;
      at = end + 1;
    } else if (c === ';') {
      const statement = text.slice(begin, at + 1);
      if (/^\s*create\s+(temp\w*\s+)?trigger/i.test(statement) && !/\bend\s*;$/i.test(statement)) continue;
      if (statement.trim() !== ';') complete.push({ text: statement.trim() });
      begin = at + 1;
    }
  }
  return {
    complete,
    rest: text
      .slice(begin)
      .replace(/^\s*(?:--[^\n]*\n\s*)*/, (lead) => (text.slice(begin).trim() === '' ? '' : lead.replace(/^\s+/, ''))),
  };
}
