import type { Sys } from '../../../abi/sys.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { type Wait, writeFile } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';
import { type Context, exitWith } from '../../../libc/program.ts';
import { ADMIN, type LockFailure, takeLock } from '../deb/database.ts';
import { AptCache, EXTENDED_STATES, LISTS } from './cache.ts';
import type { AptConfig } from './config.ts';
import { readSources, type Source, SourceError } from './sources.ts';

/** Marks in front of what apt says besides. */
type Mark = 'E' | 'W' | 'N';

/** One run of apt or one of its kin: its configuration, and how it talks. */
export class Apt {
  readonly sys: Sys;
  /** 0: on a terminal; 1: not, or -q; 2: -qq, only errors. */
  readonly quiet: number;
  private readonly messages: [Mark, string][] = [];

  constructor(
    readonly ctx: Context,
    readonly me: string,
    readonly config: AptConfig,
    readonly sha256: HashFactory,
  ) {
    this.sys = ctx.sys;
    this.quiet = Number(config.get('quiet') ?? (ctx.sys.isatty(1) ? 0 : 1));
  }

  /** Says something that -qq leaves out. */
  *say(text: string): Wait<void> {
    if (this.quiet >= 2) return;
    yield* this.ctx.stdout.write(text);
    yield* this.ctx.stdout.flush();
  }

  /** `Reading package lists... Done` */
  *step(text: string): Wait<void> {
    yield* this.say(`${text}...${this.quiet === 0 ? ' Done' : ''}\n`);
  }

  *error(text: string): Wait<void> {
    this.messages.push(['E', text]);
  }

  *warn(text: string): Wait<void> {
    this.messages.push(['W', text]);
  }

  /** Shown only where somebody looks on. */
  *note(text: string): Wait<void> {
    if (this.quiet === 0 || this.me === 'apt') this.messages.push(['N', text]);
  }

  /** Writes what was collected, warnings and errors in their order. */
  *flush(): Wait<void> {
    yield* this.ctx.stdout.flush();
    for (const [mark, text] of this.messages.splice(0)) yield* this.ctx.stderr.write(`${mark}: ${text}\n`);
  }

  /** Ends with an error. */
  *fail(text: string, status = 100): Wait<never> {
    yield* this.error(text);
    yield* this.flush();
    exitWith(status);
  }

  /** The sources of the system; a file that cannot be understood ends the program. */
  *sources(): Wait<Source[]> {
    try {
      return yield* readSources(this.sys);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      yield* this.error(error.message);
      return yield* this.fail('The list of sources could not be read.');
    }
  }

  /** Reads everything, with the three lines about it. */
  *open(sources?: readonly Source[]): Wait<AptCache> {
    const all = sources ?? (yield* this.sources());
    yield* this.step('Reading package lists');
    const cache = yield* AptCache.load(this.sys, all);
    yield* this.step('Building dependency tree');
    if (this.sys.access(EXTENDED_STATES, 0) === 0) yield* this.step('Reading state information');
    return cache;
  }

  /** Takes the lock of dpkg's front ends, which whoever changes packages has. `apt` waits for it. */
  *lockPackages(): Wait<void> {
    const path = `${ADMIN}/lock-frontend`;
    const got = yield* this.waitFor(path);
    if (typeof got === 'number') return;
    if (got.errno !== 0) {
      yield* this.error(`Could not open lock file ${path} - open (${-got.errno}: ${this.ctx.strerror(got.errno)})`);
      yield* this.fail(`Unable to acquire the dpkg frontend lock (${path}), are you root?`);
    }
    yield* this.error(`Could not get lock ${path}. ${heldBy(got)}`);
    yield* this.note('Be aware that removing the lock file is not a solution and may break your system.');
    yield* this.fail(`Unable to acquire the dpkg frontend lock (${path}), is another process using it?`);
  }

  private *waitFor(path: string): Wait<number | LockFailure> {
    let got = yield* takeLock(this.sys, path);
    if (this.me !== 'apt' || typeof got === 'number' || got.errno !== 0) return got;
    for (let seconds = 0; typeof got !== 'number' && got.errno === 0; seconds++) {
      yield* this.say(
        `${seconds === 0 ? '' : '\r'}Waiting for cache lock: Could not get lock ${path}. ${heldBy(got)}... ${seconds}s`,
      );
      this.sys.sleep(1000);
      yield;
      got = yield* takeLock(this.sys, path);
    }
    yield* this.say('\n');
    return got;
  }

  *lockLists(): Wait<void> {
    mkdirp(this.sys, LISTS, 0o755);
    const path = `${LISTS}/lock`;
    const got = yield* takeLock(this.sys, path);
    if (typeof got === 'number') return;
    if (got.errno !== 0)
      yield* this.error(`Could not open lock file ${path} - open (${-got.errno}: ${this.ctx.strerror(got.errno)})`);
    else yield* this.error(`Could not get lock ${path}. ${heldBy(got)}`);
    yield* this.fail(`Unable to lock directory ${LISTS}/`);
  }

  /** Writes which packages came by themselves. */
  *writeAuto(cache: AptCache): Wait<void> {
    const text = [...cache.auto]
      .sort()
      .map((name) => `Package: ${name}\nArchitecture: amd64\nAuto-Installed: 1\n\n`)
      .join('');
    yield* writeFile(this.sys, EXTENDED_STATES, text, 0o644);
  }
}

const heldBy = ({ holder }: LockFailure): string =>
  holder ? `It is held by process ${holder.pid} (${holder.name})` : '- open (11: Resource temporarily unavailable)';
