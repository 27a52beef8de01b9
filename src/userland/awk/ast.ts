/** A name: a parameter of the function it stands in, or global. */
export interface Name {
  name: string;
  /** Index of the parameter, -1 for a global. */
  local: number;
}

export type LValue = { t: 'var'; ref: Name } | { t: 'index'; ref: Name; subs: Expr[] } | { t: 'field'; e: Expr };

export type Expr =
  | LValue
  | { t: 'num'; v: number }
  | { t: 'str'; v: string }
  | { t: 'regex'; source: string }
  /** In parentheses; `list`: more than one, for `in` and print. */
  | { t: 'group'; e: Expr; list: Expr[] }
  | { t: 'in'; ref: Name; subs: Expr[] }
  | { t: 'bin'; op: string; l: Expr; r: Expr }
  | { t: 'cmp'; op: string; l: Expr; r: Expr }
  | { t: 'cat'; l: Expr; r: Expr }
  | { t: 'match'; not: boolean; l: Expr; r: Expr }
  | { t: 'and' | 'or'; l: Expr; r: Expr }
  | { t: 'cond'; c: Expr; a: Expr; b: Expr }
  | { t: 'unary'; op: '-' | '+' | '!'; e: Expr }
  | { t: 'step'; lv: LValue; by: 1 | -1; before: boolean }
  | { t: 'assign'; op: string; lv: LValue; e: Expr }
  | { t: 'call'; name: string; args: Expr[]; line: number }
  | { t: 'builtin'; name: string; args: Expr[] }
  | { t: 'getline'; from: 'main' | 'file' | 'command'; lv: LValue | undefined; source: Expr | undefined };

export interface Redirect {
  mode: '>' | '>>' | '|';
  to: Expr;
}

export type Stmt =
  | { t: 'expr'; e: Expr }
  | { t: 'print' | 'printf'; args: Expr[]; redirect: Redirect | undefined }
  | { t: 'if'; c: Expr; then: Stmt; else: Stmt | undefined }
  | { t: 'while'; c: Expr; body: Stmt }
  | { t: 'do'; c: Expr; body: Stmt }
  | { t: 'for'; init: Stmt | undefined; c: Expr | undefined; step: Stmt | undefined; body: Stmt }
  | { t: 'forin'; v: Name; ref: Name; body: Stmt }
  | { t: 'block'; list: Stmt[] }
  | { t: 'next' | 'nextfile' | 'break' | 'continue' }
  | { t: 'exit' | 'return'; e: Expr | undefined }
  | { t: 'delete'; ref: Name; subs: Expr[] | undefined };

export interface Func {
  name: string;
  params: string[];
  body: Stmt;
}

export interface Rule {
  kind: 'BEGIN' | 'END' | 'always' | 'pattern' | 'range';
  pattern: Expr | undefined;
  to: Expr | undefined;
  /** undefined: print the record. */
  action: Stmt | undefined;
}

export interface AwkProgram {
  rules: Rule[];
  functions: Map<string, Func>;
}

/** What is wrong with a program; `near` is the token, undefined at the end. */
export class AwkSyntaxError {
  constructor(
    readonly line: number,
    readonly near: string | undefined,
    /** Words that stand for themselves, instead of a syntax error at a token. */
    readonly words?: string,
  ) {}
}
