import { CaddyfileError, type Segment } from './caddyfile.ts';
import type { HandlerConfig, HeaderOps, MatcherSet, RouteConfig } from './config.ts';

/** What directives need of the file that they stand in. */
export interface Reading {
  file: string;
  groups: number;
  /** Routes of a block. */
  block(list: readonly Segment[], matchers: ReadonlyMap<string, MatcherSet>): RouteConfig[];
}

interface Made {
  match?: MatcherSet;
  handle: HandlerConfig[];
}

type Reader = (
  segment: Segment,
  reading: Reading,
  match: MatcherSet | undefined,
  matchers: ReadonlyMap<string, MatcherSet>,
) => Made[];

const one = (handler: HandlerConfig): Made[] => [{ handle: [handler] }];

const argument = ({ args, name, line }: Segment, { file }: Reading, at = 0): string => {
  const word = args[at];
  if (word === undefined)
    throw new CaddyfileError(
      `${file}:${line}: wrong argument count or unexpected line ending after '${args.at(-1) ?? name}'`,
    );
  return word;
};

function refuse(segment: Segment, reading: Reading, known: readonly string[]): void {
  for (const { name, line } of segment.block ?? [])
    if (!known.includes(name))
      throw new CaddyfileError(`${reading.file}:${line}: ${segment.name}: ${name} is not simulated in Drydock`);
}

/** `+Name value`, `-Name`, `Name value`, `?Name value`. */
function headerOps(lines: readonly (readonly string[])[]): HeaderOps {
  const ops: HeaderOps = {};
  for (const [name = '', value = ''] of lines) {
    if (name.startsWith('-')) ops.delete = [...(ops.delete ?? []), name.slice(1)];
    else if (name.startsWith('+')) ops.add = { ...ops.add, [name.slice(1)]: [value] };
    else ops.set = { ...ops.set, [name.replace(/^[?>]/, '')]: [value] };
  }
  return ops;
}

const linesOf = ({ args, block }: Segment): string[][] =>
  block ? block.map((each) => [each.name, ...each.args]) : [args];

const CODES: Readonly<Record<string, number>> = { permanent: 301, temporary: 302 };

const subroute: Reader = (segment, reading, _match, matchers) =>
  one({ handler: 'subroute', routes: reading.block(segment.block ?? [], matchers) });

const basicAuth: Reader = (segment, reading) => {
  const accounts = (segment.block ?? []).map((each) => ({ username: each.name, password: argument(each, reading) }));
  return one({ handler: 'authentication', providers: { http_basic: { accounts } } });
};

