import type { Entry, Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { type Site, type SiteRequest, type SiteResponse, serveHttp } from '../../libc/http-server.ts';
import type { Wait } from '../../libc/io.ts';
import { publicCertificate } from '../certificate.ts';
import { HUB_MIRRORS, OTHER_REGISTRIES } from '../hosts.ts';
import { Accounts } from './accounts.ts';
import { failure, JSON_TYPE, json, notFound, VERSION } from './answers.ts';
import { HubCatalogue } from './catalogue.ts';
import { Pushed, ROOT } from './pushed.ts';
import { hubSite } from './site.ts';

/** Descriptors of the listening sockets that whoever started the program handed on. */
const PLAIN_FD = 3;
const SECURE_FD = 4;

const WRITES = ['PUT', 'POST', 'PATCH', 'DELETE'];
const SEARCH_MOST = 100;

/** Docker Hub: registry, token server, site and search, one program that looks at the Host field. */
export const makeHub = ({ sha256 }: { sha256: HashFactory }): Entry =>
  function* (sys) {
    const catalogue = yield* HubCatalogue.load(sys);
    if (!catalogue) return 1;
    // the registry behind the site is reached over lo
    sys.netlink({ type: 'link-set', name: 'lo', up: true });
    const hub = new Hub(catalogue, new Accounts(sys, sha256));
    sys.thread(function* (own) {
      return yield* serveHttp(own, PLAIN_FD, redirect);
    });
    const site: Site = (own, request) => hub.serve(own, request);
    return yield* serveHttp(sys, SECURE_FD, site, (name) => publicCertificate(sys, name));
  };

function* redirect(_sys: Sys, request: SiteRequest): Wait<SiteResponse> {
  return {
    status: 301,
    headers: [['Location', `https://${request.head.headers.get('host') ?? ''}${request.head.target}`]],
  };
}

class Hub {
  readonly #pushed = new Pushed();

  constructor(
    readonly catalogue: HubCatalogue,
    readonly accounts: Accounts,
  ) {}

  *serve(sys: Sys, request: SiteRequest): Wait<SiteResponse> {
    const host = (request.head.headers.get('host') ?? '').replace(/:\d+$/, '');
    if (host === 'auth.docker.io') return this.#token(sys, request);
    if (host === 'index.docker.io' && request.path === '/v1/search') return this.#search(request);
    if (/^(hub|www|login)\.docker\.com$|^docker\.(com|io)$/.test(host))
      return yield* hubSite(request, this.accounts, this.catalogue, sys);
    if (HUB_MIRRORS.includes(host)) return yield* this.#open(sys, request, '');
    if (OTHER_REGISTRIES.includes(host)) return yield* this.#open(sys, request, `${host}/`);
    return yield* this.#registry(sys, request);
  }

  /** Whether somebody may push to a repository: to those below one's own name. */
  #mayPush(user: string, name: string): boolean {
    return user !== '' && name.startsWith(`${user}/`) && !this.catalogue.has(name);
  }

  /** GET /token: what the scopes ask for, as far as it is granted. Everybody may pull. */
  #token(sys: Sys, request: SiteRequest): SiteResponse {
    if (request.path !== '/token') return notFound('404 page not found');
    const user = this.accounts.fromBasic(request.head.headers.get('authorization'));
    if (user === undefined) return json({ details: 'incorrect username or password' }, 401);
    const access = (request.query.get('scope') ?? '').split(' ').flatMap((scope) => {
      const parts = /^repository:(.+):([a-z,]+)$/.exec(scope);
      if (!parts) return [];
      const name = parts[1]!;
      const known = this.catalogue.has(name) || this.#pushed.has(sys, name);
      const own = this.#mayPush(user, name);
      const actions = parts[2]!
        .split(',')
        .filter((action) => (action === 'pull' ? known || own : action === 'push' && own));
      return actions.length === 0 ? [] : [{ type: 'repository', name, actions }];
    });
    const { text, seconds, issued } = this.accounts.token(user, access);
    const issued_at = new Date(issued * 1000).toISOString();
    return json({ token: text, access_token: text, scope: '', expires_in: seconds, issued_at });
  }

  /** The OCI distribution API, for who has a token. */
  *#registry(sys: Sys, request: SiteRequest): Wait<SiteResponse> {
    const { method, headers } = request.head;
    const path = /^\/v2\/(.*)$/.exec(request.path);
    if (!path) return notFound('404 page not found');
    const rest = path[1]!;
    const parts = /^(.+?)\/(manifests|blobs|tags)\/(.*)$/.exec(rest);
    const name = parts?.[1] ?? '';
    const action = WRITES.includes(method) ? 'push' : 'pull';
    const claims = this.accounts.claims(headers.get('authorization'));
    if (!claims) return unauthorized(name, action);
    if (rest === '') return { status: 200, headers: [JSON_TYPE, VERSION], body: '{}' };
    if (!parts) return notFound('404 page not found');
    // Hub does not tell a private repository from one that is not there
    if (!claims.access.some((a) => a.name === name && a.actions.includes(action))) return denied(name, action);
    const [, , kind = '', reference = ''] = parts;
    if (action === 'pull' && this.catalogue.has(name))
      return yield* this.catalogue.serve(sys, request, name, kind, reference);
    const mount = request.query.get('mount');
    if (mount) yield* this.catalogue.lend(sys, ROOT, request.query.get('from') ?? '', mount);
    return yield* this.#pushed.pass(sys, request);
  }

  /** What a mirror or a registry of others answers: anybody may read, nobody may write. */
  *#open(sys: Sys, request: SiteRequest, prefix: string): Wait<SiteResponse> {
    const { method } = request.head;
    if (request.path === '/v2/') return { status: 200, headers: [JSON_TYPE, VERSION], body: '{}' };
    const parts = /^\/v2\/(.+?)\/(manifests|blobs|tags)\/(.+)$/.exec(request.path);
    if (!parts) return notFound('404 page not found');
    if (WRITES.includes(method)) return failure(405, 'UNSUPPORTED', 'The operation is unsupported.');
    const [, path = '', kind = '', reference = ''] = parts;
    const name = prefix + path;
    if (this.catalogue.has(name)) return yield* this.catalogue.serve(sys, request, name, kind, reference);
    if (prefix === '' && this.#pushed.has(sys, name)) return yield* this.#pushed.pass(sys, request);
    return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  }

  /** GET /v1/search?q=TERM&n=COUNT */
  #search(request: SiteRequest): SiteResponse {
    const query = request.query.get('q') ?? '';
    const term = query.toLowerCase().replace(/^library\//, '');
    const most = Math.min(Number(request.query.get('n') ?? 25) || 25, SEARCH_MOST);
    const results = this.catalogue.names
      .filter((name) => !/^[^/]+\.[^/]+\//.test(name))
      .filter(
        (name) => name.includes(term) || this.catalogue.repository(name)!.description?.toLowerCase().includes(term),
      )
      .map((name) => {
        const { description = '', stars = 0 } = this.catalogue.repository(name)!;
        const official = name.startsWith('library/');
        return {
          name: official ? name.slice('library/'.length) : name,
          description,
          star_count: stars,
          is_official: official,
          is_automated: false,
        };
      })
      .sort((a, b) => b.star_count - a.star_count || (a.name < b.name ? -1 : 1))
      .slice(0, most);
    return json({ num_results: results.length, query, results, page: 1, page_size: most, num_pages: 1 });
  }
}

const refusal = (name: string, action: string): SiteResponse =>
  failure(
    401,
    'UNAUTHORIZED',
    'authentication required',
    name === '' ? null : [{ Type: 'repository', Class: '', Name: name, Action: action }],
  );

function unauthorized(name: string, action: string): SiteResponse {
  const scope = name === '' ? '' : `,scope="repository:${name}:${action === 'push' ? 'pull,push' : 'pull'}"`;
  const realm = `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"${scope}`;
  const answer = refusal(name, action);
  return { ...answer, headers: [...answer.headers!, ['Www-Authenticate', realm]] };
}

function denied(name: string, action: string): SiteResponse {
  const answer = refusal(name, action);
  const scope = `repository:${name}:${action === 'push' ? 'pull,push' : 'pull'}`;
  const realm = `Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="${scope}",error="insufficient_scope"`;
  return { ...answer, headers: [...answer.headers!, ['Www-Authenticate', realm]] };
}
