/** What a command line of zstd asks for. */
export interface ZstdHow {
  mode: 'pack' | 'unpack' | 'test' | 'list';
  level: number;
  stdout: boolean;
  output: string | undefined;
  remove: boolean;
  force: boolean;
  recursive: boolean;
  passThrough: boolean;
  check: boolean;
  ultra: boolean;
  /** 2 is the default: results; 0 nothing, 1 errors, 3 more. */
  talk: number;
  flat: string | undefined;
  names: string[];
  ask: 'help' | 'long-help' | 'version' | undefined;
}

/** Options that change nothing here: one thread, no progress line, no dictionary, no sparse files. */
const IGNORED =
  /^--(?:no-)?(?:progress|asyncio|sparse|compress-literals|row-match-finder|dictID)$|^--(?:single-thread|rsyncable|adapt(?:=.*)?|long(?:=\d+)?|auto-threads=.*|exclude-compressed|stream-size=.*|size-hint=.*|target-compressed-block-size=.*|format=zstd|threads=\d+|memory=.*|memlimit(?:-decompress)?=.*|block-size=.*|zstd=.*|no-dictID|priority=rt)$/;

/**
 * Reads the arguments: flags in any order, numbers are levels.
 * @param called the last component of argv[0]
 * @returns what is wrong where it cannot be understood
 */
export function parseZstd(argv: readonly string[], called: string, env: ReadonlyMap<string, string>): ZstdHow | string {
  const cat = called === 'zstdcat' || called === 'zcat';
  const level = Number(env.get('ZSTD_CLEVEL') ?? 3);
  const how: ZstdHow = {
    mode: called.startsWith('unzstd') || cat ? 'unpack' : 'pack',
    level: Number.isInteger(level) ? level : 3,
    stdout: cat,
    output: undefined,
    remove: false,
    force: cat,
    recursive: false,
    passThrough: cat,
    check: true,
    ultra: false,
    talk: cat ? 1 : 2,
    flat: undefined,
    names: [],
    ask: undefined,
  };
  let flags = true;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (!flags || arg === '-' || !arg.startsWith('-')) how.names.push(arg);
    else if (arg === '--') flags = false;
    else if (arg.startsWith('--')) {
      const [name, value] = arg.split(/=(.*)/s) as [string, string | undefined];
      if (name === '--output-dir-flat') {
        how.flat = value ?? argv[++i];
        if (how.flat === undefined) return 'error: missing command argument ';
      } else if (!longFlag(how, name, value) && !IGNORED.test(arg)) return 'Incorrect parameters ';
    } else {
      const error = shortFlags(how, arg.slice(1), () => argv[++i]);
      if (error !== undefined) return error;
    }
    if (how.ask) return how;
  }
  return how;
}

function longFlag(how: ZstdHow, name: string, value: string | undefined): boolean {
  if (name === '--fast') how.level = -Number(value ?? 1);
  else if (value !== undefined) return false;
  else if (name === '--compress') how.mode = 'pack';
  else if (name === '--decompress' || name === '--uncompress') how.mode = 'unpack';
  else if (name === '--test') how.mode = 'test';
  else if (name === '--list') how.mode = 'list';
  else if (name === '--stdout') toStdout(how);
  else if (name === '--force') how.force = how.passThrough = true;
  else if (name === '--keep') how.remove = false;
  else if (name === '--rm') how.remove = true;
  else if (name === '--check') how.check = true;
  else if (name === '--no-check') how.check = false;
  else if (name === '--ultra') how.ultra = true;
  else if (name === '--verbose') how.talk++;
  else if (name === '--quiet') how.talk--;
  else if (name === '--pass-through') how.passThrough = true;
  else if (name === '--no-pass-through') how.passThrough = false;
  else if (name === '--help') how.ask = 'long-help';
  else if (name === '--version') how.ask = 'version';
  else return false;
  return true;
}

function toStdout(how: ZstdHow): void {
  how.stdout = true;
  how.remove = false;
}

function shortFlags(how: ZstdHow, letters: string, next: () => string | undefined): string | undefined {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!;
    const digits = /^\d+/.exec(letters.slice(i))?.[0];
    if (digits !== undefined) {
      how.level = Number(digits) === 0 ? 3 : Number(digits);
      i += digits.length - 1;
    } else if (letter === 'd') how.mode = 'unpack';
    else if (letter === 'z') how.mode = 'pack';
    else if (letter === 't') how.mode = 'test';
    else if (letter === 'l') how.mode = 'list';
    else if (letter === 'c') toStdout(how);
    else if (letter === 'f') how.force = how.passThrough = true;
    else if (letter === 'k') how.remove = false;
    else if (letter === 'v') how.talk++;
    else if (letter === 'q') how.talk--;
    else if (letter === 'r') how.recursive = true;
    else if (letter === 'C') how.check = true;
    else if (letter === 'h') how.ask = 'help';
    else if (letter === 'H') how.ask = 'long-help';
    else if (letter === 'V') how.ask = 'version';
    else if (letter === 'o') {
      if (i + 1 < letters.length) return 'error: command cannot be separated from its argument by another command ';
      how.output = next();
      if (how.output === undefined) return 'error: missing command argument ';
    } else if ('TMB'.includes(letter)) {
      const number = /^\d+[KMG]?i?B?/.exec(letters.slice(i + 1))?.[0] ?? '';
      if (number === '' && letter !== 'T') return 'Incorrect parameters ';
      i += number.length;
    } else return 'Incorrect parameters ';
  }
  return undefined;
}
