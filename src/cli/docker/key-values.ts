/** `NAME=VALUE` words as a map; the last of a name counts, a word without = has an empty value. */
export function mapOf(words: readonly string[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    map[equals < 0 ? word : word.slice(0, equals)] = equals < 0 ? '' : word.slice(equals + 1);
  }
  return map;
}
