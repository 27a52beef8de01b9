import type { Scope } from './scope.ts';

/** By extension in lower case, as the `types` in force say. */
function typesOf(scope: Scope): ReadonlyMap<string, string> {
  const blocks = scope.own('types');
  if (blocks.length === 0 && scope.parent && scope.kind !== 'http') return typesOf(scope.parent);
  return scope.memo('types', () => {
    const types = new Map<string, string>();
    for (const block of blocks)
      for (const row of block.block) for (const extension of row.args) types.set(extension.toLowerCase(), row.name);
    if (types.size === 0)
      return new Map([
        ['html', 'text/html'],
        ['gif', 'image/gif'],
        ['jpg', 'image/jpeg'],
      ]);
    return types;
  });
}

/** The content type of a URI, with the charset in force. */
export function contentType(scope: Scope, uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const known = dot >= 0 ? typesOf(scope).get(name.slice(dot + 1).toLowerCase()) : undefined;
  return withCharset(scope, known ?? scope.value('default_type') ?? 'text/plain');
}

const CHARSET_TYPES = [
  'text/html',
  'text/xml',
  'text/plain',
  'text/vnd.wap.wml',
  'application/javascript',
  'application/rss+xml',
];

/** Adds `; charset=…` where one is configured for the type. */
export function withCharset(scope: Scope, type: string): string {
  const charset = scope.value('charset');
  if (charset === undefined || charset === 'off' || type.includes('charset=')) return type;
  const types = scope.find('charset_types')?.args ?? CHARSET_TYPES;
  return types.includes('*') || types.includes(type) || type === 'text/html' ? `${type}; charset=${charset}` : type;
}
