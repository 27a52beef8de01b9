import type { Part } from '../parse/ast.ts';
import type { Shell } from '../state/shell.ts';
import type { Sink } from './sink.ts';

/** A parameter to which nothing is done. */
export const isPlain = (part: Part): boolean => part.k === 'param' && part.op === '';

/** It is about all elements, one by one. */
export const isAll = (part: Part): boolean =>
  part.k === 'param' && part.op !== 'length' && (part.name === '@' || part.index === '@' || part.indirect);

/** `${x-$@}`: where IFS has no space bash joins the elements by spaces, and that is that. */
export function joins({ bash, ifs }: Shell, part: Part, sink: Sink): boolean {
  if (part.k !== 'param' || !sink.many || !bash || ifs === '' || ifs.includes(' ')) return false;
  return part.op !== 'length' && (part.name === '@' || part.index === '@');
}
