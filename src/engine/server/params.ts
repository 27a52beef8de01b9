import type { Endpoint } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { parseFilters } from '../../api/filters.ts';
import { goJsonProblem } from '../../lib/go-json-syntax.ts';
import { quote } from '../../lib/quote.ts';

/** Values that stand for no, as the engine reads them; anything else that is not empty is yes. */
const NO = new Set(['', '0', 'no', 'false', 'none']);

export const isTrue = (text: string): boolean => !NO.has(text.trim().toLowerCase());

/**
 * Reads the query parameters that an operation declares; others are ignored. One that is not given is undefined.
 * @throws ApiError with the words of the engine
 */
export function readParams(
  e: Endpoint<unknown, unknown, unknown>,
  query: ReadonlyMap<string, string[]>,
): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(e.query)) {
    const values = query.get(name);
    if (values === undefined) continue;
    const text = values[0]!;
    switch (kind) {
      case 'string':
        params[name] = text;
        break;
      case 'bool':
        params[name] = isTrue(text);
        break;
      case 'int':
        if (text !== '') params[name] = readInt(text);
        break;
      case 'list':
        params[name] = values;
        break;
      case 'json':
        params[name] = name === 'filters' ? readFilters(text) : readJson(name, text);
        break;
    }
  }
  return params;
}

/** strconv.Atoi. @throws ApiError with Go's text */
export function readInt(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new ApiError('internal', `strconv.Atoi: parsing ${quote(text)}: invalid syntax`);
}

function readFilters(text: string): Record<string, string[]> {
  const filters = parseFilters(text);
  if (filters === undefined) throw new ApiError('invalid-parameter', 'invalid filter');
  return filters;
}

function readJson(name: string, text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('invalid-parameter', `failed to parse ${name}: ${goJsonProblem(text)}`);
  }
}
