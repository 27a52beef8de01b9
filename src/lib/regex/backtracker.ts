import { codeBefore, holds, stepBack } from './assertions.ts';
import { type CharSet, casesOf } from './char-set.ts';
import type { Instruction, Program } from './program.ts';

/** Frames of the stack, four numbers each: kind, and what it needs. */
const CHOICE = 0;
const UNDO = 1;
const RUN = 2;

/** From this many steps on, places where it has failed before are remembered. */
const MEMO_AFTER = 20_000;
/** After a match was found, so many steps go into finding a longer one (only with back-references). */
const LONGER_MAX = 200_000;
/** Frames: a pattern that needs more memory than this fails. */
const STACK_MAX = 8_000_000;

export interface BacktrackOptions {
  word: CharSet;
  /** Look for the longest match and not for the first (POSIX with back-references). */
  longest: boolean;
  /** What a match may begin with, where it cannot be empty. */
  first: CharSet | undefined;
  groups: number;
  /** The one place where a match may begin, and where it must end: for the groups of a known match. */
  span?: readonly [number, number];
}

/** One search of the backtracking machine; it can stop after some steps and go on. */
export class Backtracker {
  private pc = 0;
  private pos: number;
  private start: number;
  private readonly registers: number[];
  private stack: number[] = [];
  private best: number[] | null = null;
  private steps = 0;
  private stepsAtBest = 0;
  private started = false;
  private readonly failed = new Set<number>();
  private readonly memoizable: boolean;
  private readonly program: Program;
  private readonly text: string;
  private readonly options: BacktrackOptions;

  constructor(program: Program, text: string, from: number, options: BacktrackOptions) {
    this.program = program;
    this.text = text;
    this.start = from;
    this.pos = from;
    this.options = options;
    this.registers = new Array<number>(program.registers).fill(-1);
    this.memoizable = !options.longest && program.code.every(isPure);
  }

  /** Goes on for some steps. @returns the match, null where there is none, or `more` */
  run(steps: number): number[] | null | 'more' {
    const until = this.steps + steps;
    for (;;) {
      if (!this.started) {
        if (!this.nextStart()) return null;
        this.started = true;
      }
      const result = this.attempt(until);
      if (result === 'more') return 'more';
      if (result) return result;
      this.started = false;
      this.start += this.start < this.text.length && this.text.codePointAt(this.start)! > 0xffff ? 2 : 1;
    }
  }

  /** Goes to the next place where a match may begin. */
  private nextStart(): boolean {
    const { first } = this.options;
    const { text } = this;
    if (this.options.span) {
      if (this.start !== this.options.span[0]) return false;
    } else if (first) while (this.start < text.length && !first.has(text.codePointAt(this.start)!)) this.start++;
    if (this.start > text.length || (first && this.start === text.length)) return false;
    this.pc = 0;
    this.pos = this.start;
    this.registers.fill(-1);
    this.stack = [];
    return true;
  }

  /** From one start. @returns null where it does not match here */
  private attempt(until: number): number[] | null | 'more' {
    const { code } = this.program;
    for (;;) {
      if (this.steps++ >= until) return 'more';
      const instruction = code[this.pc]!;
      if (instruction.op === 'match') {
        const found = this.registers.slice(0, (this.options.groups + 1) * 2);
        if (this.options.span && found[1] !== this.options.span[1]) {
          if (!this.backtrack()) return null;
          continue;
        }
        if (!this.options.longest || found[1] === this.text.length) return found;
        if (!this.best || found[1]! > this.best[1]!) this.best = found;
        if (this.stepsAtBest === 0) this.stepsAtBest = this.steps;
        if (this.steps - this.stepsAtBest > LONGER_MAX) return this.best;
        if (!this.backtrack()) return this.best;
      } else if (!this.execute(instruction)) {
        if (!this.backtrack()) return this.best;
      }
    }
  }

