import { expect, test } from 'vitest';
import { Freshness } from './fresh.ts';

const event = (Type: string, Action: string, ID: string, name?: string) => ({
  Type,
  Action,
  Actor: { ID, ...(name === undefined ? {} : { Attributes: { name } }) },
  time: 0,
});

test('what a command changes is fresh until another changes something', () => {
  const fresh = new Freshness();
  fresh.command();
  fresh.hear(event('network', 'create', 'n1'));
  fresh.hear(event('container', 'start', 'c1'));
  expect([...fresh.marks]).toEqual(['n1', 'c1']);
  fresh.command();
  expect([...fresh.marks]).toEqual(['n1', 'c1']);
  fresh.hear(event('container', 'start', 'c2'));
  expect([...fresh.marks]).toEqual(['c2']);
});

test('what only reads changes nothing', () => {
  const fresh = new Freshness();
  fresh.command();
  fresh.hear(event('container', 'start', 'c1'));
  fresh.command();
  expect(fresh.hear(event('container', 'exec_create: sh', 'c1'))).toBe(false);
  expect(fresh.hear(event('container', 'health_status: healthy', 'c1'))).toBe(false);
  expect([...fresh.marks]).toEqual(['c1']);
});

test('a pulled image is fresh by its reference', () => {
  const fresh = new Freshness();
  fresh.command();
  fresh.hear(event('image', 'pull', 'nginx', 'nginx'));
  expect(fresh.marks.has('nginx:latest')).toBe(true);
});

test('what comes back with the machine is not fresh', () => {
  const fresh = new Freshness();
  expect(fresh.hear(event('container', 'start', 'c1'))).toBe(false);
  expect(fresh.marks.size).toBe(0);
});
