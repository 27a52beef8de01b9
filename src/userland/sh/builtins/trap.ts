import { SIGNAL_NAMES, signalNumber } from '../../../abi/signal.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { signalName } from '../exec/signal-words.ts';
import { type Condition, conditionName, conditionOf } from '../exec/traps.ts';
import { posixQuote, singleQuote } from '../expand/transform.ts';
import { specialError } from './flow.ts';
import { builtinOptions } from './options.ts';

const USAGE = 'trap [-lp] [[arg] signal_spec ...]';

export const trap: Builtin = {
  special: true,
  synopsis: USAGE,
  run(ip, argv) {
    const { shell } = ip;
    const isAction = argv[1] === undefined || argv[1] === '-' || !argv[1].startsWith('-') || argv[1] === '--';
    const options = isAction
      ? { flags: [] as string[], at: argv[1] === '--' ? 2 : 1 }
      : builtinOptions(shell, argv, shell.bash ? 'lpP' : '', USAGE);
    if (!options) return specialError(shell);
    const { flags, at } = options;
    const words = argv.slice(at);
    if (flags.includes('l')) {
      listSignals(ip);
      return 0;
    }
    if (flags.includes('p') || words.length === 0) return show(ip, words);
    const first = words[0]!;
    const { traps } = ip;
    let action: string | undefined = first;
    let names = words.slice(1);
    if (first === '-') action = undefined;
    else if (names.length === 0 && conditionOf(first, shell.bash, shell.personality !== 'dash') !== undefined) {
      action = undefined;
      names = [first];
    } else if (!shell.bash ? /^\d+$/.test(first) : /^\d+$/.test(first) && conditionOf(first, true) !== undefined) {
      action = undefined;
      names = words;
    }
    if (words.length === 1 && names.length === 0) {
      if (shell.bash) {
        if (first === '-') return 0;
        shell.queue.put(2, `trap: usage: ${USAGE}\n`);
        return 2;
      }
      if (first === '-') return 0;
      shell.builtinError(
        shell.personality === 'dash' ? `${first}: bad trap` : `${first}: invalid signal specification`,
      );
      return 1;
    }
    let status = 0;
    for (const name of names) {
      const condition = conditionOf(name, shell.bash, shell.personality !== 'dash');
      if (condition === undefined) {
        if (shell.personality === 'dash') {
          shell.queue.put(2, `trap: ${name}: bad trap\n`);
          return 1;
        }
        shell.builtinError(`${name}: invalid signal specification`);
        status = 1;
      } else traps.set(condition, action);
    }
    return status;
  },
};

function show(ip: Interpreter, words: readonly string[]): number {
  const { shell, traps } = ip;
  const shown: ReadonlyMap<Condition, string> =
    traps.actions.size === 0 && traps.inherited ? traps.inherited : traps.actions;
  let status = 0;
  let wanted: Condition[];
  if (words.length > 0) {
    wanted = [];
    for (const word of words) {
      const condition = conditionOf(word, shell.bash);
      if (condition === undefined) {
        shell.builtinError(`${word}: invalid signal specification`);
        status = 1;
      } else wanted.push(condition);
    }
  } else {
    const numbers = [...shown.keys()].filter((c): c is number => typeof c === 'number').sort((a, b) => a - b);
    const names = (['DEBUG', 'ERR', 'RETURN'] as const).filter((c) => shown.has(c));
    wanted = [...numbers, ...names];
  }
  for (const condition of wanted) {
    const action = shown.get(condition);
    if (action !== undefined)
      shell.print(
        `trap -- ${shell.bash ? singleQuote(action) : posixQuote(action)} ${conditionName(condition, shell.bash)}\n`,
      );
  }
  return status;
}

/** `trap -l`, `kill -l`: five a line. */
export function listSignals(ip: Interpreter): void {
  const { shell } = ip;
  if (!shell.bash) {
    for (let n = 1; n < SIGNAL_NAMES.length; n++)
      shell.print(
        shell.personality === 'ash' ? `${String(n).padStart(2)}) ${SIGNAL_NAMES[n]}\n` : `${SIGNAL_NAMES[n]}\n`,
      );
    return;
  }
  let line = '';
  let count = 0;
  for (let n = 1; n <= 64; n++) {
    const name = signalName(n);
    if (name === undefined) continue;
    count++;
    line += `${String(n).padStart(2)}) SIG${name}`;
    if (count % 5 === 0 || n === 64) {
      shell.print(`${line}${n === 64 ? '' : ''}\n`);
      line = '';
    } else line += '\t';
  }
}

/** The number that a signal's name or number stands for; EXIT and 0 too. */
export function signalOf(word: string): number | undefined {
  return word.toUpperCase() === 'EXIT' ? 0 : signalNumber(word);
}
