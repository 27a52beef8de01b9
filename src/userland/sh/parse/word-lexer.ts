import { ansiC } from './ansi-c.ts';
import type { Assignment, List, Part, Word } from './ast.ts';
import { ParseFailure } from './failure.ts';
import { parameter } from './parameter.ts';
import { Parts, tildePart } from './parts.ts';
import { isDigit, isMeta, isNameChar, isNameStart, Scanner } from './scanner.ts';
import { Translated } from './translated.ts';
import { literalWord, makeWord } from './word.ts';

/** What a word that was read may also be. */
export interface LexedWord {
  word: Word;
  assignment: Assignment | undefined;
}

const TILDE = /^~([A-Za-z0-9._+-]*)(?=$|[/:\s;&|<>()}])/;

/** Reads words: quoting, expansions and substitutions, but no grammar. */
export abstract class WordLexer extends Scanner {
  /** Parses a command list up to the `)` that ends a substitution, which is consumed. */
  abstract substitution(): List;

  /**
   * Reads a word that begins here, up to the next unquoted metacharacter.
   * @param assignable `name=(…)` is an array, as at the beginning of a simple command
   * @param pattern the right side of `==` in `[[ ]]`: extended patterns are on
   * @param value it is the value of an assignment: tildes behind colons count
   */
  readWord(assignable: boolean, pattern = false, value = false): LexedWord {
    const start = this.pos;
    const parts = new Parts();
    let assignment: Assignment | undefined;
    let valueFrom = -1;
    let brace = false;
    const extglob = this.dialect.extended && (pattern || this.settings.extglob);
    while (!this.ended) {
      const c = this.code();
      if (extglob && this.code(1) === 40 && (c === 63 || c === 42 || c === 43 || c === 64 || c === 33)) {
        this.extendedPattern(parts);
        continue;
      }
      if (isMeta(c)) {
        if ((c === 60 || c === 62) && this.code(1) === 40 && this.dialect.processSubstitution) {
          this.processSubstitution(parts);
          continue;
        }
        if (c === 40 && assignable && assignment && this.pos === valueFrom && this.dialect.extended) {
          assignment.elements = this.arrayLiteral();
          assignment.value = undefined;
          assignment.pure = assignment.elements.every((e) => e.value.pure && (e.index?.pure ?? true));
          assignment.source = this.src.slice(start, this.pos);
          return { word: literalWord(assignment.source), assignment };
        }
        break;
      }
      if (
        c === 126 &&
        (parts.empty ||
          (assignment && this.pos === valueFrom) ||
          this.#afterColon(parts, assignment !== undefined || value))
      ) {
        if (this.#tilde(parts, assignment !== undefined || value)) continue;
      }
      if (c === 61 && !assignment && parts.list.length === 0) {
        const m = /^([A-Za-z_]\w*)(\+?)$/.exec(parts.pendingText);
        if (m) {
          parts.add('=');
          parts.flush();
          this.pos++;
          valueFrom = this.pos;
          assignment = this.#newAssignment(m[1]!, undefined, m[2] === '+');
          continue;
        }
      }
      if (
        c === 91 &&
        assignable &&
        !assignment &&
        parts.list.length === 0 &&
        this.dialect.extended &&
        isName(parts.pendingText)
      ) {
        const indexed = this.#indexedAssignment(start, parts.pendingText);
        if (indexed) {
          assignment = indexed;
          parts.add(this.src.slice(start + parts.pendingText.length, this.pos));
          parts.flush();
          valueFrom = this.pos;
          continue;
        }
      }
      if (c === 123) brace = true;
      this.wordCharacter(parts, c);
    }
    const source = this.#translated.text(this.src, start, this.pos);
    const list = parts.take();
    const word = makeWord(list, source, brace && this.settings.braceexpand);
    if (assignment) {
      const text = this.src.slice(valueFrom, this.pos);
      assignment.value = makeWord(list.slice(1), text);
      if (list.length === 1) assignment.value = literalWord('');
      assignment.pure = assignment.value.pure && (assignment.index?.pure ?? true);
      assignment.source = source;
    }
    return { word, assignment };
  }

  /** `$'…'` that were read: bash shows what they stand for. */
  readonly #translated = new Translated();

  #newAssignment(name: string, index: Word | undefined, append: boolean): Assignment {
    return { name, index, append, value: undefined, elements: undefined, pure: true, source: '' };
  }

  #afterColon(parts: Parts, assignment: boolean): boolean {
    return assignment && this.src.charCodeAt(this.pos - 1) === 58 && parts.pendingText.endsWith(':');
  }

