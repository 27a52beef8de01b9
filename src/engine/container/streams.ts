import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { Channel, Condition } from '../../libc/sync.ts';
import type { StreamName } from '../logs/logger.ts';

/** How many pieces of output may wait for a slow client before the container waits for it. */
const QUEUE = 32;

export interface Piece {
  stream: StreamName;
  bytes: Uint8Array;
}

/** A client that follows the output. */
export class Attachment {
  readonly channel: Channel<Piece> = new Channel<Piece>(QUEUE);
  readonly stdout: boolean;
  readonly stderr: boolean;

  constructor(stdout: boolean, stderr: boolean) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  wants(stream: StreamName): boolean {
    return stream === 'stdout' ? this.stdout : this.stderr;
  }
}

/** The standard streams of a process in a container, and those who look at them. They outlive the process. */
export class Streams {
  readonly #attachments: Set<Attachment> = new Set();
  /** Where input for the process goes; -1: nowhere. */
  stdin = -1;
  /** Told when `stdin` changes. */
  readonly changed: Condition = new Condition();

  get followed(): boolean {
    return this.#attachments.size > 0;
  }

  attach(stdout: boolean, stderr: boolean): Attachment {
    const attachment = new Attachment(stdout, stderr);
    this.#attachments.add(attachment);
    return attachment;
  }

  detach(sys: Sys, attachment: Attachment): void {
    this.#attachments.delete(attachment);
    attachment.channel.close(sys);
    this.changed.notify(sys);
  }

  /** Gives bytes (which stay as they are) to all who want them; waits for those who are slow. */
  *publish(sys: Sys, stream: StreamName, bytes: Uint8Array): Wait<void> {
    for (const attachment of [...this.#attachments]) {
      if (!attachment.wants(stream)) continue;
      const sent = yield* attachment.channel.send(sys, { stream, bytes });
      if (!sent) this.#attachments.delete(attachment);
    }
  }

  setStdin(sys: Sys, fd: number): void {
    this.stdin = fd;
    this.changed.notify(sys);
  }

  closeStdin(sys: Sys): void {
    if (this.stdin >= 0) sys.close(this.stdin);
    this.setStdin(sys, -1);
  }

  /** The process is gone: everybody has what there was. */
  end(sys: Sys): void {
    for (const attachment of this.#attachments) attachment.channel.close(sys);
    this.#attachments.clear();
    this.changed.notify(sys);
  }
}
