/** Fields of a paragraph by name, in their order; the lines of a value keep their newlines and the blank before them. */
export type Paragraph = Map<string, string>;

/** Reads control data: paragraphs apart by empty lines. What is no field is left out. @see deb822(5) */
export function parseDeb822(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let current: Paragraph | undefined;
  let name = '';
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      current = undefined;
      continue;
    }
    if (line.startsWith('#')) continue;
    if (line[0] === ' ' || line[0] === '\t') {
      if (current && name !== '') current.set(name, `${current.get(name)}\n${line}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    if (!current) {
      current = new Map();
      paragraphs.push(current);
    }
    name = line.slice(0, colon);
    current.set(name, line.slice(colon + 1).trim());
  }
  return paragraphs;
}

/** The paragraph as text, without an empty line after it. */
export function formatDeb822(fields: Iterable<readonly [string, string]>): string {
  let text = '';
  for (const [name, value] of fields) text += value.startsWith('\n') ? `${name}:${value}\n` : `${name}: ${value}\n`;
  return text;
}
