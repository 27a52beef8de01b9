import { byteLength } from '../../../lib/utf8.ts';
import type { ParameterPart } from '../parse/ast.ts';
import { NAMEREF } from '../state/variable.ts';
import type { Expander } from './expander.ts';
import { charCount } from './parameter.ts';
import { onBytes, trim } from './transform.ts';

/**
 * The text of `${#x}`, `${x#p}` and its kin where a plain variable is set and the pattern is the same each time.
 * @returns undefined where it is not that simple
 */
export function quickOperation(x: Expander, part: ParameterPart): string | undefined {
  const { shell } = x;
  const { name, op } = part;
  if (part.index !== undefined || part.indirect || name === '@' || name === '*') return undefined;
  const own = shell.vars.own(name);
  if (own === undefined || own.flags & NAMEREF) return undefined;
  const value = shell.vars.get(name);
  if (value === undefined) return undefined;
  switch (op) {
    case 'length':
      return String(shell.bytes ? byteLength(value) : charCount(value));
    case '#':
    case '##':
    case '%':
    case '%%': {
      const source = part.word?.pattern;
      // bytes are matched as characters of their own
      if (source === undefined || (shell.bytes && /[^\0-\x7f]/.test(source))) return undefined;
      const pattern = shell.patterns.compile(source, { extglob: shell.shopts.extglob!, nocase: false });
      return shell.bytes ? onBytes(value, true, (text) => trim(text, op, pattern)) : trim(value, op, pattern);
    }
    default:
      return undefined;
  }
}
