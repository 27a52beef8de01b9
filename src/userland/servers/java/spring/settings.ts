import { parse } from 'yaml';
import type { Jar } from '../jar.ts';

/** What a request is answered with by the code of a jar. */
export interface Route {
  method: string;
  path: string;
  type: string;
  body: string;
  /** The method of Java that does it, as the log shows it. */
  handler: string;
}

/** The program in a jar of Spring Boot, as its manifest and META-INF/drydock.yml tell it. */
export interface SpringProgram {
  startClass: string;
  version: string;
  boot: string;
  tomcat: string;
  routes: readonly Route[];
  /** Properties of application.properties and application.yml by dotted name. */
  properties: ReadonlyMap<string, string>;
}

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function flatten(value: unknown, prefix: string, into: Map<string, string>): void {
  if (!isTree(value)) {
    if (prefix !== '' && value !== undefined) into.set(prefix, value === null ? '' : String(value));
    return;
  }
  for (const [key, inner] of Object.entries(value))
    flatten(inner, Array.isArray(value) ? `${prefix}[${key}]` : prefix === '' ? key : `${prefix}.${key}`, into);
}

/** Properties of a YAML text by dotted name; a text that is none has none. */
export function yamlProperties(text: string): Map<string, string> {
  const found = new Map<string, string>();
  try {
    flatten(parse(text), '', found);
  } catch {
    found.clear();
  }
  return found;
}

/** Lines `name=value` or `name: value` of a .properties file. */
export function plainProperties(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const parts = /^\s*([^#!\s=:][^\s=:]*)\s*[=:]?\s*(.*)$/.exec(line);
    if (parts) found.set(parts[1]!, parts[2]!);
  }
  return found;
}

const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;

/** @returns undefined where the jar is no program of Spring Boot that says what it answers */
export function springProgram(jar: Jar): SpringProgram | undefined {
  const described = jar.text('META-INF/drydock.yml');
  const startClass = jar.attributes.get('Start-Class');
  const boot = jar.attributes.get('Spring-Boot-Version');
  if (described === undefined || startClass === undefined || boot === undefined) return undefined;
  let tree: unknown;
  try {
    tree = parse(described);
  } catch {
    return undefined;
  }
  if (!isTree(tree) || !Array.isArray(tree.routes)) return undefined;
  const properties = new Map([
    ...yamlProperties(jar.text('BOOT-INF/classes/application.yml') ?? ''),
    ...plainProperties(jar.text('BOOT-INF/classes/application.properties') ?? ''),
  ]);
  const routes = tree.routes.filter(isTree).map((route) => ({
    method: text(route.method, 'GET'),
    path: text(route.path, '/'),
    type: text(route.type, 'text/plain;charset=UTF-8'),
    body: text(route.body, ''),
    handler: text(route.handler, ''),
  }));
  const version = jar.attributes.get('Implementation-Version') ?? '';
  return { startClass, version, boot, tomcat: text(tree.tomcat, '8.5.23'), routes, properties };
}

/** `server.port` as a variable of the environment names it. @see Spring Boot, "Relaxed Binding" */
const variableOf = (name: string): string => name.replace(/[.-]/g, '_').toUpperCase();

/**
 * The values in force: arguments `--name=value`, then system properties, the environment, files beside the jar and those in it.
 * @see Spring Boot, "Externalized Configuration"
 */
export class Environment {
  readonly #args: ReadonlyMap<string, string>;

  constructor(
    args: readonly string[],
    private readonly system: ReadonlyMap<string, string>,
    private readonly env: ReadonlyMap<string, string>,
    private readonly files: readonly ReadonlyMap<string, string>[],
  ) {
    this.#args = new Map(
      args.flatMap((arg) => {
        const parts = /^--([^=]+)=?(.*)$/s.exec(arg);
        return parts ? [[parts[1]!, parts[2]!] as const] : [];
      }),
    );
  }

  get(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const found =
        this.#args.get(name) ??
        this.system.get(name) ??
        this.env.get(variableOf(name)) ??
        this.files.find((file) => file.has(name))?.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
