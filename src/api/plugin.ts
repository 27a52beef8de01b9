import { endpoint } from './endpoint.ts';
import type { Filters } from './filters.ts';

/** What a plugin asks to be allowed. */
export interface PluginPrivilege {
  Name: string;
  Description: string;
  Value: string[];
}

export const PluginList = endpoint<{ filters?: Filters }, unknown[]>({
  method: 'GET',
  path: '/plugins',
  since: '1.25',
  ok: 200,
  query: { filters: 'json' },
});
export const PluginPrivileges = endpoint<{ remote?: string }, PluginPrivilege[]>({
  method: 'GET',
  path: '/plugins/privileges',
  since: '1.25',
  ok: 200,
  query: { remote: 'string' },
});
export const PluginInspect = endpoint<{ name: string }, unknown>({
  method: 'GET',
  path: '/plugins/{name...}/json',
  since: '1.25',
  ok: 200,
});
export const PluginRemove = endpoint<{ name: string; force?: boolean }, unknown>({
  method: 'DELETE',
  path: '/plugins/{name...}',
  since: '1.25',
  ok: 200,
  query: { force: 'bool' },
});
export const PluginEnable = endpoint<{ name: string; timeout?: string }, void>({
  method: 'POST',
  path: '/plugins/{name...}/enable',
  since: '1.25',
  ok: 200,
  query: { timeout: 'string' },
  answer: 'empty',
});
export const PluginDisable = endpoint<{ name: string; force?: boolean }, void>({
  method: 'POST',
  path: '/plugins/{name...}/disable',
  since: '1.25',
  ok: 200,
  query: { force: 'bool' },
  answer: 'empty',
});
export const PluginSet = endpoint<{ name: string }, void>({
  method: 'POST',
  path: '/plugins/{name...}/set',
  since: '1.25',
  ok: 204,
});
export const PluginPush = endpoint<{ name: string }, void>({
  method: 'POST',
  path: '/plugins/{name...}/push',
  since: '1.25',
  ok: 200,
  answer: 'stream',
});
