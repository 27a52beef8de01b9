import { ENOENT } from '../../abi/errno.ts';
import { O_RDONLY } from '../../abi/flags.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import { byteLength } from '../../lib/utf8.ts';
import { open, spawn, type Wait, waitpid } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
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
    busybox: false,
    help: 'same, R is {} if not given',
  },
  maxLines: { short: 'L', arg: 'N', help: 'use at most N lines a command' },
  maxArgs: { short: 'n', arg: 'N', help: 'use at most N arguments a command' },
  openTty: { short: 'o', help: 'stdin of the command is the terminal' },
  maxProcs: { short: 'P', arg: 'N', help: 'run up to N commands at once' },
  interactive: { short: 'p', help: 'ask before each command' },
  noRunIfEmpty: { short: 'r', help: 'run nothing when there are no items' },
  maxChars: { short: 's', arg: 'N', help: 'limit the length of a command' },
  showLimits: { busybox: false, help: 'accepted' },
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
    usage: '[OPTIONS] [PROG ARGS]',
    help: "Run PROG on every item given by stdin\n\n\t-0\tNUL terminated input\n\t-a FILE\tRead from FILE instead of stdin\n\t-o\tReopen stdin as /dev/tty\n\t-r\tDon't run command if input is empty\n\t-t\tPrint the command on stderr before execution\n\t-p\tAsk user whether to run each command\n\t-E STR,-e[STR]\tSTR stops input processing\n\t-I STR\tReplace STR within PROG ARGS with input line\n\t-n N\tPass no more than N args to PROG\n\t-s N\tPass command line of no more than N bytes\n\t-P N\tRun up to N PROGs in parallel\n\t-x\tExit if size is exceeded\n",
  },
  *main(ctx) {
    return yield* new Xargs(ctx).run();
  },
});

class Xargs {
  private status = 0;
  private running = 0;
  private stop = false;
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
      if (fd < 0) return yield* ctx.die(`Cannot open input file ${opts.argFile}: ${ctx.strerror(fd)}`);
      input = new Input(ctx.sys, fd);
    }
    const replace = opts.replace ?? (opts.replaceOld === undefined ? undefined : opts.replaceOld || '{}');
    const maxArgs = replace !== undefined ? 1 : Number(opts.maxArgs ?? Number.POSITIVE_INFINITY);
    const maxLines = opts.maxLines === undefined ? Number.POSITIVE_INFINITY : Number(opts.maxLines);
    const maxChars = Number(opts.maxChars ?? 131_072);
    const base = this.command.reduce((n, word) => n + byteLength(word) + 1, 0);
    let batch: string[] = [];
    let size = base;
    let lines = 0;
    let any = false;
    for (;;) {
      const line = yield* this.items(input, replace !== undefined);
      if (line === undefined || this.stop) break;
      for (const item of line) {
        const length = byteLength(item) + 1;
        if (batch.length > 0 && (batch.length >= maxArgs || size + length > maxChars)) {
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

  /** The items of the next line (or, with -0 and -d, the next one). @returns undefined at the end */
  *items(input: Input, whole: boolean): Wait<string[] | undefined> {
    const { opts } = this.ctx;
    if (opts.null || opts.delimiter !== undefined) {
      const delimiter = opts.null ? 0 : delimiterCode(opts.delimiter!);
      const item = yield* input.line(delimiter);
      return item === undefined ? undefined : [item];
    }
    let line = yield* input.line();
    if (line === undefined) return undefined;
    if (whole) return line.trim() === '' ? [] : [unquote(line.replace(/^[ \t]+/, ''))];
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
          this.stop = true;
          return [];
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
      yield* ctx.stderr.write(argv.join(' ') + (opts.interactive ? ' ?...' : '\n'));
      if (opts.interactive) {
        const tty = yield* open(sys, '/dev/tty', O_RDONLY);
        const answer = tty < 0 ? '' : yield* new Input(sys, tty).line();
        if (tty >= 0) sys.close(tty);
        if (!/^[yY]/.test(answer ?? '')) return;
      }
    }
    const limit = Math.max(1, Number(opts.maxProcs ?? 1) || Number.POSITIVE_INFINITY);
    while (this.running >= limit) yield* this.reap();
    if (this.stop) return;
    const path = searchPath(sys, argv[0]!, ctx.env.get('PATH') ?? '/bin:/usr/bin');
    const nothing = yield* open(sys, opts.openTty ? '/dev/tty' : '/dev/null', O_RDONLY);
    const pid =
      path === undefined
        ? -ENOENT
        : yield* spawn(sys, path, argv, sys.envp, nothing < 0 ? {} : { dup2: [[nothing, 0]] });
    if (nothing >= 0) sys.close(nothing);
    if (pid < 0) {
      yield* ctx.warn(ctx.form === 'gnu' ? `${argv[0]}: ${ctx.strerror(pid)}` : `${argv[0]}: ${ctx.strerror(pid)}`);
      this.status = pid === -ENOENT ? 127 : 126;
      this.stop = true;
      return;
    }
    this.running++;
    if (limit === 1) yield* this.reap();
  }

  *reap(): Wait<void> {
    const result = new WaitResult();
    const pid = yield* waitpid(this.ctx.sys, -1, 0, result);
    if (pid <= 0) {
      this.running = 0;
      return;
    }
    this.running--;
    if (!wifexited(result.status)) {
      yield* this.ctx.warn(`${this.command[0]}: terminated by signal ${wtermsig(result.status)}`);
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
