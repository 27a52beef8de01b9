import { ENOENT } from '../../abi/errno.ts';
import type { Sys } from '../../abi/sys.ts';
import { fromBase64, toBase64 } from '../../lib/base64.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { makeDirectories } from './files.ts';

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
      const problem = bytes === -ENOENT ? undefined : `open ${folder}/config.json: permission denied`;
      return new Config(sys, folder, {}, problem);
    }
    try {
      const value: unknown = JSON.parse(decode(bytes));
      if (typeof value === 'object' && value !== null) return new Config(sys, folder, value as ConfigFile, undefined);
    } catch {
      // said below
    }
    return new Config(sys, folder, {}, 'invalid JSON');
  }

  /** Writes the file. @returns 0 or -errno */
  *save(): Wait<number> {
    const made = makeDirectories(this.sys, this.folder, 0o700);
    if (made < 0) return made;
    return yield* writeFile(this.sys, this.path, JSON.stringify(this.file, null, '\t'), 0o600);
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
