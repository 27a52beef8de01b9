import type { Redirect, Word } from './ast.ts';
import { Parts } from './parts.ts';
import { isDigit } from './scanner.ts';
import type { Token, TokenType } from './token.ts';
import { isQuoted, makeWord } from './word.ts';
import { WordLexer } from './word-lexer.ts';

const OPERATORS = ['&&', '||', ';;', ';', '&', '|', '(', ')'];
const REDIRECTS = ['<<-', '<<', '<&', '<>', '<', '>>', '>&', '>|', '>'];

/** Makes tokens of the text, one ahead, and reads the bodies of here-documents where a line ends. */
export abstract class Lexer extends WordLexer {
  #token: Token | undefined;
  #heredocs: Redirect[] = [];
  /** Where the last token that was consumed ended. */
  lastEnd = 0;

  /** The next token. `assignable`: a word may be an array assignment. */
  peek(assignable = false): Token {
    if (this.#token === undefined) this.#token = this.#read(assignable);
    return this.#token;
  }

  next(assignable = false): Token {
    const token = this.peek(assignable);
    this.#token = undefined;
    this.lastEnd = this.pos;
    if (token.type === 'newline') this.#readHeredocs();
    return token;
  }

  /** Puts the place back to the beginning of the token that was peeked at. */
  unpeek(): void {
    if (this.#token === undefined) return;
    this.pos = this.#token.start;
    this.line = this.#token.line;
    this.#token = undefined;
  }

  /** All words of the text between `delimiters`, metacharacters being none. */
  wordList(delimiters = ' \t\n'): Word[] {
    const out: Word[] = [];
    const ends = (): boolean => delimiters.includes(this.src[this.pos]!);
    for (;;) {
      while (!this.ended && ends()) this.pos++;
      if (this.ended) return out;
      const parts = new Parts();
      const start = this.pos;
      while (!this.ended && !ends()) this.wordCharacter(parts, this.code());
      out.push(makeWord(parts.take(), this.src.slice(start, this.pos)));
    }
  }

  /** True where nothing but blanks, comments and line ends is left. */
  atEnd(): boolean {
    return /^(?:\s|#[^\n]*(?:\n|$))*$/.test(this.src.slice(this.pos));
  }

  get hasPendingHeredocs(): boolean {
    return this.#heredocs.length > 0;
  }

  #make(type: TokenType, text: string, start: number, line: number): Token {
    return { type, text, word: undefined, assignment: undefined, fd: undefined, variable: undefined, line, start };
  }

  /** Skips blanks, continuations and a comment. */
  skipBlanks(): void {
    for (;;) {
      const c = this.code();
      if (c === 32 || c === 9) this.pos++;
      else if (c === 92 && this.code(1) === 10) this.skipContinuations();
      else if (c === 35) {
        const end = this.src.indexOf('\n', this.pos);
        this.pos = end < 0 ? this.src.length : end;
      } else return;
    }
  }

  #read(assignable: boolean): Token {
    this.skipBlanks();
    const start = this.pos;
    const line = this.line;
    const c = this.code();
    // an operator may be continued on the next line
    if (c === 38 || c === 124 || c === 59 || c === 60 || c === 62) {
      for (let i = 1; i < 3; i++) while (this.code(i) === 92 && this.code(i + 1) === 10) this.splice(this.pos + i);
    }
    if (c === -1) return this.#make('end', '', start, line);
    if (c === 10) {
      this.pos++;
      this.line++;
      return this.#make('newline', 'newline', start, line);
    }
    if (c === 60 || c === 62) {
      if (!(this.code(1) === 40 && this.dialect.processSubstitution)) return this.#redirect(start, line);
    } else if (c === 38 && this.dialect.redirectBoth && this.code(1) === 62) {
      const text = this.dialect.extended && this.code(2) === 62 ? '&>>' : '&>';
      this.pos += text.length;
      return this.#make('redirect', text, start, line);
    } else {
      const op = this.#operator();
      if (op !== undefined) return this.#make('op', op, start, line);
    }
    if (isDigit(c)) {
      const m = (
        this.dialect.personality === 'dash'
          ? /^\d(?=[<>])/
          : this.dialect.processSubstitution
            ? this.dialect.extended
              ? /^\d+(?=[<>](?!\())/
              : /^\d+(?=&?[<>](?!\())/
            : /^\d+(?=[<>])/
      ).exec(this.src.slice(start, start + 12));
      if (m) {
        this.pos += m[0].length;
        // ash takes 2&>1 for a redirection of both
        if (this.code() === 38) {
          this.pos += 2;
          return this.#make('redirect', '&>', start, line);
        }
        const token = this.#redirect(start, line);
        token.fd = Number(m[0]);
        return token;
      }
    }
    if (c === 123 && this.dialect.extended) {
      const m = /^\{([A-Za-z_]\w*(?:\[[^\]\s]*\])?)\}(?=[<>])/.exec(this.src.slice(start, start + 80));
      if (m) {
        this.pos += m[0].length;
        const token = this.#redirect(start, line);
        token.variable = m[1]!;
        return token;
      }
    }
    const { word, assignment } = this.readWord(assignable);
    const token = this.#make('word', word.source, start, line);
    token.word = word;
    token.assignment = assignment;
    return token;
  }

  #operator(): string | undefined {
    let found: string | undefined;
    for (const op of OPERATORS)
      if (this.at(op)) {
        found = op;
        break;
      }
    if (found === undefined) return undefined;
    if (this.dialect.extended) {
      if (this.at(';;&')) found = ';;&';
      else if (this.at(';&')) found = ';&';
      else if (this.at('|&')) found = '|&';
    }
    this.pos += found.length;
    return found;
  }

  #redirect(start: number, line: number): Token {
    let op = REDIRECTS.find((r) => this.at(r))!;
    if (op === '<<' && this.dialect.hereString && this.at('<<<')) op = '<<<';
    this.pos += op.length;
    return this.#make('redirect', op, start, line);
  }

