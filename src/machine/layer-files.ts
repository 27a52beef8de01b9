/** Bytes of a block of an archive. */
const BLOCK = 512;
const codes = (types: string): Set<number> => new Set(Array.from(types, (c) => c.charCodeAt(0)));
/** Types of entries whose data are a file's, are about the next entry, and of those that have none. */
const FILE = codes('0\x007');
const META = codes('xgLK');
const BARE = codes('123456');
/** Columns of the table of files. */
const [START, END, FROM, KEPT, COLUMNS] = [0, 1, 2, 3, 4];

const ZEROS = new Uint8Array(65536);

/**
 * What the files of a layer hold, found by its place in the layer's archive. Headers are not kept, nor the zeros at the end
 * of a file's data: of an image whose programs are simulated some 4 % are left.
 */
export class LayerFiles {
  /** A row a file: where its data begin and end in the archive, where they begin in #bytes, how many are kept. */
  readonly #table: Uint32Array;
  readonly #bytes: Uint8Array;

  private constructor(table: Uint32Array, bytes: Uint8Array) {
    this.#table = table;
    this.#bytes = bytes;
  }

  /** @param archive a tar as our builder writes it; what is none counts as one file */
  static of(archive: Uint8Array): LayerFiles {
    const rows = rowsOf(archive) ?? [[0, archive.length]];
    const table = new Uint32Array(rows.length * COLUMNS);
    let total = 0;
    for (const [i, [start, end]] of rows.entries()) {
      let kept = end;
      while (kept > start && archive[kept - 1] === 0) kept--;
      table.set([start, end, total, kept - start], i * COLUMNS);
      total += kept - start;
    }
    const bytes = new Uint8Array(total);
    for (let i = 0; i < table.length; i += COLUMNS) {
      const start = table[i + START]!;
      bytes.set(archive.subarray(start, start + table[i + KEPT]!), table[i + FROM]);
    }
    return new LayerFiles(table, bytes);
  }

  /** Bytes that it takes. */
  get cost(): number {
    return this.#table.byteLength + this.#bytes.length;
  }

  /** At least one byte from `offset` of the archive, at most `length`; undefined where no file's data are. */
  read(offset: number, length: number): Uint8Array | undefined {
    const row = this.#rowAt(offset);
    if (row === undefined || offset >= this.#table[row + END]!) return undefined;
    const within = offset - this.#table[row + START]!;
    const kept = this.#table[row + KEPT]!;
    if (within < kept) {
      const from = this.#table[row + FROM]!;
      return this.#bytes.subarray(from + within, from + Math.min(kept, within + length));
    }
    return ZEROS.subarray(0, Math.min(length, this.#table[row + END]! - offset, ZEROS.length));
  }

  /** The last row that begins at or before `offset`. */
  #rowAt(offset: number): number | undefined {
    let low = 0;
    let high = this.#table.length / COLUMNS;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#table[middle * COLUMNS + START]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : (low - 1) * COLUMNS;
  }
}

/** Where files' data begin and end; undefined where there is something that our builder does not write. */
function rowsOf(archive: Uint8Array): [number, number][] | undefined {
  const rows: [number, number][] = [];
  for (let at = 0; at + BLOCK <= archive.length; ) {
    if (archive[at] === 0) return rows;
    const type = archive[at + 156]!;
    const size = BARE.has(type) ? 0 : numberAt(archive, at + 124);
    const start = at + BLOCK;
    if (size === undefined || start + size > archive.length) return undefined;
    if (FILE.has(type) && size > 0) rows.push([start, start + size]);
    if (!FILE.has(type) && !META.has(type) && !BARE.has(type)) return undefined;
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return rows;
}

/** An octal field of twelve bytes. */
function numberAt(archive: Uint8Array, at: number): number | undefined {
  let value = 0;
  for (let i = at; i < at + 12; i++) {
    const byte = archive[i]!;
    if (byte === 0 || byte === 0x20) continue;
    if (byte < 0x30 || byte > 0x37) return undefined;
    value = value * 8 + byte - 0x30;
  }
  return value;
}
