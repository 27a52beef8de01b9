import { byteLength } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { ansiC } from '../parse/ansi-c.ts';
import type { ParameterPart, Word } from '../parse/ast.ts';
import { ExitUnwind } from '../state/unwind.ts';
import { DYNAMIC } from '../state/variable.ts';
import { isName } from '../state/variables.ts';
import { fromByteText, toByteText } from './bytes.ts';
import type { Expander } from './expander.ts';
import type { Sink } from './sink.ts';
import { isDefault, isSet, putSubject, putValues, type Subject, subjectOf } from './subject.ts';
import { asciiLower, asciiUpper, changeCase, onBytes, quoteValue, replace, trim } from './transform.ts';
import { putAttributes, putWhole } from './whole.ts';

/** `${…}` whose operands cannot wait. */
export function appendParameter(x: Expander, part: ParameterPart, sink: Sink, quoted: boolean): void {
  if (part.op === '' && part.index === undefined && !part.indirect) {
    const { name } = part;
    if (name !== '@' && name !== '*') {
      const value = x.shell.param(name);
      if (value === undefined) {
        if (x.shell.options.nounset) x.shell.unbound(name, !part.braced);
      } else if (quoted) sink.quoted(value);
      else sink.split(value);
      return;
    }
  }
  const index = typeof part.index === 'object' ? x.quotedText(part.index) : part.index;
  if (isDefault(part.op)) {
    const subject = subjectOf(x, part, index);
    const act = defaultAction(x, part, subject, quoted);
    if (act === 'value') putSubject(x, subject, sink, quoted);
    else if (act === 'word') {
      if (part.op === '=') assignDefault(x, subject, x.text(part.word!), sink, quoted);
      else if (part.op === '?') missing(x, part, x.text(part.word!));
      else x.appendOperand(part.word!, sink, quoted);
    }
    return;
  }
  if (isAbsent(x, part, index))
    apply(x, part, index, part.op === '@' ? part.word?.fixed : undefined, undefined, sink, quoted);
  else apply(x, part, index, operand(x, part, part.word, false), operand(x, part, part.word2, true), sink, quoted);
}

/** `${…}` with operands that may wait; they are expanded only if they are needed. */
export function* appendParameterWait(x: Expander, part: ParameterPart, sink: Sink, quoted: boolean): Wait<void> {
  const index = typeof part.index === 'object' ? yield* x.quotedTextWait(part.index) : part.index;
  if (isDefault(part.op)) {
    const subject = subjectOf(x, part, index);
    const act = defaultAction(x, part, subject, quoted);
    if (act === 'value') putSubject(x, subject, sink, quoted);
    else if (act === 'word') {
      if (part.op === '=') assignDefault(x, subject, yield* x.textWait(part.word!), sink, quoted);
      else if (part.op === '?') missing(x, part, yield* x.textWait(part.word!));
      else yield* x.appendOperandWait(part.word!, sink, quoted);
    }
    return;
  }
  const first = yield* operandWait(x, part, part.word, false);
  apply(x, part, index, first, yield* operandWait(x, part, part.word2, true), sink, quoted);
}

/** An unset parameter: its operands are not expanded. */
function isAbsent(x: Expander, part: ParameterPart, index: string | undefined): boolean {
  if (part.word === undefined || part.indirect || index !== undefined || part.name === '@' || part.name === '*')
    return false;
  return x.shell.param(part.name) === undefined;
}

function operandKind(part: ParameterPart, second: boolean): 'text' | 'quoted' | 'pattern' | 'replacement' {
  if (part.op === ':') return 'quoted';
  if (part.op === '@') return 'text';
  if (second) return 'replacement';
  return 'pattern';
}

function operand(x: Expander, part: ParameterPart, word: Word | undefined, second: boolean): string | undefined {
  if (word === undefined) return undefined;
  const kind = operandKind(part, second);
  if (kind === 'quoted') return x.quotedText(word);
  return kind === 'text' ? x.text(word) : x.pattern(word, kind);
}

function* operandWait(
  x: Expander,
  part: ParameterPart,
  word: Word | undefined,
  second: boolean,
): Wait<string | undefined> {
  if (word === undefined) return undefined;
  const kind = operandKind(part, second);
  if (kind === 'quoted') return yield* x.quotedTextWait(word);
  return kind === 'text' ? yield* x.textWait(word) : yield* x.patternWait(word, kind);
}

function defaultAction(
  x: Expander,
  part: ParameterPart,
  subject: Subject,
  quoted: boolean,
): 'value' | 'word' | 'nothing' {
  const set = isSet(x, part, subject, quoted);
  if (part.op === '+') return set ? 'word' : 'nothing';
  return set ? 'value' : 'word';
}

