import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { JsonFile } from './json-file.ts';
import type { LogEntry, Logger } from './logger.ts';

/** The driver `local`: local-logs/container.log in the container's directory, kept to five files of 20 MB unless told. */
export class LocalLog implements Logger {
  readonly #file: JsonFile;

  constructor(sys: Sys, directory: string, options: Readonly<Record<string, string>>) {
    mkdirp(sys, `${directory}/local-logs`, 0o700);
    this.#file = new JsonFile(localPath(directory), { 'max-size': '20m', 'max-file': '5', ...options }, undefined);
  }

  open(sys: Sys): Wait<number> {
    return this.#file.open(sys);
  }

  write(sys: Sys, entries: readonly LogEntry[]): Wait<void> {
    return this.#file.write(sys, entries);
  }

  close(sys: Sys): void {
    this.#file.close(sys);
  }
}

export const localPath = (directory: string): string => `${directory}/local-logs/container.log`;
