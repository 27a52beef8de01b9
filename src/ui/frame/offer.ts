/** A disk from a file that may take the place of the machine's. */
export type DiskOffer = { name: string } & (
  | { state: 'reading' }
  | { state: 'ask'; files: number; bytes: number; savedAt: number }
  | { state: 'bad'; reason: string }
);
