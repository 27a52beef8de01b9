import type { DBSchema } from 'idb';
import type { TerminalSize } from '../../machine/remote.ts';
import { type Hint, readHint, writeHint } from '../machine/hint.ts';

/** A tab as it is kept between visits. */
export interface KeptTab {
  id: string;
  title: string;
  cwd: string | undefined;
  screen: string;
}

export interface KeptTabs {
  /** When it was kept: milliseconds since the Epoch. */
  at: number;
  active: string;
  tabs: KeptTab[];
  /** Of the screen that was looked at. */
  size: TerminalSize;
}

/** Where tabs are kept. */
export interface TabKeep {
  load(): Promise<KeptTabs | undefined>;
  save(tabs: KeptTabs): Promise<void>;
  /** Keeps them before it returns: the page is being left. */
  saveNow(tabs: KeptTabs): void;
  clear(): Promise<void>;
}

interface Schema extends DBSchema {
  tabs: { key: string; value: KeptTabs };
}

const leavingKey = (scope: string, machine: string): string => `drydock:${scope}:tabs:${machine}`;

/** What a page held when it was left: it can be read at once. @returns undefined after a crash, and on a first visit */
export const leftTabs = (scope: string, machine: string): KeptTabs | undefined =>
  attempt(() => JSON.parse(localStorage.getItem(leavingKey(scope, machine)) ?? 'null') as KeptTabs | null) ?? undefined;

/**
 * Keeps the tabs of one machine in IndexedDB; what the page held when it was left is in localStorage, which is written at
 * once. Where neither works, nothing is kept.
 */
export function browserTabs(scope: string, machine: string): TabKeep {
  const leaving = leavingKey(scope, machine);
  const open = async () => {
    const { openDB } = await import('idb');
    return await openDB<Schema>(`drydock:${scope}:page`, 1, {
      upgrade(db) {
        db.createObjectStore('tabs');
      },
    });
  };
  let opening: ReturnType<typeof open> | undefined;
  const database = () => (opening ??= open());
  return {
    async load() {
      // What was left is the newest, and there at once; the database is opened after a crash only.
      const left = leftTabs(scope, machine);
      if (left) return left;
      if (!readHint(scope, machine)) return undefined;
      return await database()
        .then((db) => db.get('tabs', machine))
        .catch(() => undefined);
    },
    async save(tabs) {
      // A failure means that the next visit begins with a fresh tab.
      await database()
        .then((db) => db.put('tabs', tabs, machine))
        .catch(() => {});
      attempt(() => localStorage.removeItem(leaving));
      writeHint(scope, machine, hintOf(tabs));
    },
    saveNow(tabs) {
      writeHint(scope, machine, hintOf(tabs));
      attempt(() => localStorage.setItem(leaving, JSON.stringify(tabs)));
    },
    async clear() {
      writeHint(scope, machine, undefined);
      attempt(() => localStorage.removeItem(leaving));
      await database()
        .then((db) => db.delete('tabs', machine))
        .catch(() => {});
    },
  };
}

/** How the next visit's first login begins: as the tab that is looked at. */
const hintOf = ({ tabs, active, size }: KeptTabs): Hint => ({
  cwd: tabs.find(({ id }) => id === active)?.cwd,
  size,
});

/** Storage may be forbidden or full: then there is nothing to do. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
