import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { type DnsType, dnsTypeName, reverseName } from '../../lib/dns.ts';
import { canonicalIp } from '../../lib/ip.ts';
import { strftime } from '../../lib/strftime.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { resolverConfig } from '../../libc/resolv-conf.ts';
import { gaiStrerror, resolve } from '../../libc/resolver.ts';
import {
  type Answered,
  askServers,
  flagsOf,
  networkWords,
  recordLine,
  tabsTo,
  typeNamed,
  zoneData,
} from '../dns/ask.ts';

const VERSION = '9.18.39-0ubuntu0.24.04.2-Ubuntu';

interface Query {
  name: string;
  type: DnsType;
}

interface Display {
  short: boolean;
  comments: boolean;
  question: boolean;
  answer: boolean;
  authority: boolean;
  additional: boolean;
  stats: boolean;
  cmd: boolean;
}

interface DigOptions {
  server: string | undefined;
  port: number;
  timeout: number;
  tries: number;
  recursion: boolean;
  search: boolean;
  family: 'inet' | 'inet6' | undefined;
  display: Display;
}

export default program({
  name: 'dig',
  at: ['/usr/bin/dig'],
  spec: 'BIND 9.18 dig(1) over UDP: servers, types, -x, +short, +noall, +answer, +time, +tries, +norecurse, +search',
  usage: '[@global-server] [domain] [q-type] [q-class] {q-opt}',
  about: 'Ask name servers.',
  options: {},
  raw: true,
  *main(ctx) {
    const options: DigOptions = {
      server: undefined,
      port: 53,
      timeout: 5,
      tries: 3,
      recursion: true,
      search: false,
      family: undefined,
      display: {
        short: false,
        comments: true,
        question: true,
        answer: true,
        authority: true,
        additional: true,
        stats: true,
        cmd: true,
      },
    };
    const queries = yield* readArguments(ctx, options, [...ctx.args]);
    if (typeof queries === 'number') return queries;
    const config = yield* resolverConfig(ctx.sys);
    const servers = yield* serverAddresses(ctx, options, config.nameservers);
    if (typeof servers === 'number') return servers;
    let status = 0;
    let first = true;
    for (const { name, type } of queries.length > 0 ? queries : [{ name: '', type: 'NS' } as Query]) {
      const asked = options.search && !name.includes('.') && config.search[0] ? `${name}.${config.search[0]}` : name;
      const asking = {
        servers,
        port: options.port,
        timeout: options.timeout,
        tries: options.tries,
        recursion: options.recursion,
      };
      const reply = yield* askServers(ctx.sys, asking, asked.replace(/\.$/, ''), type, function* (server, errno) {
        yield* ctx.stdout.write(`;; communications error to ${server}#${options.port}: ${networkWords(errno)}\n`);
      });
      if (!reply) {
        yield* ctx.stdout.write(
          `${options.display.short ? '' : banner(ctx, options, first)};; no servers could be reached\n`,
        );
        status = 9;
      } else yield* show(ctx, options, reply, first);
      first = false;
    }
    return status;
  },
});

function* readArguments(ctx: Context, options: DigOptions, words: string[]): Wait<Query[] | number> {
  const queries: Query[] = [];
  while (words.length > 0) {
    const word = words.shift()!;
    if (word.startsWith('@')) options.server = word.slice(1);
    else if (word.startsWith('+')) {
      if (!readOption(options, word.slice(1))) return yield* invalid(ctx, word);
    } else if (word === '-v') {
      yield* ctx.stdout.write(`DiG ${VERSION}\n`);
      return 0;
    } else if (word === '-x') {
      const address = canonicalIp(words.shift() ?? '');
      if (address === undefined) return yield* invalid(ctx, word);
      queries.push({ name: reverseName(address), type: 'PTR' });
    } else if (word === '-p') options.port = Number(words.shift());
    else if (word === '-t') setType(queries, words.shift() ?? '');
    else if (word === '-q') queries.push({ name: words.shift() ?? '', type: 'A' });
    else if (word === '-c' || word === '-b' || word === '-f') words.shift();
    else if (word === '-4') options.family = 'inet';
    else if (word === '-6') options.family = 'inet6';
    else if (word.startsWith('-') && word.length > 1) return yield* invalid(ctx, word);
    else if (/^(in|ch|hs)$/i.test(word)) continue;
    else if (queries.length === 0 || !setType(queries, word)) queries.push({ name: word, type: 'A' });
  }
  return queries;
}

/** `TYPE` after a name is of that name. @returns false where it is no type */
function setType(queries: Query[], word: string): boolean {
  const type = typeNamed(word);
  const last = queries.at(-1);
  if (type === undefined || !last) return false;
  last.type = type;
  return true;
}

