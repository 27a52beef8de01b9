import type {
  ArrayElement,
  Assignment,
  Case,
  Command,
  For,
  FunctionDefinition,
  If,
  List,
  Part,
  Redirect,
  RedirectOperator,
  Simple,
  Word,
} from './ast.ts';
import { conditionalExpression } from './conditional.ts';
import { Lexer } from './lexer.ts';
import { Parts } from './parts.ts';
import type { Dialect } from './personality.ts';
import { isMeta } from './scanner.ts';
import type { Token } from './token.ts';
import { bareText, literalWord, makeWord } from './word.ts';

const RESERVED = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'do',
  'done',
  'case',
  'esac',
  'while',
  'until',
  'for',
  '{',
  '}',
  '!',
  'in',
]);
const BASH_RESERVED = new Set([...RESERVED, '[[', ']]', 'function', 'select', 'time', 'coproc']);
/** Reserved words that cannot begin a command. */
const CLOSERS = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);

export const reservedWords = (bash: boolean): ReadonlySet<string> => (bash ? BASH_RESERVED : RESERVED);

/**
 * The grammar. `parseLine` reads one complete command (up to the end of its line), so that what it does (aliases,
 * options) holds for the next.
 */
export class Parser extends Lexer {
  /** Aliases that are being expanded: not again while fewer than `rest` characters remain. */
  #aliases: { name: string; rest: number }[] = [];

  /** @returns the commands of the next line, undefined at the end of the text */
  parseLine(): List | undefined {
    this.closers = [];
    for (;;) {
      const token = this.peek(true);
      if (token.type === 'newline') {
        this.next();
        continue;
      }
      if (token.type === 'end') return undefined;
      break;
    }
    const line = this.peek(true).line;
    const list = this.#list(false, line);
    const token = this.peek();
    if (token.type === 'newline') this.next();
    else if (token.type === 'end') this.finishHeredocs();
    else this.unexpected(token);
    return list;
  }

  /** The line on which the command that was read last ended. */
  get lastLine(): number {
    return this.src[this.pos - 1] === '\n' ? this.line - 1 : this.line;
  }

  substitution(): List {
    const line = this.line;
    const aliases = this.#aliases;
    const list = this.#compound(line, (token) => token.type === 'op' && token.text === ')', true);
    const token = this.peek();
    if (token.type === 'end') this.fail({ kind: 'end', expecting: ')', opener: undefined });
    if (token.type !== 'op' || token.text !== ')') this.unexpected(token, ')');
    this.next();
    this.#aliases = aliases;
    return list;
  }

  unexpected(token: Token, expecting?: string): never {
    if (token.type === 'end') this.fail({ kind: 'end', expecting, opener: this.closers.at(-1) }, this.line);
    this.fail({ kind: 'unexpected', token: token.text, expecting }, token.line);
  }

  /** Commands separated by `;`, `&` and, where `newlines`, line ends. */
  #list(newlines: boolean, line: number, end?: (token: Token) => boolean): List {
    const list: List = { t: 'list', items: [], line };
    for (;;) {
      if (newlines) this.#skipNewlines();
      const token = this.peek(true);
      if (token.type === 'end' || end?.(token)) break;
      if (list.items.length > 0 && this.#isCloser(token)) break;
      if (token.type === 'newline') break;
      const command = this.#andOr();
      const after = this.peek();
      if (after.type === 'op' && (after.text === ';' || after.text === '&')) {
        this.next();
        list.items.push({ command, background: after.text === '&' });
        continue;
      }
      list.items.push({ command, background: false });
      if (after.type === 'newline' && newlines) continue;
      break;
    }
    return list;
  }

