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
