import { BLOCKED } from '../../abi/errno.ts';
import { O_NONBLOCK, O_RDONLY } from '../../abi/flags.ts';
import {
  cloneTermios,
  ECHO,
  ICANON,
  ICRNL,
  ISIG,
  ONLCR,
  OPOST,
  TCSADRAIN,
  type Termios,
  VMIN,
  VTIME,
} from '../../abi/termios.ts';
import { open } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';
import { CHARACTERS, characterText, MODES, type Mode, readCharacter } from '../stty/modes.ts';

const options = {
  all: { short: 'a', help: 'print all current settings in human-readable form' },
  save: { short: 'g', help: 'print all current settings in a stty-readable form' },
  file: { short: 'F', arg: 'DEVICE', help: 'open and use DEVICE instead of stdin' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'stty',
  at: ['/usr/bin/stty'],
  spec: 'GNU coreutils 9.4 stty(1)',
  version: '(GNU coreutils) 9.4',
  soleHelp: 0,
  usage:
    '[-F DEVICE | --file=DEVICE] [SETTING]...\n  or:  stty [-F DEVICE | --file=DEVICE] [-a|--all]\n  or:  stty [-F DEVICE | --file=DEVICE] [-g|--save]',
  about: 'Print or change terminal characteristics.',
  options: {},
  raw: true,
  busybox: {
    at: '/bin/stty',
    usage: '[-a|g] [-F DEVICE] [SETTING]...',
    help: 'Without arguments, prints baud rate, line discipline,\nand deviations from stty sane\n\n\t-F DEVICE\tOpen device instead of stdin\n\t-a\t\tPrint all current settings in human-readable form\n\t-g\t\tPrint in stty-readable form\n\t[SETTING]\tSee manpage\n',
  },
  *main(ctx) {
    const settings: string[] = [];
    let device: string | undefined;
    let how: 'changed' | 'all' | 'save' = 'changed';
    for (let i = 0; i < ctx.args.length; i++) {
      const arg = ctx.args[i]!;
      if (arg === '-a' || arg === '--all') how = 'all';
      else if (arg === '-g' || arg === '--save') how = 'save';
      else if (arg === '-F') device = ctx.args[++i];
      else if (arg.startsWith('--file=')) device = arg.slice(7);
      else if (arg.startsWith('-F')) device = arg.slice(2);
      else settings.push(arg);
    }
    const fd = device === undefined ? 0 : yield* open(ctx.sys, device, O_RDONLY | O_NONBLOCK);
    if (fd < 0) {
      yield* ctx.perror(device!, fd);
      return 1;
    }
    const t = ctx.sys.tcgetattr(fd);
    if (typeof t === 'number')
      return yield* ctx.die(
        device === undefined
          ? `${ctx.form === 'gnu' ? "'standard input'" : 'standard input'}: ${ctx.strerror(t)}`
          : `${device}: ${ctx.strerror(t)}`,
      );
    if (settings.length === 0) {
      yield* ctx.stdout.write(how === 'save' ? saved(t) : shown(ctx, fd, t, how === 'all'));
      return 0;
    }
    return yield* change(ctx, fd, cloneTermios(t), settings);
  },
});

const on = (t: Termios, mode: Mode): boolean =>
  mode.mask === undefined ? (t[mode.word] & mode.bits) !== 0 : (t[mode.word] & mode.mask) === mode.bits;

function put(t: Termios, mode: Mode, value: boolean): void {
  if (mode.mask !== undefined) t[mode.word] = (t[mode.word] & ~mode.mask) | mode.bits;
  else t[mode.word] = value ? t[mode.word] | mode.bits : t[mode.word] & ~mode.bits;
}

function makeSane(t: Termios): void {
  for (const mode of MODES) if (mode.sane !== undefined) put(t, mode, mode.sane);
  for (const [, index, sane] of CHARACTERS) t.cc[index] = sane;
  t.cc[VMIN] = 1;
  t.cc[VTIME] = 0;
}

const saved = (t: Termios): string =>
  `${[t.iflag, t.oflag, t.cflag | 0x0f, t.lflag, ...t.cc, ...new Array<number>(Math.max(0, 32 - t.cc.length)).fill(0)]
    .map((n) => (n >>> 0).toString(16))
    .join(':')}\n`;

/** The text of `stty` and `stty -a`, wrapped to the terminal's columns. */
function shown(ctx: Pick<Ctx, 'sys'>, fd: number, t: Termios, all: boolean): string {
  const size = ctx.sys.tiocgwinsz(fd);
  const width = (typeof size === 'number' ? 0 : size.cols) || 80;
  const rows = typeof size === 'number' ? 0 : size.rows;
  const cols = typeof size === 'number' ? 0 : size.cols;
  let out = '';
  let line = '';
  const add = (text: string): void => {
    if (line !== '' && line.length + 1 + text.length > width) flush();
    line += line === '' ? text : ` ${text}`;
  };
  const flush = (): void => {
    if (line !== '') out += `${line}\n`;
    line = '';
  };
  add(`speed ${t.speed} baud;`);
  if (all) {
    add(`rows ${rows};`);
    add(`columns ${cols};`);
  }
  add('line = 0;');
  flush();
  for (const [name, index, sane] of CHARACTERS)
    if (all || t.cc[index] !== sane) add(`${name} = ${characterText(t.cc[index] ?? 0)};`);
  if (all || (t.lflag & ICANON) === 0) {
    add(`min = ${t.cc[VMIN]};`);
    add(`time = ${t.cc[VTIME]};`);
  }
  flush();
  let word = '';
  for (const mode of MODES) {
    if (mode.word !== word) flush();
    word = mode.word;
    const value = on(t, mode);
    if (mode.mask !== undefined) {
      if (value && (all || !mode.sane) && (all || mode.word !== 'cflag')) add(mode.name);
    } else if (all) add(value ? mode.name : `-${mode.name}`);
    else if (mode.sane !== undefined && value !== mode.sane) add(value ? mode.name : `-${mode.name}`);
  }
  flush();
  return out;
}

