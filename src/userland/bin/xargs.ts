import { ENOENT } from '../../abi/errno.ts';
import { O_RDONLY } from '../../abi/flags.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import { byteLength } from '../../lib/utf8.ts';
import { open, spawn, type Wait, waitpid } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';
import { Input } from '../../libc/stdio.ts';

const options = {
  null: { short: '0', help: 'items end with NUL; quotes and backslash are not special' },
  argFile: { short: 'a', arg: 'FILE', help: 'read from FILE' },
  delimiter: { short: 'd', arg: 'CHAR', busybox: false, help: 'items end with CHAR' },
  eof: { short: 'E', long: false, arg: 'END', help: 'stop at the item END' },
  replace: { short: 'I', long: false, arg: 'R', help: 'replace R in the arguments by each line' },
  replaceOld: {
    short: 'i',
    long: 'replace',
    arg: 'R',
    optional: true,
    help: 'same, R is {} if not given',
  },
  maxLines: { short: 'L', arg: 'N', busybox: false, help: 'use at most N lines a command' },
  maxArgs: { short: 'n', arg: 'N', help: 'use at most N arguments a command' },
  openTty: { short: 'o', help: 'stdin of the command is the terminal' },
  maxProcs: { short: 'P', arg: 'N', help: 'run up to N commands at once' },
  interactive: { short: 'p', help: 'ask before each command' },
  noRunIfEmpty: { short: 'r', help: 'run nothing when there are no items' },
  maxChars: { short: 's', arg: 'N', help: 'limit the length of a command' },
  processSlotVar: { arg: 'VAR', busybox: false, help: 'set VAR in the environment of each command to its slot' },
  showLimits: { busybox: false, help: 'display the limits on the length of a command' },
  verbose: { short: 't', help: 'print each command first' },
  exit: { short: 'x', help: 'end when a command is too long' },
} as const;
type Ctx = Context<typeof options>;

const BLANK = /[ \t\n]/;

export default program({
  name: 'xargs',
  at: ['/usr/bin/xargs'],
  spec: 'GNU findutils 4.9 xargs(1)',
  version: '(GNU findutils) 4.9.0',
  usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
  about: 'Run COMMAND with INITIAL-ARGS and more arguments read from standard input.',
  options,
  stopAtOperand: true,
  busybox: {
    at: '/usr/bin/xargs',
    long: ['no-run-if-empty'],
    usage: '[OPTIONS] [PROG ARGS]',
    help: "Run PROG on every item given by stdin\n\n\t-0\tNUL terminated input\n\t-a FILE\tRead from FILE instead of stdin\n\t-r\tDon't run command if input is empty\n\t-t\tPrint the command on stderr before execution\n\t-p\tAsk user whether to run each command\n\t-E STR,-e[STR]\tSTR stops input processing\n\t-I STR\tReplace STR within PROG ARGS with input line\n\t-n N\tPass no more than N args to PROG\n\t-s N\tPass command line of no more than N bytes\n\t-P N\tRun up to N PROGs in parallel\n\t-x\tExit if size is exceeded\n",
  },
  *main(ctx) {
    return yield* new Xargs(ctx).run();
  },
});

class Xargs {
  private status = 0;
  private running = 0;
  private stop = false;
  /** The input is wrong: what was read before is still run. */
  private ended = false;
  private limit = 1;
  /** Slots of commands that run, for --process-slot-var. */
  private readonly slots = new Map<number, number>();
  private readonly command: string[];

  constructor(private readonly ctx: Ctx) {
    this.command = ctx.args.length === 0 ? ['echo'] : ctx.args;
  }

