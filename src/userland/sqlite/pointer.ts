/** The statement's text with an arrow below what the error names. */
export function pointer(sql: string, message: string): string {
  const word =
    /^near "(.*?)": syntax error/s.exec(message)?.[1] ??
    /^no such (?:column|function|table): (?:\w+\.)?(\S+)/.exec(message)?.[1];
  if (word === undefined || /^no such table/.test(message)) return '';
  const at = new RegExp(`(?<![\\w])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'i').exec(sql)?.index;
  if (at === undefined) return '';
  const shownText = sql.replace(/\s/g, ' ').slice(0, 78);
  return at < 25
    ? `  ${shownText}\n  ${' '.repeat(at)}^--- error here\n`
    : `  ${shownText}\n  ${' '.repeat(Math.max(0, at - 14))}error here ---^\n`;
}
