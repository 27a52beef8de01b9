import type { Sys } from '../../../abi/sys.ts';
import type { Regex } from '../../../lib/regex/regex.ts';
import type { Wait } from '../../../libc/io.ts';
import { type Directive, failAt } from './config-file.ts';
import { readZone } from './limit-req.ts';
import { type Listen, parseListen } from './listen.ts';
import type { Location, Locations } from './locations.ts';
import { compileRewrite, type RewriteCompiler, type RewriteStep, regexOf } from './rewrite.ts';
import { Scope } from './scope.ts';
import { parseTemplate, type Template } from './template.ts';
import { ConfigError } from './tokens.ts';
import { PEER, peersOf, readUpstream, type Upstream } from './upstream.ts';
import { isBuiltinVariable } from './variable-names.ts';

export interface VirtualServer {
  scope: Scope;
  /** For $server_name: the first name. */
  name: string;
  names: string[];
  patterns: { regex: Regex }[];
  listens: Listen[];
  steps: readonly RewriteStep[];
  locations: Locations;
  named: Map<string, Location>;
}

export interface MapVariable {
  source: Template;
  exact: Map<string, Template>;
  patterns: { regex: Regex; value: Template }[];
  fallback: Template | undefined;
}

/** Directives whose arguments may hold variables; they are checked when the configuration is read. */
const WITH_VARIABLES =
  'root alias try_files add_header proxy_set_header proxy_pass error_page auth_basic log_format index auth_basic_user_file proxy_set_body proxy_redirect expires hash limit_req_zone'.split(
    ' ',
  );

/** A configuration that can be run. */
export class Config {
  readonly main: Scope;
  readonly http: Scope | undefined;
  readonly servers: VirtualServer[] = [];
  readonly upstreams = new Map<string, Upstream>();
  readonly maps = new Map<string, MapVariable>();
  readonly formats = new Map<string, { template: Template; escape: string }>();
  readonly warnings: string[] = [];
  readonly #defined = new Set<string>();
  readonly #used = new Map<string, true>();
  readonly #templates = new Map<string, Template>();

  constructor(
    readonly sys: Sys,
    directives: Directive[],
    readonly hostname: string,
  ) {
    this.main = new Scope('main', undefined, directives);
    const http = this.main.own('http')[0];
    this.http = http && new Scope('http', this.main, http.block);
  }

