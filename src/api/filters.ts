/** Filters of a list: for each name the values, one of which must fit (labels: all). */
export type Filters = Record<string, string[]>;

/**
 * Reads the `filters` parameter in both forms: `{"name":["a"]}` and the old `{"name":{"a":true}}`.
 * @returns undefined where it is neither
 */
export function parseFilters(text: string): Filters | undefined {
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const filters: Filters = {};
  for (const [name, given] of Object.entries(value)) {
    if (Array.isArray(given) && given.every((v) => typeof v === 'string')) filters[name] = given;
    else if (given !== null && typeof given === 'object' && !Array.isArray(given)) filters[name] = Object.keys(given);
    else return undefined;
  }
  return filters;
}
