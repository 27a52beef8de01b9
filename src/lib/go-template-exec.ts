import { formatValue } from './go-fmt.ts';
import { BUILTINS, callValue, isTrue, type TemplateFunctions } from './go-template-functions.ts';
import {
  type AnyNode,
  type ArgNode,
  type CommandNode,
  type ControlNode,
  type Node,
  nodeText,
  type PipeNode,
  TemplateError,
} from './go-template-parse.ts';
import {
  compareText,
  entriesOf,
  GoError,
  GoFunc,
  GoMap,
  GoNil,
  GoSlice,
  GoStruct,
  GoTyped,
  type GoValue,
  hasKey,
  itemsOf,
  kindOf,
  lookUp,
  scalarOf,
  typeOf,
  zeroOf,
} from './go-value.ts';
import { quote } from './quote.ts';
import { byteLength } from './utf8.ts';

/** A place to execute may last this many steps (nodes); templates of users are not trusted to end. */
const STEPS_MAX = 5_000_000;
/** Go allows 100,000 levels of templates; our stack does not, and nobody but an endless recursion gets here. */
const LEVELS_MAX = 300;
/** Output over this is an error: `{{range}}` in `{{range}}` must not fill the memory. */
const OUTPUT_MAX = 64 * 1024 * 1024;

/** An execution error, with the output before it. */
export class TemplateExecError extends TemplateError {
  constructor(
    message: string,
    readonly output: string,
  ) {
    super(message);
  }
}

/** Stands for "no final argument", which is not the same as nil. */
const MISSING = Symbol('missing');
type Final = GoValue | typeof MISSING;

interface Variable {
  name: string;
  value: GoValue;
}

/** One execution of a template. */
export class Execution {
  private output = '';
  private node: AnyNode | undefined;
  private variables: Variable[] = [];
  private steps = 0;
  private level = 0;
  private readonly name: string;
  private current: string;
  private readonly source: string;
  private readonly defined: ReadonlyMap<string, readonly Node[]>;
  private readonly functions: TemplateFunctions;
  private readonly missingKey: 'default' | 'zero' | 'error';

  constructor(
    name: string,
    source: string,
    defined: ReadonlyMap<string, readonly Node[]>,
    functions: TemplateFunctions,
    missingKey: 'default' | 'zero' | 'error',
  ) {
    this.name = name;
    this.current = name;
    this.source = source;
    this.defined = defined;
    this.functions = functions;
    this.missingKey = missingKey;
  }

  execute(root: readonly Node[], data: GoValue): string {
    this.variables = [{ name: '$', value: data }];
    this.walkList(data, root);
    return this.output;
  }

  private fail(message: string): never {
    if (!this.node) throw new TemplateExecError(`template: ${this.name}: ${message}`, this.output);
    const before = this.source.slice(0, this.node.pos);
    const newline = before.lastIndexOf('\n');
    const line = before.split('\n').length;
    const column = byteLength(before.slice(newline + 1));
    const at = `${this.name}:${line}:${column}: executing ${quote(this.current)} at <${nodeText(this.node)}>`;
    throw new TemplateExecError(`template: ${at}: ${message}`, this.output);
  }

  private at(node: AnyNode): void {
    this.node = node;
    if (++this.steps > STEPS_MAX) this.fail('template takes too long');
  }

  private write(text: string): void {
    this.output += text;
    if (this.output.length > OUTPUT_MAX) this.fail('template writes too much');
  }

  private walkList(dot: GoValue, list: readonly Node[]): 'break' | 'continue' | undefined {
    for (const node of list) {
      const jump = this.walk(dot, node);
      if (jump) return jump;
    }
    return undefined;
  }

  private walk(dot: GoValue, node: Node): 'break' | 'continue' | undefined {
    this.at(node);
    switch (node.kind) {
      case 'text':
        this.write(node.text);
        return undefined;
      case 'action': {
        const value = this.pipeline(dot, node.pipe);
        if (node.pipe.declared.length === 0) this.print(node, value);
        return undefined;
      }
      case 'if':
      case 'with':
        return this.scoped(() => {
          const value = this.pipeline(dot, node.pipe);
          if (!isTrue(value)) return this.walkList(dot, node.otherwise);
          return this.walkList(node.kind === 'with' ? value : dot, node.list);
        });
      case 'range':
        return this.scoped(() => this.range(dot, node));
      case 'template':
        this.callTemplate(dot, node);
        return undefined;
      default:
        return node.kind;
    }
  }

