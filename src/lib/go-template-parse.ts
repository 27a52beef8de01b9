import { lexTemplate, type Token, type TokenType } from './go-template-lex.ts';
import { quote, unquote } from './quote.ts';

/** A parse or execution error of a template, with the text that Go gives. */
export class TemplateError extends Error {}

interface At {
  /** Index in the source of the template, for messages. */
  pos: number;
}
export interface PipeNode extends At {
  kind: 'pipe';
  assign: boolean;
  declared: string[];
  commands: CommandNode[];
}
export interface CommandNode extends At {
  kind: 'command';
  args: ArgNode[];
}
export type ArgNode =
  | PipeNode
  | (At & { kind: 'identifier'; name: string })
  | (At & { kind: 'field'; names: string[] })
  | (At & { kind: 'variable'; names: string[] })
  | (At & { kind: 'chain'; node: ArgNode; names: string[] })
  | (At & { kind: 'dot' })
  | (At & { kind: 'nil' })
  | (At & { kind: 'bool'; value: boolean })
  | (At & { kind: 'string'; text: string; value: string })
  | NumberNode;
export interface NumberNode extends At {
  kind: 'number';
  text: string;
  /** A bigint where a number would not be exact. */
  value: number | bigint;
  /** Whether Go takes the constant as an integer where it may choose. */
  integer: boolean;
  /** Whether its value is a whole number (`1.0` is one, and good for an int parameter). */
  whole: boolean;
}
export type Node =
  | (At & { kind: 'text'; text: string })
  | (At & { kind: 'action'; pipe: PipeNode })
  | ControlNode
  | (At & { kind: 'template'; name: string; pipe: PipeNode | undefined })
  | (At & { kind: 'break' | 'continue' });
export interface ControlNode extends At {
  kind: 'if' | 'with' | 'range';
  pipe: PipeNode;
  list: Node[];
  otherwise: Node[];
}
/** `{{end}}` or `{{else}}`: what ends a list. */
type Stop = { kind: 'end' | 'else' };
export type AnyNode = Node | ArgNode | CommandNode;

export interface ParsedTemplate {
  name: string;
  source: string;
  root: Node[];
  /** Every `define` and `block`, by name. */
  defined: Map<string, Node[]>;
}