/** Settings that stand for several. */
const COMBINED: Readonly<Record<string, (t: Termios, value: boolean) => void>> = {
  sane: makeSane,
  raw: (t, value) => (value ? raw(t) : cooked(t)),
  cooked: (t, value) => (value ? cooked(t) : raw(t)),
  cbreak: (t, value) => {
    t.lflag = value ? t.lflag & ~ICANON : t.lflag | ICANON;
  },
  nl: (t, value) => {
    t.iflag = value ? t.iflag & ~ICRNL : t.iflag | ICRNL;
    t.oflag = value ? t.oflag & ~ONLCR : t.oflag | ONLCR;
  },
  ek: (t) => {
    t.cc[2] = 127;
    t.cc[3] = 21;
  },
};

function raw(t: Termios): void {
  t.iflag = 0;
  t.oflag &= ~OPOST;
  t.lflag &= ~(ISIG | ICANON | 4);
  t.cc[VMIN] = 1;
  t.cc[VTIME] = 0;
}

function cooked(t: Termios): void {
  for (const mode of MODES)
    if (['brkint', 'ignpar', 'istrip', 'icrnl', 'ixon', 'opost', 'isig', 'icanon'].includes(mode.name))
      put(t, mode, true);
  t.cc[4] = 4;
  t.cc[11] = 0;
}

function* change(
  ctx: Pick<Ctx, 'sys' | 'die' | 'usage' | 'form' | 'stdout'>,
  fd: number,
  t: Termios,
  settings: readonly string[],
): Generator<void, number, void> {
  const { sys } = ctx;
  const bad = (arg: string): Generator<void, never, void> =>
    ctx.form === 'gnu' ? ctx.usage(`invalid argument ${localeQuote(arg)}`) : ctx.die(`invalid argument '${arg}'`);
  for (let i = 0; i < settings.length; i++) {
    const arg = settings[i]!;
    const value = !arg.startsWith('-');
    const name = value ? arg : arg.slice(1);
    const character = CHARACTERS.find(([known]) => known === name);
    const mode = MODES.find((m) => m.name === name || m.also?.includes(name));
    const combined = COMBINED[name];
    if (name === 'size' && value) {
      const size = sys.tiocgwinsz(fd);
      if (typeof size !== 'number') yield* ctx.stdout.write(`${size.rows} ${size.cols}\n`);
    } else if (['rows', 'cols', 'columns'].includes(name)) {
      const size = sys.tiocgwinsz(fd);
      const n = Number(settings[++i] ?? Number.NaN);
      if (!(n >= 0))
        return yield* ctx.usage(
          settings[i] === undefined
            ? `missing argument to ${shellQuote(arg)}`
            : `invalid integer argument: ${localeQuote(settings[i]!)}`,
        );
      if (typeof size !== 'number') sys.tiocswinsz(fd, { ...size, [name === 'rows' ? 'rows' : 'cols']: n });
    } else if (name === 'speed') yield* ctx.stdout.write(`${t.speed}\n`);
    else if (['ispeed', 'ospeed'].includes(name)) t.speed = Number(settings[++i]) || t.speed;
    else if (name === 'line') i++;
    else if (/^\d+$/.test(name)) t.speed = Number(name);
    else if (name === 'min' || name === 'time') t.cc[name === 'min' ? VMIN : VTIME] = Number(settings[++i]);
    else if (character && value) {
      const code = readCharacter(settings[++i] ?? '');
      if (settings[i] === undefined) return yield* ctx.usage(`missing argument to ${shellQuote(arg)}`);
      if (code === undefined) return yield* ctx.usage(`invalid integer argument: ${localeQuote(settings[i]!)}`);
      t.cc[character[1]] = code;
    } else if (combined) combined(t, value);
    else if (mode && (value || mode.mask === undefined)) put(t, mode, value);
    else if (/^[0-9a-f]+(:[0-9a-f]+){10,}$/.test(arg)) {
      const figures = arg.split(':').map((n) => Number.parseInt(n, 16));
      [t.iflag, t.oflag, t.cflag, t.lflag] = figures as [number, number, number, number];
      for (let k = 0; k < t.cc.length; k++) t.cc[k] = figures[4 + k] ?? 0;
    } else return yield* bad(arg);
  }
  while (sys.tcsetattr(fd, TCSADRAIN, t) === BLOCKED) yield;
  if ((t.lflag & ECHO) === 0) yield* ctx.stdout.flush();
  return 0;
}
