import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { percentDecode, type SiteRequest, type SiteResponse } from '../../libc/http-server.ts';
import type { Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { escapeHtml, link, page } from '../page.ts';
import type { Accounts } from './accounts.ts';
import { json, notFound } from './answers.ts';
import type { HubCatalogue } from './catalogue.ts';
import { ROOT } from './pushed.ts';

/** Largest form, bytes. */
const FORM_MAX = 16_384;

const FORM = `<form method="post" action="/signup">
<p><label>Email <input name="email" type="email"></label></p>
<p><label>Username <input name="username"></label></p>
<p><label>Password <input name="password" type="password"></label></p>
<p><button>Sign up</button></p>
</form>`;

/** Fields of a form or of a JSON document. */
function* fields(request: SiteRequest): Wait<Map<string, string>> {
  const bytes = yield* request.body.bytes(FORM_MAX);
  const text = bytes ? decode(bytes) : '';
  if (request.head.headers.get('content-type')?.startsWith('application/json')) {
    try {
      const value = JSON.parse(text) as Record<string, unknown> | null;
      return new Map(Object.entries(value ?? {}).map(([name, v]) => [name, String(v)]));
    } catch {
      return new Map();
    }
  }
  return new Map(
    text.split('&').map((pair) => {
      const at = pair.indexOf('=');
      return [percentDecode(at < 0 ? pair : pair.slice(0, at)), at < 0 ? '' : percentDecode(pair.slice(at + 1))];
    }),
  );
}

/** Repositories that somebody pushed. */
function repositoriesOf(sys: Sys, user: string): string[] {
  const names = listDir(sys, `${ROOT}/docker/registry/v2/repositories/${user}`);
  return typeof names === 'number' ? [] : names.sort();
}

/** hub.docker.com: signing up, one's repositories, and the parts of its API that scripts ask. */
export function* hubSite(
  request: SiteRequest,
  accounts: Accounts,
  catalogue: HubCatalogue,
  sys: Sys,
): Wait<SiteResponse> {
  const { method } = request.head;
  const path = request.path.replace(/(.)\/$/, '$1');
  if (path === '/signup' && method === 'POST') {
    const form = yield* fields(request);
    const problem = accounts.add(form.get('username') ?? '', form.get('password') ?? '');
    if (problem) return page('Sign up', `<p role="alert">${problem}</p>\n${FORM}`, 400);
    const name = escapeHtml(form.get('username')!);
    return page('Welcome', `<p>Now log in with: <code>docker login -u ${name}</code></p>`, 201);
  }
  if (path === '/v2/users/login' && method === 'POST') {
    const form = yield* fields(request);
    const name = form.get('username') ?? '';
    if (!accounts.isRight(name, form.get('password') ?? ''))
      return json({ detail: 'Incorrect authentication credentials' }, 401);
    return json({ token: accounts.token(name, []).text });
  }
  if (method !== 'GET' && method !== 'HEAD') return json({ message: 'method not allowed' }, 405);
  if (path === '/')
    return page('Docker Hub', `<p><a href="/signup">Sign up</a></p>\n${list(catalogue.names.map(hrefOf))}`);
  if (path === '/signup') return page('Sign up', FORM);
  const listing = /^\/v2\/repositories\/([a-z0-9_-]+)(?:\/([a-z0-9._-]+)\/tags)?$/.exec(path);
  if (listing) return apiListing(sys, catalogue, listing[1]!, listing[2]);
  const user = /^\/u\/([a-z0-9]+)$/.exec(path)?.[1];
  if (user !== undefined && accounts.has(user))
    return page(
      user,
      list(repositoriesOf(sys, user).map((name) => ({ text: `${user}/${name}`, href: `/r/${user}/${name}` }))),
    );
  const official = /^\/_\/([a-z0-9._-]+)$/.exec(path)?.[1];
  const name = official === undefined ? path.replace(/^\/r\//, '') : `library/${official}`;
  const repository = catalogue.repository(name);
  if (repository) {
    const tags = list(
      Object.keys(repository.tags)
        .sort()
        .map((text) => ({ text, href: `${path}?tab=tags` })),
    );
    return page(name.replace(/^library\//, ''), `<p>${escapeHtml(repository.description ?? '')}</p>\n${tags}`);
  }
  return page('Not found', '<p>There is nothing here.</p>', 404);
}

const hrefOf = (name: string): { text: string; href: string } =>
  name.startsWith('library/')
    ? { text: name.slice(8), href: `/_/${name.slice(8)}` }
    : { text: name, href: `/r/${name}` };

const list = (links: readonly { text: string; href: string }[]): string =>
  `<ul>\n${links.map(({ text, href }) => `<li>${link(href, text)}</li>\n`).join('')}</ul>`;

/** GET /v2/repositories/NAMESPACE and …/NAME/tags */
function apiListing(sys: Sys, catalogue: HubCatalogue, namespace: string, name: string | undefined): SiteResponse {
  const counted = (results: object[]): SiteResponse =>
    json({ count: results.length, next: null, previous: null, results });
  if (name !== undefined) {
    const repository = catalogue.repository(`${namespace}/${name}`);
    const tags = listDir(sys, `${ROOT}/docker/registry/v2/repositories/${namespace}/${name}/_manifests/tags`);
    if (!repository && typeof tags === 'number') return json({ message: 'object not found', errinfo: {} }, 404);
    const names = repository ? Object.keys(repository.tags) : (tags as string[]);
    return counted(names.sort().map((tag) => ({ name: tag, tag_status: 'active', content_type: 'image' })));
  }
  const known = catalogue.names.filter((n) => n.startsWith(`${namespace}/`)).map((n) => n.slice(namespace.length + 1));
  const all = [...known, ...repositoriesOf(sys, namespace)].sort();
  return all.length === 0
    ? notFound('404 page not found')
    : counted(all.map((n) => ({ name: n, namespace, is_private: false })));
}
