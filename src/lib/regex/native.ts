import { backtrackingExponent, hasBackrefs, isAnchored } from './analysis.ts';
import { type AssertKind, type RegexNode, someNode } from './ast.ts';
import { type CharSet, MAX_CODE } from './char-set.ts';

/** Longest text for which a backtracking matcher of this exponent is let loose. */
const LENGTHS = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 20_000, 1_500, 300, 100];

export interface NativeOptions {
  /** The set that `\b`, `\<`, `\>` go by. */
  word: CharSet;
  /** Whether the texts are bytes (no code unit above 255). */
  bytes: boolean;
}

/**
 * JavaScript's own engine behind a pattern that it matches in the same way. Texts with surrogates take the `u` flag,
 * since one character is two units there; whether a text has them is looked up once per text.
 */
export class NativeMatcher {
  private readonly exponent: number;
  private readonly needsUnicode: boolean;
  private readonly made = new Map<string, RegExp>();
  private lastText = '';
  private lastIsWide = false;
  private lastLine = -1;
  private readonly node: RegexNode;
  private readonly options: NativeOptions;
  private readonly lineBound: boolean;
  private readonly backrefs: boolean;

  constructor(node: RegexNode, options: NativeOptions) {
    this.node = node;
    this.options = options;
    this.exponent = backtrackingExponent(node) + (isAnchored(node) ? 0 : 1);
    this.needsUnicode = !options.bytes && someNode(node, (n) => n.kind === 'set' && n.set.max > 0xffff);
    this.backrefs = hasBackrefs(node);
    this.lineBound = !someNode(node, (n) => n.kind === 'set' && n.set.has(10));
  }

  /** Whether the match in `text` ends in reasonable time. */
  accepts(text: string): boolean {
    if (this.exponent >= LENGTHS.length) return false;
    const limit = LENGTHS[this.exponent]!;
    if (text.length <= limit) return true;
    return this.lineBound && this.longestLine(text) <= limit;
  }

  private longestLine(text: string): number {
    this.look(text);
    if (this.lastLine >= 0) return this.lastLine;
    let longest = 0;
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf('\n', at);
      const next = end < 0 ? text.length : end;
      longest = Math.max(longest, next - at);
      at = next + 1;
    }
    this.lastLine = longest;
    return longest;
  }

  private look(text: string): void {
    if (text === this.lastText) return;
    this.lastText = text;
    this.lastIsWide = this.needsUnicode && /[\ud800-\udfff]/.test(text);
    this.lastLine = -1;
  }

  private regExp(text: string, groups: boolean): RegExp {
    if (this.needsUnicode) this.look(text);
    const flags = `${groups ? 'dg' : 'g'}${this.needsUnicode && this.lastIsWide ? 'u' : ''}`;
    let made = this.made.get(flags);
    if (!made) {
      made = new RegExp(
        nativeSource(this.node, {
          ...this.options,
          groups: groups || this.backrefs,
          unicode: flags.includes('u'),
        }),
        flags,
      );
      this.made.set(flags, made);
    }
    return made;
  }

  /** Whether there is a match at or after `from`. */
  test(text: string, from: number): boolean {
    const regExp = this.regExp(text, false);
    regExp.lastIndex = from;
    return regExp.test(text);
  }

  /** The match and its groups: [start, end, start1, end1 …], -1 for what took no part. */
  exec(text: string, from: number, groups: number): number[] | null {
    const regExp = this.regExp(text, groups > 0);
    regExp.lastIndex = from;
    const match = regExp.exec(text);
    if (!match) return null;
    const out = [match.index, match.index + match[0].length];
    for (let i = 1; i <= groups; i++) {
      const span = match.indices![i];
      out.push(span ? span[0] : -1, span ? span[1] : -1);
    }
    return out;
  }
}

interface SourceOptions extends NativeOptions {
  groups: boolean;
  unicode: boolean;
}

function nativeSource(node: RegexNode, options: SourceOptions): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)';
    case 'set':
      return setSource(node.set, options);
    case 'assert':
      return assertSource(node.what, options);
    case 'concat':
      return node.nodes
        .map((n) => (n.kind === 'alt' ? `(?:${nativeSource(n, options)})` : nativeSource(n, options)))
        .join('');
    case 'alt':
      return node.nodes.map((n) => nativeSource(n, options)).join('|');
    case 'repeat':
      return `${atomSource(node.node, options)}${quantifier(node.min, node.max)}${node.greedy ? '' : '?'}`;
    case 'group':
      return `(${options.groups ? '' : '?:'}${nativeSource(node.node, options)})`;
    case 'backref':
      return `(?:\\${node.index})`;
    case 'look': {
      const mark = (node.ahead ? '' : '<') + (node.negate ? '!' : '=');
      return `(?${mark}${nativeSource(node.node, options)})`;
    }
    default:
      throw new TypeError(`no native form of ${node.kind}`);
  }
}

function atomSource(node: RegexNode, options: SourceOptions): string {
  const source = nativeSource(node, options);
  return node.kind === 'set' || node.kind === 'group' ? source : `(?:${source})`;
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function assertSource(what: AssertKind, options: SourceOptions): string {
  const word = options.bytes || options.word.max < 128 ? '\\w' : setSource(options.word, options);
  const inside = `(?<=${word})`;
  const outside = `(?<!${word})`;
  switch (what) {
    case 'line-start':
      return '(?<![^\\n])';
    case 'line-end':
      return '(?![^\\n])';
    case 'text-start':
      return '^';
    case 'text-end':
      return '$';
    case 'text-end-newline':
      return '(?=\\n?$)';
    case 'word-start':
      return `${outside}(?=${word})`;
    case 'word-end':
      return `${inside}(?!${word})`;
    case 'word-boundary':
      return word === '\\w' ? '\\b' : `(?:${inside}(?!${word})|${outside}(?=${word}))`;
    case 'not-word-boundary':
      return word === '\\w' ? '\\B' : `(?:${inside}(?=${word})|${outside}(?!${word}))`;
  }
}

function setSource(set: CharSet, options: SourceOptions): string {
  const limit = options.unicode ? MAX_CODE : options.bytes ? 0xff : 0xffff;
  if (set.single >= 0 && set.single <= limit) return pointSource(set.single, options.unicode);
  const low = rangesSource(set.ranges, limit, options.unicode);
  if (set.max < limit) return low === '' ? '[]' : `[${low}]`;
  const rest = rangesSource(set.invert().ranges, limit, options.unicode);
  return `[^${rest}]`;
}

function rangesSource(ranges: readonly number[], limit: number, unicode: boolean): string {
  let out = '';
  for (let i = 0; i < ranges.length; i += 2) {
    const low = ranges[i]!;
    const high = Math.min(ranges[i + 1]!, limit);
    if (low > limit) break;
    out += pointSource(low, unicode);
    if (high > low) out += `-${pointSource(high, unicode)}`;
  }
  return out;
}

function pointSource(code: number, unicode: boolean): string {
  const char = code < 128 ? String.fromCharCode(code) : '';
  if (/[A-Za-z0-9 _"'%&,:;<>=@#!~`]/.test(char)) return char;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return unicode ? `\\u{${code.toString(16)}}` : String.fromCodePoint(code);
}
