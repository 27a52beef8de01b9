import { CLOCK_REALTIME } from '../abi/flags.ts';
import type { Sys } from '../abi/sys.ts';
import { fromBase64, toBase64 } from '../lib/base64.ts';
import { formatRfc3339 } from '../lib/go-time.ts';
import { Headers } from '../lib/http-headers.ts';
import type { Reference } from '../lib/reference.ts';
import { decode, encode } from '../lib/utf8.ts';
import { certificatesIn } from './certificates.ts';
import { type BodySource, connectTcp, HttpConnection, type HttpResponse } from './http-client.ts';
import { readFile, type Wait } from './io.ts';
import { listDir } from './paths.ts';
import { resolve } from './resolver.ts';
import { strerror } from './strerror.ts';
import { type Certificate, certificateMatches, PUBLIC_ISSUER, tlsConnect } from './tls.ts';

/** Who pulls or pushes, from the X-Registry-Auth header. */
export interface Credentials {
  username?: string;
  password?: string;
  identitytoken?: string;
  registrytoken?: string;
}

/** Reads the X-Registry-Auth header; what is no base64 JSON counts as nobody. */
export function readAuth(header: string | undefined): Credentials {
  if (!header) return {};
  const bytes = fromBase64(header.replaceAll('-', '+').replaceAll('_', '/'));
  if (!bytes) return {};
  try {
    return JSON.parse(decode(bytes)) as Credentials;
  } catch {
    return {};
  }
}

/** Types of manifests, and of lists of them. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const ENGINE_AGENT =
  'docker/28.5.2 go/go1.24.9 git-commit/89c5e8f kernel/6.8.0-52-generic os/linux arch/amd64 UpstreamClient(Docker-Client/28.5.2 \\(linux\\))';
const HUB = 'docker.io';
const HUB_HOST = 'registry-1.docker.io';

/** What a registry answered that is not what was asked for. */
export interface RegistryFailure {
  status: number;
  code: string;
  message: string;
}

/** No answer, or none that one can go on with; the words are those of Go's client. */
export class RegistryError extends Error {
  constructor(
    readonly kind: 'internal' | 'unauthorized',
    message: string,
  ) {
    super(message);
  }
}

/** A registry, seen by one pull or push of one repository. @see OCI distribution-spec v1.1 */
export class Registry {
  readonly host: string;
  #scheme: 'https' | 'http' = 'https';
  #token: string | undefined;
  #basic: string | undefined;
  #pinged = false;

  constructor(
    readonly sys: Sys,
    readonly reference: Reference,
    readonly auth: Credentials,
    readonly insecure: readonly string[],
    /** `pull` or `pull,push`. */
    readonly actions: string,
    /** Address of a mirror that is asked in place of the reference's own registry. */
    mirror?: string,
    /** How the client names itself. */
    readonly agent: string = ENGINE_AGENT,
  ) {
    const parts = /^(https?):\/\/(.+)$/.exec(mirror ?? '');
    this.host = parts?.[2] ?? (reference.domain === HUB ? HUB_HOST : reference.domain);
    if (parts) this.#scheme = parts[1] as 'https';
  }

  get url(): string {
    return `${this.#scheme}://${this.host}`;
  }

  /** True where plain HTTP and certificates of unknown origin are accepted: what daemon.json lists, and this machine. */
  get isInsecure(): boolean {
    const name = this.host.replace(/:\d+$/, '');
    return (
      name === 'localhost' ||
      /^127\./.test(name) ||
      name === '[::1]' ||
      this.insecure.some((entry) => entry === this.host || entry === name)
    );
  }