  /** One instruction. @returns false where this way fails */
  private execute(instruction: Exclude<Instruction, { op: 'match' }>): boolean {
    const { text, registers } = this;
    switch (instruction.op) {
      case 'set': {
        if (this.pos >= text.length) return false;
        const c = text.codePointAt(this.pos)!;
        if (!instruction.set.has(c)) return false;
        this.pos += c > 0xffff ? 2 : 1;
        break;
      }
      case 'split':
        if (this.knownToFail()) return false;
        this.push(CHOICE, instruction.second, this.pos, 0);
        this.pc = instruction.first;
        return true;
      case 'jump':
        this.pc = instruction.to;
        return true;
      case 'save':
        this.setRegister(instruction.register, this.pos);
        break;
      case 'assert':
        if (!holds(instruction.what, text, this.pos, this.options.word)) return false;
        break;
      case 'backref':
        if (!this.backref(instruction.index, instruction.icase)) return false;
        break;
      case 'run':
        if (!this.runSet(instruction)) return false;
        break;
      case 'leave-if-empty':
        if (registers[instruction.register] === this.pos) {
          if (instruction.to < 0) return false;
          this.pc = instruction.to;
          return true;
        }
        break;
      case 'mark':
        this.setRegister(instruction.register, this.stack.length);
        this.setRegister(instruction.register + 1, this.pos);
        break;
      case 'cut':
        this.cut(registers[instruction.register]!);
        if (instruction.restore) this.pos = registers[instruction.register + 1]!;
        break;
      case 'mark-negative':
        this.setRegister(instruction.register, this.stack.length);
        this.push(CHOICE, instruction.otherwise, this.pos, 0);
        break;
      case 'cut-fail':
        this.unwind(registers[instruction.register]!);
        return false;
      case 'back':
        for (let i = 0; i < instruction.count; i++) {
          if (this.pos === 0) return false;
          this.pos = stepBack(text, this.pos);
        }
        break;
    }
    this.pc++;
    return true;
  }

  private push(kind: number, a: number, b: number, c: number): void {
    this.stack.push(kind, a, b, c);
  }

  private setRegister(register: number, value: number): void {
    this.push(UNDO, register, this.registers[register]!, 0);
    this.registers[register] = value;
  }

  private knownToFail(): boolean {
    if (!this.memoizable || this.steps < MEMO_AFTER) return false;
    const key = this.pc * (this.text.length + 1) + this.pos;
    if (this.failed.has(key)) return true;
    this.failed.add(key);
    return false;
  }

  private runSet({ set, min, max }: Extract<Instruction, { op: 'run' }>): boolean {
    const { text } = this;
    let count = 0;
    let least = min === 0 ? this.pos : -1;
    while (count < max && this.pos < text.length) {
      const c = text.codePointAt(this.pos)!;
      if (!set.has(c)) break;
      this.pos += c > 0xffff ? 2 : 1;
      count++;
      if (count === min) least = this.pos;
    }
    this.steps += count >> 3;
    if (count < min) return false;
    if (this.pos > least) this.push(RUN, this.pc + 1, least, this.pos);
    return true;
  }

  private backref(index: number, icase: boolean): boolean {
    const start = this.registers[index * 2]!;
    const end = this.registers[index * 2 + 1]!;
    if (start < 0 || end < 0) return false;
    const length = end - start;
    const { text } = this;
    if (this.pos + length > text.length) return false;
    this.steps += length >> 3;
    if (!icase) {
      if (text.slice(start, end) !== text.slice(this.pos, this.pos + length)) return false;
    } else {
      for (let i = 0; i < length; i++) {
        const a = text.charCodeAt(start + i);
        const b = text.charCodeAt(this.pos + i);
        if (a !== b && !casesOf(a).includes(b)) return false;
      }
    }
    this.pos += length;
    return true;
  }

  /** Goes back to the last choice. @returns false where there is none */
  private backtrack(): boolean {
    const { stack, registers } = this;
    if (stack.length > STACK_MAX) return false;
    while (stack.length > 0) {
      const c = stack.pop()!;
      const b = stack.pop()!;
      const a = stack.pop()!;
      const kind = stack.pop()!;
      if (kind === UNDO) {
        registers[a] = b;
        continue;
      }
      this.pc = a;
      if (kind === CHOICE) {
        this.pos = b;
        return true;
      }
      this.pos = codeBefore(this.text, c) > 0xffff ? c - 2 : c - 1;
      if (this.pos > b) this.push(RUN, a, b, this.pos);
      if (!this.knownToFail()) return true;
    }
    return false;
  }

  /** Drops the choices above `height`, but keeps what undoes the registers. */
  private cut(height: number): void {
    const { stack } = this;
    let kept = height;
    for (let i = height; i < stack.length; i += 4) {
      if (stack[i] !== UNDO) continue;
      for (let k = 0; k < 4; k++) stack[kept + k] = stack[i + k]!;
      kept += 4;
    }
    stack.length = kept;
  }

  /** Drops everything above `height` and undoes the registers. */
  private unwind(height: number): void {
    const { stack, registers } = this;
    for (let i = stack.length - 4; i >= height; i -= 4) if (stack[i] === UNDO) registers[stack[i + 1]!] = stack[i + 2]!;
    stack.length = height;
  }
}

/** Whether what follows an instruction depends on nothing but its place in program and text. */
function isPure(instruction: Instruction): boolean {
  const { op } = instruction;
  return (
    op !== 'backref' &&
    op !== 'leave-if-empty' &&
    op !== 'mark' &&
    op !== 'mark-negative' &&
    op !== 'cut' &&
    op !== 'cut-fail'
  );
}
