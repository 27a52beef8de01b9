import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK } from '../../abi/stat.ts';
import { Glob } from '../../lib/glob.ts';
import { TERMS } from './ls-colors.ts';

/** What ls has where LS_COLORS says nothing. */
const DEFAULTS: Readonly<Record<string, string>> = {
  di: '01;34',
  ln: '01;36',
  pi: '33',
  so: '01;35',
  bd: '01;33',
  cd: '01;33',
  ex: '01;32',
  su: '37;41',
  sg: '30;43',
  ow: '34;42',
  tw: '30;42',
  st: '37;44',
};

/** Names in the colours that LS_COLORS says. */
export class Painter {
  private readonly codes: Map<string, string>;
  private readonly suffixes: [suffix: string, code: string][] = [];
  private begun = false;

  private constructor(text: string) {
    this.codes = new Map(Object.entries(DEFAULTS));
    for (const pair of text.split(':')) {
      const equals = pair.indexOf('=');
      if (equals < 0) continue;
      const [key, code] = [pair.slice(0, equals), pair.slice(equals + 1)];
      if (key.startsWith('*')) this.suffixes.push([key.slice(1).toLowerCase(), code]);
      else this.codes.set(key, code);
    }
  }

  /** @returns undefined where neither LS_COLORS nor the terminal says that there are colours */
  static from(env: ReadonlyMap<string, string>): Painter | undefined {
    const text = env.get('LS_COLORS') ?? '';
    const term = env.get('TERM') ?? '';
    if (text === '' && !env.get('COLORTERM') && !TERMS.some((pattern) => new Glob(pattern).match(term)))
      return undefined;
    return new Painter(text);
  }

  /** @param target mode of what a link names; undefined where it dangles */
  paint(text: string, name: string, mode: number, target: number | undefined): string {
    const code = this.code(name, mode, target);
    if (code === '' || code === '0' || code === '00') return text;
    const head = this.begun ? '' : '\x1b[0m';
    this.begun = true;
    return `${head}\x1b[${code}m${text}\x1b[0m`;
  }

  private code(name: string, mode: number, target: number | undefined): string {
    const of = (key: string): string => this.codes.get(key) ?? '';
    switch (mode & S_IFMT) {
      case S_IFDIR:
        if (mode & 0o1000 && mode & 0o002 && of('tw') !== '') return of('tw');
        if (mode & 0o002 && of('ow') !== '') return of('ow');
        return mode & 0o1000 && of('st') !== '' ? of('st') : of('di');
      case S_IFLNK: {
        if (target === undefined) return of('or') || of('ln');
        return of('ln') === 'target' ? this.code(name, target, target) : of('ln');
      }
      case S_IFIFO:
        return of('pi');
      case S_IFSOCK:
        return of('so');
      case S_IFCHR:
        return of('cd');
      case S_IFBLK:
        return of('bd');
    }
    if (mode & 0o4000 && of('su') !== '') return of('su');
    if (mode & 0o2000 && of('sg') !== '') return of('sg');
    if (mode & 0o111 && of('ex') !== '') return of('ex');
    const lower = name.toLowerCase();
    return this.suffixes.findLast(([suffix]) => lower.endsWith(suffix))?.[1] ?? of('fi');
  }
}

/** The same as busybox has it: fixed colours, plain files too. */
export function busyboxPaint(text: string, mode: number): string {
  const codes: Readonly<Record<number, string>> = {
    [S_IFDIR]: '1;34',
    [S_IFLNK]: '1;36',
    [S_IFIFO]: '0;35',
    [S_IFSOCK]: '1;35',
    [S_IFCHR]: '1;35',
    [S_IFBLK]: '1;35',
  };
  return `\x1b[${codes[mode & S_IFMT] ?? (mode & 0o111 ? '1;32' : '0;0')}m${text}\x1b[m`;
}