  /** GET /v2/: finds out the scheme and how to log in. @throws RegistryError */
  *ping(): Wait<void> {
    if (this.#pinged) return;
    const response = yield* this.send('GET', '/v2/', new Headers(), undefined, true);
    yield* response.bytes();
    response.close();
    this.#pinged = true;
    if (response.status !== 401) return;
    yield* this.#login(response.headers.get('www-authenticate') ?? '');
  }

  *#login(challenge: string): Wait<void> {
    const { username, password, registrytoken } = this.auth;
    if (registrytoken) {
      this.#token = registrytoken;
      return;
    }
    const basic =
      username && password !== undefined ? `Basic ${toBase64(encode(`${username}:${password}`))}` : undefined;
    const field = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
    if (/^basic/i.test(challenge)) {
      this.#basic = basic;
      return;
    }
    const realm = field('realm');
    if (realm === undefined) return;
    const query = `?${[
      ...(username ? [`account=${encodeURIComponent(username)}`] : []),
      ...(this.reference.path === '' ? ['client_id=docker', 'offline_token=true'] : []),
      ...(this.reference.path === ''
        ? []
        : [`scope=${encodeURIComponent(`repository:${this.reference.path}:${this.actions}`)}`]),
      `service=${encodeURIComponent(field('service') ?? '')}`,
    ].join('&')}`;
    const url = /^(https?):\/\/([^/]+)(\/[^?]*)?/.exec(realm);
    if (!url) return;
    const headers = new Headers();
    if (basic) headers.set('Authorization', basic);
    const response = yield* request(
      this.sys,
      { scheme: url[1] as 'https', host: url[2]!, insecure: this.isInsecure, agent: this.agent },
      'GET',
      (url[3] ?? '/') + query,
      headers,
      undefined,
      realm + query,
    );
    const text = yield* response.text();
    response.close();
    if (response.status === 401)
      throw new RegistryError('unauthorized', `Get "${this.url}/v2/": unauthorized: incorrect username or password`);
    try {
      const answer = JSON.parse(text) as { token?: string; access_token?: string };
      this.#token = answer.token ?? answer.access_token;
    } catch {
      this.#token = undefined;
    }
  }

  /** One request below /v2/. @throws RegistryError where there is no connection */
  *call(method: string, path: string, headers = new Headers(), body?: Uint8Array | BodySource): Wait<HttpResponse> {
    yield* this.ping();
    return yield* this.send(method, path, headers, body, false);
  }

