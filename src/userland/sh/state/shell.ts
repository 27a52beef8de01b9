import { ENOENT } from '../../../abi/errno.ts';
import { CLOCK_MONOTONIC } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { encodingOf, LOCALE_VARIABLES } from '../../../libc/locale.ts';
import { type ArithmeticVariables, Evaluator } from '../expand/arithmetic.ts';
import { PatternCache } from '../expand/pattern.ts';
import type { Template } from '../expand/template.ts';
import type { Command, Word } from '../parse/ast.ts';
import { DIALECTS, type Personality } from '../parse/personality.ts';
import type { ParseSettings } from '../parse/scanner.ts';
import { Arithmetics } from './arithmetics.ts';
import { CowMap } from './cow-map.ts';
import { type CallFrame, DynamicVariables } from './dynamic-variables.ts';
import { defaultOptions, optionFlags, type SetOptions, SHOPT_DEFAULTS } from './options.ts';
import { WriteQueue } from './queue.ts';
import { DiscardUnwind, ExitUnwind } from './unwind.ts';
import { DYNAMIC, EXPORT, INTEGER, type IndexedArray, NAMEREF } from './variable.ts';
import { type VariableHost, Variables } from './variables.ts';

export interface ShellFunction {
  name: string;
  body: Command;
  /** File and line of the definition. */
  source: string;
  line: number;
  exported: boolean;
  readonly: boolean;
  traced: boolean;
}

/** What of a shell its forks copy. */
export class Shell extends Arithmetics implements VariableHost, ArithmeticVariables {
  readonly personality: Personality;
  readonly bash: boolean;
  readonly ash: boolean;
  vars: Variables;
  readonly functions: CowMap<string, ShellFunction>;
  readonly aliases: CowMap<string, string>;
  options: SetOptions;
  /** Options of shopt; changed by `setShopt`. */
  shopts: Readonly<Record<string, boolean>>;
  /** `$0` */
  name = 'sh';
  /** `$1` and on. */
  params: string[] = [];
  /** `$?` */
  status = 0;
  /** Status of the last command substitution of the command that runs; undefined where there was none. */
  substitutionStatus: number | undefined;
  /** Of the last pipeline; undefined: of a command that was none. */
  pipeStatus: number[] | undefined = [];
  /** `$!`, 0 where none was started. */
  lastBackground = 0;
  /** `$$` */
  pid: number;
  line = 0;
  /** The line around simple commands, which bash comes back to after each. */
  baseLine = 0;
  /** Where the command stands whose failure an ERR trap is about: LINENO in it. */
  errorLine = 0;
  /** Counted down where lines are not those of the input (functions). */
  calls: CallFrame[] = [];
  subshellLevel = 0;
  interactive = false;
  /** It is interactive, or a subshell of one that is: bash's messages show no line there. */
  ofInteractive = false;
  login = false;
  /** The environment has been read: what is wrong from now on stands on a line. */
  started = false;
  loopDepth = 0;
  /** errexit does not apply while this is above 0 (conditions, left sides of && and ||). */
  lenient = 0;
  /** Where commands come from, for messages: `-c`, a file's name, or '' (stdin). */
  commandString = false;
  /** The command that runs (BASH_COMMAND); in a trap the one before it. */
  command: Command | undefined;
  /** A trap runs: `command` stays. */
  inTrap = false;
  /** Name of the built-in that runs, for messages; '' where none does. */
  running = '';
  /** An eval or sourced file that is read: put before messages of the parser. */
  readonly queue: WriteQueue;
  readonly evaluator: Evaluator;
  readonly patterns: PatternCache;
  /** Arithmetic expressions of scripts that were parsed; null: one that cannot be before its parameters are known. */
  readonly templates: WeakMap<Word, Template | null>;
  /** `$_` */
  lastArgument = '';
  startTime: number;
  readonly hash: CowMap<string, { path: string; hits: number }>;
  readonly #dynamic: DynamicVariables;
  #settings: ParseSettings;
  /** Reset when OPTIND is assigned. */
  getoptsAt = 0;
  /** The logical working directory. */
  cwd = '/';
  dirStack: string[] = [];
  umaskSymbolic = false;
  declarationNames: ReadonlySet<string>;
  ifs = ' \t\n';
  /** A character is a byte: in dash and ash, and in bash where the locale is C. */
  bytes = true;

