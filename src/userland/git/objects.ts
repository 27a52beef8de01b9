import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { zlibDeflate, zlibInflate } from '../../lib/zlib.ts';
import { joinBytes, readFile, type Wait, writeFile } from '../../libc/io.ts';
import { listDir, mkdirp } from '../../libc/paths.ts';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface GitObject {
  type: ObjectType;
  bytes: Uint8Array;
}

/** The objects of a repository, each a file of its own. @see gitformat-loose, gitrepository-layout(5) */
export class ObjectStore {
  readonly #known: Map<string, GitObject> = new Map();

  constructor(
    readonly sys: Sys,
    /** `.git/objects` */
    readonly directory: string,
    readonly sha1: HashFactory,
  ) {}

  /** The id that an object has. */
  id(type: ObjectType, bytes: Uint8Array): string {
    return this.sha1.hex(joinBytes([encode(`${type} ${bytes.length}\0`), bytes]));
  }

  path(id: string): string {
    return `${this.directory}/${id.slice(0, 2)}/${id.slice(2)}`;
  }

  has(id: string): boolean {
    return this.#known.has(id) || this.sys.access(this.path(id), 0) === 0;
  }

  /** Stores an object. @returns its id, or -errno */
  *write(type: ObjectType, bytes: Uint8Array): Wait<string> {
    const id = this.id(type, bytes);
    if (this.has(id)) return id;
    yield* this.writeRaw(id, zlibDeflate(joinBytes([encode(`${type} ${bytes.length}\0`), bytes])));
    return id;
  }

  /** Stores the compressed bytes of an object. */
  *writeRaw(id: string, packed: Uint8Array): Wait<number> {
    mkdirp(this.sys, `${this.directory}/${id.slice(0, 2)}`, 0o755);
    return yield* writeFile(this.sys, this.path(id), packed, 0o444);
  }

  *read(id: string): Wait<GitObject | undefined> {
    const known = this.#known.get(id);
    if (known) return known;
    const packed = yield* readFile(this.sys, this.path(id));
    const object = typeof packed === 'number' ? undefined : parseLoose(packed);
    if (object && object.bytes.length < CACHED) this.#known.set(id, object);
    return object;
  }

  /** Ids that begin with `prefix` (4 digits at least). */
  matching(prefix: string): string[] {
    const names = listDir(this.sys, `${this.directory}/${prefix.slice(0, 2)}`);
    if (typeof names === 'number') return [];
    return names.filter((name) => name.startsWith(prefix.slice(2))).map((name) => prefix.slice(0, 2) + name);
  }

  /** Ids of all objects. */
  all(): string[] {
    const folders = listDir(this.sys, this.directory);
    if (typeof folders === 'number') return [];
    return folders.filter((name) => /^[0-9a-f]{2}$/.test(name)).flatMap((name) => this.matching(name));
  }
}

/** Objects smaller than this are kept in memory, bytes. */
const CACHED = 65536;

/** The object in a loose file. */
export function parseLoose(packed: Uint8Array): GitObject | undefined {
  const whole = zlibInflate(packed);
  const end = whole?.indexOf(0) ?? -1;
  if (!whole || end < 0) return undefined;
  const [type, size] = decode(whole.subarray(0, end)).split(' ');
  const bytes = whole.subarray(end + 1);
  return bytes.length === Number(size) ? { type: type as ObjectType, bytes } : undefined;
}