function assignDefault(x: Expander, subject: Subject, value: string, sink: Sink, quoted: boolean): void {
  const { shell } = x;
  if (!isName(subject.name)) {
    shell.error(shell.bash ? `$${subject.name}: cannot assign in this way` : `${subject.name}: bad variable name`);
    shell.abandon();
  }
  if (subject.values) {
    shell.error(`${subject.name}: bad array subscript`);
    shell.abandon();
  }
  if (subject.index === undefined) shell.assign(subject.name, value);
  else shell.assignElement(subject.name, subject.index, value);
  const stored = subject.index === undefined ? (shell.vars.get(subject.name) ?? value) : value;
  if (quoted) sink.quoted(stored);
  else sink.split(stored);
}

function missing(x: Expander, part: ParameterPart, message: string): never {
  const { shell } = x;
  const name = part.indirect ? `!${part.name}` : part.index ? part.source.replace(/:?[?].*$/s, '') : part.name;
  const standard = shell.bash
    ? part.colon
      ? 'parameter null or not set'
      : 'parameter not set'
    : part.colon
      ? 'parameter not set or null'
      : 'parameter not set';
  shell.error(`${name}: ${message || standard}`);
  return shell.abandon(true);
}

/** All operations but the defaults. */
function apply(
  x: Expander,
  part: ParameterPart,
  index: string | undefined,
  first: string | undefined,
  second: string | undefined,
  sink: Sink,
  quoted: boolean,
): void {
  const { shell } = x;
  if (part.op === 'bad') {
    shell.error(
      shell.bash
        ? `\${${part.source}}: bad substitution`
        : shell.personality === 'dash'
          ? 'Bad substitution'
          : 'syntax error: bad substitution',
    );
    shell.abandon();
  }
  if (part.op === 'names') {
    const names = shell.vars.names().filter((name) => {
      const variable = shell.vars.own(name);
      return name.startsWith(part.name) && variable !== undefined && (!variable.unset || variable.assigned);
    });
    putValues(x, names, part.index === '*', sink, quoted);
    return;
  }
  if (part.op === 'keys') {
    const keys = keysOf(x, part.name);
    // the keys of `${!a[*]}` are one word where IFS is empty
    if (part.index === '*' && !quoted && shell.ifs === '' && sink.many) sink.split(keys.join(' '));
    else putValues(x, keys, part.index === '*', sink, quoted, 'keys');
    return;
  }
  const subject = subjectOf(x, part, index);
  if (part.op === 'length') {
    const text = String(subject.values ? countOf(x, part, subject.values) : lengthOf(x, part, subject));
    if (quoted) sink.quoted(text);
    else sink.split(text);
    return;
  }
  if (subject.values === undefined && subject.value === undefined) {
    if (shell.options.nounset && !(part.op === '@' && first === 'a' && shell.vars.find(part.name)))
      shell.unbound(
        index === undefined || part.indirect
          ? part.name
          : `${part.name}[${typeof part.index === 'object' ? part.index.source : index}]`,
        !part.braced,
      );
    if (part.op === '@' && first === 'a' && !part.indirect) putAttributes(x, subject, sink, quoted);
    else if (part.op === '@' && first === 'A' && !part.indirect) putWhole(x, subject, first, sink, quoted);
    return;
  }
  if (part.op === '') {
    putSubject(x, subject, sink, quoted);
    return;
  }
  if (part.op === '@' && first === '') {
    shell.error(`\${${part.source}}: bad substitution`);
    if (shell.interactive) shell.abandon();
    throw new ExitUnwind(1);
  }
  if (part.op === ':') {
    slice(x, part, subject, first!, second, sink, quoted);
    return;
  }
  if (part.op === '@' && (first === 'K' || first === 'k' || first === 'A' || first === 'a')) {
    putWhole(x, subject, first, sink, quoted);
    return;
  }
  if (shell.personality === 'ash' && first === '' && (part.op === '/' || part.op === '//')) {
    emptyPattern(subject.value ?? subject.values!.join(' '), second, sink, quoted);
    return;
  }
  const each = operationOf(x, part, first, second);
  if (subject.values && shell.personality === 'ash' && !subject.star && part.op.startsWith('/')) {
    // ash sees the first of "$@" only
    putValues(x, [each(subject.values[0]!)], false, sink, quoted);
    return;
  }
  if (subject.values && !shell.bash) {
    // dash and ash do it once, to all of them in a row
    if (quoted && subject.star) {
      sink.quoted(each(subject.values.join(shell.ifsJoiner())));
      return;
    }
    const text = each(subject.values.join('\0'));
    putValues(x, text === '' ? [] : text.split('\0'), subject.star, sink, quoted);
  } else if (subject.values)
    putValues(
      x,
      subject.values.map(each),
      subject.star,
      sink,
      quoted,
      isPositional(part.name) && sink.many && !quoted ? '/' : part.op,
    );
  else {
    const text = each(subject.value!);
    if (quoted) sink.quoted(text);
    else sink.split(text);
  }
}