  constructor(
    public sys: Sys,
    personality: Personality,
    declarations: ReadonlySet<string>,
    from?: Shell,
  ) {
    super();
    this.personality = personality;
    this.bash = personality === 'bash';
    this.ash = personality === 'ash';
    this.declarationNames = declarations;
    this.queue = new WriteQueue(sys);
    this.patterns = from?.patterns ?? new PatternCache();
    this.templates = from?.templates ?? new WeakMap();
    this.vars = new Variables(this, from?.vars);
    this.evaluator = new Evaluator(this);
    this.functions = new CowMap(from?.functions);
    this.aliases = new CowMap(from?.aliases);
    this.options = from ? { ...from.options } : defaultOptions(this.bash);
    this.shopts = from?.shopts ?? SHOPT_DEFAULTS;
    this.hash = new CowMap(from?.hash);
    this.pid = from?.pid ?? sys.getpid();
    this.startTime = from?.startTime ?? sys.now(CLOCK_MONOTONIC);
    this.#dynamic = new DynamicVariables(this, from ? from.#dynamic : undefined);
    this.#settings = this.#makeSettings();
    if (from) this.#inherit(from);
  }

  /** The process ends: what it shares with others is theirs. */
  release(): void {
    this.vars.release();
    this.functions.release();
    this.aliases.release();
    this.hash.release();
  }

