import { AF_UNIX, SHUT_RDWR, SOCK_CLOEXEC, SOCK_STREAM } from '../../../abi/socket.ts';
import type { Sys } from '../../../abi/sys.ts';
import { accept, read, writeAll } from '../../../libc/io.ts';
import type { BuildSource } from '../source.ts';

const BACKLOG = 16;
const PIECE = 16 * 1024;

/** A socket behind which a client's key agent answers. */
export class AgentSocket {
  #fd = -1;
  #closed = false;

  constructor(
    readonly source: BuildSource,
    readonly id: string,
  ) {}

  /** Makes the socket and serves it. @returns 0, or -errno */
  open(sys: Sys, path: string): number {
    this.#fd = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
    if (this.#fd < 0) return this.#fd;
    const bound = sys.bind(this.#fd, { family: AF_UNIX, path });
    if (bound < 0) return bound;
    const listening = sys.listen(this.#fd, BACKLOG);
    if (listening < 0) return listening;
    const socket = this;
    sys.thread(function* (own) {
      while (!socket.#closed) {
        const client = yield* accept(own, socket.#fd, undefined, SOCK_CLOEXEC);
        if (client < 0) break;
        own.thread((thread) => socket.#carry(thread, client));
      }
      return 0;
    });
    return 0;
  }

  close(sys: Sys): void {
    this.#closed = true;
    if (this.#fd >= 0) {
      sys.shutdown(this.#fd, SHUT_RDWR);
      sys.close(this.#fd);
    }
    this.#fd = -1;
  }

  /** Carries one connection to the agent, both ways, until either side ends it. */
  *#carry(sys: Sys, client: number): Generator<void, number, void> {
    const agent = yield* this.source.agent(sys, this.id);
    if (!agent) {
      sys.close(client);
      return 0;
    }
    sys.thread(function* (own) {
      const buffer = new Uint8Array(PIECE);
      for (let n: number; (n = yield* read(own, client, buffer)) > 0; )
        if (!(yield* agent.write(own, buffer.slice(0, n)))) break;
      agent.close(own);
      return 0;
    });
    for (let bytes: Uint8Array | undefined; (bytes = yield* agent.read(sys)) !== undefined; )
      if ((yield* writeAll(sys, client, bytes)) < 0) break;
    agent.close(sys);
    sys.close(client);
    return 0;
  }
}
