/** Paths of all nodes that a text is found in (key or plain value), with the paths that lead there; undefined: no search. */
export interface Found {
  hits: ReadonlySet<string>;
  open: ReadonlySet<string>;
}

/** Finds `text` in the keys and plain values of `value`, without case. */
export function matching(value: unknown, text: string): Found | undefined {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return undefined;
  const hits = new Set<string>();
  const open = new Set<string>();
  const walk = (node: unknown, path: string): boolean => {
    let any = false;
    for (const [key, child] of childrenOf(node)) {
      const at = childPath(path, key);
      const own =
        key.toLowerCase().includes(wanted) ||
        at.toLowerCase().endsWith(wanted) ||
        plain(child).toLowerCase().includes(wanted);
      if (own) hits.add(at);
      const below = walk(child, at);
      if (below) open.add(at);
      any ||= own || below;
    }
    return any;
  };
  if (walk(value, '')) open.add('');
  return { hits, open };
}

/** The path of a child as a Go template writes it: `.State.Health`; what a dot cannot name is left at its parent. */
export const childPath = (path: string, key: string): string => `${path}.${key}`;

/** A plain value's text, empty for objects and arrays. */
const plain = (value: unknown): string => (typeof value === 'object' && value !== null ? '' : String(value));

export function childrenOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.map((child, at) => [String(at), child]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** What a closed node holds: names of an object, number of an array. */
export function gist(value: unknown): string {
  if (Array.isArray(value)) return String(value.length);
  const keys = Object.keys(value as object);
  return keys.length > 4 ? `${keys.slice(0, 3).join(', ')} … ${keys.length}` : keys.join(', ');
}

/** The `--format` that gives the same part: `{{json .State.Health}}`, or of the nearest part that a template can name. */
export function templateOf(path: string): string {
  const parts = path.split('.').slice(1);
  const nameable: string[] = [];
  for (const part of parts) {
    if (!/^[A-Za-z_]\w*$/.test(part)) break;
    nameable.push(part);
  }
  return nameable.length === 0 ? '{{json .}}' : `{{json .${nameable.join('.')}}}`;
}