  /** Notes that a here-document's body follows the end of this line. */
  awaitHeredoc(redirect: Redirect): void {
    this.#heredocs.push(redirect);
  }

  #readHeredocs(): void {
    const from = this.line;
    if (this.#heredocs.length === 0) return;
    const pending = this.#heredocs;
    this.#heredocs = [];
    for (const redirect of pending) redirect.body = this.#heredocBody(redirect, redirect.line + this.line - from);
  }

  /** Bodies that are still owed where the text (of a substitution) ends. */
  finishHeredocs(): void {
    this.#readHeredocs();
  }

  /** `at`: the line after which it begins. */
  #heredocBody(redirect: Redirect, at: number): Word {
    const strip = redirect.op === '<<-';
    const quoted = isQuoted(redirect.word);
    const delimiter = unquote(redirect.word);
    const first = this.line;
    let raw = '';
    let ended = false;
    while (!this.ended) {
      let end = this.src.indexOf('\n', this.pos);
      const complete = end >= 0;
      if (!complete) end = this.src.length;
      let text = this.src.slice(this.pos, end);
      if (strip) text = text.replace(/^\t+/, '');
      let joined = text;
      if (
        !quoted &&
        complete &&
        this.dialect.extended &&
        text.endsWith('\\') &&
        delimiter.startsWith(text.slice(0, -1)) &&
        text !== '\\'
      ) {
        // the delimiter itself may be continued
        let to = end;
        while (joined.endsWith('\\') && to < this.src.length) {
          const from = to + 1;
          if (from >= this.src.length) {
            this.wantMore(delimiter);
            break;
          }
          to = this.src.indexOf('\n', from);
          if (to < 0) to = this.src.length;
          joined = joined.slice(0, -1) + this.src.slice(from, to);
        }
        if (joined === delimiter) {
          this.line += this.src.slice(this.pos, to).split('\n').length;
          this.pos = Math.min(to + 1, this.src.length);
          ended = true;
          break;
        }
      }
      if (text === delimiter || (this.dialect.extended && this.closers.at(-1) === ')' && text === `${delimiter})`)) {
        this.pos = complete && text === delimiter ? end + 1 : text === delimiter ? end : end - 1;
        if (complete && text === delimiter) this.line++;
        ended = true;
        break;
      }
      if (!quoted) {
        // a line that continues is joined before it can be the delimiter
        while (/(?:^|[^\\])(?:\\\\)*\\$/.test(text) && complete) {
          const from = end + 1;
          let to = this.src.indexOf('\n', from);
          if (to < 0) to = this.src.length;
          if (from >= this.src.length) break;
          text += `\n${this.src.slice(from, to)}`;
          this.line++;
          end = to;
        }
      }
      raw += complete || end < this.src.length ? `${text}\n` : text;
      this.pos = Math.min(end + 1, this.src.length);
      this.line++;
    }
    if (!ended) {
      this.wantMore(delimiter);
      // bash reads a last line without its end as one
      if (this.dialect.extended && raw !== '' && !raw.endsWith('\n')) raw += '\n';
      this.settings.warn(
        at + (raw.match(/\n/g)?.length ?? 0),
        `here-document at line ${at} delimited by end-of-file (wanted \`${delimiter}')`,
      );
    }
    if (quoted) return makeWord([{ k: 'squote', text: raw, pure: true }], raw);
    return this.expandable(raw, this.dialect.extended ? redirect.line : first);
  }

  /** Text that is expanded as in a here-document (and prompts). */
  expandable(text: string, line = this.line): Word {
    const { src, pos, line: here, growing } = this;
    const closers = this.closers;
    this.closers = [];
    this.src = text;
    this.pos = 0;
    this.line = line;
    this.growing = false;
    const parts = new Parts();
    try {
      while (!this.ended) this.quotedCharacter(parts, '');
    } finally {
      this.src = src;
      this.pos = pos;
      this.line = here;
      this.growing = growing;
      this.closers = closers;
    }
    return makeWord([{ k: 'dquote', parts: parts.take(), pure: parts.list.every((p) => p.pure) }], text);
  }
}

/** A here-document's delimiter: quotes are taken out, nothing is expanded. */
function unquote(word: Word): string {
  let out = '';
  for (const part of word.parts) {
    if (part.k === 'lit' || part.k === 'squote') out += part.text;
    else if (part.k === 'dquote') out += unquote({ ...word, parts: part.parts });
    else if (part.k === 'tilde') out += `~${part.user}`;
    else if (part.k === 'param') out += part.braced ? `\${${part.source}}` : `$${part.source}`;
    else if (part.k === 'process') out += `${part.direction}(${part.source})`;
    else if (part.k === 'command') out += part.backquoted ? `\`${part.source}\`` : `$(${part.source})`;
  }
  return out;
}
