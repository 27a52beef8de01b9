import { openDatabase } from './database.ts';
import { IdbStore } from './idb-store.ts';
import { own } from './ownership.ts';

/** A machine's disk that was opened; `busy`: a living page has it; `none`: the browser keeps nothing here. */
export type Opened = { kind: 'open'; store: IdbStore } | { kind: 'busy' } | { kind: 'none'; message: string };

/**
 * Opens a machine's disk and becomes its owner.
 * @param name of the database @param onlost another page asks for the machine or has taken it
 * @param reads the disk is loaded next: that begins while the owner is written
 */
export async function openStore(name: string, takeOver: boolean, onlost: () => void, reads = false): Promise<Opened> {
  try {
    const opening = openDatabase(name, onlost);
    // Whoever waits for it hears of a failure.
    opening.catch(() => {});
    const ownership = await own(name, opening, takeOver, onlost);
    const database = await opening;
    if (!ownership) {
      database.close();
      return { kind: 'busy' };
    }
    const store = new IdbStore(database, ownership.id, () => ownership.release());
    if (reads) store.loadSoon();
    await ownership.signed;
    return { kind: 'open', store };
  } catch (error) {
    return { kind: 'none', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
