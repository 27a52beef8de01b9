import { Glob } from '../../lib/glob.ts';
import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, exitWith, program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import { ALIASES, KINDS, SUFFIXES, TERMS, TILDES } from '../text/ls-colors.ts';

const options = {
  sh: { short: 'b', help: 'output Bourne shell code to set LS_COLORS' },
  bourneShell: { help: 'the same as --sh' },
  csh: { short: 'c', help: 'output C shell code to set LS_COLORS' },
  cShell: { help: 'the same as --csh' },
  printDatabase: { short: 'p', help: 'output defaults' },
  printLsColors: { help: 'output fully escaped colors for display' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'dircolors',
  at: ['/usr/bin/dircolors'],
  spec: 'GNU coreutils 9.4 dircolors(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]',
  about: 'Output commands to set the LS_COLORS environment variable.',
  options,
  *main(ctx) {
    const { opts } = ctx;
    const syntax = opts.sh || opts.bourneShell || opts.csh || opts.cShell;
    if (opts.printDatabase && (syntax || opts.printLsColors))
      return yield* ctx.usage(
        'the options to output non shell syntax,\nand to select a shell syntax are mutually exclusive',
      );
    if (opts.printDatabase && ctx.args.length > 0)
      return yield* ctx.usage(
        `extra operand ${localeQuote(ctx.args[0]!)}\nfile operands cannot be combined with --print-database (-p)`,
      );
    if (ctx.args.length > 1) return yield* ctx.usage(`extra operand ${localeQuote(ctx.args[1]!)}`);
    if (opts.printDatabase) {
      yield* ctx.stdout.write(database());
      return 0;
    }
    const shell = ctx.env.get('SHELL') ?? '';
    if (!syntax && !opts.printLsColors && shell === '')
      return yield* ctx.die('no SHELL environment variable, and no shell type option given');
    const file = ctx.args[0];
    const text = file === undefined ? database() : yield* readText(ctx, file);
    const pairs = yield* parse(ctx, text, file);
    if (opts.printLsColors) {
      for (const [name, value] of pairs) yield* ctx.stdout.write(`\x1b[${value}m${name}\t${value}\x1b[0m\n`);
      return 0;
    }
    const value = pairs.map(([name, colour]) => `${name}=${colour}:`).join('');
    const csh = opts.csh || opts.cShell || (!syntax && /\/t?csh$/.test(shell));
    yield* ctx.stdout.write(csh ? `setenv LS_COLORS '${value}'\n` : `LS_COLORS='${value}';\nexport LS_COLORS\n`);
    return 0;
  },
});

function* readText(ctx: Ctx, file: string): Wait<string> {
  const input = yield* openInput(ctx, file);
  return input ? yield* input.text() : yield* ctx.die('', 1);
}

/** The built-in defaults in the form of a file. */
function database(): string {
  const kinds = KINDS.map(([keyword, , value]) => (value === undefined ? `#${keyword} 00` : `${keyword} ${value}`));
  const suffixes = SUFFIXES.flatMap(([what, colour, names], i) => [
    `# ${what}`,
    ...(i === SUFFIXES.length - 1 ? TILDES.map((end) => `*${end} ${colour}`) : []),
    ...names.split(' ').map((name) => `.${name} ${colour}`),
  ]);
  return `${[
    '# Defaults of dircolors: what LS_COLORS, and with it ls --color, is made from.',
    '# COLOR, OPTIONS and EIGHTBIT are taken and mean nothing.',
    '# What follows holds for these terminals (patterns) or where COLORTERM is set.',
    'COLORTERM ?*',
    ...TERMS.map((term) => `TERM ${term}`),
    '# Attributes: 00 none, 01 bold, 04 underscore, 05 blink, 07 reverse, 08 concealed;',
    '# 30 to 37 colour of the text, 40 to 47 of the background.',
    ...kinds,
    '# Names that end like this:',
    ...suffixes,
  ].join('\n')}\n`;
}

/** Reads a file's lines. @returns pairs for LS_COLORS */
function* parse(ctx: Ctx, text: string, file: string | undefined): Wait<[string, string][]> {
  const codes = new Map<string, string>([...KINDS.map(([keyword, code]) => [keyword, code] as const)]);
  for (const [alias, code] of Object.entries(ALIASES)) codes.set(alias, code);
  const term = ctx.env.get('TERM') || 'none';
  const colorTerm = ctx.env.get('COLORTERM') ?? '';
  const out: [string, string][] = [];
  /** Whether lines count: they do before the first TERM, and behind one that fits. */
  let fits: boolean | undefined;
  let behindTerm = false;
  let wrong = false;
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, (all, blank: string) => (/^\s*\*#/.test(raw) ? all : blank)).trim();
    if (line === '') continue;
    const m = /^(\S+)\s+(.*\S)$/.exec(line);
    if (!m) {
      yield* ctx.warn(`${file ?? '<internal>'}:${at + 1}: invalid line;  missing second token`);
      wrong = true;
      continue;
    }
    const [, keyword = '', value = ''] = m;
    const upper = keyword.toUpperCase();
    if (upper === 'TERM' || upper === 'COLORTERM') {
      const hit = new Glob(value).match(upper === 'TERM' ? term : colorTerm);
      fits = behindTerm ? fits || hit : hit;
      behindTerm = true;
      continue;
    }
    behindTerm = false;
    if (fits === false) continue;
    if (keyword.startsWith('.')) out.push([`*${keyword}`, value]);
    else if (keyword.startsWith('*')) out.push([keyword, value]);
    else if (codes.has(upper)) out.push([codes.get(upper)!, value]);
    else if (fits !== undefined && !['OPTIONS', 'COLOR', 'EIGHTBIT'].includes(upper)) {
      yield* ctx.warn(`${file ?? '<internal>'}:${at + 1}: unrecognized keyword ${keyword}`);
      wrong = true;
    }
  }
  return wrong ? exitWith(1) : out;
}
