/** The text of an image that is no valid reference; the message is the one of the real CLI and daemon. */
export class InvalidReference extends Error {}

/** A named reference, normalized: `ubuntu` is `docker.io/library/ubuntu`. */
export interface Reference {
  /** Host of the registry with its port: `docker.io`, `localhost:5000`. */
  domain: string;
  /** Repository within the registry: `library/ubuntu`. */
  path: string;
  tag?: string;
  /** `sha256:…` */
  digest?: string;
}

const DEFAULT_DOMAIN = 'docker.io';
const OFFICIAL = 'library/';

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const NAME = `(?:(${HOST})/)?(${PATH})`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^${NAME}(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const IDENTIFIER = /^[a-f0-9]{64}$/;
const TAG_ONLY = new RegExp(`^${TAG}$`);
/** Hexadecimal digits of the known digest algorithms. */
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Longest path of a repository. */
const PATH_MAX = 255;
/** Longer texts are not looked at. */
const TEXT_MAX = 4096;

/**
 * Parses what users write for an image.
 * @throws InvalidReference `invalid reference format`, `invalid reference format: repository name (…) must be lowercase` …
 * @see https://github.com/distribution/reference
 */
export function parseReference(text: string): Reference {
  if (IDENTIFIER.test(text)) {
    throw new InvalidReference(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  }
  const [domain, rest] = splitDomain(text);
  const colon = rest.indexOf(':');
  const remote = colon < 0 ? rest : rest.slice(0, colon);
  if (remote.toLowerCase() !== remote) {
    throw new InvalidReference(`invalid reference format: repository name (${remote}) must be lowercase`);
  }
  return parseCanonical(`${domain}/${rest}`);
}

/** Where the registry ends: it has a dot or colon, is `localhost`, or is not lower-case. */
function splitDomain(text: string): [string, string] {
  const slash = text.indexOf('/');
  if (slash < 0) return [DEFAULT_DOMAIN, OFFICIAL + text];
  const first = text.slice(0, slash);
  const rest = text.slice(slash + 1);
  let domain = DEFAULT_DOMAIN;
  let remote = text;
  if (first === 'index.docker.io') remote = rest;
  else if (first === 'localhost' || /[.:]/.test(first) || first.toLowerCase() !== first) {
    domain = first;
    remote = rest;
  }
  return [domain, domain === DEFAULT_DOMAIN && !remote.includes('/') ? OFFICIAL + remote : remote];
}

/** Parses a reference that names its registry. */
function parseCanonical(text: string): Reference {
  const match = text.length > TEXT_MAX ? null : REFERENCE.exec(text);
  if (!match) {
    const lower = text.length <= TEXT_MAX && REFERENCE.test(text.toLowerCase());
    throw new InvalidReference(lower ? 'repository name must be lowercase' : 'invalid reference format');
  }
  const [, domain = '', path = '', tag, digest] = match;
  if (path.length > PATH_MAX) {
    throw new InvalidReference(`repository name must not be more than ${PATH_MAX} characters`);
  }
  if (digest !== undefined) {
    const problem = digestProblem(digest);
    if (problem) throw new InvalidReference(problem);
  }
  return { domain, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** What is wrong with a digest, in the words of go-digest; undefined where nothing is. */
export function digestProblem(digest: string): string | undefined {
  const match = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/.exec(digest);
  if (!match) return 'invalid checksum digest format';
  const length = DIGEST_LENGTHS[match[1]!];
  if (length === undefined) return 'unsupported digest algorithm';
  if (match[2]!.length !== length) return 'invalid checksum digest length';
  return /^[a-f0-9]+$/.test(match[2]!) ? undefined : 'invalid checksum digest format';
}

/** Whether a text may be a tag. */
export const isTag = (text: string): boolean => TAG_ONLY.test(text);

/** `docker.io/library/ubuntu`. */
export const repositoryName = (ref: Reference): string => (ref.domain ? `${ref.domain}/${ref.path}` : ref.path);

/** The whole reference: `docker.io/library/ubuntu:22.04@sha256:…`. */
export const formatReference = (ref: Reference): string => repositoryName(ref) + suffix(ref);

/** The name as users know it: `ubuntu`, `user/app`, `localhost:5000/app`. */
export function familiarName(ref: Reference): string {
  if (ref.domain !== DEFAULT_DOMAIN) return repositoryName(ref);
  const short = ref.path.startsWith(OFFICIAL) ? ref.path.slice(OFFICIAL.length) : ref.path;
  return short.includes('/') ? ref.path : short;
}

/** The reference as users know it: `ubuntu:22.04`. */
export const familiarString = (ref: Reference): string => familiarName(ref) + suffix(ref);

const suffix = (ref: Reference): string =>
  (ref.tag === undefined ? '' : `:${ref.tag}`) + (ref.digest === undefined ? '' : `@${ref.digest}`);

/** Adds `:latest` where there is neither tag nor digest. */
export function tagNameOnly(ref: Reference): Reference {
  return ref.tag === undefined && ref.digest === undefined ? { ...ref, tag: 'latest' } : ref;
}
