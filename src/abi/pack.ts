/** Plain data that goes between a program and a pack. */
export type PackValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PackValue[]
  | { readonly [key: string]: PackValue };

/**
 * A message of a pack. `answer`: to the last request; `fail`: the request could not be done, `value` is a text; `call`: the
 * pack asks something and goes on when it is sent the answer; `tell`: it says something and goes on.
 */
export type PackKind = 'answer' | 'fail' | 'call' | 'tell';

export interface PackFrame {
  kind: PackKind;
  value: PackValue;
  /** Bytes that the pack takes now. */
  memory: number;
}

/** Where packReceive puts a message. */
export interface PackMessage {
  kind: PackKind;
  value: PackValue;
}

/** A pack that was started outside: a worker, or what stands for one. */
export interface PackWorker {
  /** Hands over a request, or the answer to a call. */
  post(message: PackValue): void;
  /** Its next message. Rejects where it ended by itself. */
  next(): Promise<PackFrame>;
  /** Ends it at once, whatever it does. */
  end(): void;
}

/** Starts packs. */
export interface PackHost {
  /**
   * @param memory bytes that it may take
   * @returns undefined: there is none of that name
   */
  start(name: string, memory: number): PackWorker | undefined;
}
