/** Lines of fields, which may be quoted: within quotes a separator and a new line are text. */
export function readCsv(text: string, separator: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (let at = 0; at < text.length; ) {
    let field = '';
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[++at];
        else break;
      }
      at++;
    } else while (at < text.length && !text.startsWith(separator, at) && text[at] !== '\n') field += text[at++];
    line.push(field.replace(/\r$/, ''));
    if (text.startsWith(separator, at)) {
      at += separator.length;
      if (at < text.length && text[at] !== '\n') continue;
      line.push('');
    }
    if (text[at] === '\n' || at >= text.length) {
      at++;
      lines.push(line);
      line = [];
    }
  }
  return lines;
}
