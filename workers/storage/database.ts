import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { Segment } from './segments.ts';

/** Version of the stored form; it is the database's version too, so that an older page refuses a newer disk. */
export const STORE_FORMAT = 2;

export interface Owner {
  id: string;
  /** Milliseconds since the Epoch; the owner puts it forward while it lives. */
  until: number;
}

export interface Head {
  format: number;
  savedAt: number;
}

export interface Schema extends DBSchema {
  batches: { key: number; value: { meta: Uint8Array; drop: Float64Array } };
  segments: { key: number; value: Segment };
  /** Blobs of images, by digest; since version 2. */
  blobs: { key: string; value: Uint8Array };
  head: { key: 'head'; value: Head };
  owner: { key: 'owner'; value: Owner };
}

export type Database = IDBPDatabase<Schema>;

/** Name of a machine's database: deployments of one origin at different paths have machines of their own. */
export const databaseName = (scope: string, machine: string): string => `drydock:${scope}:machine:${machine}`;

/** Opens a machine's database and makes it where it is not there. @param onlost another page wants to remove it */
export async function openDatabase(name: string, onlost: () => void = () => {}): Promise<Database> {
  const database: Database = await openDB<Schema>(name, STORE_FORMAT, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore('batches', { autoIncrement: true });
        db.createObjectStore('segments', { autoIncrement: true });
        db.createObjectStore('head');
        db.createObjectStore('owner');
      }
      if (from < 2) db.createObjectStore('blobs');
    },
    blocking() {
      database.close();
      onlost();
    },
    terminated: onlost,
  });
  return database;
}

/** Removes a machine's database. */
export const removeDatabase = (name: string): Promise<void> => deleteDB(name);
