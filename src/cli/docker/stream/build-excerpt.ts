/**
 * The lines of a source around those that are to blame.
 * @see moby/buildkit solver/errdefs/source.go
 */
export function excerpt(filename: string, text: string, first: number, last: number): string {
  const lines = text.split('\n');
  if (first < 1 || first > lines.length) return '';
  let start = first;
  let end = Math.min(last, lines.length);
  const pad = start === end ? 4 : 2;
  for (let p = 0; p < pad; p++) {
    if (start > 1) {
      start--;
      p++;
    }
    if (end !== lines.length) {
      end++;
      p++;
    }
  }
  const rule = '--------------------';
  const shown = lines.slice(start - 1, end).map((line, i) => {
    const n = start + i;
    return ` ${String(n).padStart(3)} | ${n >= first && n <= last ? '>>>' : '   '} ${line}`;
  });
  return [`${filename}:${first}`, rule, ...shown, rule, ''].join('\n');
}