  #isCloser(token: Token): boolean {
    if (token.type === 'op') return token.text === ')' || token.text.startsWith(';;') || token.text === ';&';
    const word = token.word && bareText(token.word);
    return word !== undefined && CLOSERS.has(word);
  }

  /** A list inside a compound command; empty only where `mayBeEmpty`. */
  #compound(line: number, end: (token: Token) => boolean, mayBeEmpty = false): List {
    const list = this.#list(true, line, end);
    if (list.items.length === 0 && !mayBeEmpty) {
      const token = this.peek();
      this.unexpected(token);
    }
    return list;
  }

  #skipNewlines(): void {
    while (this.peek(true).type === 'newline') this.next();
  }

  #andOr(): Command {
    let left = this.#pipeline();
    for (;;) {
      const token = this.peek();
      if (token.type !== 'op' || (token.text !== '&&' && token.text !== '||')) return left;
      this.next();
      this.#skipNewlines();
      const right = this.#pipeline();
      left = { t: 'andor', left, op: token.text, right, line: left.line };
    }
  }

  #pipeline(): Command {
    const first = this.peek(true);
    let negate = false;
    let time: 'bash' | 'posix' | undefined;
    let bangs = 0;
    for (;;) {
      const word = this.#reserved();
      if (word === '!') {
        if (bangs++ > 0 && !this.dialect.extended) this.unexpected(this.peek());
        negate = !negate;
        this.next();
      } else if (word === 'time' && this.dialect.extended && time === undefined) {
        this.next();
        time = 'bash';
        if (this.peek(true).text === '-p') {
          this.next();
          time = 'posix';
        }
        if (this.peek(true).text === '--') this.next();
      } else break;
    }
    if (time !== undefined || bangs > 0) {
      const token = this.peek(true);
      if (this.dialect.extended && (token.type === 'newline' || token.type === 'end' || token.text === ';'))
        return { t: 'pipe', commands: [], negate, time, line: first.line };
    }
    const commands = [this.#command()];
    for (;;) {
      const token = this.peek();
      if (token.type !== 'op' || (token.text !== '|' && token.text !== '|&')) break;
      this.next();
      if (token.text === '|&') {
        const both: Redirect = {
          op: '>&',
          fd: 2,
          variable: undefined,
          word: literalWord('1'),
          body: undefined,
          line: token.line,
          pure: true,
        };
        commands[commands.length - 1] = withRedirect(commands.at(-1)!, both);
      }
      this.#skipNewlines();
      if (this.#reserved() === '!' && !this.dialect.extended) this.unexpected(this.peek());
      commands.push(this.#command());
    }
    if (commands.length === 1 && bangs === 0 && time === undefined) return commands[0]!;
    return { t: 'pipe', commands, negate, time, line: first.line };
  }

  /** The next token's text if it is an unquoted word that is reserved, after aliases. */
  #reserved(): string | undefined {
    for (;;) {
      const token = this.peek(true);
      if (token.type !== 'word' || token.assignment) return undefined;
      const text = bareText(token.word!);
      if (text === undefined) return undefined;
      if (!this.dialect.extended && reservedWords(false).has(text)) return text;
      if (this.#expandAlias(token, text)) continue;
      return reservedWords(this.dialect.extended).has(text) || (text === 'function' && this.dialect.functionKeyword)
        ? text
        : undefined;
    }
  }

  /** How much text there is behind each alias that ends in a blank, innermost last: its first word is looked up as well. */
  private aliasRests: number[] = [];

  override peek(assignable = false): Token {
    let token = super.peek(assignable);
    while (this.#endsAlias(token)) {
      let known = false;
      // what it becomes begins with a word that is looked up as well
      for (;;) {
        const bare = token.type === 'word' && !token.assignment ? bareText(token.word!) : undefined;
        if (bare === undefined || !this.#expandAlias(token, bare)) break;
        token = super.peek(assignable);
        known = true;
      }
      if (!known) break;
    }
    return token;
  }

  /** True where the token stands behind an alias that ends in a blank. */
  #endsAlias(token: Token): boolean {
    if (this.aliasRests.length === 0) return false;
    const rest = this.src.length - token.start;
    const before = this.aliasRests.length;
    this.aliasRests = this.aliasRests.filter((each) => each < rest);
    return this.aliasRests.length < before;
  }

  #expandAlias(token: Token, text: string): boolean {
    const aliases = this.settings.aliases();
    if (aliases === undefined) return false;
    const value = aliases.get(text);
    if (value === undefined) return false;
    // an alias is not expanded again in what it became
    const left = this.src.length - token.start;
    this.#aliases = this.#aliases.filter((active) => left > active.rest);
    if (this.#aliases.some((active) => active.name === text)) return false;
    const rest = this.src.length - this.pos;
    const end = this.pos;
    this.unpeek();
    this.src = this.src.slice(0, token.start) + value + this.src.slice(end);
    this.#aliases.push({ name: text, rest });
    if (/[ \t]$/.test(value)) this.aliasRests.push(rest);
    return true;
  }

  #expectReserved(word: string): void {
    const token = this.peek(true);
    if (token.type === 'word' && !token.assignment && bareText(token.word!) === word) {
      this.next();
      return;
    }
    this.unexpected(token, word);
  }

  #isWord(...words: string[]): (token: Token) => boolean {
    return (token) => {
      const text = token.word && bareText(token.word);
      return text !== undefined && words.includes(text);
    };
  }

  #command(): Command {
    const reserved = this.#reserved();
    const token = this.peek(true);
    if (token.type === 'op' && token.text === '(') {
      if (this.dialect.extended && this.src.charCodeAt(this.pos) === 40) {
        const arith = this.#arithmeticCommand(token);
        if (arith) return this.#redirected(arith);
      }
      this.next();
      const body = this.inside(')', () => {
        const list = this.#compound(token.line, (t) => t.type === 'op' && t.text === ')');
        const close = this.peek();
        if (close.text !== ')' || close.type !== 'op') this.unexpected(close, ')');
        return list;
      });
      const close = this.next();
      // bash counts it where it ends
      return this.#redirected({ t: 'subshell', body, line: this.dialect.extended ? close.line : token.line });
    }
    if (token.type === 'op' || token.type === 'newline' || token.type === 'end') this.unexpected(token);
    if (reserved === undefined) return this.#simple();
    switch (reserved) {
      case 'if':
        return this.#redirected(this.inside('fi', () => this.#if()));
      case 'while':
      case 'until':
        return this.#redirected(this.inside('done', () => this.#while(reserved === 'until')));
      case 'for':
      case 'select':
        return this.#redirected(this.inside('done', () => this.#for(reserved)));
      case 'case':
        return this.#redirected(this.inside('esac', () => this.#case()));
      case '{': {
        this.next();
        const body = this.inside('}', () => this.#compound(token.line, this.#isWord('}')));
        this.#expectReserved('}');
        return this.#redirected({ t: 'group', body, line: token.line });
      }
      case 'function':
        return this.#functionKeyword();
      case '[[': {
        this.next();
        const expression = this.inside(']]', () => conditionalExpression(this));
        return this.#redirected({ t: 'cond', expression, line: token.line });
      }
      case 'coproc':
        return this.#coprocess();
      case 'in':
      case ']]':
        return this.#simple();
      default:
        this.unexpected(token);
    }
  }

  #redirected(body: Command): Command {
    const redirects: Redirect[] = [];
    while (this.peek().type === 'redirect') redirects.push(this.#redirect());
    return redirects.length === 0 ? body : { t: 'redirected', body, redirects, line: body.line };
  }

  #redirect(): Redirect {
    const token = this.next();
    const op = token.text as RedirectOperator;
    const target = this.peek();
    if (target.type !== 'word') this.unexpected(target);
    const redirect: Redirect = {
      op,
      fd: token.fd,
      variable: token.variable,
      word: target.word!,
      body: undefined,
      line: token.line,
      pure: target.word!.pure,
    };
    if (op === '<<' || op === '<<-') {
      if (!this.dialect.extended && target.word!.parts.some((part) => part.k === 'command'))
        this.fail({ kind: 'unexpected', token: '(', expecting: undefined }, token.line);
      this.awaitHeredoc(redirect);
    }
    this.next();
    return redirect;
  }

  #simple(): Command {
    const first = this.peek(true);
    const node: Simple = {
      t: 'simple',
      assigns: [],
      words: [],
      redirects: [],
      pure: true,
      declarations: undefined,
      line: first.line,
    };
    let declaring = false;
    let double = false;
    let declarations: Map<number, Assignment> | undefined;
    for (;;) {
      const elements = node.words.length + node.assigns.length + node.redirects.length;
      const token = this.peek(node.words.length === 0 || declaring);
      // bash notes the line once it has read what follows a first word, or the first assignment or redirection
      if (elements === 1 && node.words.length === 1 && this.dialect.extended)
        node.line = token.type === 'newline' ? token.line : this.line;
      if (token.type === 'redirect') {
        node.redirects.push(this.#redirect());
        continue;
      }
      if (double && (token.text === '&&' || token.text === '||') && token.type === 'op') {
        this.next();
        node.words.push(literalWord(token.text));
        continue;
      }
      if (token.type !== 'word') {
        if (token.type === 'op' && token.text === '(' && node.words.length === 1 && node.assigns.length === 0) {
          const definition = this.#functionDefinition(node, first);
          if (definition) return definition;
        }
        break;
      }
      if (token.assignment && node.words.length === 0) {
        this.next();
        node.assigns.push(token.assignment);
        if (elements === 0 && this.dialect.extended) node.line = this.line;
        if (!token.assignment.pure) node.pure = false;
        continue;
      }
      const word = token.word!;
      const bare = token.assignment ? undefined : bareText(word);
      if (bare !== undefined && node.words.length === 0 && node.assigns.length + node.redirects.length > 0) {
        if (this.#expandAlias(token, bare)) continue;
      }
      this.next();
      if (token.assignment && (declaring || !this.dialect.extended)) {
        declarations ??= new Map();
        declarations.set(node.words.length, token.assignment);
        if (!token.assignment.pure) node.pure = false;
      }
      node.words.push(word);
      if (!word.pure) node.pure = false;
      if (node.words.length === 1 && bare !== undefined) {
        declaring = this.settings.isDeclaration(bare);
        double = bare === '[[' && this.dialect.personality === 'ash';
      }
      if (double && bare === ']]') double = false;
    }
    if (node.words.length === 0 && node.assigns.length === 0 && node.redirects.length === 0)
      this.unexpected(this.peek());
    node.declarations = declarations;
    return node;
  }

  /** At `(` after one word: `name() body`. */
  #functionDefinition(node: Simple, first: Token): Command | undefined {
    const word = node.words[0]!;
    const name = bareText(word) ?? word.source;
    this.next();
    const close = this.peek();
    if (close.type !== 'op' || close.text !== ')') this.unexpected(close, ')');
    this.next();
    // bash says what is wrong with a name when it defines the function
    if (!this.dialect.extended && (!/^[A-Za-z_]\w*$/.test(bareText(word) ?? '') || isSpecial(name, this.dialect)))
      this.fail({ kind: 'bad-name', name }, first.line);
    return this.#functionBody(name, first.line, false);
  }

  #functionBody(name: string, line: number, keyword: boolean): FunctionDefinition {
    this.#skipNewlines();
    const token = this.peek(true);
    const reserved = this.#reserved();
    const compound =
      (token.type === 'op' && token.text === '(') ||
      (reserved !== undefined && !CLOSERS.has(reserved) && !['!', 'in', 'time', 'coproc'].includes(reserved));
    if (!compound && this.dialect.extended) this.unexpected(this.peek());
    const body = this.#command();
    return { t: 'function', name, body, line, keyword };
  }

  #functionKeyword(): Command {
    const keyword = this.next();
    const token = this.next();
    if (token.type !== 'word') this.unexpected(token);
    if (this.peek().type === 'op' && this.peek().text === '(') {
      const mark = this.peek();
      if (/^\(\s*\)/.test(this.src.slice(mark.start))) {
        this.next();
        this.next();
      }
    }
    return this.#functionBody(token.text, keyword.line, true);
  }

  #if(): If {
    const token = this.next();
    const node: If = { t: 'if', clauses: [], otherwise: undefined, line: token.line };
    let line = token.line;
    for (;;) {
      const condition = this.inside('then', () => this.#compound(line, this.#isWord('then')));
      this.#expectReserved('then');
      const body = this.#compound(this.line, this.#isWord('elif', 'else', 'fi'));
      node.clauses.push({ condition, body });
      const next = this.peek(true);
      const word = next.word && bareText(next.word);
      if (word === 'elif') {
        line = this.next().line;
        continue;
      }
      if (word === 'else') {
        this.next();
        node.otherwise = this.#compound(this.line, this.#isWord('fi'));
      }
      this.#expectReserved('fi');
      return node;
    }
  }

  #while(until: boolean): Command {
    const token = this.next();
    const condition = this.inside('do', () => this.#compound(token.line, this.#isWord('do')));
    const body = this.#doGroup();
    return { t: 'while', until, condition, body, line: token.line };
  }

  #doGroup(): List {
    this.#expectReserved('do');
    const body = this.#compound(this.line, this.#isWord('done'));
    this.#expectReserved('done');
    return body;
  }

  #for(kind: 'for' | 'select'): Command {
    const token = this.next();
    if (kind === 'for' && this.dialect.extended) {
      const open = this.peek();
      if (open.type === 'op' && open.text === '(' && this.src.charCodeAt(this.pos) === 40)
        return this.#arithmeticFor(token);
    }
    const name = this.peek();
    if (name.type !== 'word') this.unexpected(name);
    if (!/^[A-Za-z_]\w*$/.test(name.text)) {
      if (!this.dialect.extended) this.fail({ kind: 'message', message: 'Bad for loop variable' }, name.line);
    }
    this.next();
    const node: For = { t: kind, name: name.text, words: undefined, body: EMPTY, line: token.line };
    const separator = this.peek();
    if (separator.type === 'op' && separator.text === ';') {
      this.next();
      this.#skipNewlines();
    } else {
      this.#skipNewlines();
      const next = this.peek();
      if (next.word && bareText(next.word) === 'in') {
        this.next();
        node.words = [];
        for (;;) {
          const word = this.peek();
          if (word.type !== 'word') break;
          this.next();
          node.words.push(word.word!);
        }
        const end = this.peek();
        if (end.type === 'newline' || (end.type === 'op' && end.text === ';')) this.next();
        else this.unexpected(end);
        this.#skipNewlines();
      }
    }
    const open = this.peek(true);
    if (this.dialect.extended && open.word && bareText(open.word) === '{') {
      this.next();
      node.body = this.#compound(open.line, this.#isWord('}'));
      this.#expectReserved('}');
    } else node.body = this.#doGroup();
    return node;
  }

  #arithmeticFor(token: Token): Command {
    const open = this.peek();
    this.unpeek();
    this.pos = open.start + 2;
    const parts: Word[] = [];
    let start = this.pos;
    let depth = 0;
    let piece = new Parts();
    for (;;) {
      const c = this.code();
      if (this.ended) this.fail({ kind: 'unterminated', delimiter: ')', opened: token.line });
      if (c === 40) depth++;
      if (c === 41 && depth-- === 0) break;
      if (c === 59 && depth === 0) {
        parts.push(makeWord(piece.take(), this.src.slice(start, this.pos)));
        piece = new Parts();
        this.pos++;
        start = this.pos;
        continue;
      }
      if (c === 34 || (c === 36 && (this.code(1) === 34 || this.code(1) === 39))) this.pos++;
      else this.quotedCharacter(piece, '"');
    }
    parts.push(makeWord(piece.take(), this.src.slice(start, this.pos)));
    if (this.code(1) !== 41 || parts.length !== 3) {
      this.fail({ kind: 'message', message: parts.length < 3 ? 'arithmetic-for' : `\`((' ` }, token.line);
    }
    this.pos += 2;
    const separator = this.peek(true);
    if (separator.type === 'op' && separator.text === ';') this.next();
    this.#skipNewlines();
    const brace = this.peek(true);
    let body: List;
    if (brace.word && bareText(brace.word) === '{') {
      this.next();
      body = this.#compound(brace.line, this.#isWord('}'));
      this.#expectReserved('}');
    } else body = this.#doGroup();
    return { t: 'arithfor', init: parts[0]!, condition: parts[1]!, update: parts[2]!, body, line: token.line };
  }

  #case(): Case {
    const token = this.next();
    const subject = this.next();
    if (subject.type !== 'word') this.unexpected(subject);
    this.#skipNewlines();
    const within = this.peek();
    if (!(within.word && bareText(within.word) === 'in')) this.unexpected(within, 'in');
    this.next();
    const node: Case = { t: 'case', subject: subject.word!, items: [], line: token.line };
    for (;;) {
      while (this.peek().type === 'newline') this.next();
      let next = this.peek();
      if (next.word && bareText(next.word) === 'esac') {
        this.next();
        return node;
      }
      if (next.type === 'op' && next.text === '(') {
        this.next();
        next = this.peek();
      }
      const patterns: Word[] = [];
      for (;;) {
        const pattern = this.peek();
        if (pattern.type !== 'word') this.unexpected(pattern, pattern.type === 'end' ? ')' : undefined);
        this.next();
        patterns.push(pattern.word!);
        const bar = this.peek();
        if (bar.type === 'op' && bar.text === '|') {
          this.next();
          continue;
        }
        if (bar.type !== 'op' || bar.text !== ')') this.unexpected(bar, ')');
        this.next();
        break;
      }
      const closes = this.#isWord('esac');
      const body = this.#compound(
        this.line,
        (t) => closes(t) || (t.type === 'op' && (t.text.startsWith(';;') || t.text === ';&')),
        true,
      );
      const end = this.peek(true);
      if (end.type === 'op' && (end.text.startsWith(';;') || end.text === ';&')) {
        this.next();
        node.items.push({ patterns, body, end: end.text as ';;' });
        continue;
      }
      node.items.push({ patterns, body, end: ';;' });
      if (!closes(end)) this.unexpected(end, 'esac');
      this.next();
      return node;
    }
  }

  /** `((…))` as a command; undefined (nothing consumed) where it is a subshell in a subshell. */
  #arithmeticCommand(token: Token): Command | undefined {
    const { line } = this;
    this.unpeek();
    const from = this.pos;
    this.pos += 2;
    const word = this.arithmeticText();
    if (word) return { t: 'arith', word, line: token.line };
    this.pos = from;
    this.line = line;
    this.peek();
    return undefined;
  }

  #coprocess(): Command {
    const token = this.next();
    let name = 'COPROC';
    const first = this.peek(true);
    if (first.type === 'word' && this.#reserved() === undefined && first.word && bareText(first.word) !== undefined) {
      // a name only where a compound command follows
      const rest = this.src.slice(this.pos);
      if (
        /^[A-Za-z_]\w*$/.test(first.text) &&
        /^[ \t]*(?:\{[\s]|\(|\[\[[\s]|(?:if|while|until|for|case|select)[\s])/.test(rest)
      ) {
        name = first.text;
        this.next();
      }
    }
    return { t: 'coproc', name, body: this.#command(), line: token.line };
  }

  arrayLiteral(): ArrayElement[] {
    const opened = this.line;
    this.pos++;
    const elements: ArrayElement[] = [];
    this.closers.push(')');
    for (;;) {
      this.skipBlanks();
      const c = this.code();
      if (this.ended) this.fail({ kind: 'unterminated', delimiter: ')', opened, array: true });
      if (c === 10) {
        this.pos++;
        this.line++;
        continue;
      }
      if (c === 41) break;
      if (c === 91) {
        const indexed = this.#indexedElement();
        if (indexed) {
          elements.push(indexed);
          continue;
        }
      }
      if (isMeta(c) && !((c === 60 || c === 62) && this.code(1) === 40))
        this.fail({ kind: 'unexpected', token: this.src[this.pos]!, expecting: undefined, array: true });
      elements.push({ index: undefined, append: false, value: this.readWord(false).word, whole: undefined });
    }
    this.closers.pop();
    this.pos++;
    return elements;
  }

  /** `[index]=value` in an array literal. */
  #indexedElement(): ArrayElement | undefined {
    const m = /^\[((?:[^\]\n"'$[]|"[^"\n]*"|'[^'\n]*'|\$\{[^}\n]*\}|\$\(\([^\n]*?\)\)|\$|\[[^\]\n]*\])*)\](\+?)=/.exec(
      this.src.slice(this.pos, this.pos + 2000),
    );
    if (!m) return undefined;
    const start = this.pos;
    this.pos++;
    const index = this.subscript();
    const append = this.code() === 43;
    this.pos += append ? 2 : 1;
    const c = this.code();
    const value = c === -1 || isMeta(c) ? literalWord('') : this.readWord(false, false, true).word;
    const head: Part = { k: 'lit', text: `[${index.source}]${append ? '+' : ''}=`, pure: true };
    const whole = value.brace ? makeWord([head, ...value.parts], this.src.slice(start, this.pos), true) : undefined;
    return { index, append, value, whole };
  }
}

/** Built-ins that no function may be named after in dash and ash. */
const SPECIAL: ReadonlySet<string> = new Set(
  'break continue eval exec exit export local readonly return set shift times trap unset'.split(' '),
);

const isSpecial = (name: string, { personality }: Dialect): boolean =>
  SPECIAL.has(name) || (personality === 'ash' && name === 'source');

const EMPTY: List = { t: 'list', items: [], line: 0 };

function withRedirect(command: Command, redirect: Redirect): Command {
  if (command.t === 'simple') return { ...command, redirects: [...command.redirects, redirect] };
  if (command.t === 'redirected') return { ...command, redirects: [...command.redirects, redirect] };
  return { t: 'redirected', body: command, redirects: [redirect], line: command.line };
}
