import { CLOCK_REALTIME } from '../../../../abi/flags.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { clockText, dateOfSeconds, dateText } from '../../../../lib/mysql-date.ts';
import { type Wait, writeAll } from '../../../../libc/io.ts';
import type { Flavor } from '../server/flavor.ts';

/** The error log, which goes to standard error. */
export class ErrorLog {
  readonly #sys: Sys;
  readonly #flavor: Flavor;
  #fd = 2;

  constructor(sys: Sys, flavor: Flavor) {
    this.#sys = sys;
    this.#flavor = flavor;
  }

  to(fd: number): void {
    this.#fd = fd;
  }

  #stamp(): string {
    const ms = this.#sys.now(CLOCK_REALTIME);
    const date = dateOfSeconds(Math.floor(ms / 1000), Math.floor((ms % 1000) * 1000));
    if (this.#flavor.mariadb) return `${dateText(date)} ${clockText(date).replace(/^0/, ' ')}`;
    return `${dateText(date)}T${clockText(date, 6)}Z`;
  }

  /**
   * A line. @param code number of the message, of 8.0 and later; '': the line says none
   * @param part who says it: Server, InnoDB
   */
  *say(
    level: 'System' | 'Warning' | 'ERROR' | 'Note',
    code: string,
    text: string,
    thread = 0,
    part = 'Server',
  ): Wait<void> {
    const { mariadb, number } = this.#flavor;
    const old = mariadb || number < 80000;
    const shown = old && level === 'System' ? 'Note' : level;
    const middle = old ? (part === 'InnoDB' ? 'InnoDB: ' : '') : `[${code}] [${part}] `;
    yield* writeAll(this.#sys, this.#fd, `${this.#stamp()} ${thread} [${shown}] ${middle}${text}\n`);
  }

  *raw(text: string): Wait<void> {
    yield* writeAll(this.#sys, this.#fd, text);
  }
}
