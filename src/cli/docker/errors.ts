import { TemplateError } from '../../lib/go-template.ts';
import { GoError } from '../../lib/go-value.ts';
import { JsonStreamError } from '../../lib/json-stream.ts';
import { PatternError } from '../../lib/pattern-matcher.ts';
import { InvalidReference } from '../../lib/reference.ts';

/** What ends a command: the text for stderr (nothing where it is empty) and the exit status. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

/** An error that the daemon answered. `status` is the one of HTTP; the text has its `Error response from daemon: `. */
export class DaemonError extends Error {
  constructor(
    readonly text: string,
    readonly httpStatus: number,
  ) {
    super(`Error response from daemon: ${text}`);
  }
}

/** The daemon could not be reached, or the connection broke. */
export class ConnectionError extends Error {}

/** Several errors, one a line, as Go's errors.Join has them. */
export const joined = (messages: readonly string[]): CliError => new CliError(messages.join('\n'));

/** What the formats that users write to throw; the texts are the real client's. */
const TEXTS = [
  CliError,
  DaemonError,
  ConnectionError,
  GoError,
  InvalidReference,
  JsonStreamError,
  PatternError,
  TemplateError,
];

/** The text of whatever was thrown by a command; a mistake of ours goes on. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && TEXTS.some((kind) => error instanceof kind)) return error.message;
  throw error;
}

/** `docker: MESSAGE` with the hint to the help of `command`. */
export const withHelp = (message: string, command: string): string =>
  `docker: ${message}\n\nRun 'docker ${command} --help' for more information`;