  private scoped<T>(body: () => T): T {
    const mark = this.variables.length;
    const result = body();
    this.variables.length = mark;
    return result;
  }

  private print(node: AnyNode, value: GoValue): void {
    this.at(node);
    if (value === undefined || value === null || value instanceof GoNil) {
      this.write(value instanceof GoNil ? '<nil>' : '<no value>');
      return;
    }
    if (value instanceof GoFunc) this.fail(`can't print ${nodeText(node)} of type ${typeOf(value)}`);
    const text = formatValue(value);
    // A pointer to a struct is printed as the struct.
    const pointer = value instanceof GoStruct && value.type.startsWith('*') && !value.options.string;
    this.write(pointer && text.startsWith('&') ? text.slice(1) : text);
  }

  private range(dot: GoValue, node: ControlNode): 'break' | 'continue' | undefined {
    const value = this.pipeline(dot, node.pipe);
    const mark = this.variables.length;
    const { declared, assign } = node.pipe;
    let any = false;
    for (const [index, item] of this.rangeItems(value, declared.length)) {
      any = true;
      if (assign && declared.length > 0) {
        this.setVariable(declared[0]!, declared.length > 1 ? index : item);
        if (declared.length > 1) this.setVariable(declared[1]!, item);
      } else if (declared.length > 0) {
        this.variables[mark - 1]!.value = item;
        if (declared.length > 1) this.variables[mark - 2]!.value = index;
      }
      const jump = this.walkList(item, node.list);
      this.variables.length = mark;
      if (jump === 'break') return undefined;
    }
    return any ? undefined : this.walkList(dot, node.otherwise);
  }

  private *rangeItems(value: GoValue, declared: number): Generator<[GoValue, GoValue]> {
    switch (kindOf(value)) {
      case 'slice':
        yield* itemsOf(value).entries();
        return;
      case 'map':
        yield* entriesOf(value).sort((a, b) => compareText(a[0], b[0]));
        return;
      case 'invalid':
        return;
      case 'int':
      case 'uint':
        if (declared > 1) this.fail(`can't use ${formatValue(value)} to iterate over more than one variable`);
        for (let i = 0; i < Number(scalarOf(value)); i++, this.at(this.node!)) yield [undefined, i];
        return;
      default:
        this.fail(`range can't iterate over ${formatValue(value)}`);
    }
  }

  private callTemplate(dot: GoValue, node: Extract<Node, { kind: 'template' }>): void {
    const list = this.defined.get(node.name);
    if (!list) this.fail(`template ${quote(node.name)} not defined`);
    if (++this.level > LEVELS_MAX) this.fail('exceeded maximum template depth (100000)');
    const value = node.pipe ? this.pipeline(dot, node.pipe) : undefined;
    const { variables, current } = this;
    this.variables = [{ name: '$', value }];
    this.current = node.name;
    this.walkList(value, list);
    this.variables = variables;
    this.current = current;
    this.level--;
  }

  private setVariable(name: string, value: GoValue): void {
    const found = this.findVariable(name);
    if (!found) this.fail(`undefined variable: ${name}`);
    found.value = value;
  }

  private findVariable(name: string): Variable | undefined {
    for (let i = this.variables.length - 1; i >= 0; i--) {
      if (this.variables[i]!.name === name) return this.variables[i];
    }
    return undefined;
  }

  private variable(name: string): GoValue {
    const found = this.findVariable(name);
    return found ? found.value : this.fail(`undefined variable: ${name}`);
  }

  private pipeline(dot: GoValue, pipe: PipeNode): GoValue {
    this.at(pipe);
    let value: Final = MISSING;
    for (const command of pipe.commands) value = this.command(dot, command, value);
    const result = value === MISSING ? undefined : value;
    for (const name of pipe.declared) {
      if (pipe.assign) this.setVariable(name, result);
      else this.variables.push({ name, value: result });
    }
    return result;
  }

  private command(dot: GoValue, command: CommandNode, final: Final): GoValue {
    const first = command.args[0]!;
    switch (first.kind) {
      case 'field':
        return this.field(dot, first, command.args, final);
      case 'chain':
        return this.chain(dot, first, command.args, final);
      case 'identifier':
        return this.functionCall(dot, first, command, command.args, final);
      case 'pipe':
        this.notFunction(command.args, final);
        return this.pipeline(dot, first);
      case 'variable':
        return this.variableNode(dot, first, command.args, final);
    }
    this.at(first);
    this.notFunction(command.args, final);
    if (first.kind === 'nil') this.fail('nil is not a command');
    if (first.kind === 'dot') return dot;
    if (first.kind === 'number') return this.constant(first);
    return first.value;
  }

