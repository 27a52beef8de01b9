import { CaddyfileError, type Segment } from './caddyfile.ts';
import type { MatcherSet } from './config.ts';

/** One line of a named matcher. @throws CaddyfileError */
function readMatcher(
  name: string,
  args: readonly string[],
  block: readonly Segment[] | undefined,
  where: string,
): MatcherSet {
  switch (name) {
    case 'path':
    case 'host':
    case 'method':
      return { [name]: name === 'method' ? args.map((arg) => arg.toUpperCase()) : [...args] };
    case 'header':
      return { header: { [args[0] ?? '']: args.slice(1) } };
    case 'query': {
      const pairs = args.map((arg) => arg.split('='));
      return { query: Object.fromEntries(pairs.map(([key = '', ...value]) => [key, [value.join('=')]])) };
    }
    case 'remote_ip':
    case 'client_ip':
      return { remote_ip: { ranges: [...args] } };
    case 'file':
      return { file: args.length > 0 ? { try_files: [...args] } : {} };
    case 'not': {
      const lines =
        block ?? (args[0] === undefined ? [] : [{ name: args[0], args: args.slice(1), block: undefined, line: 0 }]);
      return { not: [merge(lines.map((each) => readMatcher(each.name, each.args, each.block, where)))] };
    }
    default:
      throw new CaddyfileError(
        `${where}: getting matcher module '${name}': module not registered: http.matchers.${name}`,
      );
  }
}

/** Lines of one kind are alternatives. */
function merge(sets: readonly MatcherSet[]): MatcherSet {
  const out: MatcherSet = {};
  for (const set of sets) {
    for (const key of ['path', 'host', 'method'] as const) if (set[key]) out[key] = [...(out[key] ?? []), ...set[key]];
    if (set.header) out.header = { ...out.header, ...set.header };
    if (set.query) out.query = { ...out.query, ...set.query };
    if (set.remote_ip) out.remote_ip = set.remote_ip;
    if (set.file) out.file = set.file;
    if (set.not) out.not = [...(out.not ?? []), ...set.not];
  }
  return out;
}

/** `@name path /a` or `@name { … }`. */
export function namedMatcher({ args, block, line }: Segment, file: string): MatcherSet {
  const where = `${file}:${line}`;
  const [name, ...rest] = args;
  if (block && name !== 'not') return merge(block.map((each) => readMatcher(each.name, each.args, each.block, where)));
  return name === undefined ? {} : readMatcher(name, rest, block, where);
}

/** The matcher that a directive's first argument is, and the other arguments. */
export function takeMatcher(
  { name, args, line }: Segment,
  matchers: ReadonlyMap<string, MatcherSet>,
  file: string,
): [MatcherSet | undefined, string[]] {
  const [first, ...rest] = args;
  if (first === '*') return [undefined, rest];
  // a lone path is what to go to, not a condition
  if (
    first?.startsWith('/') &&
    !(
      (name === 'redir' || name === 'root' || name === 'rewrite' || name === 'try_files') &&
      (rest.length === 0 || name === 'try_files')
    )
  )
    return [{ path: [first] }, rest];
  if (!first?.startsWith('@')) return [undefined, args];
  const found = matchers.get(first);
  if (!found) throw new CaddyfileError(`${file}:${line}: unrecognized matcher name: ${first}`);
  return [found, rest];
}