  *run(): Wait<number> {
    const { ctx } = this;
    const { opts } = ctx;
    let input = ctx.stdin;
    if (opts.argFile !== undefined) {
      const fd = yield* open(ctx.sys, opts.argFile, O_RDONLY);
      if (fd < 0)
        return yield* ctx.die(
          ctx.form === 'gnu'
            ? `Cannot open input file ${shellQuote(opts.argFile)}: ${ctx.strerror(fd)}`
            : `can't open '${opts.argFile}': ${ctx.strerror(fd)}`,
        );
      input = new Input(ctx.sys, fd);
    }
    const replace = opts.replace ?? (opts.replaceOld === undefined ? undefined : opts.replaceOld || '{}');
    const given = yield* this.number('n', opts.maxArgs, 1);
    const maxArgs = replace !== undefined ? 1 : (given ?? Number.POSITIVE_INFINITY);
    const maxLines = (yield* this.number('L', opts.maxLines, 1)) ?? Number.POSITIVE_INFINITY;
    this.limit = (yield* this.number('P', opts.maxProcs, 0)) ?? 1;
    const last = ctx.order.findLast(({ key }) => key === 'maxArgs' || key.startsWith('replace'))?.key;
    if (replace !== undefined && given !== undefined && last !== 'maxArgs' && ctx.form === 'gnu')
      yield* ctx.warn(
        'warning: options --max-args and --replace/-I/-i are mutually exclusive, ignoring previous --max-args value',
      );
    const maxChars = (yield* this.number('s', opts.maxChars, 1)) ?? 131_072;
    const base = this.command.reduce((n, word) => n + byteLength(word) + 1, 0);
    const gnu = ctx.form === 'gnu';
    if (gnu ? base > maxChars : base >= maxChars)
      return yield* ctx.die(`${gnu ? 'cannot' : "can't"} fit single argument within argument list size limit`);
    if (opts.showLimits) yield* this.showLimits(maxChars);
    let batch: string[] = [];
    let size = base;
    let lines = 0;
    let any = false;
    for (;;) {
      const line = yield* this.items(input, replace !== undefined);
      if (line === undefined || this.stop) break;
      for (const item of line) {
        const length = byteLength(item) + 1;
        const full = size + length > maxChars;
        if (full && (batch.length === 0 || opts.exit || base + length > maxChars)) {
          if (batch.length > 0) yield* this.execute(batch, replace);
          while (this.running > 0) yield* this.reap();
          return yield* ctx.die('argument line too long');
        }
        if (batch.length > 0 && (batch.length >= maxArgs || full)) {
          yield* this.execute(batch, replace);
          if (this.stop) break;
          batch = [];
          size = base;
        }
        batch.push(item);
        size += length;
        any = true;
      }
      if (this.stop) break;
      if (line.length > 0 && ++lines >= maxLines) {
        yield* this.execute(batch, replace);
        batch = [];
        size = base;
        lines = 0;
      }
      if (ctx.sys.tick()) yield;
    }
    if (!this.stop && (batch.length > 0 || (!any && !opts.noRunIfEmpty && replace === undefined)))
      yield* this.execute(batch, replace);
    while (this.running > 0) yield* this.reap();
    return this.status;
  }

  private *number(option: string, text: string | undefined, least: number): Wait<number | undefined> {
    if (text === undefined) return undefined;
    const n = Number(text);
    const { ctx } = this;
    if (/^[-+]?\d+$/.test(text) && n >= least) return n;
    if (ctx.form === 'gnu')
      return yield* ctx.usage(
        /^[-+]?\d+$/.test(text)
          ? `value ${text} for -${option} option should be >= ${least}`
          : `invalid number "${text}" for -${option} option`,
      );
    return yield* ctx.die(
      /^\d+$/.test(text) ? `number ${text} is not in ${least}..2147483647 range` : `invalid number '${text}'`,
    );
  }

  private *showLimits(maxChars: number): Wait<void> {
    const environment = this.ctx.sys.envp.reduce((n, pair) => n + byteLength(pair) + 1, 0);
    const room = 2_097_152 - environment;
    yield* this.ctx.stderr.write(
      `Your environment variables take up ${environment} bytes\nPOSIX upper limit on argument length (this system): ${room - 2048}\nPOSIX smallest allowable upper limit on argument length (all systems): 4096\nMaximum length of command we could actually use: ${room - 4096}\nSize of command buffer we are actually using: ${maxChars}\nMaximum parallelism (--max-procs must be no greater): 2147483647\n`,
    );
  }

  /** The items of the next line (or, with -0 and -d, the next one). @returns undefined at the end */
  *items(input: Input, whole: boolean): Wait<string[] | undefined> {
    const { opts } = this.ctx;
    if (opts.null || opts.delimiter !== undefined) {
      const delimiter = opts.null ? 0 : delimiterCode(opts.delimiter!);
      const item = yield* input.line(delimiter);
      return item === undefined ? undefined : [item];
    }
    if (this.ended) return undefined;
    let line = yield* input.line();
    if (line === undefined) return undefined;
    if (whole) return line.trim() === '' ? [] : [unquote(line.replace(/^[ \t]+/, ''))];
    // a blank at the end of a line goes on with the next one
    while (opts.maxLines !== undefined && /[ \t]$/.test(line)) {
      const more: string | undefined = yield* input.line();
      if (more === undefined) break;
      line += more;
    }
    const items: string[] = [];
    let word: string | undefined;
    for (let i = 0; i < line.length; i++) {
      const c = line[i]!;
      if (BLANK.test(c)) {
        if (word !== undefined) items.push(word);
        word = undefined;
      } else if (c === '\\') {
        if (i + 1 < line.length) word = (word ?? '') + line[++i];
        else {
          const more: string | undefined = yield* input.line();
          line += `\n${more ?? ''}`;
          word = `${word ?? ''}\n`;
          i++;
        }
      } else if (c === '"' || c === "'") {
        const end = line.indexOf(c, i + 1);
        if (end < 0) {
          yield* this.ctx.warn(
            this.ctx.form === 'gnu'
              ? `unmatched ${c === '"' ? 'double' : 'single'} quote; by default quotes are special to xargs unless you use the -0 option`
              : `unmatched ${c === '"' ? 'double' : 'single'} quote`,
          );
          this.status = 1;
          this.ended = true;
          return items;
        }
        word = (word ?? '') + line.slice(i + 1, end);
        i = end;
      } else word = (word ?? '') + c;
    }
    if (word !== undefined) items.push(word);
    const end = opts.eof === undefined ? -1 : items.indexOf(opts.eof);
    if (end < 0) return items;
    return end === 0 ? undefined : items.slice(0, end);
  }

