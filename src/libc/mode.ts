import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFSOCK,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
} from '../abi/stat.ts';

/** `drwxr-xr-x`, as ls -l and stat %A print it. */
export function modeString(mode: number): string {
  const bit = (mask: number, letter: string): string => (mode & mask ? letter : '-');
  const special = (mask: number, x: number, set: string): string =>
    mode & mask ? (mode & x ? set : set.toUpperCase()) : mode & x ? 'x' : '-';
  return (
    typeLetter(mode) +
    bit(0o400, 'r') +
    bit(0o200, 'w') +
    special(S_ISUID, 0o100, 's') +
    bit(0o040, 'r') +
    bit(0o020, 'w') +
    special(S_ISGID, 0o010, 's') +
    bit(0o004, 'r') +
    bit(0o002, 'w') +
    special(S_ISVTX, 0o001, 't')
  );
}

export function typeLetter(mode: number): string {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return 'd';
    case S_IFLNK:
      return 'l';
    case S_IFCHR:
      return 'c';
    case S_IFBLK:
      return 'b';
    case S_IFIFO:
      return 'p';
    case S_IFSOCK:
      return 's';
    default:
      return '-';
  }
}

/**
 * Applies a mode of chmod(1), octal or symbolic (`u+rwX,go=`), to `mode`.
 * @param umask applies where no `ugoa` is given
 * @returns the new permission bits, or undefined where the text is no mode
 */
export function applyMode(text: string, mode: number, isDir: boolean, umask: number): number | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const value = Number.parseInt(text, 8);
    if (value > 0o7777) return undefined;
    return isDir && text.length < 5 ? value | (mode & (S_ISUID | S_ISGID)) : value;
  }
  let bits = mode & 0o7777;
  for (const clause of text.split(',')) {
    const parsed = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (!parsed) return undefined;
    const who = parsed[1]!;
    for (const action of parsed[2]!.match(/[-+=](?:[ugo](?![rwxXst])|[rwxXst]*)/g)!)
      bits = applyAction(bits, who, action, isDir, umask);
  }
  return bits;
}

function applyAction(bits: number, who: string, action: string, isDir: boolean, umask: number): number {
  const classes = who === '' || who.includes('a') ? 'ugo' : who;
  const perms = action.slice(1);
  let value = 0;
  if (/^[ugo]$/.test(perms)) {
    const from = (bits >> { u: 6, g: 3, o: 0 }[perms as 'u']) & 7;
    for (const c of classes) value |= from << { u: 6, g: 3, o: 0 }[c as 'u'];
  } else {
    let rwx = 0;
    if (perms.includes('r')) rwx |= 4;
    if (perms.includes('w')) rwx |= 2;
    if (perms.includes('x') || (perms.includes('X') && (isDir || (bits & 0o111) !== 0))) rwx |= 1;
    for (const c of classes) value |= rwx << { u: 6, g: 3, o: 0 }[c as 'u'];
    if (perms.includes('s')) value |= (classes.includes('u') ? S_ISUID : 0) | (classes.includes('g') ? S_ISGID : 0);
    if (perms.includes('t') && (who === '' || classes.includes('o'))) value |= S_ISVTX;
  }
  if (who === '') value &= ~umask;
  if (action[0] === '+') return bits | value;
  if (action[0] === '-') return bits & ~value;
  let mask = 0;
  for (const c of classes) mask |= 7 << { u: 6, g: 3, o: 0 }[c as 'u'];
  if (!isDir) mask |= (classes.includes('u') ? S_ISUID : 0) | (classes.includes('g') ? S_ISGID : 0);
  if (classes === 'ugo') mask |= S_ISVTX;
  if (who === '') mask &= ~umask | 0o7000;
  return (bits & ~mask) | value;
}
