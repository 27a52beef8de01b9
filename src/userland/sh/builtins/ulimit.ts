import * as F from '../../../abi/flags.ts';
import type { Builtin } from '../exec/interpreter.ts';
import type { Personality } from '../parse/personality.ts';
import type { Shell } from '../state/shell.ts';
import { builtinOptions } from './options.ts';

const NONE = -1;
const PIPE = -8;
const SIGNALS = 11;
const QUEUES = 12;
const NICE = 13;
const PRIORITY = 14;
const LOCKS = 10;

/** Rows of `ulimit -a`, in its order: the letter, the resource, its unit, and what stands before the value. */
type Row = readonly [letter: string, resource: number, unit: number, name: string, unitName?: string];

const BASH: readonly Row[] = [
  ['R', NONE, 1, 'real-time non-blocking time', 'microseconds, '],
  ['c', F.RLIMIT_CORE, 1024, 'core file size', 'blocks, '],
  ['d', F.RLIMIT_DATA, 1024, 'data seg size', 'kbytes, '],
  ['e', NICE, 1, 'scheduling priority'],
  ['f', F.RLIMIT_FSIZE, 1024, 'file size', 'blocks, '],
  ['i', SIGNALS, 1, 'pending signals'],
  ['l', F.RLIMIT_MEMLOCK, 1024, 'max locked memory', 'kbytes, '],
  ['m', F.RLIMIT_RSS, 1024, 'max memory size', 'kbytes, '],
  ['n', F.RLIMIT_NOFILE, 1, 'open files'],
  ['p', PIPE, 512, 'pipe size', '512 bytes, '],
  ['q', QUEUES, 1, 'POSIX message queues', 'bytes, '],
  ['r', PRIORITY, 1, 'real-time priority'],
  ['s', F.RLIMIT_STACK, 1024, 'stack size', 'kbytes, '],
  ['t', F.RLIMIT_CPU, 1, 'cpu time', 'seconds, '],
  ['u', F.RLIMIT_NPROC, 1, 'max user processes'],
  ['v', F.RLIMIT_AS, 1024, 'virtual memory', 'kbytes, '],
  ['x', LOCKS, 1, 'file locks'],
];
const DASH: readonly Row[] = [
  ['t', F.RLIMIT_CPU, 1, 'time(seconds)'],
  ['f', F.RLIMIT_FSIZE, 512, 'file(blocks)'],
  ['d', F.RLIMIT_DATA, 1024, 'data(kbytes)'],
  ['s', F.RLIMIT_STACK, 1024, 'stack(kbytes)'],
  ['c', F.RLIMIT_CORE, 512, 'coredump(blocks)'],
  ['m', F.RLIMIT_RSS, 1024, 'memory(kbytes)'],
  ['l', F.RLIMIT_MEMLOCK, 1024, 'locked memory(kbytes)'],
  ['p', F.RLIMIT_NPROC, 1, 'process'],
  ['n', F.RLIMIT_NOFILE, 1, 'nofiles'],
  ['v', F.RLIMIT_AS, 1024, 'vmemory(kbytes)'],
  ['w', LOCKS, 1, 'locks'],
  ['r', PRIORITY, 1, 'rtprio'],
];
const ASH: readonly Row[] = [
  ['c', F.RLIMIT_CORE, 512, 'core file size (blocks)'],
  ['d', F.RLIMIT_DATA, 1024, 'data seg size (kb)'],
  ['e', NICE, 1, 'scheduling priority'],
  ['f', F.RLIMIT_FSIZE, 512, 'file size (blocks)'],
  ['i', SIGNALS, 1, 'pending signals'],
  ['l', F.RLIMIT_MEMLOCK, 1024, 'max locked memory (kb)'],
  ['m', F.RLIMIT_RSS, 1024, 'max memory size (kb)'],
  ['n', F.RLIMIT_NOFILE, 1, 'open files'],
  ['q', QUEUES, 1, 'POSIX message queues (bytes)'],
  ['r', PRIORITY, 1, 'real-time priority'],
  ['s', F.RLIMIT_STACK, 1024, 'stack size (kb)'],
  ['t', F.RLIMIT_CPU, 1, 'cpu time (seconds)'],
  ['u', F.RLIMIT_NPROC, 1, 'max user processes'],
  ['v', F.RLIMIT_AS, 1024, 'virtual memory (kb)'],
  ['x', LOCKS, 1, 'file locks'],
];

const head = ([letter, , , name, unitName = '']: Row, personality: Personality): string => {
  if (personality === 'dash') return `${name.padEnd(20)} `;
  if (personality === 'ash') return `${name.padEnd(32)}(-${letter}) `;
  return `${name.padEnd(20)} ${`(${unitName}-${letter}) `.padStart(20)}`;
};

const ROWS: Readonly<Record<Personality, readonly Row[]>> = { bash: BASH, dash: DASH, ash: ASH };

/** Which of a resource's two limits are meant. */
interface Which {
  hard: boolean;
  soft: boolean;
}

