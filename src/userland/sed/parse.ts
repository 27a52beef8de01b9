import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { type Address, type Command, ScriptError, type Substitution } from './script.ts';
import { escapes, plainText, replacement } from './text.ts';

/** A piece of the script: `-e` expression number `n`, or a file. */
export interface Source {
  text: string;
  /** Number of the -e expression, or the name of the file. */
  from: number | string;
}

/** How a script is read. */
export interface SedDialect {
  /** -E: extended regular expressions. */
  extended: boolean;
  /** The commands that reach outside are refused. */
  sandbox: boolean;
  /** Busybox's smaller language: fewer commands and flags, and it checks less. */
  busybox: boolean;
}

/** Commands that busybox does not have. */
const GNU_ONLY = 'eFQRvWz';
const SANDBOX = 'e/r/w commands disabled in sandbox mode';
const BLANKS = ' \t\r\v\f';

/** @returns the commands in their order, or what is wrong with the script */
export function parseScript(sources: readonly Source[], dialect: SedDialect): Command[] | ScriptError {
  try {
    return new Parser(sources, dialect).script();
  } catch (error) {
    if (error instanceof ScriptError) return error;
    throw error;
  }
}

class Parser {
  private readonly text: string;
  private at = 0;
  private readonly commands: Command[] = [];
  private readonly blocks: number[] = [];
  private readonly labels = new Map<string, number>();

  constructor(
    private readonly sources: readonly Source[],
    private readonly dialect: SedDialect,
  ) {
    this.text = sources.map((s) => s.text).join('\n');
  }

  script(): Command[] {
    for (;;) {
      this.skip(`${BLANKS};\n`);
      if (this.at >= this.text.length) break;
      if (this.peek() === '#') {
        this.restOfLine();
        continue;
      }
      this.command();
    }
    if (this.dialect.busybox) for (const open of this.blocks) this.commands[open]!.target = -1;
    else if (this.blocks.length > 0) throw this.error("unmatched `{'", 'unmatched {', 0);
    for (const c of this.commands) {
      if (!'btT'.includes(c.name)) continue;
      if (c.text === '') c.target = this.commands.length;
      else {
        const to = this.labels.get(c.text);
        if (to === undefined)
          throw new ScriptError(
            `can't find label for jump to \`${c.text}'`,
            `can't find label for jump to '${c.text}'`,
            4,
          );
        c.target = to;
      }
    }
    return this.commands;
  }

  private peek(): string {
    return this.text[this.at] ?? '';
  }

  private next(): string {
    return this.text[this.at++] ?? '';
  }

  private skip(set: string): void {
    while (this.at < this.text.length && set.includes(this.text[this.at]!)) this.at++;
  }

  /** The error at the place where the parser stands, or at `char` of the expression. */
  private error(gnu: string, busybox: string, char?: number): ScriptError {
    let start = 0;
    let source = this.sources[0];
    for (const s of this.sources) {
      source = s;
      if (this.at <= start + s.text.length || s === this.sources.at(-1)) break;
      start += s.text.length + 1;
    }
    if (source && typeof source.from === 'string') {
      const line = this.text.slice(start, Math.max(start, this.at - 1)).split('\n').length;
      return new ScriptError(`file ${source.from} line ${char ?? line}: ${gnu}`, busybox);
    }
    const here = Math.min(this.at - start, source?.text.length ?? 0);
    return new ScriptError(`-e expression #${source?.from ?? 1}, char ${char ?? here}: ${gnu}`, busybox);
  }

  private command(): void {
    const from = this.address(true);
    let to: Address | undefined;
    if (from) {
      this.skip(BLANKS);
      if (this.peek() === ',') {
        this.at++;
        this.skip(BLANKS);
        to = this.address(false);
        if (!to) {
          this.at++;
          throw this.error("unexpected `,'", 'no address after comma');
        }
      }
    }
    this.skip(BLANKS);
    let not = false;
    if (this.peek() === '!') {
      this.at++;
      not = true;
      this.skip(BLANKS);
      if (this.peek() === '!') {
        this.at++;
        throw this.error("multiple `!'s", 'unsupported command !');
      }
    }
    const name = this.next();
    if (name === '' || name === '\n' || name === ';') {
      this.at = Math.min(this.at, this.text.length);
      throw this.error('missing command', 'missing command');
    }
    if (this.dialect.busybox) {
      if (GNU_ONLY.includes(name)) throw this.error('', `unsupported command ${name}`);
      if (from?.kind === 'line' && from.n === 0 && !to) {
        this.body({ ...bare(name), not });
        return;
      }
    } else if (from?.kind === 'line' && from.n === 0 && to?.kind !== 'regex' && (to || name !== 'r'))
      throw this.error('invalid usage of line address 0', 'unsupported command 0');
    if (this.dialect.sandbox && 'erRwW'.includes(name)) throw this.error(SANDBOX, SANDBOX);
    this.body({ ...bare(name), from, to, not });
  }

