/** Bits of each class, and of each permission in all classes. */
const CLASS: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007, a: 0o777 };
const PERMISSION: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };
const ALL = 0o777;

/** What bash does not understand in a mode: the character (NUL at the end), as an operator or in its permissions. */
export interface ModeTrouble {
  character: string;
  what: 'operator' | 'character';
}

/** The mode that bash's umask makes of `mode` by `text`: classes, one operator, permissions. */
export function bashMode(text: string, mode: number): number | ModeTrouble {
  let result = mode;
  const clauses = text.split(',');
  for (const [i, clause] of clauses.entries()) {
    const [, who, op, letters, rest] = /^([ugoa]*)([\s\S]?)([rwx]*)([\s\S]?)/.exec(clause)!;
    const next = i === clauses.length - 1 ? '\0' : ',';
    if (op !== '+' && op !== '-' && op !== '=') return { character: op || next, what: 'operator' };
    if (rest !== '') return { character: rest!, what: 'character' };
    const classes = [...who!].reduce((bits, c) => bits | CLASS[c]!, 0);
    const permissions = [...letters!].reduce((bits, c) => bits | PERMISSION[c]!, 0) & (classes || ALL);
    if (op === '=') result = (result & ~(classes || ALL)) | permissions;
    else result = op === '+' ? result | permissions : result & ~permissions;
  }
  return result;
}

/** The mode that busybox makes of `mode`; without a class the bits of `mask` are left out. Undefined: it is no mode. */
export function busyboxMode(text: string, mode: number, mask: number): number | undefined {
  let result = mode;
  for (const clause of text.split(',')) {
    if (clause === '') continue;
    const [, who, actions] = /^([ugoa]*)([\s\S]*)$/.exec(clause)!;
    // set-id and sticky bits are none of a mask's: they may be taken away
    if (!/^(?:[+=](?:[rwxX]*|[ugo])|-(?:[rwxXst]*|[ugo]))+$/.test(actions!)) return undefined;
    const classes = [...who!].reduce((bits, c) => bits | CLASS[c]!, 0);
    for (const [, op, letters] of actions!.matchAll(/([-+=])([^-+=]*)/g)) {
      if (op === '=') result &= ~(classes || ALL);
      let bits = 0;
      if (/^[ugo]$/.test(letters!)) {
        const from = (result >> { u: 6, g: 3, o: 0 }[letters as 'u' | 'g' | 'o']) & 7;
        bits = (from << 6) | (from << 3) | from;
      } else
        for (const c of letters!) {
          if (c === 'X') bits |= result & 0o111 ? 0o111 : 0;
          else bits |= PERMISSION[c] ?? 0;
        }
      bits &= classes || ALL & ~mask;
      result = op === '-' ? result & ~bits : result | bits;
    }
  }
  return result;
}
