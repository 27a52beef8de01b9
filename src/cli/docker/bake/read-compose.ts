import { parse } from 'yaml';
import { CliError } from '../errors.ts';
import { type BakeFile, emptyFile } from './model.ts';
import { expressionOf } from './read-hcl.ts';

interface Build {
  context?: string;
  dockerfile?: string;
  dockerfile_inline?: string;
  args?: Record<string, unknown> | string[];
  labels?: Record<string, unknown> | string[];
  target?: string;
  cache_from?: string[];
  cache_to?: string[];
  network?: string;
  no_cache?: boolean;
  pull?: boolean;
  platforms?: string[];
  tags?: string[];
  shm_size?: string | number;
  extra_hosts?: Record<string, string> | string[];
  secrets?: (string | { source?: string; target?: string })[];
  ssh?: string[] | Record<string, string>;
  additional_contexts?: Record<string, string> | string[];
  'x-bake'?: Record<string, unknown>;
}

interface Compose {
  services?: Record<string, { image?: string; build?: Build | string }>;
  secrets?: Record<string, { file?: string; environment?: string }>;
}

const KEYS: readonly (readonly [keyof Build, string])[] = [
  ['context', 'context'],
  ['dockerfile', 'dockerfile'],
  ['dockerfile_inline', 'dockerfile-inline'],
  ['target', 'target'],
  ['cache_from', 'cache-from'],
  ['cache_to', 'cache-to'],
  ['network', 'network'],
  ['no_cache', 'no-cache'],
  ['pull', 'pull'],
  ['platforms', 'platforms'],
  ['tags', 'tags'],
];

/**
 * Reads a compose file as bake targets: each service that is built is one, all of them are the default group.
 * @throws CliError
 */
export function readCompose(text: string, env: ReadonlyMap<string, string>): BakeFile {
  let document: Compose;
  try {
    document = (parse(text, { merge: true }) ?? {}) as Compose;
  } catch (error) {
    throw new CliError(
      `ERROR: failed to parse compose file: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    );
  }
  const file = emptyFile();
  const names: string[] = [];
  for (const [service, { image, build }] of Object.entries(document.services ?? {})) {
    if (build === undefined || build === null) continue;
    const from: Build = typeof build === 'string' ? { context: build } : build;
    const name = service.replaceAll('.', '_');
    const target: Record<string, unknown> = {};
    for (const [key, own] of KEYS) if (from[key] !== undefined) target[own] = from[key];
    if (from.args) target['args'] = pairs(from.args, env);
    if (from.labels) target['labels'] = pairs(from.labels, env);
    if (from.additional_contexts) target['contexts'] = pairs(from.additional_contexts, env);
    if (from.shm_size !== undefined) target['shm-size'] = String(from.shm_size);
    if (from.secrets) target['secret'] = from.secrets.map((secret) => secretOf(document, secret));
    if (!from.tags && image !== undefined) target['tags'] = [image];
    for (const [key, value] of Object.entries(from['x-bake'] ?? {}))
      target[key] = MANY.has(key) && !Array.isArray(value) ? [value] : value;
    file.targets.set(name, {
      name,
      attributes: new Map(
        Object.entries(target).map(([key, value]) => [key, expressionOf(interpolated(value, env), false)]),
      ),
    });
    names.push(name);
  }
  if (names.length > 0)
    file.groups.set('default', {
      name: 'default',
      attributes: new Map([['targets', expressionOf(names.sort(), false)]]),
    });
  return file;
}

const MANY = new Set(['tags', 'cache-from', 'cache-to', 'secret', 'ssh', 'platforms', 'output', 'no-cache-filter']);

function pairs(from: Record<string, unknown> | string[], env: ReadonlyMap<string, string>): Record<string, unknown> {
  if (!Array.isArray(from))
    return Object.fromEntries(
      Object.entries(from).map(([key, value]) => [key, value === null ? (env.get(key) ?? null) : String(value)]),
    );
  return Object.fromEntries(
    from.map((word) => {
      const equals = word.indexOf('=');
      return equals < 0 ? [word, env.get(word) ?? null] : [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

function secretOf(document: Compose, secret: string | { source?: string; target?: string }): string {
  const name = typeof secret === 'string' ? secret : (secret.source ?? '');
  const { file, environment } = document.secrets?.[name] ?? {};
  return `id=${name}${environment === undefined ? '' : `,env=${environment}`}${file === undefined ? '' : `,src=${file}`}`;
}

/** Replaces `$NAME`, `${NAME}`, `${NAME:-word}` in texts. */
function interpolated(value: unknown, env: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => interpolated(item, env));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolated(item, env)]));
  if (typeof value !== 'string') return value;
  return value.replace(
    /\$(?:\$|(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})/g,
    (whole, plain: string | undefined, braced: string | undefined, operator: string | undefined, word = '') => {
      if (whole === '$$') return '$';
      const found = env.get(plain ?? braced ?? '');
      const set = found !== undefined && !(operator?.startsWith(':') && found === '');
      if (operator?.endsWith('+')) return set ? word : '';
      return set ? found : operator === undefined ? '' : word;
    },
  );
}
