import { ECONNREFUSED } from '../../abi/errno.ts';
import { DNS_TYPES, type DnsMessage, type DnsType, reverseName } from '../../lib/dns.ts';
import { canonicalIp } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { type ResolverConfig, resolverConfig } from '../../libc/resolv-conf.ts';
import { candidates, resolve } from '../../libc/resolver.ts';
import { type Answered, type Asking, askServers, networkWords, typeNamed } from '../dns/ask.ts';
import { nslookupLine } from '../dns/nslookup-words.ts';

/** What options say: `-type=mx`, `-timeout=1`. */
interface Settings {
  types: DnsType[];
  asking: Asking;
  config: ResolverConfig;
}

export default program({
  name: 'nslookup',
  at: ['/usr/bin/nslookup'],
  spec: 'BIND 9.18 nslookup(1) over UDP, and busybox; without debug, class, domain settings',
  usage: '[-option] [name | -] [server]',
  about: 'Ask name servers.',
  options: {},
  raw: true,
  busybox: {
    at: '/usr/bin/nslookup',
    usage: '[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]',
    help: 'Query DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any\n',
  },
  *main(ctx) {
    const config = yield* resolverConfig(ctx.sys);
    const asking: Asking = {
      servers: config.nameservers,
      port: 53,
      timeout: 5,
      tries: ctx.form === 'busybox' ? 2 : 3,
      recursion: true,
    };
    const settings: Settings = { types: [], asking, config };
    const words: string[] = [];
    for (const word of ctx.args) {
      if (!word.startsWith('-') || word === '-') words.push(word);
      else if (!set(settings, word.slice(1))) return yield* wrongOption(ctx, word);
    }
    const [name, server] = words;
    if (server !== undefined && !(yield* useServer(ctx, settings, server))) return 1;
    if (name === undefined || name === '-') {
      if (ctx.form === 'busybox') return yield* ctx.usage();
      return yield* interactive(ctx, settings);
    }
    return ctx.form === 'busybox' ? yield* busybox(ctx, settings, name) : yield* bind(ctx, settings, name);
  },
});

function* wrongOption(ctx: Context, word: string): Wait<number> {
  if (ctx.form === 'busybox') return yield* ctx.usage(`invalid option -- '${word.slice(1, 2)}'`);
  yield* ctx.stderr.write(`*** Invalid option: ${word.slice(1)}\n`);
  return 1;
}

function set(settings: Settings, text: string): boolean {
  const [name = '', value = ''] = text.split('=');
  const key = name.toLowerCase();
  if (['type', 'q', 'querytype', 'qt', 't'].includes(key)) {
    const type = typeNamed(value);
    if (type) settings.types.push(type);
    return type !== undefined;
  }
  if (key === 'timeout') settings.asking.timeout = Number(value);
  else if (key === 'retry') settings.asking.tries = Number(value);
  else if (key === 'port' || key === 'p') settings.asking.port = Number(value);
  else return ['debug', 'd2', 'nosearch', 'search', 'recurse', 'norecurse', 'class', 'vc', 'novc'].includes(key);
  return true;
}

function* useServer(ctx: Context, settings: Settings, server: string): Wait<boolean> {
  const found = yield* resolve(ctx.sys, server);
  if (typeof found === 'string') {
    if (ctx.form === 'busybox') yield* ctx.warn(`bad address '${server}'`);
    else yield* ctx.warn(`couldn't get address for '${server}': not found`);
    return false;
  }
  settings.asking.servers = found.addresses.slice(0, 1);
  return true;
}

function* ask(ctx: Context, settings: Settings, name: string, type: DnsType): Wait<Answered | undefined> {
  const { asking } = settings;
  return yield* askServers(ctx.sys, asking, name, type, function* (server, errno) {
    if (ctx.form === 'gnu')
      yield* ctx.stdout.write(`;; communications error to ${server}#${asking.port}: ${networkWords(errno)}\n`);
    else if (errno === -ECONNREFUSED) yield* ctx.warn(`write to '${server}': ${ctx.strerror(errno)}`);
  });
}

// ---- BIND