/** ash ends the text where a pattern of nothing is replaced, and the word as well unless it is quoted. */
function emptyPattern(value: string, second: string | undefined, sink: Sink, quoted: boolean): void {
  if (quoted) sink.quoted(value);
  else sink.split(value);
  if (quoted || !sink.many) return;
  sink.separate(false);
  sink.split((second ?? '').replace(/\\([&\\])/g, '$1'));
}

function keysOf(x: Expander, name: string): string[] {
  const { shell } = x;
  const variable = shell.vars.find(name);
  if (variable === undefined) return [];
  if (variable.flags & DYNAMIC) {
    const array = shell.dynamicArray(name);
    if (array) return array.keys().map(String);
  }
  if (variable.array) return variable.array.keys().map(String);
  if (variable.assoc) return [...variable.assoc.keys()];
  return variable.value === undefined ? [] : ['0'];
}

function unboundArray({ shell }: Expander, name: string): never {
  shell.error(`${name}: unbound variable`);
  if (shell.interactive) return shell.abandon();
  throw new ExitUnwind(1, true);
}

/** `${#@}`: how many; in dash and ash the length of `"$*"`. */
function countOf(x: Expander, part: ParameterPart, values: readonly string[]): number {
  if (part.index !== undefined && values.length === 0 && x.shell.options.nounset && !x.shell.vars.find(part.name))
    unboundArray(x, part.name);
  if (x.shell.bash || part.index !== undefined) return values.length;
  return byteLength(values.join(x.shell.ifsJoiner()));
}

function lengthOf(x: Expander, part: ParameterPart, subject: Subject): number {
  if (subject.value === undefined) {
    if (x.shell.options.nounset) x.shell.unbound(part.name, false);
    return 0;
  }
  return x.shell.bytes ? byteLength(subject.value) : charCount(subject.value);
}

/** Characters, not UTF-16 units. */
export function charCount(text: string): number {
  let n = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0xd800 && c < 0xdc00) n--;
  }
  return n;
}

const isPositional = (name: string): boolean => name === '@' || name === '*';

function operationOf(
  x: Expander,
  part: ParameterPart,
  first: string | undefined,
  second: string | undefined,
): (text: string) => string {
  const { shell } = x;
  const options = { extglob: shell.shopts.extglob!, nocase: false };
  const { op } = part;
  switch (op) {
    case '#':
    case '##':
    case '%':
    case '%%': {
      const { bytes } = shell;
      const pattern = shell.patterns.compile(bytes ? toByteText(first ?? '') : (first ?? ''), options);
      return (text) => onBytes(text, bytes, (t) => trim(t, op, pattern));
    }
    case '/':
    case '//':
    case '/#':
    case '/%': {
      if ((first ?? '') === '' && op !== '/#' && op !== '/%') return (text) => text;
      const pattern = shell.patterns.compile(first ?? '', { ...options, nocase: shell.shopts.nocasematch! });
      const bytePattern = !shell.bytes
        ? pattern
        : shell.patterns.compile(
            toByteText(!shell.bash && (op === '/#' || op === '/%') ? op[1] + (first ?? '') : (first ?? '')),
            options,
          );
      // a bracket that begins with its own end has the wrong length for bash here
      if (shell.bash && /(?:^|[^\\])\[[!^]?\]./.test(first ?? '') && !(first ?? '').includes('*'))
        return (text) => text;
      const ampersand = shell.bash && shell.shopts.patsub_replacement!;
      const replacement = ampersand ? (second ?? '') : (second ?? '').replace(/\\([&\\])/g, '$1');
      const emptyToo = /^(?:\*|$)/.test(first ?? '');
      if (!shell.bytes) return (text) => replace(text, op, pattern, replacement, ampersand, emptyToo);
      // ash knows `/` and `//` only
      const byteOp = shell.bash || op === '//' ? op : '/';
      return (text) =>
        onBytes(text, true, (t) => replace(t, byteOp, bytePattern, toByteText(replacement), ampersand, emptyToo));
    }
    case '^':
    case '^^':
    case ',':
    case ',,':
    case '~':
    case '~~': {
      const pattern = first === undefined || first === '' ? undefined : shell.patterns.compile(first, options);
      return (text) => onBytes(text, shell.bytes, (t) => changeCase(t, op, pattern, shell.bytes));
    }
    default:
      return (text) => transform(x, text, first ?? '');
  }
}

