import { parse } from 'yaml';

/** A static configuration: options by their dotted name in lower case. */
export type Options = ReadonlyMap<string, string>;

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function flatten(value: unknown, name: string, into: Map<string, string>): void {
  if (Array.isArray(value)) into.set(name, value.map(String).join(','));
  else if (isTree(value)) {
    if (name !== '') into.set(name, 'true');
    for (const [key, inner] of Object.entries(value))
      flatten(inner, name === '' ? key.toLowerCase() : `${name}.${key.toLowerCase()}`, into);
  } else if (name !== '') into.set(name, value === null || value === undefined ? 'true' : String(value));
}

/** A traefik.yml. @throws Error of the YAML reader */
export function optionsOfYaml(text: string): Map<string, string> {
  const found = new Map<string, string>();
  flatten(parse(text), '', found);
  return found;
}

/** `--providers.docker=true`, `--api.insecure`, `--log.level DEBUG`. @returns the word that is no option, if any */
export function optionsOfArguments(args: readonly string[]): Map<string, string> | string {
  const found = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const parts = /^--?([^=]+)(?:=(.*))?$/s.exec(args[i]!);
    if (!parts) return args[i]!;
    let value = parts[2];
    const next = args[i + 1];
    if (value === undefined && next !== undefined && !next.startsWith('-')) {
      value = next;
      i++;
    }
    found.set(parts[1]!.toLowerCase(), value ?? 'true');
  }
  return found;
}

/** Sections of the static configuration that are simulated or change nothing here. */
const KNOWN =
  /^(api|api\.(insecure|dashboard|debug)|entrypoints\..+|providers(\.(docker|file)(\..+)?|\.providersthrottleduration)?|log(\..+)?|accesslog(\.(filepath|format))?|ping(\..+)?|global(\..+)?|configfile|certificatesresolvers\..+)$/;

/** @returns the first option that is neither */
export const unknownOption = (options: Options): string | undefined =>
  [...options.keys()].find((name) => name !== '' && !KNOWN.test(name));

export interface EntryPoint {
  name: string;
  port: number;
  /** Another entry point that every request is sent to. */
  redirectTo: string | undefined;
}

/** Entry points by the options; without any, `web` on port 80 (v2 calls it `http`). `traefik` is for the API. */
export function entryPoints(options: Options, insecureApi: boolean): EntryPoint[] {
  const names = [...options.keys()].flatMap((key) => /^entrypoints\.([^.]+)(?:\.address)?$/.exec(key)?.[1] ?? []);
  const found = [...new Set(names)].flatMap((name) => {
    const port = /:(\d+)(?:\/tcp)?$/.exec(options.get(`entrypoints.${name}.address`) ?? '')?.[1];
    const redirectTo = options.get(`entrypoints.${name}.http.redirections.entrypoint.to`);
    return port === undefined ? [] : [{ name, port: Number(port), redirectTo }];
  });
  if (found.length === 0) found.push({ name: 'http', port: 80, redirectTo: undefined });
  if (insecureApi && !found.some(({ name }) => name === 'traefik'))
    found.push({ name: 'traefik', port: 8080, redirectTo: undefined });
  return found;
}
