/** The syntax tree of the shell language, as the parser makes it and the interpreter walks it. Nodes are never changed once parsed. */

/** A piece of a word. `pure` parts cannot wait: they hold no command or process substitution. */
export type Part =
  | LiteralPart
  | { k: 'squote'; text: string; pure: true }
  | { k: 'dquote'; parts: Part[]; pure: boolean }
  | ParameterPart
  | CommandPart
  | ArithmeticPart
  | { k: 'process'; direction: '<' | '>'; body: List; source: string; pure: false }
  /** A `~` or `~name` at a place where it is expanded. */
  | { k: 'tilde'; user: string; assignment: TildePlace; pure: boolean };

/** Where a tilde counts: everywhere, in what looks like an assignment, in an assignment's own `${x-a:~}`. */
export type TildePlace = boolean | 'operand';

/** Unquoted text; its pattern characters are active. */
export interface LiteralPart {
  k: 'lit';
  text: string;
  pure: true;
}

export interface CommandPart {
  k: 'command';
  /** Undefined for backquotes: parsed when first run, from `source`. */
  body: List | undefined;
  source: string;
  line: number;
  backquoted: boolean;
  pure: false;
}

export interface ArithmeticPart {
  k: 'arith';
  /** The expression as a word whose parts are expanded as in double quotes. */
  word: Word;
  pure: boolean;
}

export type ParameterOperator =
  | ''
  | '-'
  | '='
  | '?'
  | '+'
  | '#'
  | '##'
  | '%'
  | '%%'
  | '/'
  | '//'
  | '/#'
  | '/%'
  | '^'
  | '^^'
  | ','
  | ',,'
  | '~'
  | '~~'
  | ':'
  | '@'
  /** `${#x}` */
  | 'length'
  /** `${!p*}`, `${!p@}` */
  | 'names'
  /** `${!a[@]}` */
  | 'keys'
  /** A substitution that is only wrong when it is reached. */
  | 'bad';

export interface ParameterPart {
  k: 'param';
  name: string;
  /** `[…]` after the name; `'@'` and `'*'` stand for themselves. */
  index: Word | '@' | '*' | undefined;
  /** `${!name…}`: the value names the parameter. */
  indirect: boolean;
  op: ParameterOperator;
  /** With `-`, `=`, `?`, `+`: empty counts as unset. */
  colon: boolean;
  /** The operand; of `:` the offset. */
  word: Word | undefined;
  /** Replacement of `/`, length of `:`. */
  word2: Word | undefined;
  /** The text between `${` and `}`, for messages. */
  source: string;
  /** It stands in braces: what follows is no part of its name. */
  braced: boolean;
  pure: boolean;
}

export interface Word {
  parts: Part[];
  /** As it stands in the source. */
  source: string;
  /** The value, where no expansion of any kind applies to the word. */
  fixed: string | undefined;
  pure: boolean;
  /** An unquoted `{` stands in it, so that brace expansion may apply. */
  brace: boolean;
  /** The word as a pattern, where nothing in it is expanded. */
  pattern: string | undefined;
}

export interface Assignment {
  name: string;
  index: Word | undefined;
  append: boolean;
  /** The value; undefined for an array literal. */
  value: Word | undefined;
  /** Elements of `name=(…)`. */
  elements: ArrayElement[] | undefined;
  pure: boolean;
  source: string;
}

export interface ArrayElement {
  index: Word | undefined;
  append: boolean;
  value: Word;
  /** `[i]=x{a,b}` as one word: in an indexed array its braces are expanded, which leaves no subscript. */
  whole: Word | undefined;
}

export type RedirectOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<-' | '<<<';

export interface Redirect {
  op: RedirectOperator;
  /** The descriptor before the operator; undefined: the operator's own. */
  fd: number | undefined;
  /** `{name}` before the operator. */
  variable: string | undefined;
  /** Target; of a here-document the delimiter. */
  word: Word;
  /** Body of a here-document, set when its lines have been read. */
  body: Word | undefined;
  line: number;
  pure: boolean;
}

interface Node {
  line: number;
}

export interface Simple extends Node {
  t: 'simple';
  assigns: Assignment[];
  words: Word[];
  redirects: Redirect[];
  /** Neither assignments nor words can wait. */
  pure: boolean;
  /** Words of `declare`-like commands that are assignments, at their place in `words`. */
  declarations: ReadonlyMap<number, Assignment> | undefined;
}

export interface Pipeline extends Node {
  t: 'pipe';
  commands: Command[];
  negate: boolean;
  time: 'bash' | 'posix' | undefined;
}

export interface AndOr extends Node {
  t: 'andor';
  left: Command;
  op: '&&' | '||';
  right: Command;
}

export interface ListItem {
  command: Command;
  background: boolean;
}
export interface List extends Node {
  t: 'list';
  items: ListItem[];
}

export interface If extends Node {
  t: 'if';
  clauses: { condition: List; body: List }[];
  otherwise: List | undefined;
}

export interface While extends Node {
  t: 'while';
  until: boolean;
  condition: List;
  body: List;
}

export interface For extends Node {
  t: 'for' | 'select';
  name: string;
  /** Undefined: `"$@"`. */
  words: Word[] | undefined;
  body: List;
}

export interface ArithmeticFor extends Node {
  t: 'arithfor';
  init: Word;
  condition: Word;
  update: Word;
  body: List;
}

export interface CaseItem {
  patterns: Word[];
  body: List;
  end: ';;' | ';&' | ';;&';
}
export interface Case extends Node {
  t: 'case';
  subject: Word;
  items: CaseItem[];
}

export interface Group extends Node {
  t: 'group' | 'subshell';
  body: List;
}

export interface FunctionDefinition extends Node {
  t: 'function';
  name: string;
  body: Command;
  /** Lines of the source from name to end, kept for messages. */
  keyword: boolean;
}

export interface Conditional extends Node {
  t: 'cond';
  expression: ConditionalExpression;
}
export type ConditionalExpression =
  | { e: 'word'; word: Word }
  | { e: 'unary'; op: string; word: Word }
  | { e: 'binary'; op: string; left: Word; right: Word }
  | { e: 'not'; inner: ConditionalExpression }
  | { e: 'and' | 'or'; left: ConditionalExpression; right: ConditionalExpression }
  | { e: 'group'; inner: ConditionalExpression };

export interface ArithmeticCommand extends Node {
  t: 'arith';
  word: Word;
}

export interface Coprocess extends Node {
  t: 'coproc';
  name: string;
  body: Command;
}

/** A compound command with redirections. */
export interface Redirected extends Node {
  t: 'redirected';
  body: Command;
  redirects: Redirect[];
}

export type Command =
  | Simple
  | Pipeline
  | AndOr
  | List
  | If
  | While
  | For
  | ArithmeticFor
  | Case
  | Group
  | FunctionDefinition
  | Conditional
  | ArithmeticCommand
  | Coprocess
  | Redirected;
