/**
 * Indents JSON as Go's json.Indent does: strings and numbers stay as they are written.
 * @param prefix stands at the beginning of each line but the first
 */
export function indentJson(text: string, prefix: string, indent: string): string {
  let out = '';
  let depth = 0;
  const line = (): string => `\n${prefix}${indent.repeat(depth)}`;
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  let opened = false;
  for (const [part] of text.matchAll(token)) {
    if (part === '}' || part === ']') {
      depth--;
      out += opened ? part : line() + part;
      opened = false;
      continue;
    }
    if (opened) out += line();
    opened = false;
    if (part === '{' || part === '[') {
      out += part;
      depth++;
      opened = true;
    } else if (part === ',') out += `,${line()}`;
    else out += part === ':' ? ': ' : part;
  }
  return out;
}
