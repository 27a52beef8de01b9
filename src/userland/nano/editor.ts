import { decode } from '../../lib/utf8.ts';
import { cutToWidth, textWidth } from '../../lib/wcwidth.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import type { TtyScreen } from '../../libc/tty-screen.ts';

const HELP = [
  ['^G Help', '^O Write Out', '^W Where Is', '^K Cut', '^T Execute', '^C Location'],
  ['^X Exit', '^R Read File', '^\\ Replace', '^U Paste', '^J Justify', '^/ Go To Line'],
];

export interface NanoOptions {
  file: string | undefined;
  readOnly: boolean;
  numbers: boolean;
  line: number;
  version: string;
  strerror(errno: number): string;
}

/** nano's window: one buffer, edited where the cursor is. */
export class NanoEditor {
  #lines: string[] = [''];
  #row = 0;
  #column = 0;
  #top = 0;
  #modified = false;
  #status = '';
  #cut: string[] = [];
  #cutting = false;
  #sought = '';
  #file: string;

  constructor(
    readonly screen: TtyScreen,
    readonly options: NanoOptions,
  ) {
    this.#file = options.file ?? '';
  }

  /** Edits until the user leaves. */
  *run(): Wait<void> {
    yield* this.#load();
    this.#row = Math.min(this.#lines.length - 1, Math.max(0, this.options.line - 1));
    for (;;) {
      yield* this.#draw();
      const key = yield* this.screen.key();
      this.#status = '';
      if (key === 'eof') return;
      if (key === '\x18') {
        if (yield* this.#leave()) return;
        continue;
      }
      const cut = key === '\x0b';
      yield* this.#command(key);
      this.#cutting = cut;
    }
  }

  *#load(): Wait<void> {
    if (this.#file === '') return;
    const bytes = yield* readFile(this.screen.sys, this.#file);
    if (typeof bytes === 'number') {
      this.#status = bytes === -2 ? '[ New File ]' : `[ Error reading ${this.#file}: ${this.options.strerror(bytes)} ]`;
      return;
    }
    const text = decode(bytes);
    this.#lines = text.split('\n');
    const count = text.endsWith('\n') ? this.#lines.length - 1 : this.#lines.length;
    this.#status = `[ Read ${count} line${count === 1 ? '' : 's'} ]`;
  }

  *#command(key: string): Wait<void> {
    const page = this.#height() - 1;
    switch (key) {
      case 'up':
      case '\x10':
        return this.#moveTo(this.#row - 1, this.#column);
      case 'down':
      case '\x0e':
        return this.#moveTo(this.#row + 1, this.#column);
      case 'left':
      case '\x02':
        return this.#column > 0
          ? this.#moveTo(this.#row, this.#column - this.#before().length)
          : this.#row > 0
            ? this.#moveTo(this.#row - 1, Number.POSITIVE_INFINITY)
            : undefined;
      case 'right':
      case '\x06':
        return this.#column < this.#line().length
          ? this.#moveTo(this.#row, this.#column + String.fromCodePoint(this.#line().codePointAt(this.#column)!).length)
          : this.#row < this.#lines.length - 1
            ? this.#moveTo(this.#row + 1, 0)
            : undefined;
      case 'home':
      case '\x01':
        return this.#moveTo(this.#row, 0);
      case 'end':
      case '\x05':
        return this.#moveTo(this.#row, Number.POSITIVE_INFINITY);
      case 'pageup':
      case '\x19':
        return this.#moveTo(this.#row - page, 0);
      case 'pagedown':
      case '\x16':
        return this.#moveTo(this.#row + page, 0);
      case '\x0f':
        yield* this.#write();
        return;
      case '\x17':
        yield* this.#search();
        return;
      case '\x1f': {
        const line = yield* this.#ask('Enter line number, column number');
        if (line) this.#moveTo(Number.parseInt(line, 10) - 1 || 0, 0);
        return;
      }
      case '\x03':
        this.#status = `[ line ${this.#row + 1}/${this.#lines.length} (${Math.floor((100 * (this.#row + 1)) / this.#lines.length)}%), col ${this.#column + 1}/${this.#line().length + 1} ]`;
        return;
      default:
        if (!this.options.readOnly) this.#edit(key);
    }
  }

  #edit(key: string): void {
    const line = this.#line();
    switch (key) {
      case '\r':
      case '\n':
        this.#lines.splice(this.#row, 1, line.slice(0, this.#column), line.slice(this.#column));
        this.#moveTo(this.#row + 1, 0);
        break;
      case '\x7f':
      case '\b':
        if (this.#column > 0) {
          const gone = this.#before().length;
          this.#lines[this.#row] = line.slice(0, this.#column - gone) + line.slice(this.#column);
          this.#column -= gone;
        } else if (this.#row > 0) {
          const above = this.#lines[this.#row - 1]!;
          this.#lines.splice(this.#row - 1, 2, above + line);
          this.#moveTo(this.#row - 1, above.length);
        } else return;
        break;
      case 'delete':
      case '\x04':
        if (this.#column < line.length) {
          const gone = String.fromCodePoint(line.codePointAt(this.#column)!).length;
          this.#lines[this.#row] = line.slice(0, this.#column) + line.slice(this.#column + gone);
        } else if (this.#row < this.#lines.length - 1)
          this.#lines.splice(this.#row, 2, line + this.#lines[this.#row + 1]!);
        else return;
        break;
      case '\x0b':
        if (this.#row === this.#lines.length - 1 && line === '') return;
        if (!this.#cutting) this.#cut = [];
        this.#cut.push(line);
        this.#lines.splice(this.#row, 1);
        if (this.#lines.length === 0 || this.#row === this.#lines.length) this.#lines.push('');
        this.#column = 0;
        break;
      case '\x15':
        this.#lines.splice(this.#row, 0, ...this.#cut);
        this.#moveTo(this.#row + this.#cut.length, 0);
        break;
      default:
        if ([...key].length !== 1 || (key < ' ' && key !== '\t')) return;
        this.#lines[this.#row] = line.slice(0, this.#column) + key + line.slice(this.#column);
        this.#column += key.length;
    }
    this.#modified = true;
  }

  #line(): string {
    return this.#lines[this.#row]!;
  }

  /** The character left of the cursor. */
  #before(): string {
    return [...this.#line().slice(0, this.#column)].at(-1) ?? '';
  }

  #moveTo(row: number, column: number): void {
    this.#row = Math.min(this.#lines.length - 1, Math.max(0, row));
    this.#column = Math.min(this.#line().length, Math.max(0, column));
  }

  #height(): number {
    return Math.max(1, this.screen.size().rows - 4);
  }

  /** @returns true where the buffer was written */
  *#write(): Wait<boolean> {
    const name = yield* this.#ask('File Name to Write', this.#file);
    if (name === undefined || name === '') {
      this.#status = '[ Cancelled ]';
      return false;
    }
    if (this.#lines.at(-1) !== '') this.#lines.push('');
    const r = yield* writeFile(this.screen.sys, name, this.#lines.join('\n'));
    if (r < 0) {
      this.#status = `[ Error writing ${name}: ${this.options.strerror(r)} ]`;
      return false;
    }
    this.#file = name;
    this.#modified = false;
    const count = this.#lines.length - 1;
    this.#status = `[ Wrote ${count} line${count === 1 ? '' : 's'} ]`;
    return true;
  }

  *#leave(): Wait<boolean> {
    if (!this.#modified) return true;
    for (;;) {
      yield* this.#draw('Save modified buffer? ');
      const key = (yield* this.screen.key()).toLowerCase();
      if (key === 'y') return yield* this.#write();
      if (key === 'n' || key === 'eof') return true;
      if (key === '\x03' || key === '\x1b') {
        this.#status = '[ Cancelled ]';
        return false;
      }
    }
  }

  *#search(): Wait<void> {
    const typed = yield* this.#ask(this.#sought === '' ? 'Search' : `Search [${this.#sought}]`);
    if (typed === undefined) {
      this.#status = '[ Cancelled ]';
      return;
    }
    if (typed !== '') this.#sought = typed;
    const wanted = this.#sought.toLowerCase();
    for (let i = 0; i <= this.#lines.length; i++) {
      const row = (this.#row + i) % this.#lines.length;
      const from = i === 0 ? this.#column + 1 : 0;
      const at = this.#lines[row]!.toLowerCase().indexOf(wanted, from);
      if (at < 0) continue;
      this.#moveTo(row, at);
      if (row < this.#row || i >= this.#lines.length) this.#status = '[ Search Wrapped ]';
      return;
    }
    this.#status = `[ "${this.#sought}" not found ]`;
  }

  /** Asks in the status line. @returns undefined where it was cancelled */
  *#ask(prompt: string, start = ''): Wait<string | undefined> {
    let text = start;
    for (;;) {
      yield* this.#draw(`${prompt}: ${text}`);
      const key = yield* this.screen.key();
      if (key === '\r' || key === '\n') return text;
      if (key === '\x03' || key === '\x1b' || key === 'eof') return undefined;
      if (key === '\x7f' || key === '\b') text = [...text].slice(0, -1).join('');
      else if (key === '\x15') text = '';
      else if ([...key].length === 1 && key >= ' ') text += key;
    }
  }

  *#draw(question?: string): Wait<void> {
    const { rows, cols } = this.screen.size();
    const height = this.#height();
    if (this.#row < this.#top || this.#row >= this.#top + height)
      this.#top = Math.max(0, this.#row - Math.floor(height / 2));
    const left = `  GNU nano ${this.options.version}`;
    const name = this.#file === '' ? 'New Buffer' : this.#file;
    const middle = Math.max(left.length + 1, Math.floor((cols - textWidth(name)) / 2));
    const state = this.#modified ? 'Modified' : this.options.readOnly ? 'View' : '';
    const title = cutToWidth(left.padEnd(middle) + name, cols - 10).padEnd(cols - 10) + state.padEnd(10);
    let out = `\x1b[?25l\x1b[H\x1b[7m${title}\x1b[27m\r\n`;
    const lead = this.options.numbers ? String(this.#lines.length).length + 1 : 0;
    const cursor = this.#expanded(this.#line().slice(0, this.#column));
    const width = cols - lead;
    const shift = textWidth(cursor) >= width ? Math.floor(textWidth(cursor) / (width - 8)) * (width - 8) : 0;
    for (let i = 0; i < height; i++) {
      const line = this.#lines[this.#top + i];
      const from = this.#top + i === this.#row ? shift : 0;
      const shown = line === undefined ? '' : cutToWidth([...this.#expanded(line)].slice(from).join(''), width);
      const number = lead > 0 && line !== undefined ? `${String(this.#top + i + 1).padStart(lead - 1)} ` : '';
      out += `${number}${shown}\x1b[K\r\n`;
    }
    if (question !== undefined) out += `\x1b[7m${cutToWidth(question, cols).padEnd(cols)}\x1b[27m\r\n`;
    else {
      const pad = ' '.repeat(Math.max(0, Math.floor((cols - this.#status.length) / 2)));
      out += `${pad}${this.#status === '' ? '' : `\x1b[7m${this.#status}\x1b[27m`}\x1b[K\r\n`;
    }
    const cell = Math.max(8, Math.floor(cols / HELP[0]!.length));
    out += HELP.map(
      (row) =>
        `${cutToWidth(
          row
            .map((item) => `\x1b[7m${item.slice(0, 2)}\x1b[27m${item.slice(2).padEnd(cell - 2)}`)
            .join('')
            .trimEnd(),
          cols + 60,
        )}\x1b[K`,
    ).join('\r\n');
    if (question !== undefined) out += `\x1b[${rows - 2};${Math.min(cols, textWidth(question) + 1)}H`;
    else out += `\x1b[${this.#row - this.#top + 2};${lead + textWidth(cursor) - shift + 1}H`;
    yield* this.screen.write(`${out}\x1b[?25h`);
  }

  #expanded(line: string): string {
    let out = '';
    for (const c of line)
      out +=
        c === '\t'
          ? ' '.repeat(8 - (textWidth(out) % 8))
          : c < ' '
            ? `^${String.fromCharCode(c.charCodeAt(0) ^ 64)}`
            : c;
    return out;
  }
}