  /** One request. @throws RegistryError */
  protected *send(
    method: string,
    path: string,
    headers: Headers,
    body: Uint8Array | BodySource | undefined,
    mayFallBack: boolean,
  ): Wait<HttpResponse> {
    if (this.#token) headers.set('Authorization', `Bearer ${this.#token}`);
    else if (this.#basic) headers.set('Authorization', this.#basic);
    const target = { scheme: this.#scheme, host: this.host, insecure: this.isInsecure, agent: this.agent };
    try {
      return yield* request(this.sys, target, method, path, headers, body, this.url + path);
    } catch (error) {
      if (!(error instanceof RegistryError) || !mayFallBack || !this.isInsecure || this.#scheme === 'http') throw error;
      this.#scheme = 'http';
      return yield* request(this.sys, { ...target, scheme: 'http' }, method, path, headers, body, this.url + path);
    }
  }

  /** Fetches a manifest by tag or digest. @returns its bytes and type, or what the registry says */
  *manifest(
    reference: string,
  ): Wait<{ bytes: Uint8Array; mediaType: string; digest: string | undefined } | RegistryFailure> {
    const headers = new Headers();
    for (const type of ACCEPT) headers.append('Accept', type);
    const response = yield* this.call('GET', `/v2/${this.reference.path}/manifests/${reference}`, headers);
    const bytes = yield* response.bytes();
    response.close();
    if (response.status !== 200) return failureOf(response.status, bytes);
    return {
      bytes,
      mediaType: (response.headers.get('content-type') ?? '').split(';')[0]!.trim(),
      digest: response.headers.get('docker-content-digest'),
    };
  }

  /** Opens a blob for reading. */
  *blob(digest: string): Wait<HttpResponse | RegistryFailure> {
    const response = yield* this.call('GET', `/v2/${this.reference.path}/blobs/${digest}`);
    if (response.status === 200) return response;
    const bytes = yield* response.bytes();
    response.close();
    return failureOf(response.status, bytes);
  }
}

export interface Target {
  agent?: string;
  scheme: 'https' | 'http';
  host: string;
  insecure: boolean;
}

/** Connects and asks; failures have the words of Go's net/http. @throws RegistryError */
export function* request(
  sys: Sys,
  target: Target,
  method: string,
  path: string,
  headers: Headers,
  body: Uint8Array | BodySource | undefined,
  url: string,
): Wait<HttpResponse> {
  const fail = (words: string): never => {
    throw new RegistryError('internal', `${method.charAt(0)}${method.slice(1).toLowerCase()} "${url}": ${words}`);
  };
  const parts = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(target.host);
  const name = (parts?.[1] ?? target.host).replace(/^\[|\]$/g, '');
  const port = Number(parts?.[2] ?? (target.scheme === 'https' ? 443 : 80));
  const found = yield* resolve(sys, name);
  if (typeof found === 'string') {
    const server = /^nameserver\s+(\S+)/m.exec((yield* readText(sys, '/etc/resolv.conf')) ?? '')?.[1] ?? '127.0.0.1';
    return fail(
      `dial tcp: lookup ${name} on ${server}:53: ${found === 'again' ? 'server misbehaving' : 'no such host'}`,
    );
  }
  const address = found.addresses[0]!;
  const fd = yield* connectTcp(sys, address, port);
  if (fd < 0)
    return fail(
      `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}: connect: ${strerror(-fd, 'go')}`,
    );
  if (target.scheme === 'https') {
    const certificate = yield* tlsConnect(sys, fd, name);
    if (typeof certificate === 'string') {
      sys.close(fd);
      return fail(certificate === 'plain' ? 'http: server gave HTTP response to HTTPS client' : 'EOF');
    }
    if (!target.insecure) {
      const problem = yield* mistrust(sys, certificate, target.host, name);
      if (problem) {
        sys.close(fd);
        return fail(`tls: failed to verify certificate: x509: ${problem}`);
      }
    }
  }
  const connection = new HttpConnection(sys, fd);
  const all = new Headers([['Host', target.host], ['User-Agent', target.agent ?? ENGINE_AGENT], ...headers]);
  const response = yield* connection.request({ method, target: path, headers: all, ...(body ? { body } : {}) });
  if (response.kind === 'failure') return fail(response.message);
  return response;
}

/**
 * Why a registry's certificate is not trusted, in the words of Go's x509; undefined where it is. Authorities for one
 * registry lie in /etc/docker/certs.d/HOST:PORT.
 */
function* mistrust(sys: Sys, certificate: Certificate, host: string, name: string): Wait<string | undefined> {
  const trusted = [PUBLIC_ISSUER];
  const names = listDir(sys, `/etc/docker/certs.d/${host}`);
  for (const file of typeof names === 'number' ? [] : names.filter((each) => each.endsWith('.crt'))) {
    const text = yield* readText(sys, `/etc/docker/certs.d/${host}/${file}`);
    trusted.push(...certificatesIn(text ?? '').map(({ subject }) => subject));
  }
  if (!trusted.includes(certificate.issuer)) return 'certificate signed by unknown authority';
  const now = sys.now(CLOCK_REALTIME) / 1000;
  if (now < certificate.notBefore || now > certificate.notAfter) {
    const [what, edge] =
      now < certificate.notBefore ? ['before', certificate.notBefore] : ['after', certificate.notAfter];
    return `certificate has expired or is not yet valid: current time ${formatRfc3339(Math.floor(now))} is ${what} ${formatRfc3339(edge)}`;
  }
  if (certificateMatches(certificate, name)) return undefined;
  if (certificate.names.length === 0) return 'certificate relies on legacy Common Name field, use SANs instead';
  return `certificate is valid for ${certificate.names.join(', ')}, not ${name}`;
}

/** Reads a registry's error document. */
export function failureOf(status: number, bytes: Uint8Array): RegistryFailure {
  try {
    const first = (JSON.parse(decode(bytes)) as { errors?: { code: string; message: string }[] }).errors?.[0];
    if (first) return { status, code: first.code, message: first.message };
  } catch {
    // the body is no document of errors: the status alone speaks
  }
  return { status, code: 'UNKNOWN', message: decode(bytes.subarray(0, 200)) };
}

function* readText(sys: Sys, path: string): Wait<string | undefined> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? undefined : decode(bytes);
}
