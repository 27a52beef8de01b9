import { ApiError } from '../../api/errors.ts';
import {
  PluginDisable,
  PluginEnable,
  PluginInspect,
  PluginList,
  PluginPrivileges,
  PluginPush,
  PluginRemove,
  PluginSet,
} from '../../api/plugin.ts';
import { quote } from '../../lib/quote.ts';
import type { Wait } from '../../libc/io.ts';
import { checkFilterNames } from '../container/filters.ts';
import type { Call } from '../server/call.ts';
import { readInt } from '../server/params.ts';
import { type Route, serve } from '../server/serve.ts';

const FILTERS = new Set(['enabled', 'capability']);

function* notFound(_call: Call, { name }: { name: string }): Wait<never> {
  throw new ApiError('not-found', `plugin ${quote(name)} not found`);
}

/** Managed plugins: this engine has none, and none can be installed. */
export const pluginRoutes: Route[] = [
  serve(PluginList, function* (_call, { filters = {} }) {
    checkFilterNames(filters, FILTERS);
    return [];
  }),
  serve(PluginPrivileges, function* () {
    return [];
  }),
  serve(PluginInspect, notFound),
  serve(PluginRemove, notFound),
  serve(PluginDisable, notFound),
  serve(PluginSet, notFound),
  serve(PluginPush, notFound),
  serve(PluginEnable, function* (call, params) {
    readInt(params.timeout ?? '');
    return yield* notFound(call, params);
  }),
];