const OPERANDS = new Set<TokenType>([
  'bool',
  'charConstant',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

/**
 * Parses a template of Go's text/template.
 * @param hasFunction whether a function of that name is known
 * @throws TemplateError `template: NAME:LINE: …`
 */
export function parseTemplate(name: string, source: string, hasFunction: (name: string) => boolean): ParsedTemplate {
  return new Parser(name, source, hasFunction).parse();
}

/** Deeper nesting than this is refused, so that no template exhausts our stack. */
const DEPTH_MAX = 500;

class Parser {
  private readonly tokens: Token[];
  private at = 0;
  private variables = ['$'];
  private rangeDepth = 0;
  private actionLine = 0;
  private depth = 0;
  private readonly defined = new Map<string, Node[]>();
  private readonly name: string;
  private readonly source: string;
  private readonly hasFunction: (name: string) => boolean;

  constructor(name: string, source: string, hasFunction: (name: string) => boolean) {
    this.name = name;
    this.source = source;
    this.hasFunction = hasFunction;
    this.tokens = lexTemplate(source);
  }

  parse(): ParsedTemplate {
    const root: Node[] = [];
    while (this.peek().type !== 'eof') {
      if (this.peek().type === 'left') {
        const mark = this.at;
        this.next();
        if (this.isKeyword(this.nextNonSpace(), 'define')) {
          this.definition();
          continue;
        }
        this.at = mark;
      }
      const node = this.textOrAction();
      if (isStop(node)) this.fail(`unexpected {{${node.kind}}}`);
      root.push(node);
    }
    return { name: this.name, source: this.source, root, defined: this.defined };
  }

  private peek(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  private next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  private nextNonSpace(): Token {
    while (this.peek().type === 'space') this.at++;
    return this.next();
  }

  private peekNonSpace(): Token {
    while (this.peek().type === 'space') this.at++;
    return this.peek();
  }

  private isKeyword(token: Token, word: string): boolean {
    return token.type === 'keyword' && token.value === word;
  }

  private fail(message: string): never {
    const line = this.tokens[Math.min(Math.max(0, this.at - 1), this.tokens.length - 1)]!.line;
    throw new TemplateError(`template: ${this.name}:${line}: ${message}`);
  }

  private unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.fail(`unexpected ${describe(token)} in ${context}`);
    if (this.actionLine === 0 || this.actionLine === token.line) this.fail(token.value);
    const started = ` in action started at ${this.name}:${this.actionLine}`;
    this.fail(token.value + (token.value.endsWith(' action') ? started.slice(' in action'.length) : started));
  }

  private expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    if (token.type !== type) this.unexpected(token, context);
    return token;
  }

  private nested<T>(body: () => T): T {
    if (++this.depth > DEPTH_MAX) this.fail('max expression depth exceeded');
    const result = body();
    this.depth--;
    return result;
  }

  private definition(): void {
    const context = 'define clause';
    const name = this.templateName(this.nextNonSpace(), context);
    this.expect('right', context);
    this.define(name, context);
  }

  /** The list of a definition up to its end. */
  private define(name: string, context: string): void {
    const { variables, rangeDepth } = this;
    this.variables = ['$'];
    this.rangeDepth = 0;
    const [list, stop] = this.itemList();
    if (stop.kind !== 'end') this.fail(`unexpected {{${stop.kind}}} in ${context}`);
    this.variables = variables;
    this.rangeDepth = rangeDepth;
    const before = this.defined.get(name);
    if (before && !before.every(isBlank)) {
      if (list.every(isBlank)) return;
      this.fail(`template: multiple definition of template ${quote(name)}`);
    }
    this.defined.set(name, list);
  }

  private templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') this.unexpected(token, context);
    return unquote(token.value) ?? this.fail('invalid syntax');
  }

  private itemList(): [Node[], Stop] {
    return this.nested(() => {
      const list: Node[] = [];
      while (this.peekNonSpace().type !== 'eof') {
        const node = this.textOrAction();
        if (isStop(node)) return [list, node];
        list.push(node);
      }
      this.next();
      return this.fail('unexpected EOF');
    });
  }

  private textOrAction(): Node | Stop {
    const token = this.nextNonSpace();
    if (token.type === 'text') return { kind: 'text', text: token.value, pos: token.pos };
    if (token.type !== 'left') this.unexpected(token, 'input');
    this.actionLine = token.line;
    const node = this.action();
    this.actionLine = 0;
    return node;
  }

  private action(): Node | Stop {
    const token = this.peekNonSpace();
    if (token.type === 'keyword' && token.value !== 'define') {
      this.next();
      switch (token.value) {
        case 'block':
          return this.block();
        case 'break':
        case 'continue':
          return this.jump(token.value, token.pos);
        case 'else':
          return this.elseControl();
        case 'end':
          this.expect('right', 'end');
          return { kind: 'end' };
        case 'template':
          return this.template();
        default:
          return this.control(token.value as 'if' | 'with' | 'range');
      }
    }
    return { kind: 'action', pos: token.pos, pipe: this.pipeline('command', 'right') };
  }

  private block(): Node {
    const context = 'block clause';
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    const pipe = this.pipeline(context, 'right');
    this.define(name, context);
    return { kind: 'template', pos: token.pos, name, pipe };
  }

  private jump(kind: 'break' | 'continue', pos: number): Node {
    const token = this.nextNonSpace();
    if (token.type !== 'right') this.unexpected(token, `{{${kind}}}`);
    if (this.rangeDepth === 0) this.fail(`{{${kind}}} outside {{range}}`);
    return { kind, pos };
  }

  private elseControl(): Stop {
    const token = this.peekNonSpace();
    if (this.isKeyword(token, 'if') || this.isKeyword(token, 'with')) return { kind: 'else' };
    this.expect('right', 'else');
    return { kind: 'else' };
  }

  private template(): Node {
    const context = 'template clause';
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    let pipe: PipeNode | undefined;
    if (this.peekNonSpace().type === 'right') this.next();
    else pipe = this.pipeline(context, 'right');
    return { kind: 'template', pos: token.pos, name, pipe };
  }

  private control(kind: 'if' | 'with' | 'range'): Node {
    const scope = this.variables.length;
    const pipe = this.pipeline(kind, 'right');
    if (kind === 'range') this.rangeDepth++;
    const [list, stop] = this.itemList();
    if (kind === 'range') this.rangeDepth--;
    let otherwise: Node[] = [];
    if (stop.kind === 'else') {
      if (kind !== 'range' && this.isKeyword(this.peek(), kind)) {
        this.next();
        otherwise = [this.nested(() => this.control(kind))];
      } else {
        const [rest, end] = this.itemList();
        if (end.kind !== 'end') this.fail(`expected end; found {{${end.kind}}}`);
        otherwise = rest;
      }
    }
    this.variables.length = scope;
    return { kind, pos: pipe.pos, pipe, list, otherwise };
  }

  private pipeline(context: string, end: TokenType): PipeNode {
    const pipe: PipeNode = { kind: 'pipe', pos: this.peekNonSpace().pos, assign: false, declared: [], commands: [] };
    this.declarations(pipe, context);
    for (;;) {
      const token = this.nextNonSpace();
      if (token.type === end) {
        this.checkPipeline(pipe, context);
        return pipe;
      }
      if (!OPERANDS.has(token.type)) this.unexpected(token, context);
      this.at--;
      pipe.commands.push(this.command());
    }
  }

  private declarations(pipe: PipeNode, context: string): void {
    while (this.peekNonSpace().type === 'variable') {
      const mark = this.at;
      const variable = this.next();
      const next = this.peekNonSpace();
      if (next.type === 'assign' || next.type === 'declare') {
        this.next();
        pipe.assign = next.type === 'assign';
        pipe.declared.push(variable.value);
        this.variables.push(variable.value);
        return;
      }
      if (next.type !== 'char' || next.value !== ',') {
        this.at = mark;
        return;
      }
      this.next();
      pipe.declared.push(variable.value);
      this.variables.push(variable.value);
      if (context !== 'range' || pipe.declared.length >= 2) this.fail(`too many declarations in ${context}`);
      const { type } = this.peekNonSpace();
      if (type !== 'variable' && type !== 'right' && type !== 'rightParen')
        this.fail('range can only initialize variables');
    }
  }

  private checkPipeline(pipe: PipeNode, context: string): void {
    if (pipe.commands.length === 0) this.fail(`missing value for ${context}`);
    for (const [i, command] of pipe.commands.entries()) {
      const literal = ['bool', 'dot', 'nil', 'number', 'string'].includes(command.args[0]!.kind);
      if (i > 0 && literal) this.fail(`non executable command in pipeline stage ${i + 1}`);
    }
  }

  private command(): CommandNode {
    const command: CommandNode = { kind: 'command', pos: this.peekNonSpace().pos, args: [] };
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand) command.args.push(operand);
      const token = this.next();
      if (token.type === 'space') continue;
      if (token.type === 'right' || token.type === 'rightParen') this.at--;
      else if (token.type !== 'pipe') this.unexpected(token, 'operand');
      break;
    }
    if (command.args.length === 0) this.fail('empty command');
    return command;
  }

  private operand(): ArgNode | undefined {
    const node = this.term();
    if (!node || this.peek().type !== 'field') return node;
    const { pos } = this.peek();
    const names: string[] = [];
    while (this.peek().type === 'field') names.push(this.next().value.slice(1));
    if (node.kind === 'field' || node.kind === 'variable') return { ...node, pos, names: [...node.names, ...names] };
    if (['bool', 'string', 'number', 'nil', 'dot'].includes(node.kind)) {
      this.fail(`unexpected . after term ${quote(nodeText(node))}`);
    }
    return { kind: 'chain', pos, node, names };
  }

  private term(): ArgNode | undefined {
    const token = this.nextNonSpace();
    const { pos, value } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.hasFunction(value)) this.fail(`function ${quote(value)} not defined`);
        return { kind: 'identifier', pos, name: value };
      case 'dot':
        return { kind: 'dot', pos };
      case 'nil':
        return { kind: 'nil', pos };
      case 'variable':
        if (!this.variables.includes(value)) this.fail(`undefined variable ${quote(value)}`);
        return { kind: 'variable', pos, names: [value] };
      case 'field':
        return { kind: 'field', pos, names: [value.slice(1)] };
      case 'bool':
        return { kind: 'bool', pos, value: value === 'true' };
      case 'charConstant':
      case 'number':
        return this.number(token);
      case 'leftParen':
        return this.nested(() => this.pipeline('parenthesized pipeline', 'rightParen'));
      case 'string':
      case 'rawString':
        return { kind: 'string', pos, text: value, value: unquote(value) ?? this.fail('invalid syntax') };
      default:
        this.at--;
        return undefined;
    }
  }

  private number(token: Token): NumberNode {
    const { pos, value: text } = token;
    if (token.type === 'charConstant') {
      const char = unquote(text);
      if (char === undefined) this.fail(`malformed character constant: ${text}`);
      return { kind: 'number', pos, text, value: char.codePointAt(0)!, integer: true, whole: true };
    }
    const plain = text.replaceAll('_', '');
    const integer = /^([+-]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/.exec(plain);
    if (integer) {
      const digits = /^0[0-7]+$/.test(integer[2]!) ? `0o${integer[2]!.slice(1)}` : integer[2]!;
      const value = BigInt(digits) * (integer[1] === '-' ? -1n : 1n);
      if (value >= 1n << 64n || value < -(1n << 63n)) this.fail(`integer overflow: ${quote(text)}`);
      return {
        kind: 'number',
        pos,
        text,
        value: Number.isSafeInteger(Number(value)) ? Number(value) : value,
        integer: true,
        whole: true,
      };
    }
    if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(plain))
      this.fail(`illegal number syntax: ${quote(text)}`);
    const value = Number(plain);
    return { kind: 'number', pos, text, value, integer: false, whole: Number.isInteger(value) };
  }
}

