import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { SIG_IGN, SIGPIPE } from '../../abi/signal.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { startCommand, waitFor } from '../../libc/shell-command.ts';
import { quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

/** How output files are called. */
export interface Naming {
  prefix: string;
  suffix: string;
  /** Letters of the counter, `a`…`z` or digits. */
  alphabet: string;
  /** Places of the counter; without `fixed` it grows when they do not suffice. */
  length: number;
  fixed: boolean;
  from: number;
}

/** The files that split writes, one after the other or several at once. */
export class Pieces {
  private count = 0;
  private current: { fd: number; pid: number; name: string } | undefined;

  constructor(
    private readonly ctx: Context,
    private readonly naming: Naming,
    private readonly filter: string | undefined,
    private readonly verbose: boolean,
  ) {
    if (filter !== undefined) ctx.sys.sigaction(SIGPIPE, SIG_IGN);
  }

  /** The name of file `n`; undefined where there are no more. */
  private nameOf(n: number): string | undefined {
    const { prefix, suffix, alphabet, length, fixed, from } = this.naming;
    const base = alphabet.length;
    let number = n + from;
    let places = length;
    let head = '';
    if (!fixed) {
      // aa … yz, zaaa … zyzz, zzaaaa …: the last letter says that another place follows
      for (let room = (base - 1) * base ** (places - 1); number >= room; room = (base - 1) * base ** (places - 1)) {
        number -= room;
        head += alphabet[base - 1];
        places++;
      }
    } else if (number >= base ** places) return undefined;
    let counter = '';
    for (let i = 0; i < places; i++) {
      counter = alphabet[number % base]! + counter;
      number = Math.floor(number / base);
    }
    return prefix + head + counter + suffix;
  }

  /** Opens the next file and makes it the current one. */
  *next(): Wait<void> {
    yield* this.end();
    this.current = yield* this.create();
  }

  private *create(): Wait<{ fd: number; pid: number; name: string }> {
    const { ctx } = this;
    const name = this.nameOf(this.count++);
    if (name === undefined) return yield* ctx.die('output file suffixes exhausted');
    if (this.verbose)
      yield* ctx.stdout.write(
        this.filter === undefined
          ? `creating file ${shellQuote(name)}\n`
          : `executing with FILE=${quoteIfNeeded(name)}\n`,
      );
    if (this.filter !== undefined) {
      yield* ctx.stdout.flush();
      const started = yield* startCommand(ctx.sys, this.filter, 'write', [...ctx.sys.envp, `FILE=${name}`]);
      if (typeof started === 'number') return yield* ctx.die(`failed to run command: ${ctx.strerror(started)}`);
      return { fd: started[0], pid: started[1], name };
    }
    const fd = yield* open(ctx.sys, name, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
    if (fd < 0) return yield* ctx.die(`${quoteIfNeeded(name)}: ${ctx.strerror(fd)}`);
    return { fd, pid: -1, name };
  }

  *write(bytes: Uint8Array): Wait<void> {
    const { ctx } = this;
    if (!this.current) yield* this.next();
    const r = yield* writeAll(ctx.sys, this.current!.fd, bytes);
    // a filter that has read enough is no error
    if (r < 0 && this.filter === undefined) yield* ctx.die(`${quoteIfNeeded(this.current!.name)}: ${ctx.strerror(r)}`);
  }

  /** Ends the current file. */
  *end(): Wait<void> {
    const { ctx, current } = this;
    this.current = undefined;
    if (!current) return;
    ctx.sys.close(current.fd);
    if (current.pid < 0) return;
    const status = yield* waitFor(ctx.sys, current.pid);
    if (status !== 0)
      yield* ctx.die(
        `with FILE=${quoteIfNeeded(current.name)}, ${status > 255 ? `signal ${status - 256}` : `exit ${status}`} from command: ${this.filter}`,
      );
  }
}
