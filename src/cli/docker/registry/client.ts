import type { Sys } from '../../../abi/sys.ts';
import { toBase64 } from '../../../lib/base64.ts';
import { Headers } from '../../../lib/http-headers.ts';
import type { Reference } from '../../../lib/reference.ts';
import { encode } from '../../../lib/utf8.ts';
import { connectTcp, HttpConnection, type HttpResponse } from '../../../libc/http-client.ts';
import type { Wait } from '../../../libc/io.ts';
import { resolve } from '../../../libc/resolver.ts';
import { strerror } from '../../../libc/strerror.ts';
import { certificateMatches, PUBLIC_ISSUER, tlsConnect } from '../../../libc/tls.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { HUB } from '../registry-auth.ts';

const HUB_DOMAIN = 'docker.io';
const HUB_HOST = 'registry-1.docker.io';
const MANIFEST_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

/** A manifest as the registry has it. */
export interface Manifest {
  bytes: Uint8Array;
  mediaType: string;
}

/** What a request sends besides its line. */
interface Sent {
  headers?: Record<string, string>;
  body?: Uint8Array;
}

/** A repository in a registry, as the command itself reaches it. @see OCI distribution-spec v1.1 */
export class Repository {
  readonly #sys: Sys;
  readonly #host: string;
  readonly #local: boolean;
  #scheme: 'https' | 'http' = 'https';
  #authorization: string | undefined;
  #pinged = false;

  constructor(
    readonly cli: Cli,
    readonly reference: Reference,
    /** `pull` or `pull,push` */
    readonly actions: string,
  ) {
    this.#sys = cli.sys;
    this.#host = reference.domain === HUB_DOMAIN ? HUB_HOST : reference.domain;
    this.#local = /^(localhost|127\.|\[::1\])/.test(this.#host);
  }

  /** A manifest by tag or digest; undefined where there is none. @throws CliError */
  *manifest(name: string): Wait<Manifest | undefined> {
    const response = yield* this.#call('GET', `manifests/${name}`, { headers: { Accept: MANIFEST_TYPES.join(', ') } });
    const bytes = yield* response.bytes();
    if (response.status === 404 || response.status === 401) return undefined;
    this.#check(response, [200]);
    return { bytes, mediaType: (response.headers.get('content-type') ?? '').split(';')[0]!.trim() };
  }

  *blob(digest: string): Wait<Uint8Array> {
    const response = yield* this.#call('GET', `blobs/${digest}`);
    const bytes = yield* response.bytes();
    this.#check(response, [200]);
    return bytes;
  }

