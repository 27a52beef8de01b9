import type { Part, Word } from '../parse/ast.ts';
import { tildePart } from '../parse/parts.ts';
import { makeWord } from '../parse/word.ts';

type Piece = Part | { k: 'open' | 'close' | 'comma' };

/**
 * Brace expansion, which comes before all others: `{a,b}`, `{1..5..2}`, `{a..e}`.
 * @returns the words that `word` becomes; the word itself where none applies
 * @see bash(1), Brace Expansion
 */
export function expandBraces(word: Word): Word[] {
  const pieces: Piece[] = [];
  for (const part of word.parts) {
    if (part.k !== 'lit') {
      pieces.push(part);
      continue;
    }
    for (const text of part.text.split(/([{},])/)) {
      if (text === '') continue;
      if (text === '{') pieces.push({ k: 'open' });
      else if (text === '}') pieces.push({ k: 'close' });
      else if (text === ',') pieces.push({ k: 'comma' });
      else pieces.push({ k: 'lit', text, pure: true });
    }
  }
  const expanded = expand(pieces, { left: MAX_ITEMS });
  if (
    expanded.length === 1 &&
    merge(expanded[0]!).map(textOf).join('') === merge(pieces.map(asPart)).map(textOf).join('')
  )
    return [word];
  return expanded.map((list) => makeWord(tildes(merge(list)), word.source));
}

/** `{~,x}`: a tilde that comes to stand first is one. */
function tildes(parts: Part[]): Part[] {
  const first = parts[0];
  if (first?.k !== 'lit' || !first.text.startsWith('~')) return parts;
  const m = /^~([A-Za-z0-9._+-]*)(?=\/|$)/.exec(first.text);
  if (!m || (m[0].length === first.text.length && parts.length > 1)) return parts;
  const rest = first.text.slice(m[0].length);
  const tail: Part[] = rest === '' ? parts.slice(1) : [{ k: 'lit', text: rest, pure: true }, ...parts.slice(1)];
  return [tildePart(m[1]!, false), ...tail];
}

const textOf = (part: Part): string => (part.k === 'lit' ? part.text : '\0');

const TEXT = { open: '{', close: '}', comma: ',' } as const;

function asPart(piece: Piece): Part {
  switch (piece.k) {
    case 'open':
    case 'close':
    case 'comma':
      return { k: 'lit', text: TEXT[piece.k], pure: true };
    default:
      return piece;
  }
}

function merge(pieces: Part[]): Part[] {
  const out: Part[] = [];
  for (const part of pieces) {
    const last = out.at(-1);
    if (part.k === 'lit' && last?.k === 'lit')
      out[out.length - 1] = { k: 'lit', text: last.text + part.text, pure: true };
    else if (part.k === 'lit' && last?.k === 'param' && !last.braced && /^[A-Za-z_]/.test(last.name)) {
      // braces are expanded as text: what comes to stand behind `$x` may belong to its name
      const more = /^\w*/.exec(part.text)![0];
      const name = last.name + more;
      out[out.length - 1] = { ...last, name, source: name };
      if (more.length < part.text.length) out.push({ ...part, text: part.text.slice(more.length) });
    } else out.push(part);
  }
  return out;
}

/** How many words may still be made. */
interface Room {
  left: number;
}

/** There is no memory for so many words. */
export class TooManyBraces {}

function take(room: Room, words: number): void {
  room.left -= words;
  if (room.left < 0) throw new TooManyBraces();
}

function expand(pieces: readonly Piece[], room: Room): Part[][] {
  for (let i = 0; i < pieces.length; i++) {
    if (pieces[i]!.k !== 'open') continue;
    const close = matching(pieces, i);
    if (close < 0) continue;
    const inside = pieces.slice(i + 1, close);
    const choices = alternatives(inside, room);
    if (choices === undefined) {
      // no expansion of these braces, maybe of those within
      const inner = expand(inside, room);
      const tails = expand(pieces.slice(close + 1), room);
      if (inner.length === 1 && tails.length === 1) continue;
      const head = pieces.slice(0, i + 1).map(asPart);
      return inner.flatMap((middle) => tails.map((tail) => [...head, ...middle, asPart({ k: 'close' }), ...tail]));
    }
    const head = pieces.slice(0, i).map(asPart);
    const tails = expand(pieces.slice(close + 1), room);
    take(room, choices.length * tails.length);
    const out: Part[][] = [];
    for (const choice of choices) for (const tail of tails) out.push([...head, ...choice, ...tail]);
    return out;
  }
  return [pieces.map(asPart)];
}

function matching(pieces: readonly Piece[], open: number): number {
  let depth = 0;
  for (let i = open; i < pieces.length; i++) {
    if (pieces[i]!.k === 'open') depth++;
    if (pieces[i]!.k === 'close' && --depth === 0) return i;
  }
  return -1;
}

/** What stands between a pair of braces, expanded; undefined where it is neither a list nor a sequence. */
function alternatives(inside: readonly Piece[], room: Room): Part[][] | undefined {
  const items: Piece[][] = [[]];
  let depth = 0;
  for (const piece of inside) {
    if (piece.k === 'open') depth++;
    if (piece.k === 'close') depth--;
    if (piece.k === 'comma' && depth === 0) items.push([]);
    else items.at(-1)!.push(piece);
  }
  if (items.length > 1) return items.flatMap((item) => expand(item, room));
  if (inside.length !== 1 || inside[0]!.k !== 'lit') return undefined;
  return sequence(inside[0]!.text)?.map((text): Part[] => [{ k: 'lit', text, pure: true }]);
}

const MAX_ITEMS = 1_000_000;

function sequence(text: string): string[] | undefined {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text);
  if (numbers) {
    const from = Number(numbers[1]);
    const to = Number(numbers[2]);
    const width = padded(numbers[1]!) || padded(numbers[2]!) ? Math.max(numbers[1]!.length, numbers[2]!.length) : 0;
    return steps(from, to, numbers[3])?.map((n) => pad(n, width));
  }
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(text);
  if (!letters) return undefined;
  return steps(letters[1]!.charCodeAt(0), letters[2]!.charCodeAt(0), letters[3])?.map((n) => String.fromCharCode(n));
}

const padded = (n: string): boolean => /^-?0\d/.test(n);

function pad(n: number, width: number): string {
  const digits = String(Math.abs(n));
  return n < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0');
}

function steps(from: number, to: number, by: string | undefined): number[] | undefined {
  const step = Math.max(1, Math.abs(Number(by ?? '1')) || 1);
  if (Math.abs(to - from) / step > MAX_ITEMS) return undefined;
  const out: number[] = [];
  if (from <= to) for (let n = from; n <= to; n += step) out.push(n);
  else for (let n = from; n >= to; n -= step) out.push(n);
  return out;
}
