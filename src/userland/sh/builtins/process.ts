import * as F from '../../../abi/flags.ts';
import { applyMode } from '../../../libc/mode.ts';
import type { Builtin } from '../exec/interpreter.ts';
import type { Shell } from '../state/shell.ts';
import { builtinOptions } from './options.ts';
import { bashMode, busyboxMode } from './symbolic-mode.ts';

export const umask: Builtin = {
  synopsis: 'umask [-p] [-S] [mode]',
  run({ shell }, argv) {
    const options = builtinOptions(shell, argv, shell.bash ? 'pS' : 'S', umask.synopsis!);
    if (!options) return 2;
    const { flags, at } = options;
    const now = shell.sys.umask(0);
    shell.sys.umask(now);
    const text = argv[at];
    if (text === undefined) {
      const octal = now.toString(8).padStart(4, '0');
      const symbolic = (): string =>
        (['u', 'g', 'o'] as const)
          .map((who, i) => {
            const bits = ~(now >> (6 - 3 * i)) & 7;
            return `${who}=${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`;
          })
          .join(',');
      const value = flags.includes('S') ? symbolic() : octal;
      shell.print(flags.includes('p') ? `umask ${flags.includes('S') ? '-S ' : ''}${value}\n` : `${value}\n`);
      return 0;
    }
    if (text === '' && !shell.bash) return 0;
    if (/^\d/.test(text)) {
      const value = /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : -1;
      if (value < 0 || (value > 0o7777 && shell.bash) || (value > ALL && shell.personality === 'ash')) {
        shell.builtinError(
          shell.bash
            ? `${text}: octal number out of range`
            : shell.personality === 'dash'
              ? `Illegal number: ${text}`
              : `illegal mode: ${text}`,
        );
        return shell.bash ? 1 : 2;
      }
      shell.sys.umask(value & ALL);
      return 0;
    }
    const mode = changedMode(shell, text, now);
    if (mode === undefined) return shell.bash ? 1 : 2;
    shell.sys.umask(~mode & 0o777);
    return 0;
  },
};

const ALL = 0o777;

/** What may be set after `umask TEXT`; undefined after a message. */
function changedMode(shell: Shell, text: string, mask: number): number | undefined {
  const mode = ~mask & ALL;
  if (shell.bash) {
    const changed = bashMode(text, mode);
    if (typeof changed === 'number') return changed;
    shell.builtinError(`\`${changed.character}': invalid symbolic mode ${changed.what}`);
    return undefined;
  }
  const changed =
    shell.personality === 'ash'
      ? busyboxMode(text, mode, mask)
      : /^[ugoa]*(?:[-+=][rwxXsugo]*)+(?:,[ugoa]*(?:[-+=][rwxXsugo]*)+)*,?$/.test(text)
        ? applyMode(text.replace(/,$/, ''), mode, false, 0)
        : undefined;
  if (changed === undefined) shell.builtinError(`${shell.personality === 'dash' ? 'I' : 'i'}llegal mode: ${text}`);
  return changed;
}

export const times: Builtin = {
  special: true,
  synopsis: 'times',
  run({ shell }) {
    const t = shell.sys.times();
    const digits = shell.personality === 'dash' ? 6 : 3;
    const text = (ms: number): string => `${Math.floor(ms / 60000)}m${((ms % 60000) / 1000).toFixed(digits)}s`;
    shell.print(`${text(t.user)} ${text(t.system)}\n${text(t.childUser)} ${text(t.childSystem)}\n`);
    return 0;
  },
};