  private constant(node: Extract<ArgNode, { kind: 'number' }>): GoValue {
    if (!node.integer) return new GoTyped('float64', node.value);
    if (node.value >= 2n ** 63n) this.fail(`${node.text} overflows int`);
    return node.value;
  }

  private notFunction(args: readonly ArgNode[], final: Final): void {
    if (args.length > 1 || final !== MISSING) this.fail(`can't give argument to non-function ${nodeText(args[0]!)}`);
  }

  private field(
    dot: GoValue,
    node: Extract<ArgNode, { kind: 'field' }>,
    args: readonly ArgNode[],
    final: Final,
  ): GoValue {
    this.at(node);
    return this.fieldChain(dot, dot, node, node.names, args, final);
  }

  private chain(
    dot: GoValue,
    node: Extract<ArgNode, { kind: 'chain' }>,
    args: readonly ArgNode[],
    final: Final,
  ): GoValue {
    this.at(node);
    if (node.node.kind === 'nil') this.fail(`indirection through explicit nil in ${nodeText(node)}`);
    const value = this.argument(dot, 'any', node.node);
    return this.fieldChain(dot, value, node, node.names, args, final);
  }

  private variableNode(
    dot: GoValue,
    node: Extract<ArgNode, { kind: 'variable' }>,
    args: readonly ArgNode[],
    final: Final,
  ): GoValue {
    this.at(node);
    const value = this.variable(node.names[0]!);
    if (node.names.length === 1) {
      this.notFunction(args, final);
      return value;
    }
    return this.fieldChain(dot, value, node, node.names.slice(1), args, final);
  }

  private fieldChain(
    dot: GoValue,
    receiver: GoValue,
    node: ArgNode,
    names: readonly string[],
    args: readonly ArgNode[],
    final: Final,
  ): GoValue {
    let value = receiver;
    for (const name of names.slice(0, -1)) value = this.fieldOf(dot, value, node, name, [], MISSING);
    return this.fieldOf(dot, value, node, names.at(-1)!, args, final);
  }

  /** One step of a chain: a method, a field of a struct, or an element of a map. */
  private fieldOf(
    dot: GoValue,
    receiver: GoValue,
    node: ArgNode,
    name: string,
    args: readonly ArgNode[],
    final: Final,
  ): GoValue {
    if (receiver === undefined) {
      if (this.missingKey === 'error') this.fail(`nil data; no entry for key ${quote(name)}`);
      return undefined;
    }
    if (receiver === null) this.fail(`nil pointer evaluating interface {}.${name}`);
    const type = typeOf(receiver);
    if (receiver instanceof GoNil) this.fail(`nil pointer evaluating ${type}.${name}`);
    const hasArgs = args.length > 1 || final !== MISSING;
    if (receiver instanceof GoStruct) {
      const methods = receiver.options.methods ?? {};
      const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
      if (method) {
        const callee = method instanceof GoFunc ? method : new GoFunc([], method);
        return this.call(dot, callee, node, name, args, final);
      }
      const holder = Object.hasOwn(receiver.fields, name) ? receiver.fields : (receiver.options.promoted ?? {});
      if (Object.hasOwn(holder, name)) {
        if (/^[^\p{Lu}]/u.test(name)) this.fail(`${name} is an unexported field of struct type ${type}`);
        if (hasArgs) this.fail(`${name} has arguments but cannot be invoked as function`);
        return holder[name] ?? null;
      }
    }
    if (kindOf(receiver) === 'map') {
      if (hasArgs) this.fail(`${name} is not a method but has arguments`);
      if (hasKey(receiver, name)) return lookUp(receiver, name);
      if (this.missingKey === 'error') this.fail(`map has no entry for key ${quote(name)}`);
      if (this.missingKey === 'zero') return receiver instanceof GoMap ? zeroOf(receiver.elem) : null;
      return undefined;
    }
    return this.fail(`can't evaluate field ${name} in type ${type}`);
  }

  private functionCall(
    dot: GoValue,
    node: Extract<ArgNode, { kind: 'identifier' }>,
    command: AnyNode,
    args: readonly ArgNode[],
    final: Final,
  ): GoValue {
    this.at(node);
    return this.call(dot, this.functions[node.name]!, command, node.name, args, final);
  }

