import { openDatabase } from './database.ts';
import { IdbStore } from './idb-store.ts';
import { own } from './ownership.ts';

/** A machine's disk that was opened; `busy`: a living page has it; `none`: the browser keeps nothing here. */
export type Opened = { kind: 'open'; store: IdbStore } | { kind: 'busy' } | { kind: 'none'; message: string };

/**
 * Opens a machine's disk and becomes its owner.
 * @param name of the database @param onlost another page asks for the machine or has taken it
 */
export async function openStore(name: string, takeOver: boolean, onlost: () => void): Promise<Opened> {
  try {
    const database = await openDatabase(name, onlost);
    const ownership = await own(name, database, takeOver, onlost);
    if (!ownership) {
      database.close();
      return { kind: 'busy' };
    }
    return { kind: 'open', store: new IdbStore(database, ownership.id, () => ownership.release()) };
  } catch (error) {
    return { kind: 'none', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
