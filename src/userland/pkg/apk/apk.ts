import type { Sys } from '../../../abi/sys.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import type { Wait } from '../../../libc/io.ts';
import { type Context, exitWith } from '../../../libc/program.ts';
import { takeLock } from '../deb/database.ts';
import { Downloader } from '../fetch.ts';
import { ApkDatabase, LOCK } from './database.ts';

/** One run of apk: its options, and how it talks. */
export class Apk {
  readonly sys: Sys;
  readonly downloader: Downloader;
  quiet = false;
  verbose = 0;
  noCache = false;
  noNetwork = false;
  update = false;
  simulate = false;
  interactive = false;
  allowUntrusted = false;
  repositoriesFile = '/etc/apk/repositories';
  readonly extraRepositories: string[] = [];
  /** Repositories that could not be read. */
  unavailable = 0;

  constructor(
    readonly ctx: Context,
    readonly hashes: { sha256: HashFactory; sha1: HashFactory },
  ) {
    this.sys = ctx.sys;
    this.downloader = new Downloader(ctx.sys, hashes.sha256);
  }

  *say(text: string): Wait<void> {
    if (this.quiet) return;
    yield* this.ctx.stdout.write(text);
    yield* this.ctx.stdout.flush();
  }

  *warn(text: string): Wait<void> {
    yield* this.ctx.stdout.flush();
    yield* this.ctx.stderr.write(`WARNING: ${text}\n`);
  }

  *error(text: string): Wait<void> {
    yield* this.ctx.stdout.flush();
    yield* this.ctx.stderr.write(`ERROR: ${text}\n`);
  }

  /** Opens the database; to write, its lock is taken, and who may not is told so. */
  *open(write: boolean): Wait<ApkDatabase> {
    if (write) {
      const lock = yield* takeLock(this.sys, LOCK);
      if (typeof lock !== 'number') {
        const words = lock.errno === 0 ? 'Resource temporarily unavailable' : this.ctx.strerror(lock.errno);
        yield* this.error(`Unable to lock database: ${words}`);
        yield* this.error(`Failed to open apk database: ${words}`);
        exitWith(99);
      }
    }
    return yield* ApkDatabase.read(this.sys);
  }

  /** `OK: 8 MiB in 16 packages` */
  *summary(db: ApkDatabase): Wait<void> {
    const mib = Math.floor(db.size / 1024 / 1024);
    yield* this.say(`OK: ${mib} MiB in ${db.installed.size} packages\n`);
  }
}

/** A size as `apk info -s` shows it. */
export function apkSize(bytes: number): string {
  let size = bytes;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (size < 10_000 || unit === 'GiB') return `${Math.floor(size)} ${unit}`;
    size /= 1024;
  }
  return `${bytes} B`;
}