function* bind(ctx: Context, settings: Settings, name: string): Wait<number> {
  const { stdout } = ctx;
  const address = canonicalIp(name);
  const types: DnsType[] = address !== undefined ? ['PTR'] : settings.types.length > 0 ? settings.types : ['A', 'AAAA'];
  const names = address === undefined ? candidates(name, settings.config) : [reverseName(address)];
  let failed = '';
  for (const candidate of names) {
    let head = false;
    for (const type of types) {
      const reply = yield* ask(ctx, settings, candidate, type);
      if (!reply) {
        yield* stdout.write(';; no servers could be reached\n\n');
        return 1;
      }
      const server = `Server:\t\t${reply.server}\nAddress:\t${reply.server}#${settings.asking.port}\n\n`;
      if (reply.message.rcode !== 'NOERROR') {
        failed = `${address === undefined ? server : ''}** server can't find ${candidate}: ${reply.message.rcode}\n\n`;
        break;
      }
      if (reply.message.answers.length === 0) {
        failed = `${server}*** Can't find ${name}: No answer\n\n`;
        continue;
      }
      if (!head)
        yield* stdout.write(
          `${address === undefined ? server : ''}${address === undefined && !reply.message.authoritative ? 'Non-authoritative answer:\n' : ''}`,
        );
      for (const record of reply.message.answers)
        if (!head || record.type !== DNS_TYPES.CNAME) yield* stdout.write(nslookupLine(record, true));
      head = true;
    }
    if (!head) continue;
    const plain = address === undefined && settings.types.every((type) => type === 'A' || type === 'AAAA');
    yield* stdout.write(plain ? '\n' : '\nAuthoritative answers can be found from:\n\n');
    return 0;
  }
  yield* stdout.write(failed);
  return 1;
}

function* interactive(ctx: Context, settings: Settings): Wait<number> {
  const tty = ctx.sys.isatty(0);
  for (;;) {
    if (tty) {
      yield* ctx.stdout.write('> ');
      yield* ctx.stdout.flush();
    }
    const line = (yield* ctx.stdin.line())?.trim();
    if (line === undefined || line === 'exit') return 0;
    const [verb, value] = line.split(/\s+/);
    if (verb === '' || verb === undefined) continue;
    if (verb === 'server' && value !== undefined) {
      if (yield* useServer(ctx, settings, value))
        yield* ctx.stdout.write(
          `Default server: ${value}\nAddress: ${settings.asking.servers[0]}#${settings.asking.port}\n`,
        );
    } else if (verb === 'set' && value !== undefined) {
      if (/^(type|q|querytype)=/.test(value)) settings.types = [];
      set(settings, value);
    } else yield* bind(ctx, settings, verb);
  }
}

// ---- busybox

function* busybox(ctx: Context, settings: Settings, name: string): Wait<number> {
  const { stdout } = ctx;
  const address = canonicalIp(name);
  const types: DnsType[] = address !== undefined ? ['PTR'] : settings.types.length > 0 ? settings.types : ['A', 'AAAA'];
  const wanted = address === undefined ? name : reverseName(address);
  let head = false;
  let status = 0;
  for (const type of types) {
    const reply = yield* ask(ctx, settings, wanted, type);
    if (!reply) {
      yield* stdout.write(';; connection timed out; no servers could be reached\n\n');
      return 1;
    }
    if (!head) yield* stdout.write(`Server:\t\t${reply.server}\nAddress:\t${reply.server}:${settings.asking.port}\n\n`);
    head = true;
    status = (yield* busyboxReply(ctx, reply.message, wanted)) || status;
  }
  return status;
}

function* busyboxReply(ctx: Context, message: DnsMessage, name: string): Wait<number> {
  const { stdout } = ctx;
  if (message.rcode !== 'NOERROR') {
    yield* stdout.write(`** server can't find ${name}: ${message.rcode}\n\n`);
    return 1;
  }
  if (!message.authoritative) yield* stdout.write('Non-authoritative answer:\n');
  for (const record of message.answers) yield* stdout.write(nslookupLine(record, false));
  yield* stdout.write('\n');
  return 0;
}
