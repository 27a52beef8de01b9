import type { BuildCacheRecord } from '../../../api/system.ts';

/** Which records of the build cache filters (`type=regular`, `id!=…`, `until=24h`) let through. */
export function filterMap(words: readonly string[]): (record: BuildCacheRecord) => boolean {
  const tests = words.map(testOf);
  return (record) => tests.every((test) => test(record));
}

function testOf(word: string): (record: BuildCacheRecord) => boolean {
  const m = /^([^=!~]+)(==|=|!=|~=|)(.*)$/.exec(word);
  const [, name = '', operator = '', value = ''] = m ?? [];
  const compare = (text: string): boolean =>
    operator === '~=' ? text.includes(value) : operator === '!=' ? text !== value : text === value;
  const flag = (is: boolean): boolean => (operator === '' ? is : compare(String(is)));
  switch (name) {
    case 'id':
      return (record) => (operator === '=' ? record.ID.startsWith(value) : compare(record.ID));
    case 'type':
      return (record) => compare(record.Type);
    case 'description':
      return (record) => (operator === '=' ? record.Description.includes(value) : compare(record.Description));
    case 'inuse':
      return (record) => flag(record.InUse);
    case 'shared':
      return (record) => flag(record.Shared);
    case 'private':
      return (record) => flag(!record.Shared);
    case 'mutable':
      return (record) => flag(isMutable(record));
    case 'immutable':
      return (record) => flag(!isMutable(record));
    case 'until':
    case 'unused-for':
      return () => true;
    default:
      return () => false;
  }
}

/** What a build may still write to: folders of clients and cache mounts. */
export const isMutable = (record: BuildCacheRecord): boolean => record.Type !== 'regular';
