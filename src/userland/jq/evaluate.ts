import { addValues, divideValues, multiplyValues, remainderValues, subtractValues } from './arithmetic.ts';
import { BUILTINS, PRELUDE } from './builtins.ts';
import { formatText } from './formats.ts';
import { type Filter, type Pattern, parseJq } from './parse.ts';
import { deletePaths, eachValue, getPath, indexValue, type Path, setPath, sliceValue, stepValue } from './paths.ts';
import { compare, fromJs, JqError, type Json, shown, truthy } from './values.ts';

/** What names mean at a place of the program. */
interface Scope {
  variables: ReadonlyMap<string, Json>;
  functions: ReadonlyMap<string, Closure>;
}
interface Closure {
  params: readonly string[];
  body: Filter;
  scope: Scope | undefined;
  /** A definition sees itself; an argument does not. */
  recursive: boolean;
}

/** Steps after which a program is given up: no output may take for ever. */
const BUDGET = 30_000_000;

export class Evaluator {
  #steps = 0;
  #base: Scope;

  constructor(
    variables: ReadonlyMap<string, Json>,
    readonly nextInput: () => Json | undefined,
  ) {
    this.#base = { variables, functions: new Map() };
    let filter = parseJq(PRELUDE);
    const functions = new Map<string, Closure>();
    for (; filter.kind === 'define'; filter = filter.rest)
      functions.set(`${filter.name}/${filter.params.length}`, {
        params: filter.params,
        body: filter.body,
        scope: undefined,
        recursive: true,
      });
    this.#base = { variables, functions };
  }

