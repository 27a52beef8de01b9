import { splitCsv } from '../../../lib/csv.ts';
import type { HclValue } from '../../../lib/hcl-eval.ts';
import { textOf } from '../../../lib/hcl-eval.ts';
import { CliError } from '../errors.ts';
import type { Entry } from './model.ts';

/** Kinds of entries: what a text without `=` stands for. */
export type EntryKind = 'output' | 'cache' | 'secret' | 'ssh' | 'attest';

/** Reads `type=registry,ref=x` or an object as an entry. @throws CliError */
export function entryOf(kind: EntryKind, value: HclValue): Entry {
  if (value !== null && typeof value === 'object' && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, textOf(v) ?? '']));
  const text = textOf(value) ?? '';
  if (kind === 'ssh') {
    const equals = text.indexOf('=');
    if (equals < 0) return { id: text };
    return { id: text.slice(0, equals), paths: text.slice(equals + 1) };
  }
  if (kind === 'output' && !text.includes('=')) {
    if (text === '-') return { type: 'tar', dest: '-' };
    return text === '' ? {} : { type: 'local', dest: text };
  }
  if (kind === 'cache' && !text.includes('=')) return { type: 'registry', ref: text };
  const entry: Entry = {};
  for (const field of splitCsv(text)) {
    const equals = field.indexOf('=');
    if (equals < 0) throw new CliError(`ERROR: invalid value ${field}`);
    entry[field.slice(0, equals)] = field.slice(equals + 1);
  }
  if (kind === 'secret') delete entry['type'];
  if (kind === 'cache' && entry['type'] === undefined)
    throw new CliError(`ERROR: type required form> ${JSON.stringify(text)}`);
  return entry;
}

/** An entry as the text that it came from. */
export const entryText = (entry: Entry): string =>
  Object.entries(entry)
    .map(([key, value]) => {
      const field = `${key}=${value}`;
      return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
    })
    .join(',');
