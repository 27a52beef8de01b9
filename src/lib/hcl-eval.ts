import { HclError, type HclExpression, type HclRange } from './hcl-syntax.ts';

/** A value of the language; null is one, an unset variable is not. */
export type HclValue = string | number | boolean | null | HclValue[] | { [key: string]: HclValue };

/** A function: its arguments are values already. @throws Error with what is wrong */
export type HclFunction = (args: HclValue[]) => HclValue;

/** What names stand for. */
export interface HclScope {
  /** undefined: there is no such name. */
  variable(name: string): HclValue | undefined;
  function(name: string): HclFunction | undefined;
}

const isObject = (value: HclValue | undefined): value is { [key: string]: HclValue } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** What a kind of value is called. */
export function typeName(value: HclValue): string {
  if (value === null) return 'dynamic';
  if (Array.isArray(value)) return 'tuple';
  if (typeof value === 'object') return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** A value as a text. @returns undefined for lists, objects and null */
export function textOf(value: HclValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** A value as a number, undefined where it is none. */
export function numberOf(value: HclValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value.trim())) return Number(value);
  return undefined;
}

/** A value as true or false, undefined where it is neither. */
export function boolOf(value: HclValue): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  return undefined;
}

/** Whether two values are the same. */
export function sameValue(a: HclValue, b: HclValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What an expression is worth. @throws HclError */
export function evaluate(e: HclExpression, scope: HclScope): HclValue {
  const value = (of: HclExpression): HclValue => evaluate(of, scope);
  switch (e.kind) {
    case 'literal':
      return e.value;
    case 'template':
      return e.parts.map((part) => inTemplate(value(part), part.at)).join('');
    case 'variable': {
      const found = scope.variable(e.name);
      if (found === undefined) throw new HclError('Unknown variable', `There is no variable named "${e.name}".`, e.at);
      return found;
    }
    case 'list':
      return e.items.map(value);
    case 'object': {
      const out: { [key: string]: HclValue } = {};
      for (const [key, item] of e.items) out[inTemplate(value(key), key.at)] = value(item);
      return out;
    }
    case 'call':
      return call(e, scope);
    case 'index':
      return indexed(value(e.of), value(e.key), e.at);
    case 'splat':
      return splat(e, scope);
    case 'unary':
      return unary(e.operator, value(e.of), e.at);
    case 'binary':
      return binary(e, scope);
    case 'conditional': {
      const test = boolOf(value(e.test));
      if (test === undefined)
        throw new HclError('Incorrect condition type', 'The condition expression must be of type bool.', e.test.at);
      return value(test ? e.yes : e.no);
    }
    default:
      return loop(e, scope);
  }
}

function inTemplate(value: HclValue, at: HclRange): string {
  const text = textOf(value);
  if (text !== undefined) return text;
  const why =
    value === null
      ? 'The expression result is null. Cannot include a null value in a string template.'
      : `Cannot include the given value in a string template: string required, but have ${typeName(value)}.`;
  throw new HclError('Invalid template interpolation value', why, at);
}

function call(e: HclExpression & { kind: 'call' }, scope: HclScope): HclValue {
  const body = scope.function(e.name);
  if (!body) throw new HclError('Call to unknown function', `There is no function named "${e.name}".`, e.at);
  const args = e.args.map((arg) => evaluate(arg, scope));
  if (e.spread) {
    const last = args.pop();
    args.push(...(Array.isArray(last) ? last : []));
  }
  try {
    return body(args);
  } catch (error) {
    if (error instanceof HclError || !(error instanceof Error)) throw error;
    throw new HclError('Error in function call', `Call to function "${e.name}" failed: ${error.message}.`, e.at);
  }
}

function indexed(of: HclValue, key: HclValue, at: HclRange): HclValue {
  if (Array.isArray(of)) {
    const n = numberOf(key);
    const item = n === undefined ? undefined : of[n];
    if (item !== undefined) return item;
    throw new HclError('Invalid index', 'The given key does not identify an element in this collection value.', at);
  }
  if (isObject(of)) {
    const name = textOf(key) ?? '';
    if (Object.hasOwn(of, name)) return of[name]!;
    throw new HclError('Unsupported attribute', `This object does not have an attribute named "${name}".`, at);
  }
  throw new HclError('Unsupported attribute', `This value does not have any attributes.`, at);
}

function splat(e: HclExpression & { kind: 'splat' }, scope: HclScope): HclValue {
  const of = evaluate(e.of, scope);
  const list = of === null ? [] : Array.isArray(of) ? of : [of];
  return list.map((item) => e.rest.reduce<HclValue>((at, key) => indexed(at, evaluate(key, scope), e.at), item));
}

function operand(value: HclValue, at: HclRange): number {
  const n = numberOf(value);
  if (n !== undefined) return n;
  throw new HclError('Invalid operand', 'Unsuitable value for operand: a number is required.', at);
}

function truth(value: HclValue, at: HclRange): boolean {
  const b = boolOf(value);
  if (b !== undefined) return b;
  throw new HclError('Invalid operand', 'Unsuitable value for operand: a bool is required.', at);
}

function unary(operator: string, value: HclValue, at: HclRange): HclValue {
  return operator === '!' ? !truth(value, at) : -operand(value, at);
}

function binary(e: HclExpression & { kind: 'binary' }, scope: HclScope): HclValue {
  const left = evaluate(e.left, scope);
  const right = evaluate(e.right, scope);
  switch (e.operator) {
    case '||':
      return truth(left, e.left.at) || truth(right, e.right.at);
    case '&&':
      return truth(left, e.left.at) && truth(right, e.right.at);
    case '==':
      return sameValue(left, right);
    case '!=':
      return !sameValue(left, right);
  }
  const a = operand(left, e.left.at);
  const b = operand(right, e.right.at);
  switch (e.operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
  }
  if (b === 0) throw new HclError('Division by zero', 'Cannot divide by zero.', e.at);
  return e.operator === '/' ? a / b : a % b;
}

function loop(e: HclExpression & { kind: 'for' }, scope: HclScope): HclValue {
  const of = evaluate(e.of, scope);
  if (of === null || typeof of !== 'object')
    throw new HclError(
      'Iteration over non-iterable value',
      `A value of type ${typeName(of)} cannot be used as the collection in a 'for' expression.`,
      e.of.at,
    );
  const entries: [HclValue, HclValue][] = Array.isArray(of)
    ? of.map((item, i) => [i, item])
    : Object.keys(of)
        .sort()
        .map((key) => [key, of[key]!]);
  const list: HclValue[] = [];
  const object: { [key: string]: HclValue } = {};
  for (const [key, item] of entries) {
    const inner = withNames(scope, e.names, e.names.length > 1 ? [key, item] : [item]);
    if (e.test && !truth(evaluate(e.test, inner), e.test.at)) continue;
    const value = evaluate(e.value, inner);
    if (!e.key) {
      list.push(value);
      continue;
    }
    const name = inTemplate(evaluate(e.key, inner), e.key.at);
    if (!e.group) object[name] = value;
    else object[name] = [...((object[name] as HclValue[] | undefined) ?? []), value];
  }
  return e.object ? object : list;
}

/** A scope with more names. */
export function withNames(scope: HclScope, names: readonly string[], values: readonly HclValue[]): HclScope {
  return {
    variable: (name) => {
      const i = names.indexOf(name);
      return i < 0 ? scope.variable(name) : values[i];
    },
    function: (name) => scope.function(name),
  };
}
