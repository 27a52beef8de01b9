import { loadHash } from '../../lib/hash.ts';
import { defineMysql } from './mysql/define.ts';
import type { SqlJsDatabase } from './sql-js.ts';

/** Gives a connection the functions that a dialect of SQL has beside SQLite's. */
export type DefineFunctions = (db: SqlJsDatabase, now: () => number, seed: number) => void;

/** Loads what the dialects need, by the name that `open` asks for. */
export async function loadDialects(): Promise<Readonly<Record<string, DefineFunctions>>> {
  const names = ['md5', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
  const [md5, sha224, sha256, sha384, sha512] = await Promise.all(names.map(loadHash));
  const hashes = { md5: md5!, sha224: sha224!, sha256: sha256!, sha384: sha384!, sha512: sha512! };
  return {
    mysql: (db, now, seed) => defineMysql(db, hashes, now, seed),
  };
}