interface Limit {
  letter: string;
  resource: number;
  /** Bytes (or seconds, counts) in a unit. */
  unit: number;
  name: string;
  unitName: string;
}
/** In the order of `ulimit -a`; resources without a number of the kernel's here are always unlimited. */
const LIMITS: readonly Limit[] = [
  { letter: 'R', resource: -1, unit: 1, name: 'real-time non-blocking time', unitName: 'microseconds, ' },
  { letter: 'c', resource: F.RLIMIT_CORE, unit: 1024, name: 'core file size', unitName: 'blocks, ' },
  { letter: 'd', resource: F.RLIMIT_DATA, unit: 1024, name: 'data seg size', unitName: 'kbytes, ' },
  { letter: 'e', resource: 13, unit: 1, name: 'scheduling priority', unitName: '' },
  { letter: 'f', resource: F.RLIMIT_FSIZE, unit: 1024, name: 'file size', unitName: 'blocks, ' },
  { letter: 'i', resource: 11, unit: 1, name: 'pending signals', unitName: '' },
  { letter: 'l', resource: F.RLIMIT_MEMLOCK, unit: 1024, name: 'max locked memory', unitName: 'kbytes, ' },
  { letter: 'm', resource: F.RLIMIT_RSS, unit: 1024, name: 'max memory size', unitName: 'kbytes, ' },
  { letter: 'n', resource: F.RLIMIT_NOFILE, unit: 1, name: 'open files', unitName: '' },
  { letter: 'p', resource: -8, unit: 512, name: 'pipe size', unitName: '512 bytes, ' },
  { letter: 'q', resource: 12, unit: 1, name: 'POSIX message queues', unitName: 'bytes, ' },
  { letter: 'r', resource: 14, unit: 1, name: 'real-time priority', unitName: '' },
  { letter: 's', resource: F.RLIMIT_STACK, unit: 1024, name: 'stack size', unitName: 'kbytes, ' },
  { letter: 't', resource: F.RLIMIT_CPU, unit: 1, name: 'cpu time', unitName: 'seconds, ' },
  { letter: 'u', resource: F.RLIMIT_NPROC, unit: 1, name: 'max user processes', unitName: '' },
  { letter: 'v', resource: F.RLIMIT_AS, unit: 1024, name: 'virtual memory', unitName: 'kbytes, ' },
  { letter: 'x', resource: 10, unit: 1, name: 'file locks', unitName: '' },
];

export const ulimit: Builtin = {
  synopsis: 'ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]',
  run({ shell }, argv) {
    const options = builtinOptions(shell, argv, 'SHacdefilmnpqrstuvxR', ulimit.synopsis!);
    if (!options) return 2;
    const { flags, at } = options;
    const hard = flags.includes('H');
    const soft = flags.includes('S');
    const show = (limit: Limit): string => {
      if (limit.resource === -8) return '8';
      if (limit.resource < 0) return 'unlimited';
      const r = shell.sys.getrlimit(limit.resource);
      if (typeof r === 'number') return 'unlimited';
      const value = hard && !soft ? r.hard : r.soft;
      return Number.isFinite(value) ? String(Math.floor(value / limit.unit)) : 'unlimited';
    };
    if (flags.includes('a')) {
      for (const limit of LIMITS) {
        const unit = `(${limit.unitName}-${limit.letter})`;
        shell.print(
          `${limit.name.padEnd(20)} ${unit.padStart(20 - Math.max(0, limit.name.length - 20))} ${show(limit)}\n`,
        );
      }
      return 0;
    }
    const letters = flags.filter((f) => f !== 'H' && f !== 'S');
    const limit = LIMITS.find((l) => l.letter === (letters.at(-1) ?? 'f'))!;
    const text = argv[at];
    if (!shell.bash && argv.length > at + 1) {
      shell.builtinError('too many arguments');
      return shell.personality === 'dash' ? 2 : 1;
    }
    if (text === undefined) {
      shell.print(`${show(limit)}\n`);
      return 0;
    }
    const before = limit.resource < 0 ? -22 : shell.sys.getrlimit(limit.resource);
    if (typeof before === 'number') {
      shell.builtinError(`${limit.name}: cannot modify limit: ${shell.strerror(before)}`);
      return 1;
    }
    let value: number;
    if (text === 'unlimited') value = Number.POSITIVE_INFINITY;
    else if (text === 'hard') value = before.hard;
    else if (text === 'soft') value = before.soft;
    else if (/^\d+$/.test(text)) value = Number(text) * limit.unit;
    else {
      if (shell.bash) shell.builtinError(`${text}: invalid number`);
      else if (shell.personality === 'dash') shell.builtinError('bad number');
      else shell.appletError(`invalid number '${text}'`);
      return shell.personality === 'dash' ? 2 : 1;
    }
    const both = !hard && !soft;
    const next = { soft: soft || both ? value : before.soft, hard: hard || both ? value : before.hard };
    const r = shell.sys.setrlimit(limit.resource, next);
    if (r < 0) {
      shell.builtinError(
        shell.bash
          ? `${limit.name}: cannot modify limit: ${shell.strerror(r)}`
          : `error setting limit: ${shell.strerror(r)}`,
      );
      return 1;
    }
    return 0;
  },
};
