import type { Regex } from '../../../lib/regex/regex.ts';
import type { RewriteStep } from './rewrite.ts';
import type { Scope } from './scope.ts';

/** A location and those inside it. */
export interface Location {
  modifier: '' | '=' | '^~' | '~' | '~*' | '@';
  name: string;
  regex: Regex | undefined;
  scope: Scope;
  steps: readonly RewriteStep[];
  children: Locations;
}

export interface Locations {
  exact: Map<string, Location>;
  /** Longest first. */
  prefixes: Location[];
  regexes: Location[];
}

export interface LocationMatch {
  location: Location;
  /** The match of the last regular expression that took part. */
  captures: { text: string; match: number[]; names: ReadonlyMap<string, number> } | undefined;
}

/**
 * The location for a decoded URI: the exact one, else the longest prefix, unless a regular expression matches (and the
 * prefix is not `^~`); inside the chosen one again. @see nginx.org ngx_http_core_module, "location"
 */
export function findLocation(locations: Locations, uri: string): LocationMatch | undefined {
  const exact = locations.exact.get(uri);
  if (exact) return { location: exact, captures: undefined };
  const prefix = locations.prefixes.find((l) => uri.startsWith(l.name));
  let best: LocationMatch | undefined;
  if (prefix) {
    best = findLocation(prefix.children, uri) ?? { location: prefix, captures: undefined };
    if (best.captures || prefix.modifier === '^~' || best.location.modifier === '^~' || best.location.modifier === '=')
      return best;
  }
  for (const location of locations.regexes) {
    const match = location.regex!.exec(uri);
    if (!match) continue;
    const captures = { text: uri, match, names: location.regex!.names };
    const inner = findLocation(location.children, uri);
    return inner ? { location: inner.location, captures: inner.captures ?? captures } : { location, captures };
  }
  return best;
}
