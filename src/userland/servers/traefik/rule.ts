import type { SiteRequest } from '../../../libc/http-server.ts';

/** Whether a request fits. */
export type Rule = (request: SiteRequest) => boolean;

/** A rule that cannot be read; the message is the program's. */
export class RuleError extends Error {}

const hostOf = (request: SiteRequest): string =>
  (request.head.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();

/** Traefik 2 writes `{name:pattern}` in names and paths. */
const templated = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split(/(\{[^}]*\})/)
      .map((part) =>
        part.startsWith('{')
          ? `(?:${part.slice(1, -1).replace(/^\w+:?/, '') || '[^/.]+'})`
          : part.replace(/[.+*?^$()|[\]\\]/g, '\\$&'),
      )
      .join('')}`,
  );

/** Matchers by their names. @see Traefik, "Rules" */
const MATCHERS: Readonly<Record<string, (args: readonly string[]) => Rule>> = {
  Host: (args) => (request) => args.some((name) => name.toLowerCase() === hostOf(request)),
  HostRegexp: (args) => {
    const patterns = args.map((text) =>
      text.includes('{') && !/[\\^$]/.test(text) ? new RegExp(`${templated(text).source}$`) : new RegExp(text),
    );
    return (request) => patterns.some((pattern) => pattern.test(hostOf(request)));
  },
  Path: (args) => (request) => args.includes(request.path),
  PathPrefix: (args) => (request) =>
    args.some((prefix) =>
      prefix.includes('{') ? templated(prefix).test(request.path) : request.path.startsWith(prefix),
    ),
  PathRegexp: (args) => (request) => args.some((pattern) => new RegExp(pattern).test(request.path)),
  Method: (args) => (request) => args.some((method) => method.toUpperCase() === request.head.method),
  Header:
    ([name = '', value]) =>
    (request) =>
      request.head.headers.get(name) === value,
  Headers:
    ([name = '', value]) =>
    (request) =>
      request.head.headers.get(name) === value,
  HeaderRegexp:
    ([name = '', pattern = '']) =>
    (request) =>
      new RegExp(pattern).test(request.head.headers.get(name) ?? ''),
  Query:
    ([name = '', value]) =>
    (request) => {
      const [key = '', inline] = name.split('=');
      return request.query.get(key) === (value ?? inline ?? '');
    },
  ClientIP: (args) => (request) =>
    args.some((each) => request.client.replace(/:\d+$/, '') === each.replace(/\/32$/, '')),
};

/** Reads `Host(`a`) && (PathPrefix(`/x`) || !Method(`POST`))`. @throws RuleError */
export function parseRule(text: string): Rule {
  let at = 0;
  const skip = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const takes = (word: string): boolean => {
    skip();
    if (!text.startsWith(word, at)) return false;
    at += word.length;
    return true;
  };
  const wrong = (what: string): RuleError => new RuleError(`error while parsing rule ${text}: ${what}`);
  const either = (): Rule => {
    let rule = both();
    while (takes('||')) {
      const [left, right] = [rule, both()];
      rule = (request) => left(request) || right(request);
    }
    return rule;
  };
  const both = (): Rule => {
    let rule = single();
    while (takes('&&')) {
      const [left, right] = [rule, single()];
      rule = (request) => left(request) && right(request);
    }
    return rule;
  };
  const single = (): Rule => {
    if (takes('!')) {
      const inner = single();
      return (request) => !inner(request);
    }
    if (takes('(')) {
      const inner = either();
      if (!takes(')')) throw wrong('expected operand');
      return inner;
    }
    skip();
    const name = /^[A-Za-z]\w*/.exec(text.slice(at))?.[0];
    if (name === undefined) throw wrong('expected operand');
    at += name.length;
    const make = MATCHERS[name];
    if (!make) throw wrong(`unsupported function: ${name}`);
    if (!takes('(')) throw wrong('expected operand');
    const args: string[] = [];
    for (skip(); text[at] !== ')'; skip()) {
      const word = /^(?:`([^`]*)`|"((?:\\.|[^"\\])*)")\s*,?/.exec(text.slice(at));
      if (!word) throw wrong('illegal argument');
      args.push(word[1] ?? word[2]!.replace(/\\(.)/g, '$1'));
      at += word[0].length;
    }
    at++;
    return make(args);
  };
  const rule = either();
  skip();
  if (at < text.length) throw wrong('unexpected text');
  return rule;
}