  #inherit(from: Shell): void {
    this.name = from.name;
    this.params = from.params;
    this.status = from.status;
    this.pipeStatus = from.pipeStatus;
    this.lastBackground = from.lastBackground;
    this.line = from.line;
    this.baseLine = from.baseLine;
    this.errorLine = from.errorLine;
    this.calls = [...from.calls];
    this.subshellLevel = from.subshellLevel + 1;
    this.login = from.login;
    this.ofInteractive = from.ofInteractive;
    this.bytes = from.bytes;
    this.started = true;
    this.command = from.command;
    this.inTrap = from.inTrap;
    this.loopDepth = this.bash ? 0 : from.loopDepth;
    this.lenient = from.lenient;
    this.commandString = from.commandString;
    this.running = from.running;
    this.lastArgument = from.lastArgument;
    this.getoptsAt = from.getoptsAt;
    this.cwd = from.cwd;
    this.dirStack = [...from.dirStack];
    this.ifs = from.vars.get('IFS') ?? ' \t\n';
    this.completions = from.completions;
    this.readsStdin = from.readsStdin;
    this.traceDepth = from.traceDepth;
    this.traceFd = from.traceFd;
  }

  setShopt(name: string, on: boolean): void {
    this.shopts = { ...this.shopts, [name]: on };
  }

  #makeSettings(): ParseSettings {
    const shell = this;
    return {
      dialect: DIALECTS[this.personality],
      get extglob() {
        return shell.shopts.extglob!;
      },
      get braceexpand() {
        return shell.options.braceexpand;
      },
      aliases: () =>
        shell.aliases.size > 0 && (!shell.bash || shell.shopts.expand_aliases) ? shell.aliases : undefined,
      isDeclaration: (command) => shell.declarationNames.has(command),
      warn: (line, message) => {
        if (shell.bash) shell.queue.put(2, `${shell.prefix(line)}warning: ${message}\n`);
      },
    };
  }

  get parseSettings(): ParseSettings {
    return this.#settings;
  }

  /**
   * An error of an expansion or assignment: after its message bash gives the line up (`fatal`: ends a shell that is not
   * interactive), dash and ash end.
   */
  abandon(fatal = false): never {
    if (this.bash) {
      if (fatal && !this.interactive)
        throw new ExitUnwind(this.commandString && this.subshellLevel === 0 ? 127 : 1, true);
      throw new DiscardUnwind(1);
    }
    if (this.interactive) throw new DiscardUnwind(2);
    throw new ExitUnwind(2, true);
  }

  // ---- variables

  /** The value of `$name` for names, digits and special parameters. */
  param(name: string): string | undefined {
    const c = name.charCodeAt(0);
    if (c >= 65 && name.length >= 1 && c !== 64) return this.vars.get(name);
    if (c >= 48 && c <= 57) {
      const n = Number(name);
      return n === 0 ? this.name : this.params[n - 1];
    }
    switch (name) {
      case '?':
        return String(this.status);
      case '#':
        return String(this.params.length);
      case '$':
        return String(this.pid);
      case '!':
        return this.lastBackground === 0 ? undefined : String(this.lastBackground);
      case '-':
        return this.flags();
      case '@':
      case '*':
        return this.params.length === 0 ? undefined : this.params.join(name === '*' ? this.ifsJoiner() : ' ');
      default:
        return undefined;
    }
  }

  /** What `"$*"` puts between its parts. */
  ifsJoiner(): string {
    return this.ifs === '' ? '' : String.fromCodePoint(this.ifs.codePointAt(0)!);
  }

  /** `$-` */
  flags(): string {
    return optionFlags(this);
  }
  readsStdin = false;
  /** HISTCMD; set by the interpreter, which has the history. */
  historyNumber: () => number = () => 1;
  /** What `complete` was told, by command (completion/compgen.ts). */
  completions = new Map<string, object>();
  /** `$?` when the trap that runs began: what `exit` without a number gives. */
  trapStatus: number | undefined;
  /** For blocks of input. */
  readonly readBuffer = new Uint8Array(256);
  /** A function returns: what is open in it ends without going on. */
  returning = false;
  /** How deep in eval, source and substitutions: first characters of PS4. */
  traceDepth = 0;
  /** BASH_XTRACEFD */
  traceFd = 2;

  arithmeticValue(name: string, index: string | undefined): string | undefined {
    let value: string | undefined;
    if (index !== undefined) value = this.element(name, index);
    else value = this.vars.get(name);
    if (value === undefined && this.options.nounset && this.bash && (index === undefined || !this.vars.find(name)))
      this.unbound(name, false);
    return value;
  }

  assignArithmetic(name: string, index: string | undefined, value: string): void {
    if (index === undefined) this.assign(name, value);
    else this.assignElement(name, index, value);
  }

  /** `dollar`: it stood as `$1`, which bash shows so. */
  unbound(name: string, dollar: boolean): never {
    const shown = this.bash && dollar && /^(\d+|[!@*])$/.test(name) ? `$${name}` : name;
    this.error(`${shown}: ${this.bash ? 'unbound variable' : 'parameter not set'}`);
    this.abandon(true);
  }

  /** `name[index]`'s value; `index` is arithmetic, or a key. */
  element(name: string, index: string): string | undefined {
    const variable = this.vars.find(name);
    if (variable?.assoc && index === '') {
      this.error(`${name}: bad array subscript`);
      return undefined;
    }
    if (variable?.assoc)
      return variable.assoc.get(
        /[$'"\\`]/.test(index) && !variable.assoc.has(index) ? this.expandSubscript(index) : index,
      );
    const array = variable && variable.flags & DYNAMIC ? this.dynamicArray(name) : variable?.array;
    let n = this.subscriptValue(index);
    if (n < 0) {
      n += (array ? array.max : 0) + 1;
      if (n < 0) {
        this.error(`${name}: bad array subscript`);
        return undefined;
      }
    }
    if (array) return array.get(n);
    return n === 0 ? this.vars.get(name) : undefined;
  }

  assignElement(name: string, index: string, value: string, append = false): void {
    const pointed = this.vars.target(name);
    if (pointed?.includes('[')) {
      this.error(`\`${pointed}': not a valid identifier`);
      this.abandon();
    }
    const variable = this.vars.find(name);
    if (variable?.assoc) {
      this.vars.setKey(
        name,
        /^(['"]).*\1$/s.test(index) ? this.expandSubscript(index) : index,
        append ? (variable.assoc.get(index) ?? '') + value : value,
      );
      return;
    }
    let n = this.subscriptValue(index);
    if (n < 0) {
      n += (variable?.array ? variable.array.max : variable?.value === undefined ? -1 : 0) + 1;
      if (n < 0) {
        this.error(`${name}[${index}]: bad array subscript`);
        this.abandon();
      }
    }
    let text = value;
    if (append) {
      const before = variable?.array ? variable.array.get(n) : n === 0 ? variable?.value : undefined;
      text = this.appended(variable?.flags ?? 0, before, value);
    }
    this.vars.setElement(name, n, text);
  }

  /** `before += value` by the variable's attributes. */
  appended(flags: number, before: string | undefined, value: string): string {
    if (flags & INTEGER) return this.sum(before || '0', value || '0');
    return (before ?? '') + value;
  }

  /** Expands the text of a subscript that came as a value (`${!ref}`, printf -v); set by the interpreter. */
  expandSubscript: (text: string) => string = (text) => text;

  /** Assigns as an assignment statement does (allexport, namerefs to elements). */
  assign(name: string, value: string): void {
    const variable = this.vars.own(name);
    if (variable !== undefined && variable.flags & NAMEREF) {
      const target = this.vars.target(name);
      const m = target !== undefined && target !== name ? /^(\w+)\[(.*)\]$/s.exec(target) : null;
      if (m) {
        this.assignElement(m[1]!, m[2]!, value);
        return;
      }
    }
    this.vars.set(name, value);
    if (this.options.allexport) this.vars.attributes(this.vars.target(name) ?? name, EXPORT);
  }

  /** Over a limit the OOM killer takes somebody: this shell, if it is it, ends at its next tick. */
  holds(bytes: number): void {
    this.sys.charge(bytes);
  }

  readonlyError(name: string): never {
    if (this.bash) {
      this.error(`${name}: readonly variable`);
      if ((this.options.posix || this.options.errexit) && !this.interactive) throw new ExitUnwind(1, true);
      throw new DiscardUnwind(1);
    }
    this.error(`${name}: is read only`);
    this.abandon();
  }

  namerefError(name: string): never {
    this.error(`warning: ${name}: circular name reference`);
    this.abandon();
  }

  watched(name: string, value: string | undefined): void {
    if (name === 'IFS') this.ifs = value ?? ' \t\n';
    else if (name === 'PATH') this.hash.clear();
    else if (name === 'LC_ALL' || name === 'LC_CTYPE' || name === 'LANG') this.#localeChanged(name, value);
    else if (name === 'OPTIND') {
      this.getoptsAt = 0;
      this.optind = Number(value ?? '1') || 1;
    } else if (name === 'POSIXLY_CORRECT') this.options.posix = value !== undefined;
  }

  #localeChanged(name: string, value: string | undefined): void {
    if (!this.bash) return;
    const strongest = LOCALE_VARIABLES.find((each) => this.vars.get(each));
    let encoding = encodingOf(this.sys, (strongest && this.vars.get(strongest)) ?? '');
    // one that is wrong in the environment counts as none
    if (encoding === undefined && strongest === 'LC_CTYPE' && !this.started)
      encoding = encodingOf(this.sys, this.vars.get('LANG') ?? '');
    if (encoding !== undefined) this.bytes = encoding === 'bytes';
    else if (name === strongest && name !== 'LANG')
      this.error(
        `warning: setlocale: ${name}: cannot change locale (${value})${this.started ? `: ${this.strerror(ENOENT)}` : ''}`,
      );
  }

  dynamic(name: string): string | undefined {
    return this.#dynamic.value(name);
  }

  dynamicArray(name: string): IndexedArray | undefined {
    return this.#dynamic.array(name);
  }

  assignDynamic(name: string, value: string): void {
    this.#dynamic.assign(name, value);
  }

  /** `set --` begins getopts anew (dash, ash). */
  resetGetopts(): void {
    this.getoptsAt = 0;
    this.optind = 1;
  }
  /** The argument that getopts looks at next. */
  optind = 1;
}
