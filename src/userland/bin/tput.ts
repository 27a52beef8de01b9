import { program } from '../../libc/program.ts';

/** Capabilities of xterm and its kin, as terminfo(5) has them. */
const TEXT: Readonly<Record<string, string>> = {
  bold: '\x1b[1m',
  dim: '\x1b[2m',
  smul: '\x1b[4m',
  rmul: '\x1b[24m',
  rev: '\x1b[7m',
  smso: '\x1b[7m',
  rmso: '\x1b[27m',
  blink: '\x1b[5m',
  invis: '\x1b[8m',
  sgr0: '\x1b(B\x1b[m',
  op: '\x1b[39;49m',
  clear: '\x1b[H\x1b[2J',
  el: '\x1b[K',
  el1: '\x1b[1K',
  ed: '\x1b[J',
  home: '\x1b[H',
  sc: '\x1b7',
  rc: '\x1b8',
  civis: '\x1b[?25l',
  cnorm: '\x1b[?12l\x1b[?25h',
  smcup: '\x1b[?1049h\x1b[22;0;0t',
  rmcup: '\x1b[?1049l\x1b[23;0;0t',
  cuu1: '\x1b[A',
  cud1: '\n',
  cub1: '\b',
  cuf1: '\x1b[C',
  bel: '\x07',
  sitm: '\x1b[3m',
  ritm: '\x1b[23m',
};

function color(kind: 'setaf' | 'setab', n: number): string {
  const base = kind === 'setaf' ? 30 : 40;
  if (n < 8) return `\x1b[${base + n}m`;
  return n < 16 ? `\x1b[${base + 52 + n}m` : `\x1b[${base + 8};5;${n}m`;
}

export default program({
  name: 'tput',
  at: ['/usr/bin/tput'],
  spec: 'ncurses tput(1) with the capabilities that scripts use, for xterm and its kin',
  usage: '[options] [command]',
  about: 'Print a capability of the terminal.',
  options: { terminal: { short: 'T', long: false, arg: 'TERM', help: 'use this instead of $TERM' } },
  stopAtOperand: true,
  usageStatus: 2,
  *main(ctx) {
    const term = ctx.opts.terminal ?? ctx.env.get('TERM');
    if (ctx.args.length === 0) {
      yield* ctx.stderr.write(`usage: ${ctx.name} [-V] [-S] [-T term] capname\n`);
      return 2;
    }
    const [name = '', ...parameters] = ctx.args;
    if (term === undefined || term === '') {
      yield* ctx.stderr.write(`${ctx.name}: No value for $TERM and no -T specified\n`);
      return 2;
    }
    if (name === 'cols' || name === 'lines') {
      const size = [2, 1, 0]
        .map((fd) => (ctx.sys.isatty(fd) ? ctx.sys.tiocgwinsz(fd) : -1))
        .find((s) => typeof s === 'object');
      const known = typeof size === 'object' && size.cols > 0 ? size : undefined;
      yield* ctx.stdout.write(`${name === 'cols' ? (known?.cols ?? 80) : (known?.rows ?? 24)}\n`);
      return 0;
    }
    const n = parameters.map(Number);
    if (name === 'colors')
      yield* ctx.stdout.write(
        `${term.includes('256color') ? 256 : term === 'dumb' || term.startsWith('vt') ? -1 : 8}\n`,
      );
    else if (term === 'dumb') return name in TEXT || name === 'setaf' || name === 'setab' ? 1 : 4;
    else if (name === 'setaf' || name === 'setab') yield* ctx.stdout.write(color(name, n[0] ?? 0));
    else if (name === 'cup') yield* ctx.stdout.write(`\x1b[${(n[0] ?? 0) + 1};${(n[1] ?? 0) + 1}H`);
    else if (name === 'cuu' || name === 'cud' || name === 'cuf' || name === 'cub')
      yield* ctx.stdout.write(`\x1b[${n[0] ?? 1}${{ cuu: 'A', cud: 'B', cuf: 'C', cub: 'D' }[name]}`);
    else if (name === 'reset' || name === 'init') yield* ctx.stdout.write('\x1b[!p\x1b[?3;4l\x1b[4l\x1b>');
    else if (name === 'longname') yield* ctx.stdout.write('xterm terminal emulator (X Window System)');
    else if (TEXT[name] !== undefined) yield* ctx.stdout.write(TEXT[name]!);
    else {
      yield* ctx.stderr.write(`${ctx.name}: unknown terminfo capability '${name}'\n`);
      return 4;
    }
    return 0;
  },
});