  *execute(items: string[], replace: string | undefined): Wait<void> {
    const { ctx } = this;
    const { opts, sys } = ctx;
    const argv =
      replace === undefined
        ? [...this.command, ...items]
        : this.command.map((word) => word.replaceAll(replace, items[0] ?? ''));
    if (opts.verbose || opts.interactive) {
      yield* ctx.stderr.write(argv.join(' ') + (opts.interactive ? '' : '\n'));
      if (opts.interactive) {
        const tty = yield* open(sys, '/dev/tty', O_RDONLY);
        if (tty < 0)
          return yield* ctx.die(
            `${ctx.form === 'gnu' ? 'failed to open /dev/tty for reading' : "can't open '/dev/tty'"}: ${ctx.strerror(tty)}`,
          );
        yield* ctx.stderr.write('?...');
        const answer = yield* new Input(sys, tty).line();
        sys.close(tty);
        if (!/^[yY]/.test(answer ?? '')) return;
      }
    }
    const limit = this.limit || Number.POSITIVE_INFINITY;
    while (this.running >= limit) yield* this.reap();
    if (this.stop) return;
    const path = searchPath(sys, argv[0]!, ctx.env.get('PATH') ?? '/bin:/usr/bin');
    const nothing =
      opts.argFile !== undefined && !opts.openTty
        ? -1
        : yield* open(sys, opts.openTty ? '/dev/tty' : '/dev/null', O_RDONLY);
    const slot = this.freeSlot();
    const envp =
      opts.processSlotVar === undefined
        ? sys.envp
        : [...sys.envp.filter((pair) => !pair.startsWith(`${opts.processSlotVar}=`)), `${opts.processSlotVar}=${slot}`];
    const pid =
      path === undefined ? -ENOENT : yield* spawn(sys, path, argv, envp, nothing < 0 ? {} : { dup2: [[nothing, 0]] });
    if (nothing >= 0) sys.close(nothing);
    if (pid < 0) {
      yield* ctx.warn(ctx.form === 'gnu' ? `${argv[0]}: ${ctx.strerror(pid)}` : `${argv[0]}: ${ctx.strerror(pid)}`);
      this.status = pid === -ENOENT ? 127 : 126;
      this.stop = true;
      return;
    }
    this.slots.set(pid, slot);
    this.running++;
    if (limit === 1) yield* this.reap();
  }

  private freeSlot(): number {
    const taken = new Set(this.slots.values());
    let slot = 0;
    while (taken.has(slot)) slot++;
    return slot;
  }

  *reap(): Wait<void> {
    const result = new WaitResult();
    const pid = yield* waitpid(this.ctx.sys, -1, 0, result);
    if (pid <= 0) {
      this.running = 0;
      return;
    }
    this.running--;
    this.slots.delete(pid);
    if (!wifexited(result.status)) {
      const name = this.command[0]!;
      yield* this.ctx.warn(
        `${this.ctx.form === 'gnu' ? `${name}:` : `'${name}'`} terminated by signal ${wtermsig(result.status)}`,
      );
      this.status = 125;
      this.stop = true;
      return;
    }
    const code = wexitstatus(result.status);
    if (code === 255) {
      yield* this.ctx.warn(`${this.command[0]}: exited with status 255; aborting`);
      this.status = 124;
      this.stop = true;
    } else if (code !== 0) this.status = 123;
  }
}

function delimiterCode(text: string): number {
  const named: Readonly<Record<string, number>> = { '\\n': 10, '\\t': 9, '\\0': 0, '\\\\': 92 };
  return named[text] ?? text.charCodeAt(0);
}

/** Quotes and backslashes taken out of a whole line (-I). */
function unquote(line: string): string {
  return line.replace(
    /\\(.)|"([^"]*)"|'([^']*)'/g,
    (_, c: string | undefined, d: string | undefined, s: string | undefined) => c ?? d ?? s ?? '',
  );
}
