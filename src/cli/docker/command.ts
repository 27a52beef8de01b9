import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import type { Wait } from '../../libc/io.ts';
import type { Input, Output } from '../../libc/stdio.ts';
import type { DockerClient } from './client.ts';
import type { Config } from './config.ts';
import type { Flags } from './flags/parse.ts';

/** What a command works with. */
export interface Cli {
  readonly sys: Sys;
  readonly env: ReadonlyMap<string, string>;
  readonly stdin: Input;
  readonly out: Output;
  readonly err: Output;
  /** Name of the command as it was typed: `run`, `container run`. */
  readonly name: string;
  readonly config: Config;
  /** Flags before the command. */
  readonly globals: Flags;
  readonly sha256: HashFactory;
  /** The daemon; reading contexts may fail. @throws CliError */
  client(): Wait<DockerClient>;
  /** Prints a warning line on stderr. */
  warn(line: string): Wait<void>;
}

export type CommandBody = (cli: Cli, flags: Flags, args: string[]) => Wait<number | undefined> | Wait<void>;

/** A command as its module exports it. */
export interface Command {
  /** @returns the exit status, 0 where it returns nothing. @throws CliError, DaemonError, ConnectionError */
  readonly run: CommandBody;
}

/** Declares a command: its file's place is its name, its flags and texts stand in commands.json. */
export const command = (run: CommandBody): Command => ({ run });
