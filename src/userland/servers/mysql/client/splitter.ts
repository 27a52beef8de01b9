/** What a line of input brought: a statement to send, or a command of the client. */
export type Piece =
  | { k: 'statement'; text: string; vertical: boolean }
  | { k: 'command'; name: string; argument: string };

/** Commands by their letters. */
const LETTERS: Readonly<Record<string, string>> = {
  '?': 'help',
  h: 'help',
  c: 'clear',
  q: 'quit',
  s: 'status',
  u: 'use',
  r: 'connect',
  d: 'delimiter',
  '.': 'source',
  '!': 'system',
  T: 'tee',
  t: 'notee',
  P: 'pager',
  n: 'nopager',
  p: 'print',
  R: 'prompt',
  '#': 'rehash',
  W: 'warnings',
  w: 'nowarning',
  C: 'charset',
  e: 'edit',
  '-': 'sandbox',
  x: 'resetconnection',
};
/** Commands that are words at the beginning of a line. */
const WORDS = [
  'help',
  'clear',
  'quit',
  'exit',
  'status',
  'use',
  'connect',
  'delimiter',
  'source',
  'system',
  'tee',
  'notee',
  'pager',
  'nopager',
  'print',
  'prompt',
  'rehash',
  'warnings',
  'nowarning',
  'charset',
  'edit',
  'sandbox',
  'ego',
  'go',
];

/** Cuts what is typed into statements, line by line: knows quotes, comments and the delimiter. */
export class Splitter {
  delimiter = ';';
  #text = '';
  #quote = '';
  #comment = false;

  /** A statement is begun. */
  get pending(): boolean {
    return this.#text.trim() !== '' || this.#quote !== '' || this.#comment;
  }

  get text(): string {
    return this.#text;
  }

  /** The prompt's sign within a statement: `->`, or the quote that is open. */
  get mark(): string {
    return this.#comment ? '/*>' : this.#quote === '' ? '->' : `${this.#quote}>`;
  }

  clear(): void {
    this.#text = '';
    this.#quote = '';
    this.#comment = false;
  }

  /** @param interactive words alone on a line are commands, `\x` too */
  *feed(line: string, interactive: boolean): Generator<Piece> {
    if (!this.pending && this.#quote === '') {
      const command = this.#command(line, interactive);
      if (command) {
        this.#text = '';
        yield command;
        return;
      }
    }
    for (let at = 0; at < line.length; at++) {
      const c = line[at]!;
      if (this.#comment) {
        this.#text += c;
        if (c === '*' && line[at + 1] === '/') {
          this.#text += '/';
          at++;
          this.#comment = false;
        }
        continue;
      }
      if (this.#quote !== '') {
        // the client's own commands are known within quotes too
        if (c === '\\' && this.#quote !== '`') {
          if (interactive && line[at + 1] === 'c') {
            this.clear();
            yield { k: 'command', name: 'clear', argument: '' };
            return;
          }
          this.#text += c + (line[++at] ?? '');
          continue;
        }
        this.#text += c;
        if (c === this.#quote) this.#quote = '';
        continue;
      }
      if (line.startsWith(this.delimiter, at)) {
        const text = this.#text.trim();
        this.#text = '';
        if (text !== '' || interactive) yield { k: 'statement', text, vertical: false };
        at += this.delimiter.length - 1;
        continue;
      }
      if (c === '\\') {
        const next = line[at + 1] ?? '';
        if (next === 'g' || next === 'G') {
          const text = this.#text.trim();
          this.#text = '';
          at++;
          yield { k: 'statement', text, vertical: next === 'G' };
          continue;
        }
        const name = LETTERS[next];
        if (name !== undefined) {
          if (name === 'clear') this.clear();
          const rest = line.slice(at + 2);
          const takes = [
            'use',
            'delimiter',
            'source',
            'system',
            'tee',
            'pager',
            'prompt',
            'charset',
            'connect',
          ].includes(name);
          yield { k: 'command', name, argument: takes ? rest.trim() : '' };
          if (takes) return;
          at++;
          continue;
        }
      }
      if (c === '#' || (c === '-' && line[at + 1] === '-' && /\s|^$/.test(line[at + 2] ?? ''))) break;
      if (c === '/' && line[at + 1] === '*' && !/[!+M]/.test(line[at + 2] ?? '')) {
        this.#comment = true;
        this.#text += '/*';
        at++;
        continue;
      }
      if (c === "'" || c === '"' || c === '`') this.#quote = c;
      this.#text += c;
    }
    if (this.#text !== '') this.#text += '\n';
    if (this.#quote === '' && !this.#comment && this.#text.trim() === '') this.#text = '';
  }

  #command(line: string, interactive: boolean): Piece | undefined {
    const found = /^\s*(\w+|\?)(?:\s+(.*?))?\s*$/.exec(line);
    if (!found) {
      const ended = /^\s*(\w+|\?)\s*;\s*$/.exec(line);
      if (!ended || !interactive) return undefined;
      return this.#named(ended[1]!, '', interactive);
    }
    return this.#named(found[1]!, (found[2] ?? '').trim(), interactive);
  }

  #named(word: string, written: string, interactive: boolean): Piece | undefined {
    const name = word === '?' ? 'help' : word.toLowerCase();
    if (!WORDS.includes(name)) return undefined;
    // in a file only these are known as words
    if (!interactive && !['delimiter', 'source', 'use'].includes(name)) return undefined;
    const argument = name === 'delimiter' ? written : written.replace(/;\s*$/, '').trim();
    if (argument !== '' && ['quit', 'exit', 'clear', 'status', 'print', 'ego', 'go'].includes(name)) return undefined;
    return { k: 'command', name: name === 'exit' ? 'quit' : name, argument };
  }
}
