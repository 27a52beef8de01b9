import { fromBase64 } from '../../../lib/base64.ts';
import { inNetwork, parseCidr } from '../../../lib/ip.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import type { Directive } from './config-file.ts';
import { errnoText } from './config-file.ts';
import { passwordMatches } from './password.ts';
import { type Log, type Outcome, special } from './reply.ts';
import type { Request } from './request.ts';
import type { Scope } from './scope.ts';

/** The access phase: allow and deny, passwords, limit_except. @returns the refusal, or undefined */
export function* authorize(request: Request, log: Log): Wait<Outcome | undefined> {
  const scope = scopeFor(request);
  const any = scope.value('satisfy') === 'any';
  const address = isDenied(scope, request.client.addr);
  const realm = scope.value('auth_basic');
  const wantsPassword = realm !== undefined && realm !== 'off';
  if (any && address === false) return undefined;
  if (address === true && !(any && wantsPassword)) {
    yield* log('error', 'access forbidden by rule');
    return special(403);
  }
  return wantsPassword ? yield* password(request, scope, request.text(realm), log) : undefined;
}

/** Methods that limit_except does not name obey its block. */
function scopeFor(request: Request): Scope {
  const limit = request.scope.own('limit_except')[0];
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (!limit || limit.args.includes(method)) return request.scope;
  return request.scope.memo<Scope>('limit', () => request.scope);
}

/** @returns undefined where no rule speaks of the address */
function isDenied(scope: Scope, addr: string): boolean | undefined {
  const rules = rulesOf(scope);
  for (const { name, args } of rules) {
    const rule = args[0]!;
    const cidr = parseCidr(rule.includes('/') ? rule : `${rule}/${rule.includes(':') ? 128 : 32}`);
    if (rule === 'all' || (cidr && inNetwork(addr, cidr.address, cidr.prefix))) return name === 'deny';
  }
  return undefined;
}

/** allow and deny in their order, of the nearest block that has any. */
function rulesOf(scope: Scope): Directive[] {
  const own = scope.directives.filter((d) => d.name === 'allow' || d.name === 'deny');
  return own.length > 0 || !scope.parent ? own : rulesOf(scope.parent);
}

function* password(request: Request, scope: Scope, realm: string, log: Log): Wait<Outcome | undefined> {
  const refused = special(401, [['WWW-Authenticate', `Basic realm="${realm}"`]]);
  const file = scope.value('auth_basic_user_file');
  if (file === undefined) return undefined;
  const given = /^Basic +(\S+)$/i.exec(request.headers.get('authorization') ?? '');
  const bytes = given && fromBase64(given[1]!);
  const text = bytes ? decode(bytes) : '';
  const colon = text.indexOf(':');
  if (colon < 0) {
    yield* log('info', 'no user/password was provided for basic authentication');
    return refused;
  }
  const [user, secret] = [text.slice(0, colon), text.slice(colon + 1)];
  const path = request.text(file);
  const absolute = path.startsWith('/') ? path : `/etc/nginx/${path}`;
  const lines = yield* readFile(request.sys, absolute);
  if (typeof lines === 'number') {
    yield* log('error', `open() "${absolute}" failed ${errnoText(request.sys, lines)}`);
    return lines === -2 ? special(403) : special(500);
  }
  const line = decode(lines)
    .split('\n')
    .find((l) => l.startsWith(`${user}:`) && !l.startsWith('#'));
  if (line === undefined) {
    yield* log('error', `user "${user}" was not found in "${absolute}"`);
    return refused;
  }
  if (
    !passwordMatches(
      secret,
      line
        .slice(user.length + 1)
        .split(':')[0]!
        .trim(),
    )
  ) {
    yield* log('error', `user "${user}": password mismatch`);
    return refused;
  }
  request.user = user;
  return undefined;
}
