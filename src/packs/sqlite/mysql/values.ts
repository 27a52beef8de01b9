import { doubleText, leadingNumber } from '../../../lib/mysql-number.ts';

/** What SQLite gives a function, and takes from it. */
export type Value = string | number | bigint | Uint8Array | null;

/** A function of SQL. It has all its arguments; a function that is `strict` is not called where one is NULL. */
export interface SqlFunction {
  /** Numbers of arguments that it may have. */
  arity: readonly number[];
  strict: boolean;
  call(...args: Value[]): Value;
}

export const text = (value: Value): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return doubleText(value);
  return value instanceof Uint8Array ? String.fromCharCode(...value) : String(value ?? '');
};

export const number = (value: Value): number => (typeof value === 'number' ? value : leadingNumber(text(value)));

export const strict = (arity: number | readonly number[], call: (...args: Value[]) => Value): SqlFunction => ({
  arity: typeof arity === 'number' ? [arity] : arity,
  strict: true,
  call,
});

export const loose = (arity: number | readonly number[], call: (...args: Value[]) => Value): SqlFunction => ({
  ...strict(arity, call),
  strict: false,
});

/** A failure that the server makes an error of: its name and text. */
export const failure = (kind: string, message: string): Error => new Error(`\u0001${kind}\u0001${message}`);

export const MANY: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