  private body(c: Command): void {
    switch (c.name) {
      case '#':
        throw this.error("comments don't accept any addresses", 'unsupported command #');
      case ':': {
        if (c.from) throw this.error(": doesn't want any addresses", 'no addresses for :');
        this.skip(BLANKS);
        const start = this.at;
        while (this.at < this.text.length && !/[\s;]/.test(this.peek())) this.at++;
        const label = this.text.slice(start, this.at);
        if (label === '' && !this.dialect.busybox) throw this.error('":" lacks a label', '":" lacks a label');
        this.labels.set(label, this.commands.length);
        return;
      }
      case '{':
        this.blocks.push(this.commands.length);
        this.commands.push(c);
        return;
      case '}': {
        const open = this.blocks.pop();
        if (this.dialect.busybox) {
          if (open !== undefined) this.commands[open]!.target = this.commands.length;
          return;
        }
        if (open === undefined || c.from) throw this.error("unexpected `}'", 'unexpected }');
        this.commands[open]!.target = this.commands.length;
        this.end();
        return;
      }
      case 'a':
      case 'i':
      case 'c':
        c.text = this.textArgument();
        break;
      case 'r':
      case 'R':
      case 'w':
      case 'W':
        this.skip(BLANKS);
        c.text = this.restOfLine();
        if (c.text === '') throw this.error('missing filename in r/R/w/W commands', 'empty filename');
        break;
      case 'b':
      case 't':
      case 'T': {
        this.skip(BLANKS);
        const start = this.at;
        while (this.at < this.text.length && !(this.dialect.busybox ? /[\s;]/ : /[\s;}]/).test(this.peek())) this.at++;
        c.text = this.text.slice(start, this.at);
        break;
      }
      case 'q':
      case 'Q':
        if (c.to) throw this.error('command only uses one address', 'command only uses one address');
        if (!this.dialect.busybox) c.number = this.numberArgument();
        this.end();
        break;
      case 'l':
        if (this.dialect.busybox) return; // it is accepted and does nothing
        c.number = this.numberArgument();
        this.end();
        break;
      case 's':
        c.sub = this.substitution();
        break;
      case 'y':
        c.map = this.transliteration();
        this.end();
        break;
      case 'e':
        this.skip(BLANKS);
        c.text = this.restOfLine();
        break;
      case '=':
      case 'd':
      case 'D':
      case 'F':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'n':
      case 'N':
      case 'p':
      case 'P':
      case 'x':
      case 'z':
        this.end();
        break;
      case 'v': {
        this.skip(BLANKS);
        const start = this.at;
        const wanted = this.restOfLine().trim();
        if (versionLess('4.9', wanted)) {
          this.at = Math.min(this.text.length, start + wanted.length);
          throw this.error('expected newer version of sed', 'unsupported command v');
        }
        return;
      }
      default:
        throw this.error(`unknown command: \`${c.name}'`, `unsupported command ${c.name}`);
    }
    this.commands.push(c);
  }

  /** After a command: only the end, `;`, `}` or a comment. */
  private end(): void {
    if (this.dialect.busybox) return;
    this.skip(BLANKS);
    const c = this.peek();
    if (c === '' || c === '}' || c === '#') return;
    this.at++;
    if (c !== ';' && c !== '\n') throw this.error('extra characters after command', `extra characters after command`);
  }

  private restOfLine(): string {
    let end = this.text.indexOf('\n', this.at);
    if (end < 0) end = this.text.length;
    const rest = this.text.slice(this.at, end);
    this.at = end + 1;
    return rest;
  }

  private numberArgument(): number | undefined {
    this.skip(BLANKS);
    const digits = /^\d+/.exec(this.text.slice(this.at, this.at + 10))?.[0];
    if (digits === undefined) return undefined;
    this.at += digits.length;
    return Number(digits);
  }

  private address(first: boolean): Address | undefined {
    const c = this.peek();
    if (/\d/.test(c)) {
      const n = this.numberArgument()!;
      this.skip(first ? BLANKS : '');
      if (first && this.peek() === '~' && !this.dialect.busybox) {
        this.at++;
        const step = this.numberArgument() ?? 0;
        return { kind: 'step', first: n, step };
      }
      return { kind: 'line', n };
    }
    if (c === '$') {
      this.at++;
      return { kind: 'last' };
    }
    if (c === '+' || (c === '~' && !this.dialect.busybox)) {
      this.at++;
      if (first) {
        this.numberArgument();
        throw this.error('invalid usage of +N or ~N as first address', `unsupported command ${c}`);
      }
      const n = this.numberArgument() ?? 0;
      return { kind: c === '+' ? 'plus' : 'multiple', n };
    }
    if (c !== '/' && c !== '\\') return undefined;
    this.at++;
    const delimiter = c === '/' ? '/' : this.next();
    const source = this.delimited(delimiter, true);
    if (source === undefined) throw this.error('unterminated address regex', `unmatched '${delimiter}'`);
    let icase = false;
    let multiline = false;
    for (; !this.dialect.busybox && 'IM'.includes(this.peek()) && this.peek() !== ''; this.at++) {
      if (this.peek() === 'I') icase = true;
      else multiline = true;
    }
    return { kind: 'regex', regex: this.regex(source, icase, multiline) };
  }

  /** Text up to an unescaped delimiter, which is passed. @returns undefined where it does not end */
  private delimited(delimiter: string, regex: boolean): string | undefined {
    let out = '';
    while (this.at < this.text.length) {
      const c = this.next();
      if (c === delimiter) return out;
      if (c === '\n' && regex) return undefined;
      if (c === '\\') {
        const d = this.next();
        if (d === delimiter && !(this.dialect.busybox && regex && d !== '/' && d !== ',')) out += d;
        else if (d === 'n' && regex) out += '\n';
        else out += `\\${d}`;
      } else if (c === '[' && regex) {
        const bracket = this.bracket();
        if (bracket === undefined) {
          this.at = this.text.length;
          return undefined;
        }
        out += bracket;
      } else out += c;
    }
    return undefined;
  }

  /** A bracket expression, its `[` passed already; delimiters in it are plain. */
  private bracket(): string | undefined {
    const start = this.at;
    let at = start;
    if (this.text[at] === '^') at++;
    if (this.text[at] === ']') at++;
    for (; at < this.text.length; at++) {
      const c = this.text[at]!;
      if (c === '\n') return undefined;
      if (c === '[' && '.:='.includes(this.text[at + 1] ?? ' ')) {
        const close = this.text.indexOf(`${this.text[at + 1]}]`, at + 2);
        if (close < 0) return undefined;
        at = close + 1;
      } else if (c === ']') {
        this.at = at + 1;
        return `[${this.text.slice(start, at).replace(/\\n/g, '\n')}]`;
      }
    }
    return undefined;
  }

  private regex(source: string, icase: boolean, multiline: boolean): Regex | undefined {
    if (source === '') return undefined;
    const compiled = compileRegex(escapes(source, true, this.dialect.busybox), {
      dialect: this.dialect.extended ? 'ere' : 'bre',
      icase,
      multiline,
    });
    if (compiled instanceof RegexError)
      throw this.error(compiled.message, `bad regex '${source}': ${compiled.message}`);
    return compiled;
  }

  private substitution(): Substitution {
    const delimiter = this.next();
    const unterminated = (): ScriptError => this.error("unterminated `s' command", `unmatched '${delimiter}'`);
    if (delimiter === '' && this.dialect.busybox) throw this.error('', 'bad format in substitution expression');
    if (delimiter === '' || delimiter === '\n' || delimiter === '\\') throw unterminated();
    const source = this.delimited(delimiter, true);
    if (source === undefined) throw unterminated();
    const to = this.delimited(delimiter, false);
    if (to === undefined) throw unterminated();
    const sub: Substitution = {
      regex: undefined,
      pieces: replacement(to, this.dialect.busybox),
      global: false,
      number: 1,
      print: 0,
      evaluate: false,
      file: undefined,
    };
    let icase = false;
    let multiline = false;
    let numbered = false;
    const bad = 'bad option in substitution expression';
    flags: for (;;) {
      const c = this.next();
      switch (c) {
        case 'g':
          if (sub.global && !this.dialect.busybox) throw this.error("multiple `g' options to `s' command", bad);
          sub.global = true;
          break;
        case 'p':
          if (sub.print && !this.dialect.busybox) throw this.error("multiple `p' options to `s' command", bad);
          sub.print = 1;
          break;
        case 'i':
        case 'I':
          icase = true;
          break;
        case 'm':
        case 'M':
          if (this.dialect.busybox) throw this.error('', bad);
          multiline = true;
          break;
        case 'e':
          if (this.dialect.busybox) throw this.error('', bad);
          if (this.dialect.sandbox) throw this.error(SANDBOX, SANDBOX);
          sub.evaluate = true;
          break;
        case 'w':
          if (this.dialect.sandbox) throw this.error(SANDBOX, SANDBOX);
          this.skip(BLANKS);
          if (this.at >= this.text.length) throw this.error('missing filename in r/R/w/W commands', 'empty filename');
          sub.file = this.restOfLine();
          break flags;
        case '':
        case ';':
        case '\n':
          break flags;
        case '}':
        case '#':
          this.at--;
          break flags;
        case ' ':
        case '\t':
        case '\r':
          break;
        default:
          if (!/\d/.test(c)) throw this.error("unknown option to `s'", bad);
          if (numbered) throw this.error("multiple number options to `s' command", bad);
          this.at--;
          sub.number = this.numberArgument()!;
          numbered = true;
          if (this.dialect.busybox) sub.number = Math.max(1, sub.number);
          if (sub.number === 0) throw this.error("number option to `s' command may not be zero", bad);
      }
    }
    sub.regex = this.regex(source, icase, multiline);
    if (this.dialect.busybox) {
      if (sub.global) sub.number = 1;
      return sub;
    }
    const most = Math.max(0, ...sub.pieces.map((p) => (p.kind === 'group' ? p.group : 0)));
    if (sub.regex && most > sub.regex.groups) {
      this.at = Math.min(this.at, this.text.length);
      throw this.error(
        `invalid reference \\${most} on \`s' command's RHS`,
        `invalid reference \\${most} on s command's RHS`,
      );
    }
    return sub;
  }

  private transliteration(): ReadonlyMap<string, string> {
    const delimiter = this.next();
    if (delimiter === '' && this.dialect.busybox) throw this.error('', 'bad format in substitution expression');
    const parts: string[][] = [];
    for (let i = 0; i < 2; i++) {
      const raw = this.delimited(delimiter, false);
      if (raw === undefined) throw this.error("unterminated `y' command", `unmatched '${delimiter}'`);
      const text = escapes(raw, false).replace(/\\(\\|n|\n)/g, (_, c: string) => (c === 'n' ? '\n' : c));
      parts.push([...text]);
    }
    const [a, b] = parts as [string[], string[]];
    if (a.length !== b.length && !this.dialect.busybox)
      throw this.error("strings for `y' command are different lengths", 'strings for y command are different lengths');
    const map = new Map<string, string>();
    for (const [i, c] of a.entries()) if (!map.has(c) && i < b.length) map.set(c, b[i]!);
    return map;
  }

  /** The text of a, i and c: to the end of the first line that ends without a backslash. */
  private textArgument(): string {
    this.skip(BLANKS);
    if (this.at >= this.text.length) {
      if (this.dialect.busybox) return '\n';
      throw this.error("expected \\ after `a', `c' or `i'", '');
    }
    if (this.peek() === '\\') {
      this.at++;
      const mark = this.at;
      this.skip(BLANKS);
      if (this.peek() === '\n') this.at++;
      else if (this.at >= this.text.length) return this.dialect.busybox ? '\n' : '';
      else this.at = mark;
    }
    const start = this.at;
    while (this.at < this.text.length && this.peek() !== '\n') this.at += this.peek() === '\\' ? 2 : 1;
    const raw = this.text.slice(start, Math.min(this.at, this.text.length));
    this.at++;
    return `${plainText(raw, this.dialect.busybox)}\n`;
  }
}

/** A command without addresses and arguments. */
const bare = (name: string): Command => ({
  name,
  from: undefined,
  to: undefined,
  not: false,
  text: '',
  number: undefined,
  sub: undefined,
  map: undefined,
  target: 0,
});

/** Whether version `a` is lower than `b`, number by number. */
function versionLess(a: string, b: string): boolean {
  const [x, y] = [a, b].map((v) => v.split('.').map(Number)) as [number[], number[]];
  for (let i = 0; i < y.length; i++) if ((x[i] ?? 0) !== y[i]) return (x[i] ?? 0) < y[i]!;
  return false;
}
