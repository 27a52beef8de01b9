import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Storage } from './storage.ts';

/** One registry that runs. */
export interface Registry {
  config: Config;
  storage: Storage;
  hash: HashFactory;
  log: Log;
  secret: string;
  /** 2 or 3: the two differ in pagination, ranges and deletion of tags. */
  major: number;
}

/** A request to a repository (or to none: the catalog). */
export interface Call {
  sys: Sys;
  registry: Registry;
  request: SiteRequest;
  name: string;
  /** Tag, digest or id of an upload: what follows the kind in the path. */
  reference: string;
  /** `http://host:port` for absolute links, empty for relative ones. */
  origin: string;
}

export type Handler = (call: Call) => Wait<SiteResponse>;

/** Seconds since the Epoch, with a fraction. */
export const now = (sys: Sys): number => sys.now(CLOCK_REALTIME) / 1000;

/** JSON as Go's encoder ends it. */
export const json = (value: unknown, headers: readonly (readonly [string, string])[] = []): SiteResponse => ({
  status: 200,
  headers: [['Content-Type', 'application/json; charset=utf-8'], ...headers],
  body: `${JSON.stringify(value)}\n`,
});
