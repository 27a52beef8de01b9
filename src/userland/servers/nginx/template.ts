/** A text with variables: `$name`, `${name}`, `$1`. */
export interface Template {
  readonly parts: readonly ({ text: string } | { variable: string })[];
  /** The text itself where it has no variables. */
  readonly literal: string | undefined;
}

/** @returns the template, or what is wrong with it */
export function parseTemplate(text: string): Template | 'invalid variable name' | 'closing bracket' {
  const parts: ({ text: string } | { variable: string })[] = [];
  let plain = '';
  for (let i = 0; i < text.length; ) {
    if (text[i] !== '$') {
      plain += text[i++];
      continue;
    }
    const rest = text.slice(i + 1);
    const braced = /^\{([A-Za-z0-9_]*)/.exec(rest);
    const name = braced ? braced[1]! : (/^(?:[0-9]|[A-Za-z_][A-Za-z0-9_]*)/.exec(rest)?.[0] ?? '');
    if (braced && rest[1 + name.length] !== '}') return 'closing bracket';
    if (name === '') return 'invalid variable name';
    if (plain !== '') parts.push({ text: plain });
    plain = '';
    parts.push({ variable: name });
    i += 1 + name.length + (braced ? 2 : 0);
  }
  if (plain !== '') parts.push({ text: plain });
  const literal = parts.every((p) => 'text' in p) ? text : undefined;
  return { parts, literal };
}

/** The text with what `value` says of each variable. */
export function expand(template: Template, value: (name: string) => string): string {
  if (template.literal !== undefined) return template.literal;
  let out = '';
  for (const part of template.parts) out += 'text' in part ? part.text : value(part.variable);
  return out;
}