export const ulimit: Builtin = {
  synopsis: 'ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]',
  run({ shell }, argv) {
    return shell.personality === 'dash' ? plain(shell, argv) : several(shell, argv);
  },
};

/** dash: the last letter counts. */
function plain(shell: Shell, argv: string[]): number {
  const options = builtinOptions(shell, argv, `HSa${DASH.map(([letter]) => letter).join('')}`, '');
  if (!options) return 2;
  const { flags, at } = options;
  const which = { hard: flags.includes('H'), soft: flags.includes('S') };
  if (argv.length > at + 1 || (argv.length > at && flags.includes('a'))) {
    shell.builtinError('too many arguments');
    return 2;
  }
  if (flags.includes('a')) return all(shell, which);
  const letter = flags.filter((flag) => flag !== 'H' && flag !== 'S').at(-1) ?? 'f';
  const row = DASH.find((each) => each[0] === letter)!;
  if (argv[at] !== undefined) return set(shell, row, argv[at], which);
  shell.print(`${shown(shell, row, which)}\n`);
  return 0;
}

/** bash and ash: each letter may have a value of its own, and several are shown with their names. */
function several(shell: Shell, argv: readonly string[]): number {
  const rows = ROWS[shell.personality];
  const which: Which = { hard: false, soft: false };
  const wanted: { row: Row; value: string | undefined }[] = [];
  let listed = false;
  let at = 1;
  for (; at < argv.length && /^-./.test(argv[at]!); at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      const row = rows.find((each) => each[0] === letter);
      if (letter === 'H') which.hard = true;
      else if (letter === 'S') which.soft = true;
      else if (letter === 'a') listed = true;
      else if (row) {
        let value: string | undefined;
        if (i + 1 < word.length) value = word.slice(i + 1);
        else if (argv[at + 1] !== undefined && !argv[at + 1]!.startsWith('-')) value = argv[++at];
        wanted.push({ row, value });
        break;
      } else return unknown(shell, letter);
    }
  }
  if (listed) return all(shell, which);
  if (wanted.length === 0) wanted.push({ row: rows.find((row) => row[0] === 'f')!, value: argv[at++] });
  if (argv.length > at && !shell.bash) {
    shell.appletError('too many arguments');
    return 1;
  }
  for (const { row, value } of wanted) {
    if (value === undefined)
      shell.print(`${wanted.length > 1 ? head(row, shell.personality) : ''}${shown(shell, row, which)}\n`);
    else {
      const status = set(shell, row, value, which);
      if (status !== 0) return status;
    }
  }
  return 0;
}

function unknown(shell: Shell, letter: string): number {
  if (!shell.bash) {
    shell.queue.put(2, `ulimit: invalid option -- '${letter}'\n`);
    return 1;
  }
  shell.builtinError(`-${letter}: invalid option`);
  shell.queue.put(2, `ulimit: usage: ${ulimit.synopsis}\n`);
  return 2;
}

function all(shell: Shell, which: Which): number {
  for (const row of ROWS[shell.personality])
    shell.print(`${head(row, shell.personality)}${shown(shell, row, which)}\n`);
  return 0;
}

function shown(shell: Shell, [, resource, unit]: Row, { hard, soft }: Which): string {
  if (resource === PIPE) return '8';
  const r = resource < 0 ? resource : shell.sys.getrlimit(resource);
  if (typeof r === 'number') return 'unlimited';
  const value = hard && !soft ? r.hard : r.soft;
  return Number.isFinite(value) ? String(Math.floor(value / unit)) : 'unlimited';
}

function set(shell: Shell, row: Row, text: string, { hard, soft }: Which): number {
  const [, resource, unit, name] = row;
  const refused = (errno: number): number => {
    const words = shell.strerror(errno);
    if (shell.bash) shell.builtinError(`${name}: cannot modify limit: ${words}`);
    else if (shell.personality === 'dash') shell.builtinError(`error setting limit (${words})`);
    else shell.appletError(`error setting limit: ${words}`);
    return shell.personality === 'dash' ? 2 : 1;
  };
  const before = resource < 0 ? -22 : shell.sys.getrlimit(resource);
  if (typeof before === 'number') return refused(before);
  const value = valueOf(shell, text, before, unit);
  if (value === undefined) {
    if (shell.bash) shell.builtinError(`${text}: invalid number`);
    else if (shell.personality === 'dash') shell.builtinError('bad number');
    else shell.appletError(`invalid number '${text}'`);
    return shell.personality === 'dash' ? 2 : 1;
  }
  const both = !hard && !soft;
  const next = { soft: soft || both ? value : before.soft, hard: hard || both ? value : before.hard };
  const r = shell.sys.setrlimit(resource, next);
  return r < 0 ? refused(r) : 0;
}

function valueOf(shell: Shell, text: string, before: { soft: number; hard: number }, unit: number): number | undefined {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY;
  if (text === 'hard' && shell.bash) return before.hard;
  if (text === 'soft' && shell.bash) return before.soft;
  if (text === '' && shell.personality !== 'ash') return 0;
  return /^\d+$/.test(text) ? Number(text) * unit : undefined;
}
