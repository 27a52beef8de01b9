import { ApiError } from '../../../api/errors.ts';
import { InvalidPlatform, type Platform, parsePlatform } from '../../../lib/platform.ts';
import { quote } from '../../../lib/quote.ts';
import { DEFAULT_SHM_SIZE } from '../../container/defaults.ts';
import { rlimitOf } from '../../container/spec.ts';
import { BuildError, type BuildOptions, type NamedContext } from '../context.ts';
import { isGit } from '../git.ts';
import { HOST_PLATFORM } from '../platform.ts';
import type { FolderNames } from './session-source.ts';

/** A build as a client of BuildKit asks for it. */
export interface AttributeOptions {
  options: BuildOptions;
  folders: FolderNames;
}

const CONTEXT = 'context:';
const BUILD_ARG = 'build-arg:';
const LABEL = 'label:';

/**
 * Reads the attributes of the Dockerfile frontend.
 * @param images images of the engine by the names of the inputs that they are
 * @throws BuildError, ApiError
 * @see moby/buildkit frontend/dockerui/config.go, context.go, namedcontext.go
 */
export function readAttributes(
  attrs: ReadonlyMap<string, string>,
  allow: readonly string[],
  images: ReadonlyMap<string, string>,
): AttributeOptions {
  const get = (name: string): string | undefined => attrs.get(name) || undefined;
  const noCache = attrs.get('no-cache');
  const remote = remoteOf(attrs.get(attrs.get('contextkey') ?? 'context'));
  const others = new Map<string, string>();
  const request = get('requestid');
  const buildArgs = withPrefix(attrs, BUILD_ARG);
  const options: BuildOptions = {
    dockerfile: get('filename') ?? 'Dockerfile',
    remote,
    localDockerfile: remote !== undefined && attrs.has('dockerfilekey'),
    tags: [],
    buildArgs,
    labels: withPrefix(attrs, LABEL),
    noCache: noCache === '',
    noCacheFilter: noCache ? noCache.toLowerCase().split(',') : [],
    pull: attrs.get('image-resolve-mode') === 'pull',
    target: get('target'),
    network: networkOf(attrs.get('force-network-mode')),
    platform: platformOf(get('platform')),
    extraHosts: (get('add-hosts') ?? '').split(',').filter((host) => host !== ''),
    limits: {
      shmSize: Number(get('shm-size')) || DEFAULT_SHM_SIZE,
      ulimits: (get('ulimit') ?? '')
        .split(',')
        .filter((text) => text !== '')
        .map(ulimitOf)
        .flatMap(rlimitOf),
      cgroupParent: attrs.get('cgroup-parent') ?? '',
    },
    contexts: contextsOf(attrs, others, images),
    allow,
    output: 'image',
    cacheFrom: cachesOf(attrs),
    inlineCache: /^(1|true)$/i.test(buildArgs.BUILDKIT_INLINE_CACHE ?? ''),
    call: request?.replace(/^frontend\./, ''),
  };
  return {
    options,
    folders: {
      dockerfile: get('dockerfilekey') ?? 'dockerfile',
      context: remote === undefined ? 'context' : undefined,
      others,
    },
  };
}

function withPrefix(attrs: ReadonlyMap<string, string>, prefix: string): Record<string, string> {
  return Object.fromEntries(
    [...attrs].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

/** The address of a context that the client does not have. */
const remoteOf = (text: string | undefined): string | undefined =>
  text !== undefined && (isGit(text) || /^https?:\/\//.test(text)) ? text : undefined;

/** @throws BuildError */
function networkOf(text: string | undefined): string {
  if (!text || text === 'default' || text === 'sandbox') return 'default';
  if (text === 'none' || text === 'host') return text;
  throw new BuildError(`invalid network mode ${quote(text)}`);
}

/** @throws ApiError */
function platformOf(text: string | undefined): Platform {
  if (text === undefined) return HOST_PLATFORM;
  const [first = '', ...others] = text.split(',');
  if (others.length > 0)
    throw new ApiError('invalid-parameter', 'docker exporter does not currently support exporting manifest lists');
  try {
    return parsePlatform(first);
  } catch (error) {
    if (error instanceof InvalidPlatform) throw new ApiError('invalid-parameter', error.message);
    throw error;
  }
}

/** `nofile=1024:2048` */
function ulimitOf(text: string): { Name: string; Soft: number; Hard: number } {
  const [name = '', range = ''] = text.split('=');
  const [soft = '0', hard = soft] = range.split(':');
  return { Name: name, Soft: Number(soft), Hard: Number(hard) };
}

/** @param others takes the folders among the contexts. @throws BuildError */
function contextsOf(
  attrs: ReadonlyMap<string, string>,
  others: Map<string, string>,
  images: ReadonlyMap<string, string>,
): Record<string, NamedContext> {
  const contexts: Record<string, NamedContext> = {};
  for (const [key, value] of attrs) {
    if (!key.startsWith(CONTEXT)) continue;
    const shown = key.slice(CONTEXT.length);
    const name = shown.replace(/::.*$/, '').toLowerCase();
    const image = /^docker-image:\/\/(.+)$/.exec(value);
    const local = /^local:(.+)$/.exec(value);
    const built = images.get(/^input:(.+)$/.exec(value)?.[1] ?? '');
    if (local) {
      contexts[name] = { kind: 'local' };
      others.set(name, local[1]!);
    } else if (built !== undefined) contexts[name] = { kind: 'built', id: built };
    else if (image) contexts[name] = { kind: 'image', reference: image[1]! };
    else throw new BuildError(`unsupported context source ${value.replace(/:.*/, '')} for ${shown}`);
  }
  return contexts;
}

/** Images among the caches that are read. */
function cachesOf(attrs: ReadonlyMap<string, string>): string[] {
  const given = (attrs.get('cache-from') ?? '').split(',').filter((ref) => ref !== '');
  const text = attrs.get('cache-imports');
  if (text === undefined) return given;
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw new BuildError(`failed to unmarshal cache-imports (${quote(text)})`);
  }
  for (const entry of Array.isArray(entries) ? (entries as { Type?: string; Attrs?: Record<string, string> }[]) : [])
    if (entry.Type === 'registry' && entry.Attrs?.ref !== undefined) given.push(entry.Attrs.ref);
  return given;
}
