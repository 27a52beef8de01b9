import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import { isDir } from '../../../libc/paths.ts';
import { ConfigError, type Directive } from './config.ts';

/** What holds for the paths below a folder, or for URLs below a path. */
interface Rule {
  path: string;
  options: Set<string> | undefined;
  /** undefined: not said. */
  granted: boolean | undefined;
}

/** One virtual host, or the main server. */
export interface Host {
  names: string[];
  root: string;
  index: string[];
  aliases: { url: string; path: string }[];
  redirects: { status: number; url: string; to: string }[];
  proxies: { url: string; host: string; port: number; path: string }[];
  errors: Map<number, string>;
  directories: Rule[];
  locations: Rule[];
  /** What holds for files of a name: `path` is a pattern of it. */
  files: Rule[];
  customLogs: { path: string; format: string }[];
  errorLog: string;
}

export interface Settings {
  ports: number[];
  main: Host;
  /** Virtual hosts of every address, the first is the default. */
  hosts: Host[];
  types: ReadonlyMap<string, string>;
  serverName: string | undefined;
  tokens: 'prod' | 'os';
  signature: boolean;
  pidFile: string;
}

/** Formats that have names. */
const COMMON = '%h %l %u %t "%r" %>s %b';

const STATUSES: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303, gone: 410 };

class Builder {
  readonly formats = new Map<string, string>([['common', COMMON]]);
  readonly types = new Map<string, string>();
  readonly ports: number[] = [];
  readonly hosts: Host[] = [];
  tokens: Settings['tokens'] = 'os';
  signature = false;
  pidFile = 'logs/httpd.pid';
  serverName: string | undefined;

  constructor(
    readonly sys: Sys,
    public root: string,
  ) {}

  path(given: string): string {
    return given.startsWith('/') ? given.replace(/(.)\/$/, '$1') : `${this.root}/${given}`;
  }

  *read(directives: readonly Directive[], host: Host, outer: boolean): Wait<void> {
    for (const directive of directives) yield* this.#one(directive, host, outer);
  }

  *#one(directive: Directive, host: Host, outer: boolean): Wait<void> {
    const { name, args, inner } = directive;
    const [first = '', second = ''] = args;
    switch (name) {
      case 'ifmodule':
      case 'ifdefine':
        yield* this.read(inner, host, outer);
        return;
      case 'virtualhost':
        yield* this.#virtualHost(inner, host);
        return;
      case 'directory':
        host.directories.push(this.#rule(this.path(first), inner));
        return;
      case 'files':
        host.files.push(this.#rule(first, inner));
        return;
      case 'location':
        host.locations.push(this.#rule(first, inner));
        return;
      case 'listen':
        this.ports.push(Number(/(\d+)$/.exec(first)?.[1] ?? 80));
        return;
      case 'serverroot':
        this.root = first;
        return;
      case 'servername':
        if (outer) this.serverName = first;
        host.names.push(first.replace(/^\w+:\/\//, '').replace(/:\d+$/, ''));
        return;
      case 'serveralias':
        host.names.push(...args);
        return;
      case 'servertokens':
        this.tokens = /^prod/i.test(first) ? 'prod' : 'os';
        return;
      case 'serversignature':
        this.signature = /^on$/i.test(first);
        return;
      case 'pidfile':
        this.pidFile = first;
        return;
      case 'documentroot':
        host.root = this.path(first);
        if (!isDir(this.sys, host.root))
          throw new ConfigError(
            `AH00526: Syntax error on line ${directive.line} of ${directive.file}:\nDocumentRoot '${host.root}' is not a directory, or is not readable\n`,
          );
        return;
      case 'directoryindex':
        host.index = args;
        return;
      case 'alias':
        host.aliases.push({ url: first, path: this.path(second) });
        return;
      case 'redirect':
        this.#redirect(host, args);
        return;
      case 'proxypass':
        this.#proxy(host, first, second);
        return;
      case 'errordocument':
        host.errors.set(Number(first), second);
        return;
      case 'errorlog':
        host.errorLog = first;
        return;
      case 'logformat':
        if (second) this.formats.set(second, first);
        return;
      case 'customlog':
        host.customLogs = host.customLogs.filter((log) => !outer || log.path !== first);
        host.customLogs.push({ path: first, format: this.formats.get(second) ?? second });
        return;
      case 'addtype':
        for (const extension of args.slice(1)) this.types.set(extension.replace(/^\./, '').toLowerCase(), first);
        return;
      case 'typesconfig':
        yield* this.typesFile(first);
    }
  }

  *#virtualHost(inner: readonly Directive[], main: Host): Wait<void> {
    const host: Host = {
      ...main,
      names: [],
      aliases: [],
      redirects: [],
      proxies: [],
      errors: new Map(main.errors),
      directories: [...main.directories],
      locations: [...main.locations],
      files: [...main.files],
      customLogs: [],
    };
    yield* this.read(inner, host, false);
    if (host.customLogs.length === 0) host.customLogs = main.customLogs;
    this.hosts.push(host);
  }

  #rule(path: string, inner: readonly Directive[]): Rule {
    const options = inner.find(({ name }) => name === 'options')?.args;
    const required = inner
      .find(({ name }) => name === 'require')
      ?.args.join(' ')
      .toLowerCase();
    const words = options?.flatMap((word) =>
      word.startsWith('-') || /^none$/i.test(word) ? [] : [word.replace('+', '').toLowerCase()],
    );
    return {
      path,
      options: words && new Set(words),
      granted: required === undefined ? undefined : required === 'all granted',
    };
  }

  #redirect(host: Host, args: readonly string[]): void {
    const named = STATUSES[args[0]!.toLowerCase()] ?? (/^\d{3}$/.test(args[0]!) ? Number(args[0]) : undefined);
    const [url = '', to = ''] = named === undefined ? args : args.slice(1);
    host.redirects.push({ status: named ?? 302, url, to });
  }

  #proxy(host: Host, url: string, to: string): void {
    const parts = /^http:\/\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(to);
    if (parts) host.proxies.push({ url, host: parts[1]!, port: Number(parts[2] ?? 80), path: parts[3] ?? '' });
  }

  *typesFile(given: string): Wait<void> {
    const bytes = yield* readFile(this.sys, this.path(given));
    if (typeof bytes === 'number') return;
    for (const line of decode(bytes).split('\n')) {
      const [type = '', ...extensions] = line.replace(/#.*/, '').trim().split(/\s+/);
      for (const extension of extensions) if (!this.types.has(extension)) this.types.set(extension, type);
    }
  }
}

/** What the directives say. @throws ConfigError */
export function* settingsOf(sys: Sys, directives: readonly Directive[], root: string): Wait<Settings> {
  const builder = new Builder(sys, root);
  const main: Host = {
    names: [],
    root: `${root}/htdocs`,
    index: ['index.html'],
    aliases: [],
    redirects: [],
    proxies: [],
    errors: new Map(),
    directories: [],
    locations: [],
    files: [],
    customLogs: [],
    errorLog: 'logs/error_log',
  };
  yield* builder.read(directives, main, true);
  if (builder.ports.length === 0)
    throw new ConfigError(
      '(no listening sockets available)\nAH00451: no listening sockets available, shutting down\nAH00015: Unable to open logs\n',
    );
  const { ports, hosts, types, serverName, tokens, signature } = builder;
  return {
    ports: [...new Set(ports)],
    main,
    hosts,
    types,
    serverName,
    tokens,
    signature,
    pidFile: builder.path(builder.pidFile),
  };
}
