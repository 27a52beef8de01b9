import { parse, YAMLParseError } from 'yaml';

/** What config.yml and the environment say. @see distribution configuration/configuration.go */
export interface Config {
  /** `[host]:port` to listen on. */
  addr: string;
  /** Absolute URL under which clients reach it; taken from the request unless given. */
  host: string | undefined;
  /** Signs the state of uploads; a random one unless given. */
  secret: string;
  relativeUrls: boolean;
  /** Fields of every answer. */
  headers: readonly (readonly [string, string])[];
  tls: { certificate: string; key: string } | undefined;
  root: string;
  deletes: boolean;
  readOnly: boolean;
  cache: string | undefined;
  htpasswd: { realm: string; path: string } | undefined;
  catalogMax: number;
  log: { level: string; json: boolean; fields: Readonly<Record<string, string>>; access: boolean };
}

/** A configuration that cannot be used; the message is the program's. */
export class ConfigError extends Error {}

type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

function at(tree: unknown, ...path: readonly string[]): unknown {
  let value = tree;
  for (const key of path) value = isTree(value) ? value[key] : undefined;
  return value;
}

const text = (value: unknown, otherwise = ''): string =>
  value === undefined || value === null ? otherwise : String(value);

/**
 * Sets what a variable REGISTRY_A_B_C names: each part is a key, compared without case; what is not there is made.
 * The value is YAML.
 */
function override(tree: Tree, path: readonly string[], value: string): void {
  let here = tree;
  for (const [i, part] of path.entries()) {
    const key = Object.keys(here).find((name) => name.toLowerCase() === part) ?? part;
    if (i === path.length - 1) {
      here[key] = parse(value) as unknown;
      return;
    }
    const next = here[key];
    const inner: Tree = isTree(next) ? next : {};
    here[key] = inner;
    here = inner;
  }
}

/** Storage drivers that the real one has and a simulated machine has not: they need a cloud. */
const CLOUD = ['azure', 'gcs', 's3', 's3aws', 's3goamz', 'swift', 'oss'];

/** Reads a configuration. @throws ConfigError */
export function readConfig(source: string, env: ReadonlyMap<string, string>): Config {
  let tree: unknown;
  try {
    tree = parse(source) as unknown;
  } catch (error) {
    if (error instanceof YAMLParseError) throw new ConfigError(`yaml: ${error.message.split('\n')[0]}`);
    throw error;
  }
  if (!isTree(tree)) tree = {};
  const config = tree as Tree;
  const variables = [...env].filter(([name]) => name.startsWith('REGISTRY_')).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of variables)
    override(config, name.slice('REGISTRY_'.length).toLowerCase().split('_'), value);
  const version = text(config.version);
  if (version === '') throw new ConfigError('configuration version not specified');
  if (version !== '0.1') throw new ConfigError(`unsupported version: "${version}"`);
  return settings(config);
}

function settings(config: Tree): Config {
  const storage = at(config, 'storage');
  const drivers = Object.keys(isTree(storage) ? storage : {}).filter(
    (name) => !['maintenance', 'cache', 'delete', 'redirect', 'tag'].includes(name),
  );
  if (drivers.length === 0) throw new ConfigError('no storage configuration provided');
  if (drivers.length > 1)
    throw new ConfigError(`must provide exactly one storage type. Provided: [${drivers.join(' ')}]`);
  const driver = drivers[0]!;
  if (CLOUD.includes(driver)) throw new ConfigError(`StorageDriver not registered: ${driver}`);
  if (driver !== 'filesystem' && driver !== 'inmemory')
    throw new ConfigError(`StorageDriver not registered: ${driver}`);
  const certificate = text(at(config, 'http', 'tls', 'certificate'));
  const htpasswd = at(config, 'auth', 'htpasswd');
  const auth = Object.keys(isTree(config.auth) ? config.auth : {}).find((name) => name !== 'htpasswd');
  if (auth !== undefined)
    throw new ConfigError(
      `unable to configure authorization (${auth}): no access controller registered with name: ${auth}`,
    );
  const headers = at(config, 'http', 'headers');
  const fields = at(config, 'log', 'fields');
  return {
    addr: text(at(config, 'http', 'addr'), ':5000'),
    host: text(at(config, 'http', 'host')) || undefined,
    secret: text(at(config, 'http', 'secret')),
    relativeUrls: at(config, 'http', 'relativeurls') === true,
    headers: Object.entries(isTree(headers) ? headers : {}).flatMap(([name, values]) =>
      (Array.isArray(values) ? values : [values]).map((value) => [name, text(value)] as const),
    ),
    tls: certificate === '' ? undefined : { certificate, key: text(at(config, 'http', 'tls', 'key')) },
    root: text(at(config, 'storage', 'filesystem', 'rootdirectory'), '/var/lib/registry'),
    deletes: at(config, 'storage', 'delete', 'enabled') === true,
    readOnly: at(config, 'storage', 'maintenance', 'readonly', 'enabled') === true,
    cache: text(at(config, 'storage', 'cache', 'blobdescriptor')) || undefined,
    htpasswd: isTree(htpasswd) ? { realm: text(htpasswd.realm), path: text(htpasswd.path) } : undefined,
    catalogMax: Number(at(config, 'catalog', 'maxentries') ?? 1000),
    log: {
      level: text(at(config, 'log', 'level'), 'info'),
      json: at(config, 'log', 'formatter') === 'json',
      fields: Object.fromEntries(Object.entries(isTree(fields) ? fields : {}).map(([k, v]) => [k, text(v)])),
      access: at(config, 'log', 'accesslog', 'disabled') !== true,
    },
  };
}
