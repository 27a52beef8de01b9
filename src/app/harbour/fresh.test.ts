import { expect, test } from 'vitest';
import { Freshness } from './fresh.ts';

const event = (Type: string, Action: string, ID: string, name?: string) => ({
  Type,
  Action,
  Actor: { ID, ...(name === undefined ? {} : { Attributes: { name } }) },
  time: 0,
});

test('changes that come together are fresh together; the next command settles them', () => {
  const fresh = new Freshness();
  fresh.hear(event('network', 'create', 'n1'), 0);
  fresh.hear(event('container', 'start', 'c1'), 900);
  expect([...fresh.marks]).toEqual(['n1', 'c1']);
  fresh.hear(event('container', 'start', 'c2'), 5000);
  expect([...fresh.marks]).toEqual(['c2']);
});

test('what only reads changes nothing', () => {
  const fresh = new Freshness();
  fresh.hear(event('container', 'start', 'c1'), 0);
  expect(fresh.hear(event('container', 'exec_create: sh', 'c1'), 9000)).toBe(false);
  expect(fresh.hear(event('container', 'health_status: healthy', 'c1'), 9000)).toBe(false);
  expect([...fresh.marks]).toEqual(['c1']);
});

test('a pulled image is fresh by its reference', () => {
  const fresh = new Freshness();
  fresh.hear(event('image', 'pull', 'nginx', 'nginx'), 0);
  expect(fresh.marks.has('nginx:latest')).toBe(true);
});
