import type { ParameterOperator, ParameterPart } from '../parse/ast.ts';
import { DYNAMIC, NAMEREF } from '../state/variable.ts';
import { isName } from '../state/variables.ts';
import type { Expander } from './expander.ts';
import type { Sink } from './sink.ts';

/** What a parameter expansion is about: one value (or none), or the elements of `$@` or an array. */
export interface Subject {
  name: string;
  /** Index as text, for assignment and messages. */
  index: string | undefined;
  value: string | undefined;
  /** Elements, where it is `@` or `*`. */
  values: string[] | undefined;
  star: boolean;
  /** Keys of `values`, for `:`. */
  keys: number[] | undefined;
}

/** The operators that use their word only if the parameter is, or is not, set. */
export const isDefault = (op: string): boolean => op === '-' || op === '=' || op === '?' || op === '+';

/** Finds what the expansion is about, indirection followed. */
export function subjectOf(x: Expander, part: ParameterPart, index: string | undefined): Subject {
  const many = part.index === '@' || part.index === '*';
  if (typeof part.index === 'object' && part.index.source === '') {
    x.shell.error(`${part.name}[]: bad array subscript`);
    x.shell.abandon();
  }
  if (part.indirect) return indirect(x, part, index, many);
  return lookUp(x, part.name, many ? undefined : index, many ? (part.index as '@' | '*') : undefined);
}

