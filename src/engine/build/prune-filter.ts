import { CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { parseDuration } from '../../lib/go-duration.ts';
import { quote } from '../../lib/quote.ts';
import type { CacheRecord } from './cache.ts';

const MILLISECONDS = 1e6;
const NAMES: ReadonlySet<string> = new Set([
  'until',
  'unused-for',
  'id',
  'parents',
  'type',
  'description',
  'inuse',
  'shared',
  'private',
  'mutable',
  'immutable',
]);

const wrong = (message: string): ApiError =>
  new ApiError('invalid-parameter', `failed to prune build cache: ${message}`);

/**
 * Which records of the build cache a prune takes: without `all` those that no image needs.
 * @throws ApiError for a value that is none
 */
export function pruneFilter(
  sys: Sys,
  filters: Readonly<Record<string, readonly string[]>>,
  all: boolean,
): (record: CacheRecord) => boolean {
  const now = sys.now(CLOCK_REALTIME);
  const tests: ((record: CacheRecord) => boolean)[] = [];
  if (filters.until && filters['unused-for']) throw wrong(`conflicting filters: "until" and "unused-for"`);
  for (const [name, values] of Object.entries(filters)) {
    if (name === 'label' || name === 'label!') {
      // records of the cache have no labels
      tests.push(() => name === 'label!');
      continue;
    }
    if (!NAMES.has(name.replace(/[!~]$/, ''))) throw wrong(`invalid filter '${name}'`);
    if (values.length > 1) throw wrong('filters expect only one value');
    for (const value of values) tests.push(testOf(name, value, now));
  }
  return (record) => (all || !record.shared) && !record.inUse && tests.every((test) => test(record));
}

function testOf(name: string, value: string, now: number): (record: CacheRecord) => boolean {
  const not = name.endsWith('!');
  const key = not ? name.slice(0, -1) : name;
  switch (key) {
    case 'until':
    case 'unused-for': {
      const age = durationOf(key, value);
      return (record) => now - Date.parse(record.lastUsed) >= age;
    }
    case 'id':
      return (record) => record.id.startsWith(value) !== not;
    case 'type':
      return (record) => (record.kind === value) !== not;
    case 'description':
      return (record) => record.description.includes(value) !== not;
    case 'mutable':
      return (record) => (record.kind !== 'regular') === (value !== 'false');
    case 'immutable':
      return (record) => (record.kind === 'regular') === (value !== 'false');
    case 'shared':
      return (record) => record.shared === (value !== 'false');
    case 'inuse':
      return (record) => record.inUse === (value !== 'false');
    case 'private':
      return (record) => record.shared !== (value !== 'false');
    default:
      return () => false;
  }
}

function durationOf(name: string, text: string): number {
  try {
    return parseDuration(text) / MILLISECONDS;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw wrong(
      `"${name}" filter expects a duration (e.g., '24h') or a timestamp: failed to parse value as time or duration: ${quote(text)}`,
    );
  }
}
