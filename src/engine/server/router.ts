import { decodeComponent } from '../../api/query.ts';
import type { Route } from './serve.ts';

interface Pattern {
  route: Route;
  segments: readonly string[];
}

/** Finds the route of a method and a path. */
export class Router {
  /** By method and first segment of the path. */
  readonly #patterns: Map<string, Pattern[]> = new Map();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.endpoint.path.slice(1).split('/');
      const key = `${route.endpoint.method} ${segments[0]}`;
      const list = this.#patterns.get(key) ?? [];
      list.push({ route, segments });
      this.#patterns.set(key, list);
    }
    // What is spelt out goes before what is a name.
    for (const list of this.#patterns.values()) list.sort((a, b) => braces(a) - braces(b));
  }

  /** @param path without query and version */
  find(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
    const parts = path.slice(1).split('/');
    for (const pattern of this.#patterns.get(`${method} ${parts[0]}`) ?? []) {
      const params = match(pattern.segments, parts);
      if (params) return { route: pattern.route, params };
    }
    return undefined;
  }
}

const braces = (pattern: Pattern): number => pattern.segments.filter((s) => s.startsWith('{')).length;

function match(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  const rest = segments.findIndex((s) => s.endsWith('...}'));
  if (rest < 0 ? segments.length !== parts.length : parts.length < segments.length) return undefined;
  const taken = parts.length - segments.length;
  for (const [i, segment] of segments.entries()) {
    if (i === rest) {
      const value = parts.slice(i, i + taken + 1).join('/');
      if (value === '') return undefined;
      params[segment.slice(1, -4)] = decodeComponent(value, false);
      continue;
    }
    const part = parts[rest >= 0 && i > rest ? i + taken : i]!;
    if (!segment.startsWith('{')) {
      if (segment !== part) return undefined;
    } else {
      if (part === '') return undefined;
      params[segment.slice(1, -1)] = decodeComponent(part, false);
    }
  }
  return params;
}
