import { CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { parseDuration } from '../../lib/go-duration.ts';
import type { CacheRecord } from './cache.ts';

const MILLISECONDS = 1e6;

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
  for (const [name, values] of Object.entries(filters))
    for (const value of values) tests.push(testOf(name, value, now));
  return (record) => (all || !record.shared) && !record.inUse && tests.every((test) => test(record));
}

function testOf(name: string, value: string, now: number): (record: CacheRecord) => boolean {
  const not = name.endsWith('!');
  const key = not ? name.slice(0, -1) : name;
  switch (key) {
    case 'until':
    case 'unused-for': {
      const age = durationOf(value);
      return (record) => now - Date.parse(record.lastUsed) >= age;
    }
    case 'id':
      return (record) => record.id.startsWith(value) !== not;
    case 'type':
      return (record) => (record.kind === value) !== not;
    case 'description':
      return (record) => record.description.includes(value) !== not;
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

function durationOf(text: string): number {
  try {
    return parseDuration(text) / MILLISECONDS;
  } catch (error) {
    throw new ApiError('invalid-parameter', error instanceof Error ? error.message : String(error));
  }
}
