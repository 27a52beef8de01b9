import { CLOCK_REALTIME, O_APPEND, O_CREAT, O_WRONLY } from '../../../../abi/flags.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { strftime } from '../../../../lib/strftime.ts';
import type { Zone } from '../../../../lib/timezone.ts';
import { open, type Wait, writeAll } from '../../../../libc/io.ts';

/** Tomcat's own log (standard error and logs/catalina.DATE.log) and that of requests. @see conf/logging.properties */
export class TomcatLog {
  /** Who writes. */
  thread = 'main';

  constructor(
    private readonly sys: Sys,
    private readonly zone: Zone,
    private readonly folder: string,
    /** Tomcat 7 writes each message on two lines. */
    private readonly old: boolean,
  ) {}

  /** @param where class and method */
  *write(level: string, where: string, message: string): Wait<void> {
    const ms = this.sys.now(CLOCK_REALTIME);
    const sec = Math.floor(ms / 1000);
    const dot = where.lastIndexOf('.');
    const fraction = String(Math.floor(ms - sec * 1000)).padStart(3, '0');
    const line = this.old
      ? `${this.#time('%b %d, %Y %l:%M:%S %p', sec).replace(/ {2,}/g, ' ')} ${where.slice(0, dot)} ${where.slice(dot + 1)}\n${level}: ${message}\n`
      : `${this.#time('%d-%b-%Y %H:%M:%S', sec)}.${fraction} ${level} [${this.thread}] ${where} ${message}\n`;
    yield* writeAll(this.sys, 2, line);
    yield* this.#append(`catalina.${this.#time('%Y-%m-%d', sec)}.log`, line);
  }

  *info(where: string, message: string): Wait<void> {
    yield* this.write('INFO', `org.apache.${where}`, message);
  }

  /** A line of the access log in the common format. */
  *access(client: string, request: string, status: number, bytes: number): Wait<void> {
    const sec = Math.floor(this.sys.now(CLOCK_REALTIME) / 1000);
    const line = `${client} - - [${this.#time('%d/%b/%Y:%H:%M:%S %z', sec)}] "${request}" ${status} ${bytes > 0 ? bytes : '-'}\n`;
    yield* this.#append(`localhost_access_log.${this.#time('%Y-%m-%d', sec)}.txt`, line);
  }

  #time(format: string, sec: number): string {
    return strftime(format, sec, 0, this.zone);
  }

  *#append(name: string, line: string): Wait<void> {
    const fd = yield* open(this.sys, `${this.folder}/${name}`, O_WRONLY | O_CREAT | O_APPEND, 0o640);
    if (fd < 0) return;
    yield* writeAll(this.sys, fd, line);
    this.sys.close(fd);
  }
}