/** `${x@U}` and its kin. */
function transform(x: Expander, text: string, op: string): string {
  switch (op) {
    case 'U':
      return x.shell.bytes ? asciiUpper(text) : text.toUpperCase();
    case 'u':
      return changeCase(text, '^', undefined, x.shell.bytes);
    case 'L':
      return x.shell.bytes ? asciiLower(text) : text.toLowerCase();
    case 'Q':
      return quoteValue(text, x.shell.bytes);
    case 'E':
      return ansiC(text, { nulEnds: true });
    case 'P':
      return x.promptText(text);
    default:
      return text;
  }
}

/** `${x:offset:length}`. */
function slice(
  x: Expander,
  part: ParameterPart,
  subject: Subject,
  offsetText: string,
  lengthText: string | undefined,
  sink: Sink,
  quoted: boolean,
): void {
  const { shell } = x;
  const [from, length] = shell.named(`${shownName(part)}: `, () => {
    const first = Number(shell.evaluate(offsetText.trim() === '' ? '0' : offsetText));
    const count = lengthText === undefined ? undefined : lengthText.trim() === '' ? '0' : lengthText;
    return [first, count === undefined ? undefined : Number(shell.evaluate(count))] as const;
  });
  let offset = from;
  if (subject.values && !shell.bash) {
    // ash cuts them as one text, in which what is between them counts as a character
    const joiner = quoted && subject.star ? shell.ifsJoiner() : '\0';
    const all = subject.values.join(joiner);
    if (offset < 0) offset += all.length;
    const rest = offset < 0 ? '' : all.slice(offset, length === undefined ? undefined : offset + length);
    putValues(x, joiner === '\0' && rest !== '' ? rest.split('\0') : [rest], subject.star, sink, quoted);
    return;
  }
  if (subject.values) {
    putValues(x, sliceElements(x, part, subject, offset, length, lengthText), subject.star, sink, quoted, ':');
    return;
  }
  const value = shell.bytes ? toByteText(subject.value!) : subject.value!;
  const wide = charCount(value) !== value.length;
  const chars = wide ? [...value] : value;
  const n = chars.length;
  if (offset < 0) offset += n;
  if (offset < 0 || offset > n) return;
  let end = length === undefined ? n : length < 0 ? n + length : Math.min(n, offset + length);
  if (end < offset) {
    if (length !== undefined && length < 0) {
      shell.error(`${shell.bash ? `${lengthText}: ` : ''}substring expression < 0`);
      shell.abandon();
    }
    end = offset;
  }
  const part_ = typeof chars === 'string' ? chars.slice(offset, end) : chars.slice(offset, end).join('');
  const text = shell.bytes ? fromByteText(part_) : part_;
  if (quoted) sink.quoted(text);
  else sink.split(text);
}

/** What the expansion is about, as messages have it. */
function shownName({ name, index, indirect }: ParameterPart): string {
  const at = index === undefined ? '' : `[${typeof index === 'string' ? index : index.source}]`;
  return `${indirect ? '!' : ''}${name}${at}`;
}

function sliceElements(
  x: Expander,
  part: ParameterPart,
  subject: Subject,
  from: number,
  length: number | undefined,
  lengthText: string | undefined,
): string[] {
  const { shell } = x;
  if (length !== undefined && length < 0) {
    shell.error(`${lengthText}: substring expression < 0`);
    shell.abandon();
  }
  let offset = from;
  const positional = part.name === '@' || part.name === '*';
  if (positional) {
    const all = shell.bash ? [shell.name, ...shell.params] : shell.params;
    if (offset < 0) offset += all.length;
    if (offset < 0) return [];
    return all.slice(offset, length === undefined ? undefined : offset + length);
  }
  const { keys } = subject;
  const values = subject.values!;
  if (keys === undefined) {
    if (offset < 0) offset += values.length;
    if (offset < 0) return [];
    // bash counts the elements of an associative array from 1
    if (offset > 0) offset--;
    return values.slice(offset, length === undefined ? undefined : offset + length);
  }
  if (offset < 0) offset += (keys.at(-1) ?? -1) + 1;
  if (offset < 0) return [];
  const first = keys.findIndex((key) => key >= offset);
  if (first < 0) return [];
  return values.slice(first, length === undefined ? undefined : first + length);
}
