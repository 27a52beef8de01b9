/** What a command line of ps asks for: UNIX, BSD and GNU options may be mixed. */
export interface PsOptions {
  /** Columns with their headers ('' where the text has `=`), undefined: those of `layout`. */
  format: { name: string; header: string | undefined }[] | undefined;
  layout: 'default' | 'full' | 'long' | 'jobs' | 'bsd' | 'user' | 'bsd-long' | 'bsd-jobs' | 'virtual';
  all: boolean;
  /** -a, -d */
  withTty: boolean;
  noLeaders: boolean;
  /** BSD a and x. */
  bsdAll: boolean;
  bsdNoTty: boolean;
  lists: {
    kind: 'pid' | 'ppid' | 'user' | 'ruser' | 'group' | 'rgroup' | 'command' | 'tty' | 'session';
    values: string[];
  }[];
  negate: boolean;
  sort: string[];
  forest: boolean;
  wide: number;
  noHeaders: boolean;
  cols: number | undefined;
  bsd: boolean;
  help: boolean;
  version: boolean;
}

/** @returns the options, or the words of an error */
export function parsePs(argv: readonly string[]): PsOptions | string {
  const o: PsOptions = {
    format: undefined,
    layout: 'default',
    all: false,
    withTty: false,
    noLeaders: false,
    bsdAll: false,
    bsdNoTty: false,
    lists: [],
    negate: false,
    sort: [],
    forest: false,
    wide: 0,
    noHeaders: false,
    cols: undefined,
    bsd: false,
    help: false,
    version: false,
  };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    const argument = (rest: string): string | undefined => (rest !== '' ? rest : argv[++i]);
    const error = word.startsWith('--')
      ? long(o, word.slice(2), () => argv[++i])
      : word.startsWith('-') && word.length > 1
        ? unix(o, word.slice(1), argument)
        : /^[\d,]+$/.test(word)
          ? list(o, 'pid', word)
          : bsd(o, word, argument);
    if (error !== undefined) return error;
  }
  return o;
}

function list(o: PsOptions, kind: PsOptions['lists'][number]['kind'], text: string | undefined): string | undefined {
  if (text === undefined) return 'list of process IDs must follow -p';
  const values = text.split(/[\s,]+/).filter((v) => v !== '');
  if ((kind === 'pid' || kind === 'ppid' || kind === 'session') && values.some((v) => !/^\d+$/.test(v)))
    return 'process ID list syntax error';
  if (values.length === 0) return 'process ID list syntax error';
  o.lists.push({ kind, values });
  return undefined;
}

function format(o: PsOptions, text: string | undefined): string | undefined {
  if (text === undefined) return 'format specification must follow -o';
  o.format ??= [];
  for (const item of text.split(/[\s,]+/)) {
    if (item === '') continue;
    const equals = item.indexOf('=');
    o.format.push(
      equals < 0 ? { name: item, header: undefined } : { name: item.slice(0, equals), header: item.slice(equals + 1) },
    );
  }
  return undefined;
}

function long(o: PsOptions, text: string, next: () => string | undefined): string | undefined {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const value = (): string | undefined => (equals < 0 ? next() : text.slice(equals + 1));
  switch (name) {
    case 'sort':
      o.sort.push(...(value() ?? '').split(','));
      return undefined;
    case 'format':
      return format(o, value());
    case 'pid':
    case 'ppid':
    case 'user':
    case 'tty':
      return list(o, name, value());
    case 'User':
      return list(o, 'ruser', value());
    case 'Group':
    case 'group':
      return list(o, 'group', value());
    case 'sid':
      return list(o, 'session', value());
    case 'forest':
      o.forest = true;
      return undefined;
    case 'no-headers':
    case 'no-heading':
    case 'noheader':
    case 'noheaders':
    case 'noheading':
      o.noHeaders = true;
      return undefined;
    case 'headers':
      return undefined;
    case 'cols':
    case 'columns':
    case 'width':
      o.cols = Number(value());
      return undefined;
    case 'deselect':
      o.negate = true;
      return undefined;
    case 'help':
      o.help = true;
      return undefined;
    case 'version':
      o.version = true;
      return undefined;
    default:
      return 'unknown gnu long option';
  }
}

function unix(o: PsOptions, letters: string, argument: (rest: string) => string | undefined): string | undefined {
  for (let i = 0; i < letters.length; i++) {
    const rest = letters.slice(i + 1);
    const kinds = {
      p: 'pid',
      q: 'pid',
      u: 'user',
      U: 'ruser',
      G: 'rgroup',
      C: 'command',
      t: 'tty',
      s: 'session',
      g: 'session',
    } as const;
    const letter = letters[i]!;
    if (letter in kinds) return list(o, kinds[letter as 'p'], argument(rest));
    switch (letter) {
      case 'A':
      case 'e':
        o.all = true;
        break;
      case 'a':
        o.withTty = true;
        break;
      case 'd':
        o.noLeaders = true;
        break;
      case 'N':
        o.negate = true;
        break;
      case 'f':
      case 'F':
        if (o.layout === 'default') o.layout = 'full';
        break;
      case 'l':
        o.layout = 'long';
        break;
      case 'j':
        o.layout = 'jobs';
        break;
      case 'H':
        o.forest = true;
        break;
      case 'w':
        o.wide++;
        break;
      case 'y':
      case 'c':
      case 'L':
      case 'T':
      case 'm':
      case 'M':
      case 'Z':
        break;
      case 'x':
        o.bsdNoTty = true;
        break;
      case 'o':
        return format(o, argument(rest));
      case 'O':
        format(o, 'pid');
        format(o, argument(rest));
        return format(o, 's,tname,time,args');
      case 'V':
        o.version = true;
        break;
      default:
        return 'unsupported SysV option';
    }
  }
  return undefined;
}

function bsd(o: PsOptions, letters: string, argument: (rest: string) => string | undefined): string | undefined {
  o.bsd = true;
  if (o.layout === 'default') o.layout = 'bsd';
  for (let i = 0; i < letters.length; i++) {
    const rest = letters.slice(i + 1);
    switch (letters[i]) {
      case 'a':
        o.bsdAll = true;
        break;
      case 'x':
        o.bsdNoTty = true;
        break;
      case 'u':
        o.layout = 'user';
        break;
      case 'l':
        o.layout = 'bsd-long';
        break;
      case 'j':
        o.layout = 'bsd-jobs';
        break;
      case 'v':
        o.layout = 'virtual';
        break;
      case 'f':
        o.forest = true;
        break;
      case 'w':
        o.wide++;
        break;
      case 'h':
        o.noHeaders = true;
        break;
      case 'o':
        return format(o, argument(rest));
      case 'p':
        return list(o, 'pid', argument(rest));
      case 'U':
        return list(o, 'user', argument(rest));
      case 't':
        return rest === '' ? undefined : list(o, 'tty', rest);
      case 'k':
        o.sort.push(...(argument(rest) ?? '').split(','));
        return undefined;
      case 'N':
        o.negate = true;
        break;
      case 'e':
      case 'c':
      case 'n':
      case 'r':
      case 'S':
      case 'g':
      case 'H':
      case 'm':
      case 'T':
        break;
      default:
        return 'unsupported option (BSD syntax)';
    }
  }
  return undefined;
}
