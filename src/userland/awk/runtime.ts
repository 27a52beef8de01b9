import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import type { Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { runCommand, startCommand, waitFor } from '../../libc/shell-command.ts';
import { BlankFields } from './blank-fields.ts';
import type { Codec } from './codec.ts';
import { unescapeAwk } from './lex.ts';
import { INITIAL, SPECIAL } from './special.ts';
import { splitFields } from './split.ts';
import { AwkOutput, openForReading, openForWriting, RecordReader, type Separator } from './streams.ts';
import { type AwkArray, fromInput, numberText, StrNum, toNumber, type Value } from './values.ts';

export type Personality = 'mawk' | 'gawk' | 'busybox';

/** A variable that the language itself reads or sets. */
export interface Cell {
  v: Value;
}

/** Ends the program with a message (exit status 2, busybox 1). */
export class AwkFatal {
  constructor(readonly message: string) {}
}

/** Thrown by exit within a function. */
export class AwkExit {}

/** What a running program works on: variables, the record, streams. */
export class Runtime {
  readonly cells = new Map<string, Cell>();
  readonly arrays = new Map<string, AwkArray>();
  frame: (Value | AwkArray)[] = [];
  readonly special: Readonly<Record<(typeof SPECIAL)[number], Cell>>;
  readonly out: AwkOutput;
  /** stdout must be flushed as soon as the program may wait. */
  due = false;
  exitStatus = 0;
  returned: Value;
  /** Whole numbers up to this print as such; the mawk of Debian 12 knows only those of 32 bits. */
  private readonly maxInteger: number;
  /** The mawk of Debian 12. */
  readonly old: boolean;
  /** What arrays and long texts take. */
  private readonly memory: HeldMemory;
  private held = 0;
  seed = 0;
  private previousSeed = 0;
  private record = '';
  private recordValid = true;
  /** Where the record is still a part of what was read. */
  private source: { text: string; lineStart: number; lineEnd: number } | undefined;
  private fields: string[] = [];
  private fieldValues: Value[] = [];
  private split = true;
  /** The record's fields while they are separated by blanks and none was set. */
  private readonly blanks = new BlankFields();
  private lazy = false;
  /** FS when the record came: a later change is for the next one. */
  private recordFs: Value = ' ';
  private count = 0;
  private readonly regexes = new Map<string, Regex>();
  private readonly outputs = new Map<string, AwkOutput>();
  private readonly readers = new Map<string, RecordReader>();
  private main: RecordReader | undefined;
  private operand = 0;
  private opened = false;

  constructor(
    readonly ctx: Context,
    readonly codec: Codec,
    readonly personality: Personality,
  ) {
    this.old = personality === 'mawk' && ctx.sys.image.version.includes('20200120');
    this.memory = new HeldMemory(ctx.sys);
    this.out = new AwkOutput(ctx.sys, 1, codec);
    this.maxInteger = this.old ? 2 ** 31 - 1 : 1e16 - 1;
    const cells: Partial<Record<(typeof SPECIAL)[number], Cell>> = {};
    for (const name of SPECIAL) {
      cells[name] = { v: undefined };
      this.cells.set(name, cells[name]!);
    }
    this.special = cells as Record<(typeof SPECIAL)[number], Cell>;
    for (const [name, v] of Object.entries(INITIAL)) this.cells.get(name)!.v = v;
    if (personality === 'gawk') this.seed = 0;
    else if (personality === 'busybox') this.seed = 1;
    else {
      const bytes = new Uint8Array(4);
      ctx.sys.getrandom(bytes);
      this.seed = new DataView(bytes.buffer).getUint32(0);
    }
    this.previousSeed = this.seed;
  }

  /** Charges what the program's arrays and texts have come to since the last time. */
  *account(): Wait<void> {
    let bytes = 0;
    for (const array of this.arrays.values()) bytes += array.size * 128;
    for (const { v } of this.cells.values()) if (typeof v === 'string') bytes += v.length;
    const more = bytes - this.held;
    this.held = bytes;
    if (more > 0) yield* this.memory.grow(more);
    else this.memory.shrink(-more);
  }

  /** Debian's busybox is built without what needs the C library's mathematics. */
  needMath(): void {
    if (this.personality === 'busybox' && this.ctx.sys.image.version.includes('Debian'))
      throw new AwkFatal('Math support is not compiled in');
  }

  // ---- values

  cell(name: string): Cell {
    let cell = this.cells.get(name);
    if (!cell) {
      cell = { v: undefined };
      this.cells.set(name, cell);
    }
    return cell;
  }

  array(name: string): AwkArray {
    let array = this.arrays.get(name);
    if (!array) {
      array = new Map();
      this.arrays.set(name, array);
    }
    return array;
  }

  text = (v: Value): string => {
    if (typeof v === 'string') return v;
    if (v === undefined) return '';
    if (typeof v === 'number') {
      if (Number.isInteger(v) && v <= this.maxInteger && v >= -this.maxInteger) return v === 0 ? '0' : String(v);
      return numberText(v, this.text(this.special.CONVFMT.v), this.maxInteger);
    }
    return v.s;
  };

  /** As print does it: numbers by OFMT. */
  printed(v: Value): string {
    if (typeof v === 'number' && !Number.isInteger(v))
      return numberText(v, this.text(this.special.OFMT.v), this.maxInteger);
    return this.text(v);
  }

  compare(a: Value, b: Value): number {
    if (typeof a !== 'string' && typeof b !== 'string') {
      // an unset value compares as a string only with strings
      const x = toNumber(a);
      const y = toNumber(b);
      return x < y ? -1 : x > y ? 1 : x === y ? 0 : 1;
    }
    const x = this.text(a);
    const y = this.text(b);
    return x < y ? -1 : x > y ? 1 : 0;
  }

  regex(source: string): Regex {
    let regex = this.regexes.get(source);
    if (!regex) {
      const compiled = compileRegex(source, {
        dialect: 'awk',
        bytes: this.codec.bytes,
        icase: this.personality === 'gawk' && toNumber(this.special.IGNORECASE.v) !== 0,
      });
      if (compiled instanceof RegexError)
        throw new AwkFatal(
          this.personality === 'busybox'
            ? `bad regex '${source}': ${compiled.message}`
            : `${this.personality === 'gawk' ? 'fatal: invalid regexp: ' : 'regular expression compile failed ('}${compiled.message}${this.personality === 'gawk' ? '' : `)\n${source}`}`,
        );
      regex = compiled;
      if (this.regexes.size > 500) this.regexes.clear();
      this.regexes.set(source, regex);
    }
    return regex;
  }

  // ---- the record

  setRecord(text: string): void {
    this.source = undefined;
    this.record = text;
    this.recordValid = true;
    this.split = false;
    this.recordFs = this.special.FS.v;
  }

  getRecord(): string {
    if (this.source) {
      this.record = this.source.text.slice(this.source.lineStart, this.source.lineEnd);
      this.source = undefined;
    }
    if (!this.recordValid) {
      this.record = this.fields.join(this.text(this.special.OFS.v));
      this.recordValid = true;
    }
    return this.record;
  }

  /** Finds the fields, or begins to. */
  private beginSplit(): void {
    this.split = true;
    for (let i = 0; i < this.fieldValues.length; i++) this.fieldValues[i] = undefined;
    this.lazy = this.recordFs === ' ';
    if (this.lazy) {
      if (this.source) this.blanks.begin(this.source.text, this.source.lineStart, this.source.lineEnd);
      else this.blanks.begin(this.record, 0, this.record.length);
      return;
    }
    this.fields = this.splitText(
      this.getRecord(),
      this.recordFs,
      this.special.RS.v === '' && this.personality !== 'mawk',
    );
    this.count = this.fields.length;
  }

  /** All fields are there: one of them changes. */
  private ensureSplit(): void {
    if (!this.split) this.beginSplit();
    if (!this.lazy) return;
    this.lazy = false;
    this.fields = this.blanks.all();
    this.count = this.fields.length;
  }

  get nf(): number {
    if (!this.split) this.beginSplit();
    return this.lazy ? this.blanks.count : this.count;
  }

  set nf(n: number) {
    this.ensureSplit();
    if (n < 0) throw new AwkFatal('negative value for NF');
    while (this.fields.length < n) this.fields.push('');
    this.fields.length = n;
    this.fieldValues.length = Math.min(this.fieldValues.length, n);
    this.count = n;
    this.recordValid = false;
  }

  field(n: number): Value {
    const i = Math.trunc(n);
    if (i === 0) return fromInput(this.getRecord());
    if (i < 0)
      throw new AwkFatal(this.personality === 'busybox' ? 'Access to negative field' : `attempt to access field ${i}`);
    if (!this.split) this.beginSplit();
    const known = this.fieldValues[i - 1];
    if (known !== undefined) return known;
    const text = this.lazy ? this.blanks.get(i) : i > this.count ? undefined : this.fields[i - 1]!;
    if (text === undefined) return this.personality === 'mawk' ? '' : undefined;
    const value = fromInput(text);
    this.fieldValues[i - 1] = value;
    return value;
  }

  setField(n: number, v: Value): void {
    const i = Math.trunc(n);
    if (i === 0) {
      this.setRecord(this.text(v));
      return;
    }
    if (i < 0) throw new AwkFatal(`attempt to access field ${i}`);
    this.ensureSplit();
    if (i > this.count) this.nf = i;
    this.fields[i - 1] = this.text(v);
    this.fieldValues[i - 1] = v;
    this.recordValid = false;
  }

  /** Cuts a text by FS or the separator of split(). */
  splitText(text: string, separator: Value | Regex, paragraph = false): string[] {
    const fs =
      typeof separator === 'object' && !(separator instanceof StrNum) ? separator : this.text(separator as Value);
    return splitFields(text, fs, paragraph, (source) => this.regex(source));
  }

  /** Sets a variable of -v, of an operand NAME=VALUE. */
  assign(name: string, raw: string): void {
    const v = fromInput(unescapeAwk(this.codec.fromSys(raw)));
    if (name === 'NF') this.nf = toNumber(v);
    else this.cell(name).v = v;
  }

  random(): number {
    this.seed = (Math.imul(this.seed ^ (this.seed >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0;
    const x = this.seed ^ (this.seed >>> 12);
    return (Math.imul(x, 0x85ebca6b) >>> 0) / 4294967296;
  }

  srand(value: Value | undefined): number {
    const before = this.previousSeed;
    const n = value === undefined ? Math.floor(this.ctx.sys.now(CLOCK_REALTIME) / 1000) : toNumber(value);
    this.previousSeed = n;
    this.seed = Math.trunc(n) >>> 0;
    return before;
  }

  // ---- input

  separator(): Separator {
    const rs = this.text(this.special.RS.v);
    if (rs === '')
      return this.personality === 'busybox' ? { kind: 'paragraph', keepsEnd: true } : { kind: 'paragraph' };
    return rs.length === 1 ? { kind: 'char', char: rs } : { kind: 'regex', regex: this.regex(rs) };
  }

  /** The next record of the files on the command line. */
  *nextMain(): Wait<string | null> {
    // the text that the record is a part of changes
    if (this.source) this.getRecord();
    for (;;) {
      if (!this.main && !(yield* this.openNext())) return null;
      const record = yield* this.main!.next(this.separator());
      if (record !== null) {
        const { NR, FNR } = this.special;
        NR.v = toNumber(NR.v) + 1;
        FNR.v = toNumber(FNR.v) + 1;
        return record;
      }
      if (this.main!.error !== 0) yield* this.complain(this.text(this.special.FILENAME.v), this.main!.error);
      this.nextFile();
    }
  }

  /** Makes the next line the record, where it is here already and RS is a newline. @returns false: ask `nextMain` */
  takeMain(): boolean {
    const { main, special } = this;
    if (!main || special.RS.v !== '\n' || !main.takeLine()) return false;
    const { NR, FNR } = special;
    NR.v = toNumber(NR.v) + 1;
    FNR.v = toNumber(FNR.v) + 1;
    this.source = main;
    this.recordValid = true;
    this.split = false;
    this.recordFs = special.FS.v;
    return true;
  }

  nextFile(): void {
    if (this.main && this.main.fd !== 0) this.ctx.sys.close(this.main.fd);
    this.main = undefined;
  }

  private *complain(name: string, errno: number): Wait<void> {
    yield* this.out.flush();
    const words = this.ctx.strerror(errno);
    if (this.personality === 'mawk') yield* this.ctx.die(`cannot open ${name} (${words})`, 2);
    else if (this.personality === 'busybox') yield* this.ctx.warn(`${name}: ${words}`);
    else yield* this.ctx.warn(`warning: command line argument \`${name}': ${words}`);
    this.exitStatus = this.personality === 'busybox' ? 1 : 2;
  }

  private *openNext(): Wait<boolean> {
    const argv = this.array('ARGV');
    for (;;) {
      this.operand++;
      if (this.operand >= toNumber(this.special.ARGC.v)) {
        if (this.opened) return false;
        this.opened = true;
        this.main = new RecordReader(this.ctx.sys, 0, this.codec);
        return true;
      }
      const value = argv.get(String(this.operand));
      const name = this.text(value);
      if (name === '') continue;
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(name);
      if (assignment) {
        this.assign(assignment[1]!, this.codec.toSys(assignment[2]!));
        continue;
      }
      this.opened = true;
      this.special.FILENAME.v = name;
      this.special.FNR.v = 0;
      const fd = yield* openForReading(this.ctx.sys, this.codec.toSys(name));
      if (fd < 0) {
        yield* this.complain(name, fd);
        continue;
      }
      this.main = new RecordReader(this.ctx.sys, fd, this.codec);
      return true;
    }
  }

  /** getline from a file or a command. @returns the record, null at the end, -1 where it cannot be opened */
  *readFrom(kind: 'file' | 'command', name: string): Wait<string | null | -1> {
    const key = `${kind}:${name}`;
    let reader = this.readers.get(key);
    if (!reader) {
      yield* this.flushAll();
      if (kind === 'file') {
        const fd = yield* openForReading(this.ctx.sys, this.codec.toSys(name));
        if (fd < 0) return -1;
        reader = new RecordReader(this.ctx.sys, fd, this.codec);
      } else {
        const started = yield* startCommand(this.ctx.sys, this.codec.toSys(name), 'read');
        if (typeof started === 'number') return -1;
        reader = new RecordReader(this.ctx.sys, started[0], this.codec);
        reader.pid = started[1];
      }
      this.readers.set(key, reader);
    }
    const record = yield* reader.next(this.separator());
    return record === null && reader.error !== 0 ? -1 : record;
  }

  // ---- output

  /** The stream of a redirection. */
  *output(mode: '>' | '>>' | '|', name: string): Wait<AwkOutput> {
    if (mode !== '|' && (name === '/dev/stdout' || (name === '-' && this.personality !== 'gawk'))) return this.out;
    const key = `${mode === '|' ? '|' : '>'}${name}`;
    let out = this.outputs.get(key);
    if (out) return out;
    if (mode === '|') {
      yield* this.flushAll();
      const started = yield* startCommand(this.ctx.sys, this.codec.toSys(name), 'write');
      if (typeof started === 'number') throw new AwkFatal(`can't open pipe "${name}" for output`);
      out = new AwkOutput(this.ctx.sys, started[0], this.codec);
      out.pid = started[1];
    } else {
      const fd = yield* openForWriting(this.ctx.sys, this.codec.toSys(name), mode === '>>');
      if (fd < 0)
        throw new AwkFatal(
          this.personality === 'mawk'
            ? `cannot open "${name}" for output`
            : this.personality === 'gawk'
              ? `fatal: cannot redirect to \`${name}': ${this.ctx.strerror(fd)}`
              : `can't open '${name}': ${this.ctx.strerror(fd)}`,
        );
      out = new AwkOutput(this.ctx.sys, fd, this.codec);
    }
    this.outputs.set(key, out);
    return out;
  }

  *flushAll(): Wait<void> {
    yield* this.out.flush();
    for (const out of this.outputs.values()) yield* out.flush();
    this.due = false;
  }

  /** Writes what of stdout is due. */
  *flushDue(): Wait<void> {
    this.due = false;
    yield* this.out.flush();
  }

  /** system(). */
  *system(command: string): Wait<number> {
    yield* this.flushAll();
    return yield* runCommand(this.ctx.sys, this.codec.toSys(command));
  }

  /** Sets ARGV and ARGC. */
  setArguments(argv: readonly string[]): void {
    const array = this.array('ARGV');
    for (const [i, word] of argv.entries()) array.set(String(i), fromInput(this.codec.fromSys(word)));
    this.special.ARGC.v = argv.length;
  }

  /** close(). @returns the status of a command, 0 of a file, -1 where nothing was open */
  *close(name: string): Wait<number> {
    let result = -1;
    for (const key of [`|${name}`, `>${name}`]) {
      const out = this.outputs.get(key);
      if (!out) continue;
      yield* out.flush();
      this.outputs.delete(key);
      if (out.fd > 2) this.ctx.sys.close(out.fd);
      result = out.pid > 0 ? yield* waitFor(this.ctx.sys, out.pid) : 0;
    }
    for (const key of [`file:${name}`, `command:${name}`]) {
      const reader = this.readers.get(key);
      if (!reader) continue;
      this.readers.delete(key);
      if (reader.fd > 2) this.ctx.sys.close(reader.fd);
      result = reader.pid > 0 ? yield* waitFor(this.ctx.sys, reader.pid) : 0;
    }
    return result;
  }

  /** At the end: everything is written, commands are waited for. */
  *finish(): Wait<void> {
    yield* this.flushAll();
    for (const key of [...this.outputs.keys()]) yield* this.close(key.slice(1));
    for (const key of [...this.readers.keys()]) yield* this.close(key.slice(key.indexOf(':') + 1));
  }
}
