import { type DBSchema, openDB } from 'idb';

/** A tab as it is kept between visits. */
export interface KeptTab {
  id: string;
  title: string;
  cwd: string | undefined;
  screen: string;
}

export interface KeptTabs {
  active: string;
  tabs: KeptTab[];
}

/** Where tabs are kept. */
export interface TabKeep {
  load(): Promise<KeptTabs | undefined>;
  save(tabs: KeptTabs): Promise<void>;
  clear(): Promise<void>;
}

interface Schema extends DBSchema {
  tabs: { key: string; value: KeptTabs };
}

/** Keeps the tabs of one machine in IndexedDB; where that fails, nothing is kept. */
export function idbTabs(scope: string, machine: string): TabKeep {
  const open = () =>
    openDB<Schema>(`drydock:${scope}:page`, 1, {
      upgrade(db) {
        db.createObjectStore('tabs');
      },
    });
  let opening: ReturnType<typeof open> | undefined;
  const database = () => (opening ??= open());
  return {
    load: async () => {
      try {
        return await (await database()).get('tabs', machine);
      } catch {
        return undefined;
      }
    },
    save: async (tabs) => {
      try {
        await (await database()).put('tabs', tabs, machine);
      } catch {
        // Nothing to do: the next visit begins with a fresh tab.
      }
    },
    clear: async () => {
      try {
        await (await database()).delete('tabs', machine);
      } catch {
        // As above.
      }
    },
  };
}