function indirect(x: Expander, part: ParameterPart, index: string | undefined, many: boolean): Subject {
  const { shell } = x;
  const own = shell.vars.own(part.name);
  if (own && own.flags & NAMEREF && part.op === '') {
    return { ...single(part.name), value: own.value ?? '' };
  }
  const name = many
    ? elements(x, part.name).values.join(' ')
    : index === undefined
      ? shell.param(part.name)
      : shell.element(part.name, index);
  if (name === undefined || name === '') {
    if (name === undefined && x.shell.vars.find(part.name) === undefined) {
      shell.error(`${part.name}: invalid indirect expansion`);
      return shell.abandon();
    }
    if (name === undefined && (part.op === '' || part.op === '@')) return single(part.name);
    if (isDefault(part.op)) return single(part.name);
    shell.error(`${name ?? part.source}: invalid variable name`);
    return shell.abandon();
  }
  const m = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name);
  if (m) {
    const at = m[2]!;
    return at === '@' || at === '*' ? lookUp(x, m[1]!, undefined, at) : lookUp(x, m[1]!, x.subscript(at), undefined);
  }
  if (!isName(name) && !/^(\d+|[@*#?$!-])$/.test(name)) {
    shell.error(`${name}: invalid variable name`);
    shell.abandon();
  }
  return lookUp(x, name, undefined, undefined);
}

const single = (name: string): Subject => ({
  name,
  index: undefined,
  value: undefined,
  values: undefined,
  star: false,
  keys: undefined,
});

function lookUp(x: Expander, name: string, index: string | undefined, many: '@' | '*' | undefined): Subject {
  const { shell } = x;
  const subject = single(name);
  if (name === '@' || name === '*') {
    subject.values = shell.params;
    subject.star = name === '*';
    return subject;
  }
  if (many !== undefined) {
    const array = elements(x, name);
    subject.values = array.values;
    subject.keys = array.keys;
    subject.star = many === '*';
    return subject;
  }
  if (index !== undefined) {
    subject.index = index;
    subject.value = shell.element(name, index);
    return subject;
  }
  const target = shell.vars.own(name);
  if (target && target.flags & NAMEREF) {
    const full = shell.vars.target(name);
    const m = full === undefined ? null : /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(full);
    if (m) return m[2] === '@' || m[2] === '*' ? lookUp(x, m[1]!, undefined, m[2]) : lookUp(x, m[1]!, m[2]!, undefined);
  }
  subject.value = shell.param(name);
  return subject;
}

/** All elements of an array variable; of a plain one its value. */
function elements(x: Expander, name: string): { values: string[]; keys: number[] | undefined } {
  const { shell } = x;
  const variable = shell.vars.find(name);
  if (variable === undefined) return { values: [], keys: undefined };
  if (variable.flags & DYNAMIC) {
    const array = shell.dynamicArray(name);
    if (array) return { values: array.values(), keys: array.keys() };
  }
  if (variable.array) return { values: variable.array.values(), keys: variable.array.keys() };
  if (variable.assoc) return { values: [...variable.assoc.values()], keys: undefined };
  const value = shell.vars.get(name);
  return { values: value === undefined ? [] : [value], keys: undefined };
}

/** The elements as `"$*"` or `"$@"` joins them. */
function joined(subject: Subject, joiner = ' '): string {
  return subject.values!.join(joiner);
}

/** Whether the subject counts as set; `colon`: and as not empty. */
export function isSet(x: Expander, part: ParameterPart, subject: Subject, quoted: boolean): boolean {
  const { colon } = part;
  if (subject.values) {
    if (subject.values.length === 0) return !x.shell.bash && !colon && part.index === undefined;
    if (!colon) return true;
    // unquoted empty elements are there even if they come to nothing
    if (x.shell.bash && !quoted && subject.star && x.shell.ifs === '' && subject.values.length > 1) return true;
    return joined(subject, subject.star ? x.shell.ifsJoiner() : ' ') !== '';
  }
  return subject.value !== undefined && (!colon || subject.value !== '');
}

/** Puts the value, or the elements. */
export function putSubject(x: Expander, subject: Subject, sink: Sink, quoted: boolean): void {
  if (subject.values) putValues(x, subject.values, subject.star, sink, quoted, subject.name === '*' ? undefined : '');
  else if (subject.value !== undefined) {
    if (quoted) sink.quoted(subject.value);
    else sink.split(subject.value);
  }
}

/**
 * Puts elements as `$@`, `$*`, `"$@"` or `"$*"`.
 * @param op what was done to them: where they become one text it decides by what bash joins them
 */
export function putValues(
  x: Expander,
  values: readonly string[],
  star: boolean,
  sink: Sink,
  quoted: boolean,
  op: ParameterOperator | undefined = undefined,
): void {
  const { shell } = x;
  if (shell.bash && sink.many && !quoted && shell.ifs === '' && op !== undefined && REMOVES.has(op)) {
    // bash leaves its own quoting of the spaces in the elements
    sink.split(values.map((value) => value.replaceAll(' ', '\x01 ')).join(' '));
    return;
  }
  if (quoted && (star || !sink.many)) {
    if (sink.splitsJoined && op !== undefined && op !== '') {
      sink.joined!(values, joinerOf(x, star, sink, quoted, op));
      return;
    }
    if (values.length === 0 && star) sink.quoted('');
    if (values.length > 0) sink.quoted(values.join(joinerOf(x, star, sink, quoted, op)));
    return;
  }
  if (!sink.many) {
    sink.split(values.join(joinerOf(x, star, sink, quoted, op)));
    return;
  }
  for (let i = 0; i < values.length; i++) {
    if (i > 0) sink.separate(quoted);
    if (quoted) sink.quoted(values[i]!);
    else sink.split(values[i]!);
  }
}

const REMOVES: ReadonlySet<ParameterOperator> = new Set(['#', '##', '%', '%%']);

/** What stands between elements that become one text. bash is not consistent here. */
function joinerOf(x: Expander, star: boolean, sink: Sink, quoted: boolean, op: ParameterOperator | undefined): string {
  const { shell } = x;
  if (!shell.bash) return shell.ifsJoiner();
  if (sink.document) return star && op !== undefined && !SPACED_IN_DOCUMENT.has(op) ? shell.ifsJoiner() : ' ';
  if (star) return shell.ifsJoiner();
  if (op === undefined || op === '' || !sink.assignment || shell.ifs === '') return ' ';
  return quoted || op === '@' || REMOVES.has(op) ? shell.ifsJoiner() : ' ';
}

/** What was done to `${a[*]…}` that leaves spaces between its elements in a here-document. */
const SPACED_IN_DOCUMENT: ReadonlySet<ParameterOperator> = new Set([...REMOVES, ':', '@', 'keys']);
