import { DIRECTIVES } from './directives.ts';

const WIDTH = 80;
/** Columns that a line may go over its limit rather than leave an orphan. */
const SLOP = 5;

/** The text of `dockerd --help`. */
export function usageText(): string {
  const rows = [
    ...DIRECTIVES.filter((d) => d.flag !== ''),
    { flag: 'help', short: '', value: '', usual: '', about: 'Print this help' },
  ].sort((a, b) => (a.flag < b.flag ? -1 : 1));
  const heads = rows.map(({ flag, short, value }) => {
    const letter = short === '' ? '      ' : `  -${short}, `;
    return `${letter}--${flag}${value === '' ? '' : ` ${value}`}`;
  });
  const column = Math.max(...heads.map((head) => head.length)) + 3;
  const lines = rows.map(({ about, usual }, i) => {
    const text = usual === '' ? about : `${about} (default ${usual})`;
    return `${heads[i]!.padEnd(column)}${wrap(text, column)}\n`;
  });
  return `\nUsage:\tdockerd [OPTIONS]\n\nA self-sufficient runtime for containers.\n\nOptions:\n${lines.join('')}`;
}

/** Wraps a description as pflag does. */
function wrap(text: string, indent: number): string {
  const limit = WIDTH - indent - SLOP;
  const lines: string[] = [];
  let rest = text;
  while (rest.length >= limit + SLOP) {
    const at = rest.slice(0, limit).lastIndexOf(' ');
    if (at <= 0) break;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...lines, rest].join(`\n${' '.repeat(indent)}`);
}
