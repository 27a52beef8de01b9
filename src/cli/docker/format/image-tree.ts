import { humanSize } from '../../../lib/units.ts';
import { ellipsis, shortId } from './display.ts';
import type { ImageSummary } from './image.ts';

const SPACING = '   ';
/** What stands after the name, in columns of a width of their own. */
const COLUMNS = [
  { title: 'ID', width: 12, right: false },
  { title: 'DISK USAGE', width: 10, right: true },
  { title: 'CONTENT SIZE', width: 12, right: true },
  { title: 'EXTRA', width: 5, right: false },
] as const;
const TITLE = '\x1b[39m\x1b[1m';
const NAME = '\x1b[34m\x1b[1m';
const PLAIN = '\x1b[39m';
const RESET = '\x1b[0m';

/** How wide the terminal is, and whether it is one: colours are shown there. */
export interface TreeScreen {
  columns: number;
  terminal: boolean;
}

/** The text of `docker images --tree`: names, the longest first, and beside the last of them what the image takes. */
export function imageTree(images: readonly ImageSummary[], { columns, terminal }: TreeScreen): string {
  const width = Math.max(20, columns);
  const paint = (colour: string, text: string): string => (terminal ? colour + text + RESET : text);
  const sorted = [...images].sort((a, b) => b.Created - a.Created);
  const used = sorted.some((image) => (image.Containers ?? 0) > 0);
  let left = width;
  let shown = 0;
  for (const column of COLUMNS) {
    const wide = column.width + SPACING.length;
    if (left - wide < 12) break;
    left -= wide;
    shown++;
  }
  const namesOf = (image: ImageSummary): string[] => [...(image.RepoTags ?? [])].sort((a, b) => b.length - a.length);
  const widest = Math.max(
    'IMAGE'.length,
    ...sorted.flatMap((i) => (i.RepoTags ?? ['<untagged>']).map((n) => n.length)),
  );
  const first = Math.min(left, widest);
  const cell = (text: string, wide: number, right: boolean, colour: string, painted = true): string => {
    const short = ellipsis(text, wide);
    const pad = ' '.repeat(Math.max(0, wide - [...short].length));
    const body = painted ? paint(colour, short) : short;
    return right ? pad + body : body + pad;
  };
  // Titles have their colours everywhere.
  const head = [{ title: 'IMAGE', width: first, right: false }, ...COLUMNS.slice(0, shown)].map(
    (c) => `${TITLE}${c.title}${RESET}${' '.repeat(Math.max(0, c.width - c.title.length))}`,
  );
  const lines = [
    paint('\x1b[93m', "WARNING: This is an experimental feature. The output may change and shouldn't be depended on."),
    legend(width, terminal),
    '',
    head.join(SPACING),
  ];
  for (const image of sorted) {
    const names = namesOf(image);
    for (const name of names.slice(0, -1)) lines.push(paint(NAME, ellipsis(name, width)));
    const inUse = (image.Containers ?? 0) > 0;
    const chip = !used ? '' : terminal ? (inUse ? '\x1b[38;5;0m\x1b[48;5;14m U \x1b[0m' : '   ') : inUse ? 'U' : ' ';
    const values = [shortId(image.Id), humanSize(image.Size, 3), humanSize(0, 3)];
    const details = COLUMNS.slice(0, shown).map((column, i) =>
      i < values.length
        ? cell(values[i]!, column.width, column.right, PLAIN)
        : chip + ' '.repeat(Math.max(0, column.width - (used ? (terminal ? 3 : 1) : 0))),
    );
    lines.push([cell(names.at(-1) ?? '<untagged>', first, false, NAME), ...details].join(SPACING));
  }
  return `${lines.join('\n')}\n`;
}

/** The line at the right that tells what the letters mean. */
function legend(width: number, terminal: boolean): string {
  const plain = terminal ? ' i Info →   U  In Use ' : ' Info ->  U In Use ';
  const text = terminal
    ? '\x1b[1m\x1b[106m\x1b[30mi\x1b[0m\x1b[0m \x1b[96mInfo → \x1b[0m\x1b[0m \x1b[38;5;0m\x1b[48;5;14m U \x1b[0m In Use '
    : plain.slice(1);
  return ' '.repeat(Math.max(0, width - plain.length + 1)) + text;
}