  private call(
    dot: GoValue,
    callee: GoFunc,
    node: AnyNode,
    name: string,
    args: readonly ArgNode[],
    final: Final,
  ): GoValue {
    const given = args.slice(1);
    const count = given.length + (final === MISSING ? 0 : 1);
    const { params, variadic } = callee;
    if (variadic && count < params.length - 1) {
      this.fail(`wrong number of args for ${name}: want at least ${params.length - 1} got ${given.length}`);
    }
    if (!variadic && count !== params.length)
      this.fail(`wrong number of args for ${name}: want ${params.length} got ${count}`);
    if (callee === BUILTINS.call) return this.callBuiltin(dot, node, given, final);
    const shortCircuit = callee === BUILTINS.and || callee === BUILTINS.or;
    const values: GoValue[] = [];
    for (const [i, arg] of given.entries()) {
      const value = this.argument(dot, paramType(callee, i), arg);
      if (shortCircuit && isTrue(value) === (name === 'or')) return value;
      values.push(value);
    }
    if (final !== MISSING) values.push(this.validate(final, paramType(callee, given.length)));
    return this.guarded(node, name, () => callee.body(...values));
  }

  private guarded(node: AnyNode, name: string, body: () => GoValue): GoValue {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      this.at(node);
      return this.fail(`error calling ${name}: ${error.message}`);
    }
  }

  /** `call`: its messages name the callee as it is written. */
  private callBuiltin(dot: GoValue, node: AnyNode, given: readonly ArgNode[], final: Final): GoValue {
    const values = given.map((arg) => this.argument(dot, 'value', arg));
    if (final !== MISSING) values.push(final);
    const [callee, ...rest] = values;
    const name = given[0] ? nodeText(given[0]) : 'value';
    return this.guarded(node, 'call', () => callValue(name, callee, rest));
  }

  private argument(dot: GoValue, type: string, node: ArgNode): GoValue {
    this.at(node);
    switch (node.kind) {
      case 'dot':
        return this.validate(dot, type);
      case 'nil':
        if (!canBeNil(type)) this.fail(`cannot assign nil to ${type}`);
        return null;
      case 'field':
        return this.validate(this.field(dot, node, [node], MISSING), type);
      case 'variable':
        return this.validate(this.variableNode(dot, node, [], MISSING), type);
      case 'pipe':
        return this.validate(this.pipeline(dot, node), type);
      case 'identifier':
        return this.validate(this.functionCall(dot, node, node, [], MISSING), type);
      case 'chain':
        return this.validate(this.chain(dot, node, [], MISSING), type);
      default:
        return this.literal(type, node);
    }
  }

  private literal(type: string, node: Extract<ArgNode, { kind: 'bool' | 'string' | 'number' }>): GoValue {
    if (type === 'any' || type === 'value') return node.kind === 'number' ? this.constant(node) : node.value;
    if (type === 'string')
      return node.kind === 'string' ? node.value : this.fail(`expected string; found ${nodeText(node)}`);
    if (type === 'bool') return node.kind === 'bool' ? node.value : this.fail(`expected bool; found ${nodeText(node)}`);
    if (/^u?int/.test(type)) {
      if (node.kind === 'number' && node.whole) return node.value;
      return this.fail(`expected ${type[0] === 'u' ? 'unsigned ' : ''}integer; found ${nodeText(node)}`);
    }
    if (type.startsWith('float')) {
      return node.kind === 'number'
        ? new GoTyped(type, node.value)
        : this.fail(`expected float; found ${nodeText(node)}`);
    }
    return this.fail(`can't handle ${nodeText(node)} for arg of type ${type}`);
  }

  /** Whether a value may be passed for a parameter of `type`. */
  private validate(value: GoValue, type: string): GoValue {
    if (value === undefined || value === null) {
      if (canBeNil(type)) return value;
      this.fail(`invalid value; expected ${type}`);
    }
    if (type === 'any' || type === 'value' || typeOf(value) === type || isStringList(value, type)) return value;
    return this.fail(`wrong type for value; expected ${type}; got ${typeOf(value)}`);
  }
}

const canBeNil = (type: string): boolean => type === 'any' || type === 'value' || /^(\[\]|map\[|\*)/.test(type);

function paramType(callee: GoFunc, index: number): string {
  return callee.params[Math.min(index, callee.params.length - 1)]!;
}

/** A plain array of nothing but strings passes for the []string that it was in Go. */
function isStringList(value: GoValue, type: string): boolean {
  if (type !== '[]string' || value instanceof GoSlice || !Array.isArray(value)) return false;
  return value.length > 0 && value.every((v) => typeof v === 'string');
}
