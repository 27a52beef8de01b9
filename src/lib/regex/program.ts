import { isNullable } from './analysis.ts';
import { type AssertKind, RegexError, type RegexNode, widthOf } from './ast.ts';
import type { CharSet } from './char-set.ts';

/** Instructions of the backtracking machine. `next` and `other` are indices of instructions. */
export type Instruction =
  | { op: 'set'; set: CharSet }
  /** Tries the first way, then the second. */
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  /** Keeps the position in a register. */
  | { op: 'save'; register: number }
  | { op: 'assert'; what: AssertKind }
  | { op: 'backref'; index: number; icase: boolean }
  /** A set as often as it can, then one less each time that the rest fails. */
  | { op: 'run'; set: CharSet; min: number; max: number }
  /** Leaves a loop whose last turn took nothing, or with -1 does not allow such a turn. */
  | { op: 'leave-if-empty'; register: number; to: number }
  /** A look-around or atomic group begins: `register` has the height of the stack, the one after it the position. */
  | { op: 'mark'; register: number }
  /** It matched: forget what was left to try in it; look-around goes back to where it began. */
  | { op: 'cut'; register: number; restore: boolean }
  /** A negative look-around begins: what follows if it does not match. */
  | { op: 'mark-negative'; register: number; otherwise: number }
  /** It matched, so this way fails. */
  | { op: 'cut-fail'; register: number }
  | { op: 'back'; count: number }
  | { op: 'match' };

export interface Program {
  code: Instruction[];
  registers: number;
}

/** Longer programs are refused. */
const SIZE_MAX = 200_000;

/**
 * Compiles for the backtracking machine.
 * @param emptyTurns whether a loop may take a last turn that matches nothing (Perl), or not (POSIX)
 * @throws RegexError where it is too big
 */
export function compileProgram(node: RegexNode, groups: number, emptyTurns: boolean): Program {
  const compiler = new Compiler((groups + 1) * 2, emptyTurns);
  compiler.emit({ op: 'save', register: 0 });
  compiler.compile(node);
  compiler.emit({ op: 'save', register: 1 });
  compiler.emit({ op: 'match' });
  return { code: compiler.code, registers: compiler.registers };
}

class Compiler {
  readonly code: Instruction[] = [];
  registers: number;
  private readonly emptyTurns: boolean;

  constructor(registers: number, emptyTurns: boolean) {
    this.registers = registers;
    this.emptyTurns = emptyTurns;
  }

  emit<T extends Instruction>(instruction: T): T {
    if (this.code.length >= SIZE_MAX) throw new RegexError('Regular expression too big');
    this.code.push(instruction);
    return instruction;
  }

  private register(count = 1): number {
    const first = this.registers;
    this.registers += count;
    return first;
  }

  compile(node: RegexNode): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'set':
        this.emit({ op: 'set', set: node.set });
        return;
      case 'assert':
        this.emit({ op: 'assert', what: node.what });
        return;
      case 'concat':
        for (const child of node.nodes) this.compile(child);
        return;
      case 'alt':
        this.alternatives(node.nodes);
        return;
      case 'repeat':
        this.repeat(node);
        return;
      case 'group':
        this.emit({ op: 'save', register: node.index * 2 });
        this.compile(node.node);
        this.emit({ op: 'save', register: node.index * 2 + 1 });
        return;
      case 'backref':
        this.emit({ op: 'backref', index: node.index, icase: node.icase });
        return;
      case 'atomic': {
        const register = this.register(2);
        this.emit({ op: 'mark', register });
        this.compile(node.node);
        this.emit({ op: 'cut', register, restore: false });
        return;
      }
      case 'look':
        this.look(node);
        return;
      case 'keep':
        this.emit({ op: 'save', register: 0 });
        return;
    }
  }

  private alternatives(nodes: readonly RegexNode[]): void {
    const jumps: { op: 'jump'; to: number }[] = [];
    for (const [i, node] of nodes.entries()) {
      if (i === nodes.length - 1) {
        this.compile(node);
        break;
      }
      const split = this.emit({ op: 'split', first: this.code.length + 1, second: 0 });
      this.compile(node);
      jumps.push(this.emit({ op: 'jump', to: 0 }));
      split.second = this.code.length;
    }
    for (const jump of jumps) jump.to = this.code.length;
  }

  private repeat(node: Extract<RegexNode, { kind: 'repeat' }>): void {
    if (node.node.kind === 'set' && node.greedy) {
      this.emit({ op: 'run', set: node.node.set, min: node.min, max: node.max });
      return;
    }
    for (let i = 0; i < node.min; i++) this.compile(node.node);
    if (node.max === Number.POSITIVE_INFINITY) {
      this.loop(node.node, node.greedy);
      return;
    }
    const splits: [split: { first: number; second: number }, body: number][] = [];
    for (let i = node.min; i < node.max; i++) {
      const split = this.emit({ op: 'split', first: 0, second: 0 });
      splits.push([split, this.code.length]);
      const register = !this.emptyTurns && isNullable(node.node) ? this.register() : -1;
      if (register >= 0) this.emit({ op: 'save', register });
      this.compile(node.node);
      if (register >= 0) this.emit({ op: 'leave-if-empty', register, to: -1 });
    }
    for (const [split, body] of splits) this.direct(split, body, this.code.length, node.greedy);
  }

  private direct(split: { first: number; second: number }, body: number, exit: number, greedy: boolean): void {
    split.first = greedy ? body : exit;
    split.second = greedy ? exit : body;
  }

  private loop(body: RegexNode, greedy: boolean): void {
    const at = this.code.length;
    const split = this.emit({ op: 'split', first: 0, second: 0 });
    const register = isNullable(body) ? this.register() : -1;
    if (register >= 0) this.emit({ op: 'save', register });
    this.compile(body);
    const check = register >= 0 ? this.emit({ op: 'leave-if-empty', register, to: 0 }) : undefined;
    this.emit({ op: 'jump', to: at });
    this.direct(split, at + 1, this.code.length, greedy);
    if (check) check.to = this.emptyTurns ? this.code.length : -1;
  }

  private look(node: Extract<RegexNode, { kind: 'look' }>): void {
    const register = this.register(2);
    const negative = node.negate ? this.emit({ op: 'mark-negative', register, otherwise: 0 }) : undefined;
    if (!negative) this.emit({ op: 'mark', register });
    if (node.ahead) this.compile(node.node);
    else this.behind(node.node);
    if (negative) this.emit({ op: 'cut-fail', register });
    else this.emit({ op: 'cut', register, restore: true });
    if (negative) negative.otherwise = this.code.length;
  }

  /** Each branch of a look-behind has one length: step back by it, then match. */
  private behind(node: RegexNode): void {
    const branches = node.kind === 'alt' ? node.nodes : [node];
    const jumps: { op: 'jump'; to: number }[] = [];
    for (const [i, branch] of branches.entries()) {
      const split =
        i < branches.length - 1 ? this.emit({ op: 'split', first: this.code.length + 1, second: 0 }) : undefined;
      this.emit({ op: 'back', count: widthOf(branch)[0] });
      this.compile(branch);
      if (!split) break;
      jumps.push(this.emit({ op: 'jump', to: 0 }));
      split.second = this.code.length;
    }
    for (const jump of jumps) jump.to = this.code.length;
  }
}
