import { O_APPEND, O_CLOEXEC, O_CREAT, O_WRONLY } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { strftime } from '../../../lib/strftime.ts';
import type { Zone } from '../../../lib/timezone.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';
import { errnoText } from './config-file.ts';
import { ConfigError } from './tokens.ts';

const LEVELS = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'] as const;
export type LogLevel = (typeof LEVELS)[number];

export const isLogLevel = (word: string): word is LogLevel => (LEVELS as readonly string[]).includes(word);

/** Where messages go, and from which level on. */
export interface LogTarget {
  path: string;
  level: LogLevel;
}

/** The log files of a configuration, each opened once; forked workers have the same. */
export class LogFiles {
  readonly #open = new Map<string, number>();

  constructor(readonly zone: Zone) {}

  /** The same open files, for a process that is forked now. */
  copy(): LogFiles {
    const copy = new LogFiles(this.zone);
    for (const [path, fd] of this.#open) copy.#open.set(path, fd);
    return copy;
  }

  /** @returns the fd of the file; `stderr` is 2 @throws ConfigError */
  *file(sys: Sys, path: string): Wait<number> {
    if (path === 'stderr') return 2;
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644);
    if (fd < 0) throw new ConfigError(`open() "${path}" failed ${errnoText(sys, fd)}`);
    this.#open.set(path, fd);
    return fd;
  }

  /** The fd of a file that was opened; undefined: none was. */
  fd(path: string): number | undefined {
    return path === 'stderr' ? 2 : this.#open.get(path);
  }

  /** Opens every file anew, after somebody moved them away. */
  *reopen(sys: Sys): Wait<void> {
    for (const [path, old] of this.#open) {
      const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644);
      if (fd < 0) continue;
      sys.dup2(fd, old, true);
      sys.close(fd);
    }
  }

  close(sys: Sys): void {
    for (const fd of this.#open.values()) sys.close(fd);
    this.#open.clear();
  }

  /** Seconds of now as the configured formats want them. */
  time(sys: Sys, format: string): string {
    return strftime(format, Math.floor(sys.now(0) / 1000), 0, this.zone);
  }

  /** A line of an error log: `2025/11/05 09:00:00 [notice] 1#1: MESSAGE`. */
  *message(sys: Sys, targets: readonly LogTarget[], level: LogLevel, message: string): Wait<void> {
    const line = `${this.time(sys, '%Y/%m/%d %H:%M:%S')} [${level}] ${sys.getpid()}#${sys.getpid()}: ${message}\n`;
    for (const target of targets) {
      if (LEVELS.indexOf(level) > LEVELS.indexOf(target.level)) continue;
      const fd = this.fd(target.path);
      if (fd !== undefined) yield* writeAll(sys, fd, line);
    }
  }
}
