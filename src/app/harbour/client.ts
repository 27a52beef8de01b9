import type { StreamSink } from '../../machine/remote.ts';
import type { Remote } from '../machine/machine.svelte.ts';

/** An answer of the engine that is not a success. */
export class EngineError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The Engine API as the page uses it: only reads. */
export class EngineClient {
  readonly #remote: Remote;
  constructor(remote: Remote) {
    this.#remote = remote;
  }

  /** A GET whose answer is JSON. @throws EngineError */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.#remote.request('GET', path);
    const text = new TextDecoder().decode(body);
    if (status >= 400) throw new EngineError(status, messageOf(text));
    return JSON.parse(text) as T;
  }

  /** A GET whose answer goes on, in pieces. @returns a function that ends it */
  stream(path: string, data: (bytes: Uint8Array) => void, end: () => void): () => void {
    let number: number | undefined;
    let ended = false;
    const sink: StreamSink = {
      head: (status) => {
        if (status >= 400) ended = true;
      },
      data: (bytes) => {
        if (!ended) data(bytes);
      },
      end: () => {
        if (number !== undefined || !ended) end();
        ended = true;
      },
    };
    void this.#remote.stream('GET', path, sink).then(
      (id) => {
        number = id;
        if (ended) void this.#remote.endStream(id).catch(() => {});
      },
      () => end(),
    );
    return () => {
      if (ended) return;
      ended = true;
      if (number !== undefined) void this.#remote.endStream(number).catch(() => {});
    };
  }
}

function messageOf(text: string): string {
  try {
    const value = JSON.parse(text) as { message?: string };
    return value.message ?? text;
  } catch {
    return text;
  }
}

/** Cuts a stream of bytes into JSON values, one a line. @returns a function that takes the bytes */
export function jsonLines(take: (value: unknown) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (bytes) => {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') take(JSON.parse(line));
  };
}

/** Query of the `filters` parameter. */
export const filters = (value: Record<string, string[]>): string =>
  `filters=${encodeURIComponent(JSON.stringify(value))}`;