  #tilde(parts: Parts, assignment: boolean): boolean {
    const m = TILDE.exec(this.src.slice(this.pos, this.pos + 64));
    if (!m) return false;
    parts.push(tildePart(m[1]!, assignment));
    this.pos += m[0].length;
    return true;
  }

  /** `name[index]=` or `+=`: moves behind it. Otherwise stays. */
  #indexedAssignment(start: number, name: string): Assignment | undefined {
    const line = this.line;
    const at = this.pos;
    this.pos++;
    let index: Word;
    try {
      index = this.subscript();
    } catch (thrown) {
      if (!(thrown instanceof ParseFailure)) throw thrown;
      this.pos = at;
      this.line = line;
      return undefined;
    }
    const append = this.at('+=');
    if (append || this.code() === 61) {
      this.pos += append ? 2 : 1;
      return this.#newAssignment(name, index, append);
    }
    this.pos = start + name.length;
    this.line = line;
    return undefined;
  }

  /** The inside of `[…]`; the `]` is consumed. Expanded as in double quotes. */
  subscript(): Word {
    const start = this.pos;
    const parts = new Parts();
    let depth = 0;
    for (;;) {
      const c = this.code();
      if (c === -1 || c === 10) {
        this.fail({ kind: 'unterminated', delimiter: ']', opened: this.line });
      }
      if (c === 93 && depth === 0) break;
      if (c === 91) depth++;
      if (c === 93) depth--;
      this.wordCharacter(parts, c);
    }
    const word = makeWord(parts.take(), this.src.slice(start, this.pos));
    this.pos++;
    return word;
  }

  /** Takes one character, quote or expansion of an unquoted word. */
  wordCharacter(parts: Parts, c: number): void {
    switch (c) {
      case 92:
        this.backslash(parts);
        return;
      case 39:
        this.pos++;
        parts.push({ k: 'squote', text: this.singleQuoted(), pure: true });
        return;
      case 34:
        parts.push(this.doubleQuoted());
        return;
      case 36:
        this.dollar(parts, false);
        return;
      case 96:
        parts.push(this.backquoted(false));
        return;
      case 10:
        this.line++;
        break;
      default:
    }
    parts.add(this.src[this.pos]!);
    this.pos++;
  }

  backslash(parts: Parts): void {
    if (this.pos + 1 >= this.src.length) {
      this.wantMore();
      parts.push({ k: 'squote', text: '\\', pure: true });
      this.pos++;
      return;
    }
    const next = this.code(1);
    this.pos += 2;
    if (next === 10) {
      this.line++;
      if (this.ended) this.wantMore();
      return;
    }
    parts.push({ k: 'squote', text: this.src[this.pos - 1]!, pure: true });
  }

  /** The text up to the closing `'`, which is consumed. */
  singleQuoted(): string {
    const opened = this.line;
    const end = this.src.indexOf("'", this.pos);
    if (end < 0) {
      this.closers.push("'");
      this.pos = this.src.length;
      this.fail({ kind: 'unterminated', delimiter: "'", opened });
    }
    const text = this.src.slice(this.pos, end);
    this.#countLines(text);
    this.pos = end + 1;
    return text;
  }

  #countLines(text: string): void {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.line++;
  }

  /** `"…"`, from its first quote. */
  doubleQuoted(): Part {
    const opened = this.line;
    this.pos++;
    const parts = new Parts();
    this.closers.push('"');
    while (this.code() !== 34) {
      if (this.ended) this.fail({ kind: 'unterminated', delimiter: '"', opened });
      this.quotedCharacter(parts, '"');
    }
    this.closers.pop();
    this.pos++;
    const list = parts.take();
    return { k: 'dquote', parts: list, pure: list.every((part) => part.pure) };
  }

  /** Takes one character or expansion where double quotes hold. `escapable`: what a backslash quotes besides `` $ ` \ ``. */
  quotedCharacter(parts: Parts, escapable: string): void {
    const c = this.code();
    if (c === 92) {
      const next = this.code(1);
      if (next === -1) {
        this.pos++;
        if (this.growing) this.wantMore();
        parts.add('\\');
        return;
      }
      if (next === 10) {
        this.pos += 2;
        this.line++;
        return;
      }
      const text = this.src[this.pos + 1]!;
      if (next === 36 || next === 96 || next === 92) parts.push({ k: 'squote', text, pure: true });
      else if (escapable.includes(text)) parts.push({ k: 'squote', text, pure: true });
      else {
        parts.add(`\\${text}`);
      }
      this.pos += 2;
      return;
    }
    if (c === 36) this.dollar(parts, true);
    else if (c === 96) parts.push(this.backquoted(true));
    else {
      if (c === 10) this.line++;
      parts.add(this.src[this.pos]!);
      this.pos++;
    }
  }

  /** `$…`. */
  dollar(parts: Parts, quoted: boolean): void {
    while (this.code(1) === 92 && this.code(2) === 10) this.splice(this.pos + 1);
    const next = this.code(1);
    if (next === 40) {
      if (this.code(2) === 40) {
        const arith = this.#arithmetic();
        if (arith) {
          parts.push(arith);
          return;
        }
      }
      this.pos += 2;
      parts.push(this.#commandSubstitution());
      return;
    }
    if (next === 123) {
      parts.push(parameter(this, quoted));
      return;
    }
    if (isNameStart(next)) {
      let end = this.pos + 2;
      while (end < this.src.length && isNameChar(this.src.charCodeAt(end))) end++;
      this.#simpleParameter(parts, this.src.slice(this.pos + 1, end));
      return;
    }
    if (isDigit(next) || (next !== -1 && '@*#?-$!'.includes(String.fromCharCode(next)))) {
      this.#simpleParameter(parts, String.fromCharCode(next));
      return;
    }
    if (!quoted && next === 39 && this.dialect.dollarQuote) {
      this.pos += 2;
      parts.push({ k: 'squote', text: this.#ansiQuoted(), pure: true });
      return;
    }
    if (!quoted && next === 34 && this.dialect.extended) {
      this.pos++;
      return;
    }
    if (next === 91 && this.dialect.extended) {
      this.pos += 2;
      const word = this.#until(() => this.code() === 93, ']');
      this.pos++;
      parts.push({ k: 'arith', word, pure: word.pure });
      return;
    }
    parts.add('$');
    this.pos++;
  }

  #simpleParameter(parts: Parts, name: string): void {
    this.pos += 1 + name.length;
    parts.push({
      k: 'param',
      name,
      index: undefined,
      indirect: false,
      op: '',
      colon: false,
      word: undefined,
      word2: undefined,
      source: name,
      braced: false,
      pure: true,
    });
  }

  #ansiQuoted(): string {
    const opened = this.line;
    const start = this.pos;
    while (this.code() !== 39) {
      if (this.ended) {
        this.closers.push("'");
        this.fail({ kind: 'unterminated', delimiter: "'", opened });
      }
      if (this.code() === 10) this.line++;
      this.pos += this.code() === 92 ? 2 : 1;
    }
    this.pos++;
    const text = ansiC(this.src.slice(start, this.pos - 1), { nulEnds: true, plain: !this.dialect.extended });
    this.#translated.note(start - 2, this.pos, text);
    return text;
  }

  #commandSubstitution(): Part {
    const start = this.pos;
    const line = this.line;
    const body = this.inside(')', () => this.substitution());
    return {
      k: 'command',
      body,
      source: this.src.slice(start, this.pos - 1),
      line,
      backquoted: false,
      pure: false,
    };
  }

  processSubstitution(parts: Parts): void {
    const direction = this.src[this.pos] as '<' | '>';
    this.pos += 2;
    const start = this.pos;
    const body = this.inside(')', () => this.substitution());
    parts.push({ k: 'process', direction, body, source: this.src.slice(start, this.pos - 1), pure: false });
  }

  /** Backquotes: their text is parsed when it runs, so that what is wrong in it is said then. */
  backquoted(quoted: boolean): Part {
    const opened = this.line;
    this.pos++;
    let text = '';
    this.closers.push('`');
    while (this.code() !== 96) {
      if (this.ended) this.fail({ kind: 'unterminated', delimiter: '`', opened });
      const c = this.code();
      if (c === 92) {
        const next = this.code(1);
        if (next === 36 || next === 96 || next === 92 || (quoted && next === 34)) {
          text += this.src[this.pos + 1];
          this.pos += 2;
          continue;
        }
        if (next === 10) {
          this.pos += 2;
          this.line++;
          continue;
        }
      }
      if (c === 10) this.line++;
      text += this.src[this.pos];
      this.pos++;
    }
    this.closers.pop();
    this.pos++;
    return { k: 'command', body: undefined, source: text, line: opened, backquoted: true, pure: false };
  }

  /** `$((…))` if that is what stands here; otherwise nothing is consumed. */
  #arithmetic(): Part | undefined {
    const start = this.pos;
    const line = this.line;
    this.pos += 3;
    const word = this.arithmeticText();
    if (word) return { k: 'arith', word, pure: word.pure };
    if (!this.dialect.extended) this.fail({ kind: 'unterminated', delimiter: ')', opened: line }, line);
    this.pos = start;
    this.line = line;
    return undefined;
  }

  /** The text up to `))`, which is consumed; undefined where a lone `)` shows that it is no arithmetic. */
  arithmeticText(): Word | undefined {
    const start = this.pos;
    const opened = this.line;
    const parts = new Parts();
    let depth = 0;
    this.closers.push(')');
    for (;;) {
      const c = this.code();
      if (this.ended) this.fail({ kind: 'unterminated', delimiter: ')', opened });
      if (c === 41) {
        if (depth === 0) {
          this.closers.pop();
          if (this.code(1) !== 41) return undefined;
          break;
        }
        depth--;
      } else if (c === 40) depth++;
      else if (c === 34 || (c === 36 && this.code(1) === 34 && this.dialect.extended)) {
        // quotes fall away, what they hold is expanded as the rest is
        this.pos++;
        continue;
      }
      if (c === 36 && this.code(1) === 39 && this.dialect.dollarQuote) this.wordCharacter(parts, c);
      else this.quotedCharacter(parts, '"');
    }
    const word = makeWord(parts.take(), this.src.slice(start, this.pos));
    this.pos += 2;
    return word;
  }

  #until(end: () => boolean, delimiter: string): Word {
    const start = this.pos;
    const opened = this.line;
    const parts = new Parts();
    while (!end()) {
      if (this.ended) this.fail({ kind: 'unterminated', delimiter, opened });
      this.quotedCharacter(parts, '"');
    }
    return makeWord(parts.take(), this.src.slice(start, this.pos));
  }

  /** `?(…)` and its kin: the pattern's own characters stay active, what is quoted inside is quoted. */
  extendedPattern(parts: Parts): void {
    const opened = this.line;
    parts.add(this.src.slice(this.pos, this.pos + 2));
    this.pos += 2;
    let depth = 1;
    this.closers.push(')');
    while (depth > 0) {
      if (this.ended) this.fail({ kind: 'unterminated', delimiter: ')', opened });
      const c = this.code();
      if (c === 40) depth++;
      if (c === 41) depth--;
      this.wordCharacter(parts, c);
    }
    this.closers.pop();
  }

  /** `(…)` of an array assignment. */
  abstract arrayLiteral(): NonNullable<Assignment['elements']>;
}

function isName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text);
}
