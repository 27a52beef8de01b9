import { CLOCK_REALTIME, O_APPEND, O_CREAT, O_WRONLY } from '../../../../abi/flags.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { strftime } from '../../../../lib/strftime.ts';
import type { Zone } from '../../../../lib/timezone.ts';
import { open, type Wait, writeAll } from '../../../../libc/io.ts';
import { dirname, joinPath, mkdirp } from '../../../../libc/paths.ts';

/** Width of the column of loggers. */
const LOGGER = 39;

/** A class with its packages shortened to letters from the left until it fits. @see Logback, %logger{39} */
export function shortLogger(name: string): string {
  const parts = name.split('.');
  for (let i = 0; i < parts.length - 1 && parts.join('.').length > LOGGER; i++) {
    if (parts[i]!.startsWith('[')) break;
    parts[i] = parts[i]!.slice(0, 1);
  }
  return parts.join('.');
}

/** The log of a Spring Boot program: on standard output, and in a file where its configuration names one. */
export class SpringLog {
  #file = -1;

  constructor(
    private readonly sys: Sys,
    private readonly zone: Zone,
  ) {}

  /** Writes from now on to `path` too. A directory is made; what cannot be opened is left out, as Logback goes on without it. */
  *toFile(path: string): Wait<void> {
    mkdirp(this.sys, dirname(path));
    this.#file = yield* open(this.sys, path, O_WRONLY | O_CREAT | O_APPEND, 0o644);
  }

  *write(level: string, thread: string, logger: string, message: string): Wait<void> {
    const ms = this.sys.now(CLOCK_REALTIME);
    const sec = Math.floor(ms / 1000);
    const time = `${strftime('%Y-%m-%d %H:%M:%S', sec, 0, this.zone)}.${String(Math.floor(ms - sec * 1000)).padStart(3, '0')}`;
    const short = shortLogger(logger).slice(-40).padEnd(40);
    yield* this.raw(
      `${time} ${level.padStart(5)} ${this.sys.getpid()} --- [${thread.slice(-15).padStart(15)}] ${short} : ${message}\n`,
    );
  }

  *raw(text: string): Wait<void> {
    yield* writeAll(this.sys, 1, text);
    if (this.#file >= 0) yield* writeAll(this.sys, this.#file, text);
  }
}

/** The file that `logging.file` or `logging.path` names. @see Spring Boot, "File Output" */
export function logFile(file: string | undefined, path: string | undefined): string | undefined {
  if (file !== undefined && file !== '') return file;
  return path === undefined || path === '' ? undefined : joinPath(path, 'spring.log');
}
