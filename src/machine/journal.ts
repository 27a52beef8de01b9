import { fromBase64, toBase64 } from '../lib/base64.ts';

/** A value that went over the border of a machine: JSON, with bytes, callbacks and objects of the border marked. */
export type Passed =
  | null
  | boolean
  | number
  | string
  | readonly Passed[]
  | { readonly [key: string]: Passed }
  | { readonly $bytes: string }
  | { readonly $number: string }
  | { readonly $callback: number }
  | { readonly $object: number };

/** What came in from outside, or was read there, in the order in which the machine saw it. */
export type JournalEntry =
  /** Readings: the wall clock, the steady clock, random bytes (base64), a blob (bytes got, or a negative number). */
  | readonly ['now' | 'monotonic' | 'blob', number]
  | readonly ['random', string]
  /** The event loop gave a turn; a timer ran out; something that was loaded or stored is there; a blob's bytes are. By number. */
  | readonly ['turn' | 'timer' | 'settled' | 'woken', number]
  /** Who uses the machine called a method of an object of the border, or set a callback; objects are numbered as they come. */
  | readonly ['call', number, string, readonly Passed[]]
  | readonly ['set', number, string, Passed]
  /** The machine called back, and what was answered; calls in between were made meanwhile. */
  | readonly ['back', number]
  | readonly ['answer', Passed];

/** Entries that a journal may hold. */
const MAX_ENTRIES = 5_000_000;
/** Bytes of random numbers, texts and other data that it may hold beside. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Everything that a machine got from outside: with it, its run can be made again, to the last byte of its disk. */
export class WorldJournal {
  readonly entries: JournalEntry[] = [];
  /** It became too large: the entries stop somewhere. */
  full = false;
  #bytes = 0;

  add(entry: JournalEntry, bytes = 0): void {
    if (this.full) return;
    this.#bytes += bytes;
    if (this.entries.length >= MAX_ENTRIES || this.#bytes > MAX_BYTES) this.full = true;
    else this.entries.push(entry);
  }

  /** A JSON document a line. */
  text(): string {
    return this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }

  /** @throws SyntaxError where the text is none of a journal */
  static parse(text: string): WorldJournal {
    const journal = new WorldJournal();
    for (const line of text.split('\n')) if (line !== '') journal.add(JSON.parse(line) as JournalEntry);
    return journal;
  }
}

export const passBytes = (bytes: Uint8Array): Passed => ({ $bytes: toBase64(bytes) });

/** @returns undefined for what is no bytes */
export function passedBytes(value: Passed): Uint8Array | undefined {
  if (value === null || typeof value !== 'object' || !('$bytes' in value)) return undefined;
  return fromBase64(value.$bytes as string);
}

/** Methods by which pipes, streams and terminals into a machine are known. */
const BORDER_METHODS = ['push', 'destroy', 'onOutput', 'resume'];

/** Whether what a call gave is of the border itself: something that will be called (a process is not). */
export function isBorder(value: unknown): value is object {
  if (typeof value === 'function') return true;
  if (value === null || typeof value !== 'object') return false;
  return BORDER_METHODS.some((name) => name in value);
}