const isStop = (node: Node | Stop): node is Stop => node.kind === 'end' || node.kind === 'else';
const isBlank = (node: Node): boolean => node.kind === 'text' && node.text.trim() === '';

function describe(token: Token): string {
  if (token.type === 'eof') return 'EOF';
  if (token.type === 'error') return token.value;
  if (token.type === 'keyword' || token.type === 'dot' || token.type === 'nil') return `<${token.value}>`;
  const short = [...token.value].slice(0, 10).join('');
  return [...token.value].length > 10 ? `${quote(short)}...` : quote(token.value);
}

/** A node as Go writes it in messages. */
export function nodeText(node: AnyNode): string {
  switch (node.kind) {
    case 'pipe': {
      const declared = node.declared.length > 0 ? `${node.declared.join(', ')} ${node.assign ? '=' : ':='} ` : '';
      return declared + node.commands.map(nodeText).join(' | ');
    }
    case 'command':
      return node.args.map((a) => (a.kind === 'pipe' ? `(${nodeText(a)})` : nodeText(a))).join(' ');
    case 'identifier':
      return node.name;
    case 'field':
      return node.names.map((n) => `.${n}`).join('');
    case 'variable':
      return node.names.join('.');
    case 'chain': {
      const inner = node.node.kind === 'pipe' ? `(${nodeText(node.node)})` : nodeText(node.node);
      return inner + node.names.map((n) => `.${n}`).join('');
    }
    case 'dot':
      return '.';
    case 'bool':
      return String(node.value);
    case 'string':
    case 'number':
      return node.text;
    case 'text':
      return quote(node.text);
    case 'action':
      return `{{${nodeText(node.pipe)}}}`;
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe ? ` ${nodeText(node.pipe)}` : ''}}}`;
    case 'if':
    case 'with':
    case 'range':
      return `{{${node.kind} ${nodeText(node.pipe)}}}`;
    default:
      return node.kind === 'nil' ? 'nil' : `{{${node.kind}}}`;
  }
}