function* invalid(ctx: Context, word: string): Wait<number> {
  yield* ctx.stderr.write(
    `Invalid option: ${word}\nUsage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n            {global-d-opt} host [@local-server] {local-d-opt}\n            [ host [@local-server] {local-d-opt} [...]]\n\nUse "dig -h" (or "dig -h | more") for complete list of options\n`,
  );
  return 1;
}

function readOption(options: DigOptions, text: string): boolean {
  const [name = '', value] = text.split('=');
  const on = !name.startsWith('no');
  const plain = on ? name : name.slice(2);
  const { display } = options;
  if (plain === 'short') display.short = on;
  else if (plain === 'all') {
    for (const key of ['comments', 'question', 'answer', 'authority', 'additional', 'stats'] as const)
      display[key] = on;
  } else if (plain in display) display[plain as keyof Display] = on;
  else if (plain === 'time' || plain === 'timeout') options.timeout = Math.max(1, Number(value));
  else if (plain === 'tries') options.tries = Math.max(1, Number(value));
  else if (plain === 'retry') options.tries = Number(value) + 1;
  else if (plain === 'recurse' || plain === 'rec') options.recursion = on;
  else if (plain === 'search') options.search = on;
  else
    return [
      'edns',
      'cookie',
      'tcp',
      'dnssec',
      'ttlid',
      'multiline',
      'trace',
      'identify',
      'adflag',
      'ad',
      'bufsize',
    ].includes(plain);
  return true;
}

function* serverAddresses(ctx: Context, options: DigOptions, configured: string[]): Wait<string[] | number> {
  const { server } = options;
  if (server === undefined) return configured;
  const found = yield* resolve(ctx.sys, server, options.family ? { family: options.family } : {});
  if (typeof found !== 'string') return found.addresses;
  const words = gaiStrerror(found, ctx.sys.image.flavour).toLowerCase();
  yield* ctx.stderr.write(
    `dig: couldn't get address for '${server}': ${found === 'again' ? 'failure' : 'not found'}\n`,
  );
  return words === '' ? 1 : 10;
}

function banner(ctx: Context, options: DigOptions, first: boolean): string {
  if (!options.display.cmd || !first) return '';
  const found = options.server === undefined ? '' : '; (1 server found)\n';
  return `\n; <<>> DiG ${VERSION} <<>> ${ctx.args.join(' ')}\n${found};; global options: +cmd\n`;
}

function* show(ctx: Context, options: DigOptions, reply: Answered, first: boolean): Wait<void> {
  const { message } = reply;
  const { display } = options;
  const { stdout } = ctx;
  if (display.short) {
    for (const record of message.answers) yield* stdout.write(`${zoneData(record)}\n`);
    return;
  }
  const sections = [
    ['ANSWER', message.answers, display.answer],
    ['AUTHORITY', message.authority, display.authority],
    ['ADDITIONAL', message.additional, display.additional],
  ] as const;
  if (display.comments) {
    const counts = [message.questions.length, ...sections.map(([, records]) => records.length)];
    const extra = message.udpSize > 0 ? 1 : 0;
    yield* stdout.write(
      `${banner(ctx, options, first)};; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${message.rcode}, id: ${message.id}\n;; flags: ${flagsOf(message)}; QUERY: ${counts[0]}, ANSWER: ${counts[1]}, AUTHORITY: ${counts[2]}, ADDITIONAL: ${counts[3]! + extra}\n\n`,
    );
    if (extra > 0)
      yield* stdout.write(
        `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${message.udpSize}\n${display.question ? '' : '\n'}`,
      );
  }
  if (display.question) {
    if (display.comments) yield* stdout.write(';; QUESTION SECTION:\n');
    for (const question of message.questions)
      yield* stdout.write(
        `;${tabsTo(`${question.name}.`, 31)}IN\t${dnsTypeName(question.type)}\n${display.comments ? '\n' : ''}`,
      );
  }
  for (const [title, records, wanted] of sections) {
    if (!wanted || records.length === 0) continue;
    if (display.comments) yield* stdout.write(`;; ${title} SECTION:\n`);
    for (const record of records) yield* stdout.write(recordLine(record));
    if (display.comments) yield* stdout.write('\n');
  }
  if (!display.stats) return;
  const when = strftime('%a %b %d %H:%M:%S UTC %Y', Math.floor(ctx.sys.now(CLOCK_REALTIME) / 1000));
  yield* stdout.write(
    `;; Query time: ${Math.round(reply.time)} msec\n;; SERVER: ${reply.server}#${options.port}(${options.server ?? reply.server}) (UDP)\n;; WHEN: ${when}\n;; MSG SIZE  rcvd: ${reply.size}\n\n`,
  );
}
