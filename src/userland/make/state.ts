import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';

export type Origin = 'default' | 'environment' | 'file' | 'command line' | 'override' | 'automatic';

export interface Variable {
  value: string;
  /** Expanded when it is used. */
  recursive: boolean;
  origin: Origin;
  exported?: boolean;
}

export type Variables = Map<string, Variable>;

export interface Recipe {
  lines: string[];
  /** Where the first line stands, `Makefile:3`. */
  file: string;
  line: number;
}

export interface Rule {
  targets: string[];
  prerequisites: string[];
  orderOnly: string[];
  recipe: Recipe | undefined;
  doubleColon: boolean;
  /** What % stood for, of a static pattern rule. */
  stem?: string;
  /** Where the rule stands. */
  at: string;
}

/** A rule of patterns: each target has a %. */
export interface PatternRule {
  targets: string[];
  prerequisites: string[];
  orderOnly: string[];
  recipe: Recipe;
}

/** Stops make: `Makefile:2: *** missing separator.  Stop.` */
export class MakeError {
  constructor(
    readonly message: string,
    /** `Makefile:2`; undefined: the program's name stands before. */
    readonly at?: string,
  ) {}
}

export interface MakeOptions {
  dryRun: boolean;
  silent: boolean;
  keepGoing: boolean;
  ignoreErrors: boolean;
  always: boolean;
  question: boolean;
  touch: boolean;
  jobs: number;
  noBuiltins: boolean;
  environmentWins: boolean;
  printDirectory: boolean | undefined;
  includes: readonly string[];
}

/** What has been read of the makefiles. */
export interface Make {
  ctx: Context;
  sys: Sys;
  options: MakeOptions;
  variables: Variables;
  rules: Rule[];
  patterns: PatternRule[];
  phony: Set<string>;
  /** Variables of one target. */
  targetVariables: Map<string, { name: string; op: string; value: string; override: boolean }[]>;
  patternVariables: { pattern: string; name: string; op: string; value: string; override: boolean }[];
  special: Set<string>;
  exportAll: boolean;
  goal: string | undefined;
  /** `make`, or `make[1]` in a make of a make. */
  name: string;
  out(text: string): Wait<void>;
  err(text: string): Wait<void>;
  /** Runs a command and gives its output: $(shell …). */
  shell(command: string): Wait<string>;
  /** Reads text as a part of a makefile: $(eval …). */
  evaluate(text: string, at: string): Wait<void>;
}

/** Does `text` fit a pattern with one %? @returns what the % stands for */
export function stemOf(pattern: string, text: string): string | undefined {
  const at = pattern.indexOf('%');
  if (at < 0) return pattern === text ? '' : undefined;
  const [head, tail] = [pattern.slice(0, at), pattern.slice(at + 1)];
  if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) return undefined;
  return text.slice(head.length, text.length - tail.length);
}