  *putManifest(name: string, { bytes, mediaType }: Manifest): Wait<void> {
    const response = yield* this.#call('PUT', `manifests/${name}`, {
      headers: { 'Content-Type': mediaType },
      body: bytes,
    });
    yield* response.bytes();
    this.#check(response, [201]);
  }

  /** Makes sure that a blob is here: by the registry's own hand where it can, else through ours. */
  *copyBlob(from: Repository, digest: string): Wait<void> {
    const head = yield* this.#call('HEAD', `blobs/${digest}`);
    yield* head.bytes();
    if (head.status === 200) return;
    const same = from.#host === this.#host ? `?mount=${digest}&from=${from.reference.path}` : '';
    const begun = yield* this.#call('POST', `blobs/uploads/${same}`, { body: new Uint8Array(0) });
    yield* begun.bytes();
    if (begun.status === 201) return;
    this.#check(begun, [202]);
    const place = (begun.headers.get('location') ?? '').replace(/^https?:\/\/[^/]+/, '');
    const done = yield* this.#send('PUT', `${place}${place.includes('?') ? '&' : '?'}digest=${digest}`, {
      headers: { 'Content-Type': 'application/octet-stream' },
      body: yield* from.blob(digest),
    });
    yield* done.bytes();
    this.#check(done, [201]);
  }

  #check(response: HttpResponse, wanted: readonly number[]): void {
    if (!wanted.includes(response.status))
      throw new CliError(`unexpected status from ${this.#scheme}://${this.#host}: ${response.status}`);
  }

  *#call(method: string, path: string, sent: Sent = {}): Wait<HttpResponse> {
    if (!this.#pinged) yield* this.#ping();
    return yield* this.#send(method, `/v2/${this.reference.path}/${path}`, sent);
  }

  /** Finds out the scheme and how to log in. */
  *#ping(): Wait<void> {
    this.#pinged = true;
    let response: HttpResponse;
    try {
      response = yield* this.#send('GET', '/v2/', {});
    } catch (error) {
      if (!(error instanceof CliError) || !this.#local) throw error;
      this.#scheme = 'http';
      response = yield* this.#send('GET', '/v2/', {});
    }
    yield* response.bytes();
    if (response.status !== 401) return;
    const challenge = response.headers.get('www-authenticate') ?? '';
    const { domain } = this.reference;
    const { username, password } = this.cli.config.auth(domain === HUB_DOMAIN ? HUB : domain);
    const basic = username === undefined ? undefined : `Basic ${toBase64(encode(`${username}:${password ?? ''}`))}`;
    if (/^basic/i.test(challenge)) this.#authorization = basic;
    else this.#authorization = yield* this.#token(challenge, basic);
  }

  *#token(challenge: string, basic: string | undefined): Wait<string | undefined> {
    const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
    const realm = /^(https?):\/\/([^/]+)(\/.*)?$/.exec(field('realm'));
    if (!realm) return undefined;
    const scope = encodeURIComponent(`repository:${this.reference.path}:${this.actions}`);
    const path = `${realm[3] ?? '/'}?scope=${scope}&service=${encodeURIComponent(field('service'))}`;
    const response = yield* exchange(this.#sys, realm[1]!, realm[2]!, 'GET', path, {
      headers: basic === undefined ? {} : { Authorization: basic },
    });
    const text = yield* response.text();
    if (response.status !== 200) throw new CliError(`failed to authorize: ${response.status}`);
    try {
      const answer = JSON.parse(text) as { token?: string; access_token?: string };
      const token = answer.token ?? answer.access_token;
      return token === undefined ? undefined : `Bearer ${token}`;
    } catch {
      return undefined;
    }
  }

  #send(method: string, path: string, { headers = {}, body }: Sent): Wait<HttpResponse> {
    const all = this.#authorization === undefined ? headers : { ...headers, Authorization: this.#authorization };
    const sent = body ? { headers: all, body } : { headers: all };
    return exchange(this.#sys, this.#scheme, this.#host, method, path, sent);
  }
}

/** One request on a connection of its own. @throws CliError in the words of Go's net/http */
function* exchange(
  sys: Sys,
  scheme: string,
  host: string,
  method: string,
  path: string,
  { headers = {}, body }: Sent,
): Wait<HttpResponse> {
  const fail = (words: string): never => {
    const verb = method.charAt(0) + method.slice(1).toLowerCase();
    throw new CliError(`failed to do request: ${verb} "${scheme}://${host}${path}": ${words}`);
  };
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  const found = yield* resolve(sys, name.replace(/^\[|\]$/g, ''));
  if (typeof found === 'string') return fail(`dial tcp: lookup ${name}: no such host`);
  const number = Number(port ?? (scheme === 'https' ? 443 : 80));
  const fd = yield* connectTcp(sys, found.addresses[0]!, number);
  if (fd < 0) return fail(`dial tcp ${found.addresses[0]}:${number}: connect: ${strerror(-fd, 'go')}`);
  if (scheme === 'https') {
    const certificate = yield* tlsConnect(sys, fd, name);
    const problem =
      typeof certificate === 'string'
        ? certificate === 'plain'
          ? 'http: server gave HTTP response to HTTPS client'
          : 'EOF'
        : certificate.issuer === PUBLIC_ISSUER && certificateMatches(certificate, name)
          ? undefined
          : 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    if (problem !== undefined) {
      sys.close(fd);
      return fail(problem);
    }
  }
  const all = new Headers([['Host', host], ['User-Agent', 'containerd/2.1.4+unknown'], ...Object.entries(headers)]);
  const response = yield* new HttpConnection(sys, fd).request({
    method,
    target: path,
    headers: all,
    ...(body ? { body } : {}),
  });
  return response.kind === 'failure' ? fail(response.message) : response;
}
