/** git's configuration text. @see git-config(1), "CONFIGURATION FILE" */
export interface ConfigValue {
  /** `user.name`, `branch.main.remote` (the section in lower case, the middle as it stands) */
  key: string;
  value: string;
}

export function parseConfig(text: string): ConfigValue[] {
  const out: ConfigValue[] = [];
  let section = '';
  for (const raw of text.replace(/\\\n/g, '').split('\n')) {
    let line = raw.trim();
    const head = /^\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line);
    if (head) {
      section = head[1]!.toLowerCase() + (head[2] === undefined ? '' : `.${head[2].replace(/\\(.)/g, '$1')}`);
      line = line.slice(head[0].length).trim();
    }
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const match = /^([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/.exec(line);
    if (match)
      out.push({
        key: `${section}.${match[1]!.toLowerCase()}`,
        value: match[2] === undefined ? 'true' : unquote(match[2]),
      });
  }
  return out;
}

function unquote(text: string): string {
  let out = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') quoted = !quoted;
    else if (c === '\\') {
      const next = text[++i] ?? '';
      out += next === 'n' ? '\n' : next === 't' ? '\t' : next;
    } else if (!quoted && (c === '#' || c === ';')) break;
    else out += c;
  }
  return quoted ? out : out.trimEnd();
}

const quote = (value: string): string =>
  /^\s|\s$|[#;"\\\n\t]/.test(value)
    ? `"${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t')}"`
    : value;

/** Splits a key as users type it. @returns undefined where it has no section or a bad name */
export function splitKey(key: string): { section: string; middle: string | undefined; name: string } | undefined {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  if (first <= 0 || last === key.length - 1) return undefined;
  const name = key.slice(last + 1);
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) return undefined;
  return {
    section: key.slice(0, first).toLowerCase(),
    middle: first === last ? undefined : key.slice(first + 1, last),
    name,
  };
}

const headOf = (section: string, middle: string | undefined): string =>
  middle === undefined ? `[${section}]` : `[${section} "${middle.replace(/["\\]/g, '\\$&')}"]`;

/** The text with a value set, added, or (undefined) removed. */
export function editConfig(text: string, key: string, value: string | undefined, add = false): string {
  const parts = splitKey(key)!;
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const head = headOf(parts.section, parts.middle);
  let inside = false;
  let end = -1;
  let found = -1;
  for (const [i, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed.startsWith('[')) {
      inside = trimmed.replace(/^\[\s*([\w.-]+)/, (_, s: string) => `[${s.toLowerCase()}`) === head;
      if (inside) end = i;
      continue;
    }
    if (!inside) continue;
    if (trimmed !== '') end = i;
    if (/^([A-Za-z][\w-]*)/.exec(trimmed)?.[1]?.toLowerCase() === parts.name.toLowerCase()) found = i;
  }
  const line = value === undefined ? undefined : `\t${parts.name} = ${quote(value)}`;
  if (found >= 0 && !add) {
    lines.splice(found, 1, ...(line === undefined ? [] : [line]));
    // A section that holds nothing any more goes too.
    if (line === undefined && lines[found - 1]?.trim() === head && !/^\s*[^[\s]/.test(lines[found] ?? ''))
      lines.splice(found - 1, 1);
  } else if (line !== undefined && end >= 0) lines.splice(end + 1, 0, line);
  else if (line !== undefined) lines.push(head, line);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The text without a section and all its values. */
export function removeSection(text: string, section: string, middle: string | undefined): string {
  const head = headOf(section, middle);
  let inside = false;
  const kept = text.split('\n').filter((line) => {
    if (line.trim().startsWith('[')) inside = line.trim() === head;
    return !inside;
  });
  return kept.join('\n');
}
