import type { SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import { type Call, json } from './call.ts';
import { refuse } from './errors.ts';

/** Repositories of a catalog's page, unless `n` says another number. */
const CATALOG_PAGE = 100;

/** One page of a sorted list, and the field that leads to the next. */
function page(
  path: string,
  all: readonly string[],
  last: string,
  limit: number,
): { entries: string[]; link: readonly (readonly [string, string])[] } {
  const rest = all.filter((name) => name > last);
  const entries = rest.slice(0, limit);
  if (entries.length === 0 || rest.length <= limit) return { entries, link: [] };
  const query = `last=${encodeURIComponent(entries.at(-1)!)}&n=${limit}`;
  return { entries, link: [['Link', `<${path}?${query}>; rel="next"`]] };
}

/** The number of results that a request wants; undefined where it does not say. @throws RegistryError (version 3) */
function wanted(call: Call, most: number): number | undefined {
  const text = call.request.query.get('n') ?? '';
  if (text === '') return undefined;
  const valid = /^\d+$/.test(text) && Number(text) <= most;
  if (valid) return Number(text);
  if (call.registry.major >= 3)
    throw refuse('PAGINATION_NUMBER_INVALID', { n: /^-?\d+$/.test(text) ? Number(text) : text });
  return undefined;
}

/** GET /v2/_catalog */
export function* catalog(call: Call): Wait<SiteResponse> {
  const { registry, request } = call;
  const asked = wanted(call, registry.config.catalogMax);
  const limit = asked === 0 && registry.major < 3 ? CATALOG_PAGE : (asked ?? CATALOG_PAGE);
  const all = registry.storage.repositories(call.sys);
  const { entries, link } = page('/v2/_catalog', all, request.query.get('last') ?? '', limit);
  return json({ repositories: entries }, link);
}

/** GET /v2/NAME/tags/list; pages only since version 3. */
export function* tagList(call: Call): Wait<SiteResponse> {
  const { registry, name } = call;
  const tags = registry.storage.listTags(call.sys, name);
  if (!tags) throw refuse('NAME_UNKNOWN', { name });
  if (registry.major < 3) return json({ name, tags: tags.length === 0 ? null : tags });
  const limit = wanted(call, Number.MAX_SAFE_INTEGER) ?? tags.length;
  const { entries, link } = page(`/v2/${name}/tags/list`, tags, call.request.query.get('last') ?? '', limit);
  return json({ name, tags: entries }, link);
}
