/** A Dockerfile that cannot be built: the message that BuildKit gives, and the lines (from 1) that it is about. */
export class DockerfileError extends Error {
  constructor(
    message: string,
    readonly first = 0,
    readonly last = first,
  ) {
    super(message);
  }
}

/** Lines of a Dockerfile, from 1. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** An error of one instruction as it is read, in the words that name its line. */
export const parseError = (at: Lines, message: string): DockerfileError =>
  new DockerfileError(`dockerfile parse error on line ${at.first}: ${message}`, at.first, at.last);
