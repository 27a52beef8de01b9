import type { CacheRecord } from './cache.ts';

/** Conditions that cannot be read: the builder's words. */
export class CacheFilterError extends Error {}

type Test = (record: CacheRecord) => boolean;

/** Fields that a filter may name. @see moby/buildkit cache/manager.go adaptUsageInfo */
function fieldOf(record: CacheRecord, name: string): string | undefined {
  switch (name) {
    case 'id':
      return record.id;
    case 'description':
      return record.description;
    case 'type':
      return record.kind;
    case 'inuse':
      return record.inUse ? '' : undefined;
    case 'mutable':
      return record.kind === 'regular' ? undefined : '';
    case 'immutable':
      return record.kind === 'regular' ? '' : undefined;
    case 'shared':
      return record.shared ? '' : undefined;
    case 'private':
      return record.shared ? undefined : '';
    default:
      return undefined;
  }
}

/** Reads one condition: `type==regular`, `id~=abc`, `shared`. @throws CacheFilterError */
function condition(text: string): Test {
  const m = /^([a-z.]+)(?:(==|!=|~=)(.*))?$/s.exec(text.trim());
  if (!m) throw new CacheFilterError(`failed to parse prune filters [${text}]: filters: parse error: ${text}`);
  const [, name = '', operator, quoted = ''] = m;
  const value = quoted.replace(/^"(.*)"$/s, '$1');
  return (record) => {
    const field = fieldOf(record, name);
    if (operator === undefined) return field !== undefined;
    if (operator === '==') return field === value;
    if (operator === '!=') return field !== value;
    return field?.includes(value) ?? false;
  };
}

/**
 * Which records the filters of a client ask for: any of them, each with all of its conditions.
 * @throws CacheFilterError
 * @see containerd pkg/filters
 */
export function cacheFilter(filters: readonly string[]): Test {
  const any = filters
    .filter((text) => text !== '')
    .map((text) =>
      text
        .split(',')
        .filter((part) => part !== '')
        .map(condition),
    );
  return (record) => any.length === 0 || any.some((all) => all.every((test) => test(record)));
}
