/** Wrong usage: the message for stderr; exit status 2. */
export class UsageError extends Error {}

export interface Flag {
  short?: string;
  /** It takes a value; of these, if they are listed. */
  value?: true | readonly string[];
}

export interface Parsed {
  flags: Map<string, string>;
  rest: string[];
}

/** Reads `--name value`, `--name=value`, `-x` and operands. @throws UsageError */
export function parseArguments(argv: readonly string[], known: Readonly<Record<string, Flag>>): Parsed {
  const flags = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') {
      rest.push(...argv.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word);
      continue;
    }
    const [head, inline] = split(word);
    const name = Object.keys(known).find(
      (key) => head === `--${key}` || (known[key]!.short && head === `-${known[key]!.short}`),
    );
    if (name === undefined) throw new UsageError(`unknown option: ${head}`);
    const flag = known[name]!;
    if (!flag.value) {
      if (inline !== undefined) throw new UsageError(`option ${head} takes no value`);
      flags.set(name, '');
      continue;
    }
    const value = inline ?? argv[++i];
    if (value === undefined) throw new UsageError(`option ${head} needs a value`);
    if (Array.isArray(flag.value) && !flag.value.includes(value))
      throw new UsageError(`option ${head}: ${value} is none of ${flag.value.join(', ')}`);
    flags.set(name, value);
  }
  return { flags, rest };
}

function split(word: string): [string, string | undefined] {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}
