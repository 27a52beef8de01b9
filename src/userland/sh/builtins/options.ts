import type { Shell } from '../state/shell.ts';

/** What `builtinOptions` found. */
export interface BuiltinOptions {
  /** Letters in the order given, `+x` as `+x`. */
  flags: string[];
  /** Arguments of options that take one, the last of each. */
  values: Map<string, string>;
  /** Index of the first operand. */
  at: number;
}

/**
 * Reads a built-in's options as getopts would.
 * @param letters those that are known, a colon behind those with an argument
 * @returns undefined after the message of a wrong option (its status is 2)
 */
export function builtinOptions(
  shell: Shell,
  argv: readonly string[],
  letters: string,
  usage: string,
  plus = false,
): BuiltinOptions | undefined {
  const flags: string[] = [];
  const values = new Map<string, string>();
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (word.length < 2 || !(word[0] === '-' || (plus && word[0] === '+'))) break;
    const sign = word[0] === '+' ? '+' : '';
    let done = false;
    for (let i = 1; i < word.length && !done; i++) {
      const letter = word[i]!;
      const known = letters.indexOf(letter);
      if (known < 0 || letter === ':') {
        wrongOption(shell, `${word[0]}${letter}`, usage);
        return undefined;
      }
      flags.push(sign + letter);
      if (letters[known + 1] !== ':') continue;
      const rest = word.slice(i + 1);
      const value = rest !== '' ? rest : argv[++at];
      if (value === undefined) {
        missingArgument(shell, letter, usage);
        return undefined;
      }
      values.set(letter, value);
      done = true;
    }
  }
  return { flags, values, at };
}

function missingArgument(shell: Shell, letter: string, usage: string): void {
  if (shell.bash) {
    shell.builtinError(`-${letter}: option requires an argument`);
    shell.queue.put(2, `${shell.running}: usage: ${usage}\n`);
  } else if (shell.personality === 'dash') shell.builtinError(`No arg for -${letter} option`);
  else shell.builtinError(`no arg for -${letter} option`);
}

/** Says that an option is not known. */
export function wrongOption(shell: Shell, option: string, usage: string): void {
  if (shell.bash) {
    shell.builtinError(`${option}: invalid option`);
    shell.queue.put(2, `${shell.running}: usage: ${usage}\n`);
  } else if (shell.personality === 'dash') shell.builtinError(`Illegal option ${option}`);
  else shell.builtinError(`illegal option ${option}`);
}
