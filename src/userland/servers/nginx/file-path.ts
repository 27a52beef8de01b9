import type { Request } from './request.ts';

/** What relative paths of directives start from: `-p`. */
const PREFIX = '/etc/nginx';

const absolute = (path: string): string => (path.startsWith('/') ? path : `${PREFIX}/${path}`);

/** $document_root: `root` with its variables, or `alias`. */
export function documentRoot(request: Request): string {
  const alias = aliasOf(request);
  if (alias !== undefined) return absolute(request.text(alias));
  return absolute(request.text(request.scope.value('root') ?? 'html'));
}

/** The alias of the location in force. */
export function aliasOf(request: Request): string | undefined {
  for (let scope = request.scope; scope.kind !== 'server' && scope.parent; scope = scope.parent) {
    const alias = scope.own('alias')[0];
    if (alias) return alias.args[0];
    if (scope.own('root').length > 0) return undefined;
  }
  return undefined;
}

/** The file that a URI stands for: $request_filename. */
export function filePath(request: Request, uri = request.uri): string {
  const alias = aliasOf(request);
  if (alias === undefined) return documentRoot(request).replace(/\/$/, '') + uri;
  const { location } = request;
  if (!location || location.regex) return documentRoot(request);
  return documentRoot(request) + uri.slice(location.name.length);
}
