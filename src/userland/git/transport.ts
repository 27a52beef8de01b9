import { Headers } from '../../lib/http-headers.ts';
import { decode } from '../../lib/utf8.ts';
import { connectTcp, HttpConnection } from '../../libc/http-client.ts';
import type { Wait } from '../../libc/io.ts';
import { resolve } from '../../libc/resolver.ts';
import { secure } from '../http/secure.ts';
import { hostField, parseTarget, resolveLocation, type Target } from '../http/target.ts';
import { parseCommit } from './commit-object.ts';
import { type GitObject, parseLoose } from './objects.ts';
import { findRepo, type Git, Repo } from './repo.ts';
import { MODE_GITLINK, parseTree } from './tree.ts';

/** A repository somewhere else, to read from. */
export interface Remote {
  /** Full names and ids; HEAD first where there is one. */
  refs: Map<string, string>;
  /** The branch that its HEAD names. */
  head: string | undefined;
  object(id: string): Wait<GitObject | undefined>;
  /** Set for one on this disk: pushes go there. */
  local: Repo | undefined;
}

/** Opens a repository by its URL or path. @returns the words of what is wrong */
export function* openRemote(git: Git, url: string): Wait<Remote | string> {
  if (/^https?:\/\//.test(url)) return yield* openHttp(git, url);
  const scp = /^(?:[a-z+]+:\/\/)|^[\w.-]+@[\w.-]+:/.test(url) && !url.startsWith('file://');
  if (scp) {
    const host = /@?([\w.-]+)[:/]/.exec(url.replace(/^[a-z+]+:\/\//, ''))?.[1] ?? url;
    return `ssh: Could not resolve hostname ${host}: Name or service not known\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.`;
  }
  const path = url.replace(/^file:\/\//, '');
  const full = path.startsWith('/') ? path : `${git.cwd}/${path}`;
  const repo = yield* findAt(git, full);
  if (!repo)
    return `'${url}' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.`;
  const refs = new Map<string, string>();
  const head = yield* repo.head();
  if (head !== undefined) refs.set('HEAD', head);
  for (const [name, id] of yield* repo.refs('refs/')) refs.set(name, id);
  return { refs, head: yield* repo.headRef(), object: (id) => repo.objects.read(id), local: repo };
}

function* findAt(git: Git, path: string): Wait<Repo | undefined> {
  for (const place of [path, `${path}/.git`, `${path}.git`]) {
    if (git.sys.access(`${place}/HEAD`, 0) < 0 || git.sys.access(`${place}/objects`, 0) < 0) continue;
    return new Repo(git, place, place.endsWith('/.git') ? place.slice(0, -5) : undefined);
  }
  const found = yield* findRepo(git, path);
  return found && (found.gitDir === path || found.workTree === path) ? found : undefined;
}

// ---- the dumb protocol over HTTP

const REDIRECTS = 5;

class HttpPlace {
  #connection: HttpConnection | undefined;
  constructor(
    readonly git: Git,
    public base: Target,
  ) {}

  *get(path: string): Wait<{ status: number; bytes: Uint8Array; type: string } | string> {
    let target: Target = { ...this.base, path: `${this.base.path.replace(/\/$/, '')}/${path}` };
    for (let hop = 0; hop < REDIRECTS; hop++) {
      const connection = yield* this.#connect(target);
      if (typeof connection === 'string') return connection;
      const headers = new Headers([
        ['Host', hostField(target)],
        ['User-Agent', 'git/2.43.0'],
        ['Accept', '*/*'],
      ]);
      const answer = yield* connection.request({ method: 'GET', target: target.path, headers });
      if (answer.kind === 'failure') return `Empty reply from server`;
      const bytes = yield* answer.bytes();
      const location = answer.headers.get('Location');
      if (answer.status >= 301 && answer.status <= 308 && location) {
        const next = resolveLocation(target, location);
        if (!next) return 'bad redirect';
        if (next.host !== target.host || next.scheme !== target.scheme) {
          this.#connection = undefined;
          this.base = { ...this.base, scheme: next.scheme, host: next.host, port: next.port };
        }
        target = next;
        continue;
      }
      return { status: answer.status, bytes, type: answer.headers.get('Content-Type') ?? '' };
    }
    return 'Maximum redirects followed';
  }

  *#connect(target: Target): Wait<HttpConnection | string> {
    if (this.#connection?.usable) return this.#connection;
    const { sys } = this.git;
    const found = yield* resolve(sys, target.host, {});
    if (typeof found === 'string') return `Could not resolve host: ${target.host}`;
    const fd = yield* connectTcp(sys, found.addresses[0]!, target.port);
    if (fd < 0) return `Failed to connect to ${target.host} port ${target.port} after 0 ms: Couldn't connect to server`;
    if (target.scheme === 'https') {
      const secured = yield* secure(sys, fd, target.host);
      if (typeof secured === 'string') return 'TLS connect error: unexpected eof';
      if (secured.trust !== undefined && this.git.ctx.env.get('GIT_SSL_NO_VERIFY') === undefined)
        return 'server certificate verification failed. CAfile: none CRLfile: none';
    }
    this.#connection = new HttpConnection(sys, fd);
    return this.#connection;
  }
}

function* openHttp(git: Git, url: string): Wait<Remote | string> {
  const base = parseTarget(url);
  if (!base) return `unable to access '${url}': URL rejected: Malformed input to a URL function`;
  const place = new HttpPlace(git, base);
  let info = yield* place.get('info/refs?service=git-upload-pack');
  if (typeof info !== 'string' && info.status === 404 && !base.path.endsWith('.git')) {
    place.base = { ...place.base, path: `${base.path.replace(/\/$/, '')}.git` };
    info = yield* place.get('info/refs?service=git-upload-pack');
  }
  const slash = url.endsWith('/') ? url : `${url}/`;
  if (typeof info === 'string') return `unable to access '${slash}': ${info}`;
  if (info.status === 404 || info.status === 410) return `repository '${slash}' not found`;
  if (info.status === 401 || info.status === 403)
    return `could not read Username for '${base.scheme}://${base.host}': No such device or address`;
  if (info.status !== 200) return `unable to access '${slash}': The requested URL returned error: ${info.status}`;
  const refs = new Map<string, string>();
  for (const line of decode(info.bytes).split('\n')) {
    const match = /^([0-9a-f]{40})\t(\S+)$/.exec(line);
    if (match && !match[2]!.endsWith('^{}')) refs.set(match[2]!, match[1]!);
  }
  if (refs.size === 0 && info.bytes.length > 0) return `${slash}info/refs not valid: is this a git repository?`;
  const head = yield* place.get('HEAD');
  const branch =
    typeof head !== 'string' && head.status === 200 ? /^ref: (\S+)/.exec(decode(head.bytes))?.[1] : undefined;
  const tip = branch === undefined ? undefined : refs.get(branch);
  return {
    refs: new Map([...(tip === undefined ? [] : [['HEAD', tip] as const]), ...refs]),
    head: branch,
    *object(id) {
      const answer = yield* place.get(`objects/${id.slice(0, 2)}/${id.slice(2)}`);
      return typeof answer === 'string' || answer.status !== 200 ? undefined : parseLoose(answer.bytes);
    },
    local: undefined,
  };
}

/** Copies an object and all that it needs from one place to a store. @returns how many were copied, or the id of one that is missing */
export function* copyObjects(
  from: (id: string) => Wait<GitObject | undefined>,
  to: Repo,
  ids: readonly string[],
  progress: (count: number) => Wait<void> = function* () {},
): Wait<number | string> {
  const queue = [...ids];
  const seen = new Set<string>();
  let count = 0;
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (to.sys.tick()) yield;
    if (seen.has(id) || to.objects.has(id)) continue;
    seen.add(id);
    const object = yield* from(id);
    if (!object) return id;
    if (object.type === 'commit') {
      const { tree, parents } = parseCommit(object.bytes);
      queue.push(tree, ...parents);
    } else if (object.type === 'tree') {
      for (const entry of parseTree(object.bytes)) if (entry.mode !== MODE_GITLINK) queue.push(entry.id);
    } else if (object.type === 'tag') queue.push(/^object ([0-9a-f]{40})/.exec(decode(object.bytes))![1]!);
    yield* to.objects.write(object.type, object.bytes);
    yield* progress(++count);
  }
  return count;
}
