import type { StoreFailure } from '../../src/machine/remote.ts';

/** A write that did not happen, and why. */
export class StoreError extends Error {
  readonly failure: StoreFailure;
  constructor(failure: StoreFailure, message: string) {
    super(message);
    this.name = 'StoreError';
    this.failure = failure;
  }
}

/** What a failed transaction means. */
export function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return new StoreError(name === 'QuotaExceededError' ? 'quota' : 'failed', `${name}: ${message}`);
}
