import { ENOENT } from '../../abi/errno.ts';
import type { Sys } from '../../abi/sys.ts';
import { goJsonProblem } from '../../lib/go-json-syntax.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { strerror } from '../../libc/strerror.ts';
import { BY_KEY } from './directives.ts';
import { fieldProblem, goKind, isObject } from './json-fields.ts';
import { SettingsError, type Values } from './values.ts';

/** Where the engine's settings are unless told otherwise. */
export const SETTINGS = '/etc/docker/daemon.json';

/** Keys whose objects are values; the fields of any other object count as keys of their own. */
const FLAT = new Set(['default-network-opts', 'log-opts', 'runtimes', 'default-ulimits', 'features', 'builder']);
/** Keys that are taken and mean nothing any more. */
const IGNORED = new Set(['deprecated-key-path', 'allow-nondistributable-artifacts']);
/** Singular names that the flags have as well. */
const ALIASES: Readonly<Record<string, true>> = { host: true, label: true, 'log-opt': true };
const CORS =
  'merged configuration validation from file and command line flags failed: DEPRECATED: The "api-cors-header" config parameter and the dockerd "--api-cors-header" option have been removed; use a reverse proxy if you need CORS headers';

/**
 * Reads daemon.json.
 * @param flags what was given as flags: it must not stand in the file as well
 * @param optional a file that is not there has no settings
 * @throws SettingsError in dockerd's words
 */
export function* readSettings(sys: Sys, path: string, flags: Values, optional: boolean): Wait<Values> {
  const bytes = yield* readFile(sys, path);
  if (bytes === -ENOENT && optional) return new Map();
  if (typeof bytes === 'number') throw new SettingsError(`open ${path}: ${strerror(-bytes, 'go')}`);
  const text = decode(bytes).replace(/^\uFEFF/, '');
  if (text.trim() === '') return new Map();
  const problem = goJsonProblem(text);
  if (problem !== undefined) throw new SettingsError(`invalid JSON: ${problem}`);
  return checkSettings(JSON.parse(text), flags);
}

function checkSettings(document: unknown, flags: Values): Values {
  if (document === null) return new Map();
  if (!isObject(document))
    throw new SettingsError(
      `invalid JSON: json: cannot unmarshal ${goKind(document)} into Go value of type map[string]interface {}`,
    );
  const keys = Object.entries(document).flatMap(([key, value]) =>
    isObject(value) && !FLAT.has(key) ? Object.keys(value) : [key],
  );
  const known = (key: string): boolean =>
    BY_KEY.has(key) || IGNORED.has(key) || key === 'proxies' || key === 'api-cors-header' || ALIASES[key] === true;
  const unknown = keys.filter((key) => !known(key)).sort();
  if (unknown.length > 0)
    throw new SettingsError(`the following directives don't match any configuration option: ${unknown.join(', ')}`);
  const twice = keys.filter((key) => flags.has(key)).sort();
  if (twice.length > 0)
    throw new SettingsError(
      `the following directives are specified both as a flag and in the configuration file: ${twice
        .map((key) => `${key}: (from flag: ${goText(flags.get(key))}, from file: ${goText(document[key])})`)
        .join(', ')}`,
    );
  const values: Map<string, unknown> = new Map();
  for (const [key, value] of Object.entries(document)) {
    const directive = BY_KEY.get(key);
    if (key === 'api-cors-header' && value !== '') throw new SettingsError(CORS);
    const wrong = directive && fieldProblem(key, directive.kind, value);
    if (wrong !== undefined) throw new SettingsError(`invalid JSON: ${wrong}`);
    if (key === 'proxies' && isObject(value))
      for (const [name, proxy] of Object.entries(value)) values.set(name, proxy);
    else if (value !== null) values.set(key, value);
  }
  return values;
}

/** A value as Go's %v prints it. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isObject(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goText(value[key])}`)
      .join(' ')}]`;
  return value === undefined ? '<nil>' : String(value);
}
