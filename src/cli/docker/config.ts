import { ENOENT } from '../../abi/errno.ts';
import type { Sys } from '../../abi/sys.ts';
import { fromBase64, toBase64 } from '../../lib/base64.ts';
import { goJsonProblem } from '../../lib/go-json-syntax.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { makeDirectories, pathError } from './files.ts';

interface ConfigFile {
  auths?: Record<string, { auth?: string; identitytoken?: string }>;
  currentContext?: string;
  detachKeys?: string;
  psFormat?: string;
  imagesFormat?: string;
  networksFormat?: string;
  volumesFormat?: string;
  statsFormat?: string;
  HttpHeaders?: Record<string, string>;
  proxies?: Record<string, Record<string, string>>;
  [key: string]: unknown;
}

/** registry.AuthConfig of the API, as it goes into X-Registry-Auth. */
export interface AuthConfig {
  username?: string;
  password?: string;
  identitytoken?: string;
  serveraddress?: string;
}

/** Fields that are objects, with the Go types of the client's own. */
const OBJECTS: Readonly<Record<string, string>> = {
  auths: 'map[string]types.AuthConfig',
  HttpHeaders: 'map[string]string',
  credHelpers: 'map[string]string',
  proxies: 'map[string]configfile.ProxyConfig',
  plugins: 'map[string]map[string]string',
  aliases: 'map[string]string',
  features: 'map[string]string',
};

const goKind = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

/** What Go's decoder says of a text that is no such file; undefined where it is one. */
function problemOf(text: string): string | undefined {
  const syntax = goJsonProblem(text);
  // It reads from the file, which ends.
  if (syntax !== undefined) return syntax === 'unexpected end of JSON input' ? endOf(text) : syntax;
  const value: unknown = JSON.parse(text);
  if (goKind(value) !== 'object' || value === null) {
    return `json: cannot unmarshal ${goKind(value)} into Go value of type configfile.ConfigFile`;
  }
  const file = value as Record<string, unknown>;
  for (const [name, type] of Object.entries(OBJECTS)) {
    const field = file[name];
    if (field === undefined || field === null || goKind(field) === 'object') continue;
    return `json: cannot unmarshal ${goKind(field)} into Go struct field ConfigFile.${name} of type ${type}`;
  }
  for (const { auth } of Object.values((file.auths ?? {}) as Record<string, { auth?: string }>)) {
    const bad = auth === undefined ? -1 : auth.search(/[^A-Za-z0-9+/=]/);
    if (bad >= 0) return `illegal base64 data at input byte ${bad}`;
    if (auth && !decode(fromBase64(auth) ?? new Uint8Array(0)).includes(':')) return 'invalid auth configuration file';
  }
  return undefined;
}

const endOf = (text: string): string => (text.trim() === '' ? 'EOF' : 'unexpected EOF');

/** The client's config.json. */
export class Config {
  private constructor(
    private readonly sys: Sys,
    /** The folder: ~/.docker, DOCKER_CONFIG or --config. */
    readonly folder: string,
    readonly file: ConfigFile,
    /** What is wrong with the file, said once on stderr; undefined where nothing is. */
    readonly problem: string | undefined,
  ) {}

  get path(): string {
    return `${this.folder}/config.json`;
  }

  static *load(sys: Sys, folder: string): Wait<Config> {
    const bytes = yield* readFile(sys, `${folder}/config.json`);
    if (typeof bytes === 'number') {
      const path = `${folder}/config.json`;
      const problem =
        bytes === -ENOENT ? undefined : `Error loading config file: ${path}: ${pathError('open', path, bytes)}`;
      return new Config(sys, folder, {}, problem);
    }
    const text = decode(bytes);
    const problem = problemOf(text);
    if (problem === undefined) return new Config(sys, folder, JSON.parse(text) as ConfigFile, undefined);
    return new Config(sys, folder, {}, `Error parsing config file (${folder}/config.json): ${problem}`);
  }

  /** Writes the file. @returns 0 or -errno */
  *save(): Wait<number> {
    const made = makeDirectories(this.sys, this.folder, 0o700);
    if (made < 0) return made;
    return yield* writeFile(this.sys, this.path, JSON.stringify({ auths: {}, ...this.file }, null, '\t'), 0o600);
  }

  /** What is stored for a registry. */
  auth(registry: string): AuthConfig {
    const stored = this.file.auths?.[registry];
    if (!stored) return {};
    const decoded = stored.auth ? fromBase64(stored.auth) : undefined;
    const text = decoded ? decode(decoded) : '';
    const colon = text.indexOf(':');
    return {
      ...(colon > 0 && { username: text.slice(0, colon), password: text.slice(colon + 1) }),
      ...(stored.identitytoken !== undefined && { identitytoken: stored.identitytoken }),
      serveraddress: registry,
    };
  }

  storeAuth(registry: string, auth: AuthConfig): void {
    const entry = auth.identitytoken
      ? { identitytoken: auth.identitytoken, auth: toBase64(encode(`${auth.username ?? ''}:`)) }
      : { auth: toBase64(encode(`${auth.username ?? ''}:${auth.password ?? ''}`)) };
    this.file.auths = { ...this.file.auths, [registry]: entry };
  }

  eraseAuth(registry: string): boolean {
    if (!this.file.auths || !(registry in this.file.auths)) return false;
    delete this.file.auths[registry];
    return true;
  }
}
