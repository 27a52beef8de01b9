import { attributeLetters, compound } from './attributes.ts';
import type { Expander } from './expander.ts';
import type { Sink } from './sink.ts';
import { putValues, type Subject } from './subject.ts';
import { doubleQuote, quoteValue } from './transform.ts';

/** `${x@a}`: the attributes, of an array once an element. */
export function putAttributes(x: Expander, subject: Subject, sink: Sink, quoted: boolean): void {
  const variable = x.shell.vars.find(subject.name);
  const letters = variable ? attributeLetters(variable) : '';
  if (subject.values) {
    const all = subject.values.map(() => letters);
    putValues(x, all, subject.star, sink, quoted, '@');
  } else if (letters !== '') put(letters, sink, quoted);
}

/** `${x@A}`, `${x@K}`, `${x@k}` and `${x@a}`, which are about the variable as a whole. */
export function putWhole(x: Expander, subject: Subject, op: 'a' | 'A' | 'K' | 'k', sink: Sink, quoted: boolean): void {
  if (op === 'a') putAttributes(x, subject, sink, quoted);
  else if (op === 'A') putAssignment(x, subject, sink, quoted);
  else putPairs(x, subject, op, sink, quoted);
}

function put(text: string, sink: Sink, quoted: boolean): void {
  if (quoted) sink.quoted(text);
  else sink.split(text);
}

/** The command that makes the variable anew. Of `"${a[@]@A}"` its words are separate ones. */
function putAssignment(x: Expander, subject: Subject, sink: Sink, quoted: boolean): void {
  const { name, values } = subject;
  // unquoted words are apart where IFS is empty, and split like others otherwise
  const apart = quoted
    ? values !== undefined && (!subject.star || sink.splitsJoined === true)
    : values !== undefined && sink.many && x.shell.ifs === '';
  if (name === '@' || name === '*') {
    if (values!.length === 0) return;
    const text = `set -- ${values!.map((v) => quoteValue(v, x.shell.bytes)).join(' ')}`;
    if (apart && quoted) putValues(x, text.split(' '), false, sink, true);
    else put(text, sink, quoted);
    return;
  }
  const variable = x.shell.vars.find(name);
  const letters = variable ? attributeLetters(variable) : '';
  const shown = x.shell.vars.target(name) ?? name;
  if (values === undefined && subject.value === undefined) {
    if (letters !== '') put(`declare -${letters} ${shown}`, sink, quoted);
    return;
  }
  const whole = values !== undefined && (variable?.array || variable?.assoc) ? variable : undefined;
  const assignment = `${shown}=${whole ? compound(whole, x.shell.bytes) : quoteValue(subject.value ?? values?.[0] ?? '', x.shell.bytes)}`;
  const words = letters === '' ? [assignment] : ['declare', `-${letters}`, assignment];
  if (apart && quoted && subject.star) sink.joined!(words, ' ');
  else if (apart) putValues(x, words, false, sink, quoted);
  else put(words.join(' '), sink, quoted);
}

/** Keys and values: `K` as one text that can be read back, `k` as words. */
function putPairs(x: Expander, subject: Subject, op: 'K' | 'k', sink: Sink, quoted: boolean): void {
  const variable = x.shell.vars.find(subject.name);
  if (subject.name === '@' || subject.name === '*') {
    putValues(
      x,
      subject.values!.map((v) => quoteValue(v, x.shell.bytes)),
      subject.star,
      sink,
      quoted,
      '@',
    );
    return;
  }
  if (!subject.values || !(variable?.assoc || variable?.array)) {
    put(quoteValue(subject.value ?? subject.values?.[0] ?? '', x.shell.bytes), sink, quoted);
    return;
  }
  const pairs: [string, string][] = variable.assoc
    ? [...variable.assoc]
    : variable.array!.entries().map(([k, v]) => [String(k), v]);
  if (op === 'k') putValues(x, pairs.flat(), subject.star, sink, quoted, '@');
  else {
    const text = pairs
      .map(([k, v]) => `${/^\w+$/.test(k) ? k : doubleQuote(k, x.shell.bytes)} ${doubleQuote(v, x.shell.bytes)}`)
      .join(' ');
    put(variable.assoc && text !== '' ? `${text} ` : text, sink, quoted);
  }
}
