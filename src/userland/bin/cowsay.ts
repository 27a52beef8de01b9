import { textWidth } from '../../lib/wcwidth.ts';
import { basename } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

/** Moods: eyes and tongue. */
const MOODS = {
  b: ['==', '  '],
  d: ['xx', 'U '],
  g: ['$$', '  '],
  p: ['@@', '  '],
  s: ['**', 'U '],
  t: ['--', '  '],
  w: ['OO', '  '],
  y: ['..', '  '],
} as const;

/** What is drawn below the balloon: `T` stands for its tail, `E` for the eyes, `U` for the tongue. */
const COWS: Readonly<Record<string, string>> = {
  default:
    '        T   ^__^\n         T  (E)\\_______\n            (__)\\       )\\/\\\n             U ||----w |\n                ||     ||\n',
  tux: "   T\n    T\n        .--.\n       |o_o |\n       |:_/ |\n      //   \\ \\\n     (|     | )\n    /'\\_   _/`\\\n    \\___)=(___/\n\n",
};

export default program({
  name: 'cowsay',
  at: ['/usr/games/cowsay', '/usr/games/cowthink'],
  spec: 'cowsay 3.03 cowsay(1); the cows default and tux',
  usage: '[-bdgpstwy] [-h] [-e eyes] [-f cowfile] [-l] [-n] [-T tongue] [-W wrapcolumn] [message]',
  about: 'A cow says the message, or what standard input says.',
  options: {
    b: { short: 'b', long: false, help: 'Borg' },
    d: { short: 'd', long: false, help: 'dead' },
    g: { short: 'g', long: false, help: 'greedy' },
    p: { short: 'p', long: false, help: 'paranoid' },
    s: { short: 's', long: false, help: 'stoned' },
    t: { short: 't', long: false, help: 'tired' },
    w: { short: 'w', long: false, help: 'wired' },
    y: { short: 'y', long: false, help: 'youthful' },
    help: { short: 'h', long: false, help: 'show the usage' },
    eyes: { short: 'e', long: false, arg: 'eyes', help: 'two characters for the eyes' },
    file: { short: 'f', long: false, arg: 'cowfile', help: 'which cow' },
    list: { short: 'l', long: false, help: 'list the cows' },
    narrow: { short: 'n', long: false, help: 'do not wrap' },
    tongue: { short: 'T', long: false, arg: 'tongue', help: 'two characters for the tongue' },
    wrap: { short: 'W', long: false, arg: 'wrapcolumn', help: 'where to wrap (40)' },
  },
  stopAtOperand: true,
  *main(ctx) {
    const { opts } = ctx;
    const called = basename(ctx.sys.argv[0] ?? 'cowsay');
    const thinks = called.includes('think');
    if (opts.help) {
      yield* ctx.stdout.write(
        `cow{say,think} version 3.03, (c) 1999 Tony Monroe\nUsage: ${called} [-bdgpstwy] [-h] [-e eyes] [-f cowfile] \n          [-l] [-n] [-T tongue] [-W wrapcolumn] [message]\n`,
      );
      return 0;
    }
    if (opts.list) {
      yield* ctx.stdout.write(`Cow files in /usr/share/cowsay/cows:\n${Object.keys(COWS).join(' ')}\n`);
      return 0;
    }
    const cow = COWS[basename(opts.file ?? 'default').replace(/\.cow$/, '')];
    if (cow === undefined) return yield* ctx.die(`Could not find ${opts.file} cowfile!`, 2);
    const mood = (Object.keys(MOODS) as (keyof typeof MOODS)[]).findLast((key) => opts[key]);
    const [eyes, tongue] = mood ? MOODS[mood] : [(opts.eyes ?? 'oo').slice(0, 2), (opts.tongue ?? '  ').slice(0, 2)];
    const text = ctx.args.length > 0 ? ctx.args.join(' ') : (yield* ctx.stdin.text()).replace(/\n+$/, '');
    const columns = Number(opts.wrap ?? 40);
    const lines = opts.narrow && ctx.args.length === 0 ? text.split('\n').map(expand) : fill(text, columns);
    yield* ctx.stdout.write(balloon(lines, thinks));
    yield* ctx.stdout.write(
      cow
        .replaceAll('T', () => (thinks ? 'o' : '\\'))
        .replace('E', () => eyes)
        .replace('U', () => tongue.padEnd(2).slice(0, 2)),
    );
    return 0;
  },
});

function expand(line: string): string {
  let out = '';
  for (const c of line) out += c === '\t' ? ' '.repeat(8 - (out.length % 8)) : c;
  return out;
}

/** Words in lines shorter than `columns`; lines that begin with a blank begin a paragraph. */
function fill(text: string, columns: number): string[] {
  const most = Math.max(1, columns - 1);
  const out: string[] = [];
  for (const paragraph of text.split(/\n\s+/)) {
    let line = '';
    for (const word of paragraph.split(/\s+/).filter((w) => w !== '')) {
      let rest = word;
      if (line !== '' && textWidth(line) + 1 + textWidth(rest) <= most) {
        line += ` ${rest}`;
        continue;
      }
      if (line !== '') out.push(line);
      for (; textWidth(rest) > most; rest = rest.slice(most)) out.push(rest.slice(0, most));
      line = rest;
    }
    out.push(line);
  }
  return out;
}

function balloon(lines: readonly string[], thinks: boolean): string {
  const width = Math.max(0, ...lines.map(textWidth));
  const row = (line: string, left: string, right: string): string =>
    `${left} ${line}${' '.repeat(width - textWidth(line))} ${right}\n`;
  let out = ` ${'_'.repeat(width + 2)}\n`;
  if (thinks) for (const line of lines) out += row(line, '(', ')');
  else if (lines.length < 2) out += row(lines[0] ?? '', '<', '>');
  else
    for (const [i, line] of lines.entries()) {
      const [left, right] = i === 0 ? ['/', '\\'] : i === lines.length - 1 ? ['\\', '/'] : ['|', '|'];
      out += row(line, left, right);
    }
  return `${out} ${'-'.repeat(width + 2)}\n`;
}