/** `host:port`, `:port`, `http://host`. */
function dial(address: string): string {
  const plain = address.replace(/^(https?|h2c):\/\//, '').replace(/\/$/, '');
  if (plain.startsWith('unix/')) return plain;
  const port = address.startsWith('https://') ? 443 : 80;
  return /:\d+$/.test(plain) ? plain : `${plain}:${port}`;
}

/** Reads a directive into handlers. */
export const DIRECTIVES: Readonly<Record<string, Reader>> = {
  root: (segment, reading) => one({ handler: 'vars', root: argument(segment, reading) }),
  vars: (segment, reading) => one({ handler: 'vars', [argument(segment, reading)]: argument(segment, reading, 1) }),
  file_server: (segment, reading) => {
    refuse(segment, reading, ['root', 'hide', 'index', 'browse']);
    const value = (name: string): Segment | undefined => segment.block?.find((each) => each.name === name);
    const root = value('root')?.args[0];
    const index = value('index')?.args;
    const browse = segment.args[0] === 'browse' || value('browse') !== undefined;
    return one({
      handler: 'file_server',
      ...(root !== undefined && { root }),
      hide: [...(value('hide')?.args ?? []), reading.file],
      ...(index && { index_names: index }),
      ...(browse && { browse: {} }),
    });
  },
  respond: (segment) => {
    const [first, second] = segment.args;
    const lone = second === undefined && /^\d{3}$/.test(first ?? '');
    const status = lone ? first : (second ?? segment.block?.find(({ name }) => name === 'status')?.args[0]);
    const body = (lone ? undefined : first) ?? segment.block?.find(({ name }) => name === 'body')?.args[0];
    return one({
      ...(body !== undefined && { body }),
      handler: 'static_response',
      ...(status !== undefined && { status_code: Number(status) }),
    });
  },
  redir: (segment, reading) => {
    const code = segment.args[1] ?? 'temporary';
    const to = argument(segment, reading);
    return one({
      handler: 'static_response',
      headers: { Location: [to] },
      status_code: CODES[code] ?? (Number(code) || 302),
    });
  },
  abort: () => one({ handler: 'static_response', abort: true }),
  error: (segment) => {
    const [first = '500', second] = segment.args;
    const lone = /^\d{3}$/.test(first);
    return one({
      handler: 'error',
      ...(!lone && { error: first }),
      status_code: Number(lone ? first : (second ?? 500)),
    });
  },
  header: (segment) => one({ handler: 'headers', response: headerOps(linesOf(segment)) }),
  request_header: (segment) => one({ handler: 'headers', request: headerOps(linesOf(segment)) }),
  encode: (segment) => {
    const names = segment.args.length > 0 ? segment.args : (segment.block?.map(({ name }) => name) ?? ['zstd', 'gzip']);
    return one({ encodings: Object.fromEntries(names.map((name) => [name, {}])), handler: 'encode', prefer: names });
  },
  rewrite: (segment, reading) => one({ handler: 'rewrite', uri: argument(segment, reading) }),
  method: (segment, reading) => one({ handler: 'rewrite', method: argument(segment, reading).toUpperCase() }),
  uri: (segment, reading) => {
    const [what, value] = [argument(segment, reading), argument(segment, reading, 1)];
    if (what === 'strip_prefix') return one({ handler: 'rewrite', strip_path_prefix: value });
    if (what === 'strip_suffix') return one({ handler: 'rewrite', strip_path_suffix: value });
    throw new CaddyfileError(`${reading.file}:${segment.line}: uri ${what} is not simulated in Drydock`);
  },
  try_files: (segment) => [
    {
      match: { file: { try_files: segment.args } },
      handle: [{ handler: 'rewrite', uri: '{http.matchers.file.relative}' }],
    },
  ],
  basic_auth: basicAuth,
  basicauth: basicAuth,
  handle: subroute,
  route: subroute,
  handle_path: (segment, reading, match, matchers) => {
    const prefix = match?.path?.[0]?.replace(/\/?\*$/, '') ?? '';
    const routes = reading.block(segment.block ?? [], matchers);
    const strip: RouteConfig = { handle: [{ handler: 'rewrite', strip_path_prefix: prefix }] };
    return one({ handler: 'subroute', routes: [strip, ...routes] });
  },
  reverse_proxy: (segment, reading) => {
    refuse(segment, reading, ['to', 'header_up', 'header_down', 'lb_policy', 'flush_interval']);
    const block = segment.block ?? [];
    const to = [...segment.args, ...block.filter(({ name }) => name === 'to').flatMap(({ args }) => args)];
    if (to.length === 0) argument(segment, reading);
    const ops = (name: string): HeaderOps | undefined => {
      const lines = block.filter((each) => each.name === name).map(({ args }) => args);
      return lines.length > 0 ? headerOps(lines) : undefined;
    };
    const [request, response] = [ops('header_up'), ops('header_down')];
    const policy = block.find(({ name }) => name === 'lb_policy')?.args[0];
    return one({
      handler: 'reverse_proxy',
      ...((request || response) && { headers: { ...(request && { request }), ...(response && { response }) } }),
      ...(policy !== undefined && { load_balancing: { selection_policy: { policy } } }),
      ...(to[0]?.startsWith('https://') && { transport: { protocol: 'http', tls: {} } }),
      upstreams: to.map((address) => ({ dial: dial(address) })),
    });
  },
};
