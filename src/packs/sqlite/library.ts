import { decode, encode } from '../../lib/utf8.ts';
import type { InitSqlJs, SqlJs } from './sql-js.ts';

/** A part of a database's file that was written, or (length) where the file ends now. */
export interface Change {
  file: string;
  offset: number;
  bytes?: Uint8Array;
  length?: number;
}

/** The imports of sql.js 1.16.0 that are looked at, by the names that its build gave them. */
const OPENAT = 'x';
const SEEK = 'E';
const WRITE = 'q';
const TRUNCATE = 'J';
const CLOSE = 'e';
const RESIZE = 'l';
const DATE_NOW = 'd';

type Import = (...args: never[]) => unknown;
type NumberImport = (...args: unknown[]) => number;

/** SQLite as sql.js has it, with a limit on its memory, a clock of its own, and all that it writes to its files. */
export class SqliteLibrary {
  readonly #sql: SqlJs;
  readonly #memory: WebAssembly.Memory;
  readonly #watch: FileWatch;

  private constructor(sql: SqlJs, memory: WebAssembly.Memory, watch: FileWatch) {
    this.#sql = sql;
    this.#memory = memory;
    this.#watch = watch;
  }

  /** @param limit bytes that it may take */
  static async load(initSqlJs: InitSqlJs, wasm: Uint8Array, limit: number): Promise<SqliteLibrary> {
    const watch = new FileWatch(limit);
    let memory: WebAssembly.Memory | undefined;
    const sql = await initSqlJs({
      useOldExtensionFunctions: false,
      instantiateWasm(imports, done) {
        const [module] = Object.keys(imports);
        watch.attach(imports[module!]!, () => memory!);
        void WebAssembly.instantiate(wasm as Uint8Array<ArrayBuffer>, imports as WebAssembly.Imports).then(
          ({ instance }) => {
            memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
            done(instance);
          },
        );
        return {};
      },
    });
    if (memory === undefined) throw new Error('sql.js has no memory');
    return new SqliteLibrary(sql, memory, watch);
  }

  get api(): SqlJs {
    return this.#sql;
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  get memorySize(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The time that SQL functions see, milliseconds since the Epoch. */
  set now(ms: number) {
    this.#watch.now = ms;
  }

  get nowMs(): number {
    return this.#watch.now;
  }

  /** Notes what is written to the file of that name from now on. */
  watch(internal: string, file: string): void {
    this.#watch.names.set(internal, file);
  }

  /** What was written since it was last asked. */
  takeChanges(): Change[] {
    return this.#watch.take();
  }

  text(pointer: number): string {
    if (pointer === 0) return '';
    const { bytes } = this;
    let end = pointer;
    while (bytes[end] !== 0) end++;
    return decode(bytes.subarray(pointer, end));
  }

  /** A copy in its memory, ended by NUL; free it. */
  place(value: string | Uint8Array): { pointer: number; length: number } {
    const data = typeof value === 'string' ? encode(value) : value;
    const pointer = this.#sql._malloc(data.length + 1);
    if (pointer === 0) throw new Error('out of memory');
    const { bytes } = this;
    bytes.set(data, pointer);
    bytes[pointer + data.length] = 0;
    return { pointer, length: data.length };
  }

  word(pointer: number): number {
    return new DataView(this.#memory.buffer).getInt32(pointer, true);
  }
}

/** What SQLite does to its files, seen at the border between the library and the files in its memory. */
class FileWatch {
  now = 0;
  /** Files that are of interest: name in the library's memory, name for the program. */
  readonly names: Map<string, string> = new Map();
  readonly #limit: number;
  readonly #open: Map<number, { file: string; position: number }> = new Map();
  /** By file, then offset. */
  #changes: Map<string, Map<number, Uint8Array>> = new Map();
  readonly #lengths: Map<string, number> = new Map();

  constructor(limit: number) {
    this.#limit = limit;
  }

  attach(imports: Record<string, Import>, memory: () => WebAssembly.Memory): void {
    const bytes = () => new Uint8Array(memory().buffer);
    const text = (pointer: number): string => {
      const all = bytes();
      return decode(all.subarray(pointer, all.indexOf(0, pointer)));
    };
    const wrap = (name: string, around: (real: NumberImport) => NumberImport): void => {
      const real = imports[name];
      if (typeof real !== 'function') throw new Error(`sql.js has no import ${name}`);
      imports[name] = around(real as unknown as NumberImport) as unknown as Import;
    };
    wrap(OPENAT, (real) => (...args) => {
      const fd = real(...args);
      const file = this.names.get(text(args[1] as number).replace(/^.*\//, ''));
      if (fd >= 0 && file !== undefined) this.#open.set(fd, { file, position: 0 });
      return fd;
    });
    wrap(CLOSE, (real) => (...args) => {
      this.#open.delete(args[0] as number);
      return real(...args);
    });
    wrap(SEEK, (real) => (...args) => {
      const result = real(...args);
      const open = this.#open.get(args[0] as number);
      if (open) open.position = Number(new DataView(memory().buffer).getBigInt64(args[3] as number, true));
      return result;
    });
    wrap(WRITE, (real) => (...args) => {
      const result = real(...args);
      const open = this.#open.get(args[0] as number);
      if (open && result === 0) this.#wrote(open, bytes(), new DataView(memory().buffer), args as number[]);
      return result;
    });
    wrap(TRUNCATE, (real) => (...args) => {
      const result = real(...args);
      const open = this.#open.get(args[0] as number);
      if (open && result === 0) this.#cut(open.file, Number(args[1]));
      return result;
    });
    wrap(RESIZE, (real) => (size) => ((size as number) >>> 0 > this.#limit ? 0 : Number(real(size))));
    imports[DATE_NOW] = (() => this.now) as Import;
  }

  #wrote(open: { file: string; position: number }, bytes: Uint8Array, view: DataView, args: readonly number[]): void {
    const [, vectors, count] = args as [number, number, number];
    for (let i = 0; i < count; i++) {
      const pointer = view.getUint32(vectors + i * 8, true);
      const length = view.getUint32(vectors + i * 8 + 4, true);
      let pages = this.#changes.get(open.file);
      if (!pages) this.#changes.set(open.file, (pages = new Map()));
      pages.set(open.position, bytes.slice(pointer, pointer + length));
      open.position += length;
    }
  }

  #cut(file: string, length: number): void {
    const pages = this.#changes.get(file);
    for (const offset of [...(pages?.keys() ?? [])]) if (offset >= length) pages!.delete(offset);
    this.#lengths.set(file, length);
  }

  take(): Change[] {
    const changes: Change[] = [];
    for (const [file, length] of this.#lengths) changes.push({ file, offset: length, length });
    this.#lengths.clear();
    for (const [file, pages] of this.#changes)
      for (const [offset, bytes] of pages) changes.push({ file, offset, bytes });
    this.#changes = new Map();
    return changes;
  }
}
