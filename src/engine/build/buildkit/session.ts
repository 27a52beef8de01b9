import type { Sys } from '../../../abi/sys.ts';
import type { Field } from '../../../lib/hpack.ts';
import type { Wait } from '../../../libc/io.ts';
import { Condition } from '../../../libc/sync.ts';
import type { RawStream } from '../../server/raw-stream.ts';
import { RpcPeer, type RpcStream } from '../rpc/peer.ts';

/** A client that answers calls while it builds: it has the files, the secrets and the keys. */
export class Session {
  readonly #peer: RpcPeer;

  constructor(
    peer: RpcPeer,
    /** Paths of calls in lower case. */
    readonly methods: ReadonlySet<string>,
  ) {
    this.#peer = peer;
  }

  get closed(): boolean {
    return this.#peer.closed;
  }

  supports(path: string): boolean {
    return this.methods.has(path.toLowerCase());
  }

  /** A call of one message and one answer. @throws RpcError */
  unary(sys: Sys, path: string, request: Uint8Array): Wait<Uint8Array> {
    return this.#peer.unary(sys, path, request);
  }

  /** Begins a call with messages both ways. */
  open(sys: Sys, path: string, metadata: readonly Field[]): RpcStream {
    return this.#peer.open(sys, path, metadata);
  }
}

/** The sessions that clients hold open, by their ids. @see moby/buildkit session/manager.go */
export class Sessions {
  readonly #open = new Map<string, Session>();
  readonly #changed = new Condition();

  /** Serves a session until its client ends it. */
  *serve(sys: Sys, stream: RawStream, id: string, methods: readonly string[]): Wait<void> {
    const peer = new RpcPeer(stream, 'client');
    const session = new Session(peer, new Set(methods.map((method) => method.toLowerCase())));
    this.#open.set(id, session);
    this.#changed.notify(sys);
    try {
      yield* peer.run(sys);
    } finally {
      if (this.#open.get(id) === session) this.#open.delete(id);
      this.#changed.notify(sys);
    }
  }

  /** The session of this id, which may be on its way. @param timeout milliseconds. @returns undefined where it does not come */
  *find(sys: Sys, id: string, timeout: number): Wait<Session | undefined> {
    // a prefix tells builds of one client apart
    const name = id.slice(id.indexOf(':') + 1);
    while (!this.#open.has(name)) if ((yield* this.#changed.wait(sys, timeout)) < 0) return undefined;
    return this.#open.get(name);
  }
}
