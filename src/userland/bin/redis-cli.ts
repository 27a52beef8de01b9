import { encode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { read, readAll, sleep, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { resolve } from '../../libc/resolver.ts';
import { strerror } from '../../libc/strerror.ts';
import { fromBinary, toBinary } from '../servers/redis/bytes.ts';
import { type Answer, Answers, formatForTerminal, formatRaw } from '../servers/redis/replies.ts';
import { encodeReply } from '../servers/redis/reply.ts';
import { splitWords } from '../servers/redis/requests.ts';

interface Options {
  host: string;
  port: number;
  user: string | undefined;
  password: string | undefined;
  db: number;
  raw: boolean | undefined;
  repeat: number;
  interval: number;
  lastFromInput: boolean;
  warn: boolean;
  exitOnError: boolean;
}

const USAGE = `Usage: redis-cli [OPTIONS] [cmd [arg [arg ...]]]
  -h <hostname>      Server hostname (default: 127.0.0.1).
  -p <port>          Server port (default: 6379).
  -a <password>      Password to use when connecting to the server.
                     The variable REDISCLI_AUTH says it more safely.
  --user <username>  Used with -a: who the password is of.
  --pass <password>  The same as -a.
  -u <uri>           Server URI: redis://user:password@host:port/dbnum
  -r <repeat>        Run the command N times.
  -i <interval>      With -r: wait so many seconds between two.
  -n <db>            Database number.
  -x                 Read the last argument from the standard input.
  -e                 Exit with 1 where a command fails.
  --raw              Answers as they are, also on a terminal.
  --no-raw           Answers formatted, also in a pipe.
  --no-auth-warning  Say nothing about a password in the command line.
  --help             Output this help and exit.
  --version          Output version and exit.
`;

/** Commands after which messages come until the program is ended. */
const LISTENING = ['subscribe', 'psubscribe', 'monitor'];

export default program({
  name: 'redis-cli',
  at: ['/usr/local/bin/redis-cli'],
  spec: 'redis 7.2: commands, pipes, prompt; no --scan, --pipe, --stat, cluster',
  usage: '[OPTIONS] [cmd [arg [arg ...]]]',
  about: 'Talk to a Redis server.',
  options: {},
  raw: true,
  *main(ctx) {
    const parsed = parse(ctx);
    if (typeof parsed === 'string') {
      yield* (ctx.args.includes('--help') || ctx.args.includes('--version') ? ctx.stdout : ctx.stderr).write(parsed);
      return ctx.args.includes('--help') || ctx.args.includes('--version') ? 0 : 1;
    }
    const { options, words } = parsed;
    if (options.password !== undefined && options.warn && !ctx.env.has('REDISCLI_AUTH'))
      yield* ctx.stderr.write(
        "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n",
      );
    const cli = new Cli(ctx, options);
    if (options.lastFromInput) {
      const input = yield* readAll(ctx.sys, 0);
      if (typeof input !== 'number') words.push(toBinary(input));
    }
    return words.length > 0 ? yield* cli.once(words) : yield* cli.prompt();
  },
});

/** @returns the options and the command's words, or what to say instead */
function parse(ctx: Context): { options: Options; words: string[] } | string {
  const options: Options = {
    host: '127.0.0.1',
    port: 6379,
    user: undefined,
    password: ctx.env.get('REDISCLI_AUTH'),
    db: 0,
    raw: undefined,
    repeat: 1,
    interval: 0,
    lastFromInput: false,
    warn: true,
    exitOnError: false,
  };
  const { args } = ctx;
  let i = 0;
  const value = (): string => args[++i] ?? '';
  for (; i < args.length && args[i]!.startsWith('-') && args[i] !== '-'; i++) {
    const arg = args[i]!;
    if (arg === '--help') return USAGE;
    if (arg === '--version' || arg === '-v') return `redis-cli ${ctx.sys.image.version || '7.2.5'}\n`;
    if (arg === '-h') options.host = value();
    else if (arg === '-p') options.port = Number(value());
    else if (arg === '-a' || arg === '--pass') options.password = value();
    else if (arg === '--user') options.user = value();
    else if (arg === '-n') options.db = Number(value());
    else if (arg === '-r') options.repeat = Number(value());
    else if (arg === '-i') options.interval = Number(value());
    else if (arg === '-x') options.lastFromInput = true;
    else if (arg === '-e') options.exitOnError = true;
    else if (arg === '--raw') options.raw = true;
    else if (arg === '--no-raw') options.raw = false;
    else if (arg === '--no-auth-warning') options.warn = false;
    else if (arg === '-u') {
      const uri = /^rediss?:\/\/(?:(?:([^:@]*):)?([^@]*)@)?([^:/]*)(?::(\d+))?(?:\/(\d+))?$/.exec(value());
      if (!uri) return 'Invalid URI scheme\n';
      options.user = uri[1] || undefined;
      options.password = uri[2] ?? options.password;
      options.host = uri[3] || options.host;
      options.port = Number(uri[4] ?? options.port);
      options.db = Number(uri[5] ?? 0);
    } else return `Unrecognized option or bad number of args for: '${arg}'\n`;
  }
  return { options, words: args.slice(i).map((word) => toBinary(encode(word))) };
}

class Cli {
  #fd = -1;
  #answers = new Answers();
  #db: number;

  constructor(
    readonly ctx: Context,
    readonly options: Options,
  ) {
    this.#db = options.db;
  }

  get #pretty(): boolean {
    return this.options.raw === undefined ? this.ctx.sys.isatty(1) : !this.options.raw;
  }

  /** Connects, logs in and chooses the database. @returns what went wrong */
  *#connect(): Wait<string | undefined> {
    const { host, port, user, password } = this.options;
    const found = yield* resolve(this.ctx.sys, host);
    const where = `Could not connect to Redis at ${host}:${port}`;
    if (typeof found === 'string')
      return `${where}: ${found === 'again' ? 'Temporary failure in name resolution' : 'Name or service not known'}`;
    const fd = yield* connectTcp(this.ctx.sys, found.addresses[0]!, port);
    if (fd < 0) return `${where}: ${strerror(-fd)}`;
    this.#fd = fd;
    this.#answers = new Answers();
    if (password !== undefined) {
      const answer = yield* this.#ask(user === undefined ? ['AUTH', password] : ['AUTH', user, password]);
      if (answer?.type === 'error') yield* this.ctx.stderr.write(`AUTH failed: ${answer.text}\n`);
    }
    if (this.#db !== 0) yield* this.#ask(['SELECT', String(this.#db)]);
    return undefined;
  }

  *#next(): Wait<Answer | undefined> {
    const buf = new Uint8Array(16_384);
    for (;;) {
      const answer = this.#answers.next();
      if (answer) return answer;
      const n = yield* read(this.ctx.sys, this.#fd, buf);
      if (n <= 0) return undefined;
      this.#answers.push(buf.subarray(0, n));
    }
  }

  *#ask(words: readonly string[]): Wait<Answer | undefined> {
    if ((yield* writeAll(this.ctx.sys, this.#fd, fromBinary(encodeReply(words, 2)))) < 0) return undefined;
    return yield* this.#next();
  }

  *#show(answer: Answer, command: string): Wait<void> {
    // what is meant for people comes as it is
    const asIs = ['info', 'lolwut'].includes(command) || (command === 'client' && answer.type === 'bulk');
    const raw = asIs && answer.type === 'bulk' ? answer.text : formatRaw(answer);
    const text = this.#pretty && !asIs ? formatForTerminal(answer) : raw.endsWith('\n') && asIs ? raw : `${raw}\n`;
    yield* this.ctx.stdout.write(fromBinary(text));
    yield* this.ctx.stdout.flush();
  }

  *#run(words: readonly string[]): Wait<'ok' | 'failed' | 'closed'> {
    const command = words[0]!.toLowerCase();
    let answer = yield* this.#ask(words);
    if (!answer) return 'closed';
    yield* this.#show(answer, command);
    if (command === 'select' && answer.type === 'status') this.#db = Number(words[1]);
    if (LISTENING.includes(command) && answer.type !== 'error') {
      if (this.#pretty) yield* this.ctx.stdout.flush();
      while ((answer = yield* this.#next())) yield* this.#show(answer, command);
      return 'closed';
    }
    return answer.type === 'error' ? 'failed' : 'ok';
  }

  /** Runs one command, as often as it is wanted. @returns the exit status */
  *once(words: readonly string[]): Wait<number> {
    const problem = yield* this.#connect();
    if (problem !== undefined) {
      yield* this.ctx.stderr.write(`${problem}\n`);
      return 1;
    }
    for (let i = 0; i < this.options.repeat; i++) {
      if (i > 0 && this.options.interval > 0) yield* sleep(this.ctx.sys, this.options.interval * 1000);
      const result = yield* this.#run(words);
      if (result === 'closed') {
        if (words[0]!.toLowerCase() === 'shutdown') return 0;
        yield* this.ctx.stderr.write('Error: Server closed the connection\n');
        return 1;
      }
      if (result === 'failed' && this.options.exitOnError) return 1;
    }
    return 0;
  }

  /** Reads commands, with a prompt where there is a terminal. @returns the exit status */
  *prompt(): Wait<number> {
    const { ctx } = this;
    const { host, port } = this.options;
    const asks = ctx.sys.isatty(0);
    let problem = yield* this.#connect();
    if (problem !== undefined) {
      yield* ctx.stderr.write(`${problem}\n`);
      if (!asks) return 1;
    }
    for (;;) {
      if (asks) {
        const at = `${host}:${port}${this.#db === 0 ? '' : `[${this.#db}]`}> `;
        yield* ctx.stdout.write(problem === undefined ? at : 'not connected> ');
        yield* ctx.stdout.flush();
      }
      const line = yield* ctx.stdin.line();
      if (line === undefined) return 0;
      const words = splitWords(toBinary(encode(line.trim())));
      if (!words) {
        yield* ctx.stdout.write('Invalid argument(s)\n');
        continue;
      }
      const command = words[0]?.toLowerCase();
      if (command === undefined) continue;
      if (command === 'exit' || command === 'quit') return 0;
      if (command === 'clear') {
        yield* ctx.stdout.write('\x1b[H\x1b[2J');
        continue;
      }
      if (problem !== undefined) problem = yield* this.#connect();
      if (problem !== undefined) {
        yield* ctx.stderr.write(`${problem}\n`);
        continue;
      }
      const result = yield* this.#run(words);
      if (result !== 'closed') continue;
      if (command === 'shutdown') problem = 'closed';
      else problem = yield* this.#connect();
    }
  }
}