  /** All outputs of the filter. @throws JqError */
  *run(filter: Filter, input: Json): Generator<Json, void, void> {
    for (const [, value] of this.paths(filter, [], input, this.#base)) yield value;
  }

  *#values(filter: Filter, input: Json, scope: Scope): Generator<Json, void, void> {
    for (const [, value] of this.paths(filter, undefined, input, scope)) yield value;
  }

  /** Outputs with where in the input they are; the path is undefined for what is no part of it. */
  *paths(
    filter: Filter,
    path: Path | undefined,
    input: Json,
    scope: Scope,
  ): Generator<[Path | undefined, Json], void, void> {
    if (++this.#steps > BUDGET) throw new JqError('too many steps');
    switch (filter.kind) {
      case 'identity':
        yield [path, input];
        return;
      case 'recurse':
        yield* this.#recurse(path, input);
        return;
      case 'literal':
        yield [undefined, fromJs(filter.value)];
        return;
      case 'index':
        for (const [p, value] of this.paths(filter.of, path, input, scope))
          for (const key of this.#values(filter.at, input, scope)) yield [p && [...p, key], indexValue(value, key)];
        return;
      case 'slice':
        for (const [p, value] of this.paths(filter.of, path, input, scope))
          for (const to of filter.to ? this.#values(filter.to, input, scope) : [null])
            for (const from of filter.from ? this.#values(filter.from, input, scope) : [null])
              yield [p && [...p, { from, to }], sliceValue(value, from, to)];
        return;
      case 'each':
        for (const [p, value] of this.paths(filter.of, path, input, scope)) yield* eachValue(p, value);
        return;
      case 'pipe':
        for (const [p, value] of this.paths(filter.left, path, input, scope))
          yield* this.paths(filter.right, p, value, scope);
        return;
      case 'comma':
        yield* this.paths(filter.left, path, input, scope);
        yield* this.paths(filter.right, path, input, scope);
        return;
      case 'try':
        yield* this.#try(filter, path, input, scope);
        return;
      case 'if':
        yield* this.#if(filter, 0, path, input, scope);
        return;
      case 'bind':
        for (const value of this.#values(filter.source, input, scope)) {
          const variables = new Map(scope.variables);
          bind(filter.pattern, value, variables);
          yield* this.paths(filter.body, path, input, { ...scope, variables });
        }
        return;
      case 'define': {
        const functions = new Map(scope.functions);
        const inner: Scope = { ...scope, functions };
        functions.set(`${filter.name}/${filter.params.length}`, {
          params: filter.params,
          body: filter.body,
          scope: inner,
          recursive: true,
        });
        yield* this.paths(filter.rest, path, input, inner);
        return;
      }
      case 'reduce': {
        let state: Json = null;
        for (const start of this.#values(filter.start, input, scope)) state = start;
        for (const value of this.#values(filter.source, input, scope)) {
          const variables = new Map(scope.variables).set(filter.name, value);
          let next: Json = null;
          for (const output of this.#values(filter.step, state, { ...scope, variables })) next = output;
          state = next;
        }
        yield [undefined, state];
        return;
      }
      case 'foreach':
        for (const start of this.#values(filter.start, input, scope)) {
          let state = start;
          for (const value of this.#values(filter.source, input, scope)) {
            const inner = { ...scope, variables: new Map(scope.variables).set(filter.name, value) };
            for (const output of this.#values(filter.step, state, inner)) {
              state = output;
              for (const shown of filter.extract ? this.#values(filter.extract, state, inner) : [state])
                yield [undefined, shown];
            }
          }
        }
        return;
      case 'call':
        yield* this.#call(filter.name, filter.args, path, input, scope);
        return;
      case 'binary':
        if (filter.op === '//') {
          yield* this.#alternative(filter.left, filter.right, path, input, scope);
          return;
        }
        for (const value of this.#binary(filter.op, filter.left, filter.right, input, scope)) yield [undefined, value];
        return;
      default:
        for (const value of this.#plain(filter, input, scope)) yield [undefined, value];
    }
  }

  /** Filters whose outputs are no part of the input. */
  *#plain(filter: Filter, input: Json, scope: Scope): Generator<Json, void, void> {
    switch (filter.kind) {
      case 'variable': {
        const value = scope.variables.get(filter.name);
        if (value === undefined) throw new JqError(`$${filter.name} is not defined`);
        yield value;
        return;
      }
      case 'negate':
        for (const value of this.#values(filter.of, input, scope)) {
          if (typeof value !== 'number') throw new JqError(`${shown(value)} cannot be negated`);
          yield -value;
        }
        return;
      case 'array':
        yield filter.of ? [...this.#values(filter.of, input, scope)] : [];
        return;
      case 'object':
        yield* this.#object(filter.entries, 0, new Map(), input, scope);
        return;
      case 'string':
        yield* this.#string(filter.parts, 0, '', filter.format, input, scope);
        return;
      case 'format':
        yield formatText(filter.name, input);
        return;
      case 'assign':
        yield* this.#assign(filter.op, filter.left, filter.right, input, scope);
    }
  }

  *#recurse(path: Path | undefined, value: Json): Generator<[Path | undefined, Json], void, void> {
    yield [path, value];
    if (value === null || typeof value !== 'object') return;
    for (const [p, inner] of eachValue(path, value)) yield* this.#recurse(p, inner);
  }

  *#try(
    filter: Extract<Filter, { kind: 'try' }>,
    path: Path | undefined,
    input: Json,
    scope: Scope,
  ): Generator<[Path | undefined, Json], void, void> {
    try {
      yield* this.paths(filter.body, path, input, scope);
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      if (filter.handler) yield* this.paths(filter.handler, undefined, error.value, scope);
    }
  }

  *#if(
    filter: Extract<Filter, { kind: 'if' }>,
    at: number,
    path: Path | undefined,
    input: Json,
    scope: Scope,
  ): Generator<[Path | undefined, Json], void, void> {
    const branch = filter.branches[at];
    if (!branch) {
      if (filter.otherwise) yield* this.paths(filter.otherwise, path, input, scope);
      else yield [path, input];
      return;
    }
    for (const test of this.#values(branch.test, input, scope))
      if (truthy(test)) yield* this.paths(branch.body, path, input, scope);
      else yield* this.#if(filter, at + 1, path, input, scope);
  }

  *#alternative(
    left: Filter,
    right: Filter,
    path: Path | undefined,
    input: Json,
    scope: Scope,
  ): Generator<[Path | undefined, Json], void, void> {
    let any = false;
    try {
      for (const output of this.paths(left, path, input, scope))
        if (truthy(output[1])) {
          any = true;
          yield output;
        }
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
    }
    if (!any) yield* this.paths(right, path, input, scope);
  }

  *#binary(op: string, left: Filter, right: Filter, input: Json, scope: Scope): Generator<Json, void, void> {
    if (op === 'and' || op === 'or') {
      for (const a of this.#values(left, input, scope))
        if (truthy(a) === (op === 'or')) yield op === 'or';
        else for (const b of this.#values(right, input, scope)) yield truthy(b);
      return;
    }
    for (const b of this.#values(right, input, scope))
      for (const a of this.#values(left, input, scope)) yield apply(op, a, b);
  }

  *#object(
    entries: readonly { key: Filter; value: Filter }[],
    at: number,
    made: Map<string, Json>,
    input: Json,
    scope: Scope,
  ): Generator<Json, void, void> {
    const entry = entries[at];
    if (!entry) {
      yield new Map(made);
      return;
    }
    for (const key of this.#values(entry.key, input, scope)) {
      if (typeof key !== 'string') throw new JqError(`Object keys must be strings`);
      for (const value of this.#values(entry.value, input, scope))
        yield* this.#object(entries, at + 1, new Map(made).set(key, value), input, scope);
    }
  }

  *#string(
    parts: readonly (string | Filter)[],
    at: number,
    made: string,
    format: string | undefined,
    input: Json,
    scope: Scope,
  ): Generator<Json, void, void> {
    const part = parts[at];
    if (part === undefined) yield made;
    else if (typeof part === 'string') yield* this.#string(parts, at + 1, made + part, format, input, scope);
    else
      for (const value of this.#values(part, input, scope))
        yield* this.#string(parts, at + 1, made + formatText(format ?? '@text', value), format, input, scope);
  }

  *#assign(op: string, left: Filter, right: Filter, input: Json, scope: Scope): Generator<Json, void, void> {
    const places = [...this.paths(left, [], input, scope)].map(([path]) => {
      if (!path) throw new JqError('Invalid path expression');
      return path;
    });
    if (op === '|=') {
      let out = input;
      const gone: Path[] = [];
      for (const path of places) {
        const first = this.#values(right, getPath(out, path), scope).next();
        if (first.done) gone.push(path);
        else out = setPath(out, path, first.value);
      }
      yield deletePaths(out, gone);
      return;
    }
    for (const value of this.#values(right, input, scope)) {
      let out = input;
      for (const path of places) {
        const old = getPath(out, path);
        const next =
          op === '=' ? value : op === '//=' ? (truthy(old) ? old : value) : apply(op.slice(0, -1), old, value);
        out = setPath(out, path, next);
      }
      yield out;
    }
  }

  *#call(
    name: string,
    args: Filter[],
    path: Path | undefined,
    input: Json,
    scope: Scope,
  ): Generator<[Path | undefined, Json], void, void> {
    const found = scope.functions.get(`${name}/${args.length}`) ?? this.#base.functions.get(`${name}/${args.length}`);
    if (found) {
      const functions = new Map(found.scope?.functions ?? this.#base.functions);
      let inner: Scope = { variables: found.scope?.variables ?? this.#base.variables, functions };
      const values: string[] = [];
      for (const [i, param] of found.params.entries()) {
        const plain = param.replace(/^\$/, '');
        functions.set(`${plain}/0`, { params: [], body: args[i]!, scope, recursive: false });
        if (param.startsWith('$')) values.push(plain);
      }
      if (values.length === 0) {
        yield* this.paths(found.body, path, input, found.recursive ? inner : (found.scope ?? inner));
        return;
      }
      const combine = function* (
        self: Evaluator,
        at: number,
        variables: ReadonlyMap<string, Json>,
      ): Generator<[Path | undefined, Json], void, void> {
        if (at === values.length) {
          inner = { variables, functions };
          yield* self.paths(found.body, path, input, inner);
          return;
        }
        const index = found.params.indexOf(`$${values[at]}`);
        for (const value of self.#values(args[index]!, input, scope))
          yield* combine(self, at + 1, new Map(variables).set(values[at]!, value));
      };
      yield* combine(this, 0, inner.variables);
      return;
    }
    yield* this.#special(name, args, path, input, scope);
  }

  /** Functions that need paths, the input stream or filters as arguments. */
  *#special(
    name: string,
    args: Filter[],
    path: Path | undefined,
    input: Json,
    scope: Scope,
  ): Generator<[Path | undefined, Json], void, void> {
    const [first] = args;
    switch (`${name}/${args.length}`) {
      case 'empty/0':
        return;
      case 'error/0':
        throw new JqError(input);
      case 'path/1':
        for (const [p] of this.paths(first!, [], input, scope)) {
          if (!p) throw new JqError('Invalid path expression');
          yield [undefined, p.map(stepValue)];
        }
        return;
      case 'getpath/1':
        for (const p of this.#values(first!, input, scope))
          yield [path && [...path, ...(p as Json[])], getPath(input, p as Json[])];
        return;
      case 'delpaths/1':
        for (const p of this.#values(first!, input, scope)) yield [undefined, deletePaths(input, p as Json[][])];
        return;
      case 'setpath/2':
        for (const p of this.#values(first!, input, scope))
          for (const value of this.#values(args[1]!, input, scope))
            yield [undefined, setPath(input, p as Json[], value)];
        return;
      case 'input/0': {
        const next = this.nextInput();
        if (next === undefined) throw new JqError('No more inputs');
        yield [undefined, next];
        return;
      }
      case 'inputs/0':
        for (let next = this.nextInput(); next !== undefined; next = this.nextInput()) yield [undefined, next];
        return;
      case 'env/0':
        yield [undefined, scope.variables.get('ENV') ?? new Map()];
        return;
      case 'limit/2':
        for (const count of this.#values(first!, input, scope)) {
          let left = count as number;
          if (left <= 0) continue;
          for (const output of this.paths(args[1]!, path, input, scope)) {
            yield output;
            if (--left <= 0) break;
          }
        }
        return;
      case 'first/1':
        for (const output of this.paths(first!, path, input, scope)) {
          yield output;
          return;
        }
        return;
    }
    const builtin = BUILTINS[`${name}/${args.length}`];
    if (!builtin) throw new JqError(`${name}/${args.length} is not defined`);
    for (const values of this.#product(args, input, scope))
      for (const value of builtin(input, ...values)) yield [undefined, value];
  }

  *#product(args: readonly Filter[], input: Json, scope: Scope): Generator<Json[], void, void> {
    const [first, ...rest] = args;
    if (!first) {
      yield [];
      return;
    }
    for (const tail of this.#product(rest, input, scope))
      for (const value of this.#values(first, input, scope)) yield [value, ...tail];
  }
}

function bind(pattern: Pattern, value: Json, into: Map<string, Json>): void {
  if ('name' in pattern) into.set(pattern.name, value);
  else if ('items' in pattern) for (const [i, item] of pattern.items.entries()) bind(item, indexValue(value, i), into);
  else for (const { key, value: inner } of pattern.fields) bind(inner, indexValue(value, key), into);
}

function apply(op: string, a: Json, b: Json): Json {
  switch (op) {
    case '+':
      return addValues(a, b);
    case '-':
      return subtractValues(a, b);
    case '*':
      return multiplyValues(a, b);
    case '/':
      return divideValues(a, b);
    case '%':
      return remainderValues(a, b);
    case '==':
      return compare(a, b) === 0;
    case '!=':
      return compare(a, b) !== 0;
    case '<':
      return compare(a, b) < 0;
    case '<=':
      return compare(a, b) <= 0;
    case '>':
      return compare(a, b) > 0;
    default:
      return compare(a, b) >= 0;
  }
}
