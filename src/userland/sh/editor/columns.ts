import { textWidth } from '../../../lib/wcwidth.ts';

/** Names in columns, sorted downwards, as readline lists completions. @param width of the terminal */
export function inColumns(names: readonly string[], width: number): string {
  if (names.length === 0) return '';
  const longest = Math.max(...names.map(textWidth)) + 2;
  const columns = Math.max(1, Math.floor(width / longest));
  const rows = Math.ceil(names.length / columns);
  let out = '';
  for (let r = 0; r < rows; r++) {
    let line = '';
    for (let i = r; i < names.length; i += rows) {
      const name = names[i]!;
      line += i + rows < names.length ? name + ' '.repeat(longest - textWidth(name)) : name;
    }
    out += `${line}\n`;
  }
  return out;
}