  readonly #compiler: RewriteCompiler = {
    template: (text, at) => this.template(text, at),
    define: (name) => void this.#defined.add(name),
    inner: (scope, directive) => this.#checked(new Scope('if', scope, directive.block)),
  };

  /** A text with variables. @throws ConfigError */
  template(text: string, at?: Directive): Template {
    const known = this.#templates.get(text);
    if (known) return known;
    const template = parseTemplate(text);
    if (typeof template === 'string') {
      const words = template === 'closing bracket' ? `the closing bracket in "${text}" variable is missing` : template;
      throw at ? failAt(at, words) : new ConfigError(words);
    }
    for (const part of template.parts) if ('variable' in part) this.#used.set(part.variable, true);
    this.#templates.set(text, template);
    return template;
  }

  #checked(scope: Scope): Scope {
    for (const name of WITH_VARIABLES)
      for (const directive of scope.own(name)) for (const arg of directive.args) this.template(arg, directive);
    for (const directive of scope.own('error_page')) checkErrorPage(directive);
    for (const directive of scope.own('access_log'))
      for (const arg of directive.args) if (arg.startsWith('if=')) this.template(arg.slice(3), directive);
    return scope;
  }

  /** Makes the model. @throws ConfigError */
  *build(): Wait<void> {
    if (this.main.own('events').length === 0) throw new ConfigError('no "events" section in configuration');
    if (!this.http) return;
    const { http } = this;
    this.#checked(http);
    this.formats.set('combined', {
      template: this.template(
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
      ),
      escape: 'default',
    });
    for (const directive of http.directives) {
      if (directive.name === 'map') this.#map(directive);
      else if (directive.name === 'log_format') this.#format(directive);
      else if (directive.name === 'upstream') yield* this.#upstream(directive);
    }
    const zones = http.own('limit_req_zone').map((directive) => readZone(directive).name);
    for (const directive of http.own('server')) this.servers.push(yield* this.#server(directive, http));
    for (const name of this.#used.keys())
      if (!/^\d$/.test(name) && !this.#defined.has(name) && !isBuiltinVariable(name))
        throw new ConfigError(`unknown "${name}" variable`);
    this.#checkFormats();
    for (const scope of this.scopes)
      for (const directive of scope.own('limit_req')) {
        const zone = directive.args.find((arg) => arg.startsWith('zone='))?.slice(5);
        if (zone === undefined) throw failAt(directive, '"limit_req" must have "zone" parameter');
        if (!zones.includes(zone)) throw failAt(directive, `zero size shared memory zone "${zone}"`);
      }
  }

  #checkFormats(): void {
    for (const scope of this.#scopes)
      for (const directive of scope.own('access_log')) {
        const [path, format] = directive.args;
        if (path === 'off' || format === undefined || format.includes('=')) continue;
        if (!this.formats.has(format)) throw failAt(directive, `unknown log format "${format}"`);
      }
  }

  readonly #scopes: Scope[] = [];

  /** Every block of http, for what is looked up in all of them (log files). */
  get scopes(): readonly Scope[] {
    return this.http ? [this.http, ...this.#scopes] : [];
  }

  #map(directive: Directive): void {
    const [source, target] = directive.args as [string, string];
    const name = target.replace(/^\$/, '');
    if (name === target) throw failAt(directive, `invalid variable name "${target}"`);
    const map: MapVariable = {
      source: this.template(source, directive),
      exact: new Map(),
      patterns: [],
      fallback: undefined,
    };
    for (const { name: key, args, ...rest } of directive.block) {
      const row: Directive = { name: key, args, ...rest };
      if (['hostnames', 'volatile'].includes(key) && args.length === 0) continue;
      if (args.length !== 1) throw failAt(row, 'invalid number of the map parameters');
      const value = this.template(args[0]!, row);
      if (key === 'default') map.fallback = value;
      else if (key.startsWith('~')) {
        const icase = key.startsWith('~*');
        map.patterns.push({ regex: regexOf(key.slice(icase ? 2 : 1), icase, row, this.#compiler), value });
      } else map.exact.set(key.replace(/^\\/, '').toLowerCase(), value);
    }
    this.#defined.add(name);
    this.maps.set(name, map);
  }

  #format(directive: Directive): void {
    const [name, ...rest] = directive.args as [string, ...string[]];
    if (this.formats.has(name)) throw failAt(directive, `duplicate "log_format" name "${name}"`);
    const escape = /^escape=(\w+)$/.exec(rest[0] ?? '');
    if (escape) rest.shift();
    this.formats.set(name, { template: this.template(rest.join(''), directive), escape: escape?.[1] ?? 'default' });
  }

  *#upstream(directive: Directive): Wait<void> {
    const name = directive.args[0]!;
    if (this.upstreams.has(name)) throw failAt(directive, `duplicate upstream "${name}"`);
    const upstream = yield* readUpstream(this.sys, directive);
    if (upstream.key !== undefined) this.template(upstream.key, directive);
    this.upstreams.set(name, upstream);
  }

  *#server(directive: Directive, http: Scope): Wait<VirtualServer> {
    const scope = this.#checked(new Scope('server', http, directive.block));
    this.#scopes.push(scope);
    const server: VirtualServer = {
      scope,
      name: '',
      names: [],
      patterns: [],
      listens: [],
      steps: [],
      locations: noLocations(),
      named: new Map(),
    };
    for (const listen of scope.own('listen')) server.listens.push(yield* parseListen(this.sys, listen));
    const secure = server.listens.find((l) => l.ssl);
    if (secure) throw failAt(secure.at, 'no "ssl_certificate" is defined for the "listen ... ssl" directive');
    if (server.listens.length === 0) {
      const port = this.sys.credentials().euid === 0 ? 80 : 8000;
      server.listens.push({
        family: 'inet',
        addr: '0.0.0.0',
        port,
        isDefault: false,
        ssl: false,
        v6only: true,
        at: directive,
      });
    }
    this.#names(server);
    server.steps = compileRewrite(scope, this.#compiler);
    server.locations = yield* this.#locations(scope, server);
    return server;
  }

  #names(server: VirtualServer): void {
    for (const directive of server.scope.own('server_name'))
      for (const arg of directive.args) {
        if (arg.startsWith('~'))
          server.patterns.push({ regex: regexOf(arg.slice(1), true, directive, this.#compiler) });
        else {
          const name = arg.toLowerCase().replace('$hostname', this.hostname);
          if (/^\*(?!\.)|[^.]\*|\*.*\*/.test(name) || (name.includes('*') && !/^\*\.|\.\*$/.test(name)))
            throw failAt(directive, `server name "${arg}" is invalid`);
          server.names.push(name);
        }
      }
    server.name = (server.scope.own('server_name')[0]?.args[0] ?? '').replace(/^\./, '');
  }

  *#locations(scope: Scope, server: VirtualServer): Wait<Locations> {
    const out = noLocations();
    for (const directive of scope.own('location')) {
      const location = yield* this.#location(directive, scope, server);
      const { modifier, name } = location;
      if (modifier === '@') server.named.set(name, location);
      else if (modifier === '~' || modifier === '~*') out.regexes.push(location);
      else {
        const taken = modifier === '=' ? out.exact.has(name) : out.prefixes.some((l) => l.name === name);
        if (taken) throw failAt(directive, `duplicate location "${name}"`);
        if (modifier === '=') out.exact.set(name, location);
        else out.prefixes.push(location);
      }
    }
    out.prefixes.sort((a, b) => b.name.length - a.name.length);
    return out;
  }

  *#location(directive: Directive, outer: Scope, server: VirtualServer): Wait<Location> {
    const { args } = directive;
    let modifier = args.length === 2 ? args[0]! : '';
    let name = args.at(-1)!;
    if (args.length === 1) {
      const glued = /^(\^~|~\*|=|~|@)(.*)$/s.exec(name);
      if (glued) [modifier, name] = [glued[1]!, glued[1] === '@' ? name : glued[2]!];
    }
    if (!['', '=', '^~', '~', '~*', '@'].includes(modifier))
      throw failAt(directive, `invalid location modifier "${modifier}"`);
    const isRegex = modifier === '~' || modifier === '~*';
    const scope = this.#checked(new Scope('location', outer, directive.block));
    this.#scopes.push(scope);
    const regex = isRegex ? regexOf(name, modifier === '~*', directive, this.#compiler) : undefined;
    const pass = scope.own('proxy_pass')[0];
    if (pass) yield* this.#proxy(pass, modifier);
    const alias = scope.own('alias')[0];
    if (alias && scope.own('root').length > 0)
      throw failAt(alias, '"alias" directive is duplicate, "root" directive was specified earlier');
    const limit = scope.own('limit_except')[0];
    if (limit) scope.memo('limit', () => new Scope('limit_except', scope, limit.block));
    const location: Location = {
      modifier: modifier as Location['modifier'],
      name,
      regex,
      scope,
      steps: compileRewrite(scope, this.#compiler),
      children: yield* this.#locations(scope, server),
    };
    for (const inner of scope.own('if'))
      for (const nested of inner.block) if (nested.name === 'proxy_pass') yield* this.#proxy(nested, 'if');
    return location;
  }

  /** Where a proxy_pass goes, known before any request unless it has variables. */
  *#proxy(directive: Directive, modifier: string): Wait<void> {
    const url = directive.args[0]!;
    if (this.template(url, directive).literal === undefined) return;
    const target = /^(https?):\/\/(unix:[^:]+(?=:|$)|[^/?]+)(.*)$/s.exec(url);
    if (!target) throw failAt(directive, 'invalid URL prefix');
    if (['~', '~*', '@', 'if'].includes(modifier) && target[3] !== '' && !url.includes('unix:'))
      throw failAt(
        directive,
        '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block',
      );
    const authority = target[2]!;
    if (this.upstreams.has(authority)) return;
    const fallbackPort = target[1] === 'https' ? 443 : 80;
    const peers = yield* peersOf(this.sys, directive, authority, fallbackPort, PEER, authority.replace(/:\d+$/, ''));
    this.upstreams.set(authority, { name: authority, method: 'round-robin', peers });
  }
}

/** @throws ConfigError where a status is none that can have a page */
function checkErrorPage(directive: Directive): void {
  const codes = directive.args.slice(0, -1);
  const override = codes.at(-1)?.startsWith('=') ? codes.pop()! : '=';
  if (!/^=\d*$/.test(override)) throw failAt(directive, `invalid value "${override}"`);
  for (const code of codes) {
    if (!/^\d+$/.test(code)) throw failAt(directive, `invalid value "${code}"`);
    if (Number(code) < 300 || Number(code) > 599)
      throw failAt(directive, `value "${code}" must be between 300 and 599`);
  }
}

const noLocations = (): Locations => ({ exact: new Map(), prefixes: [], regexes: [] });
