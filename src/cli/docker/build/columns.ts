import { alignColumns } from '../format/tab-writer.ts';

/** Rows as columns with `gap` blanks between; the last one is not filled. */
export const columns = (rows: readonly (readonly string[])[], gap: number): string =>
  alignColumns(rows.map((row) => `${row.join('\t')}\n`).join(''), 0, gap);
