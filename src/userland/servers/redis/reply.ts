/**
 * What a command answers. A string is a bulk string, null is nil, a number an integer, undefined no answer at all. Strings
 * hold bytes, a character each: keys and values are binary.
 */
export type Reply =
  | string
  | number
  | bigint
  | null
  | undefined
  | Simple
  | Failure
  | Double
  | Pairs
  | Members
  | Push
  | readonly Reply[];

/** `+OK` */
export class Simple {
  constructor(readonly text: string) {}
}

/** `-ERR …` */
export class Failure {
  constructor(readonly text: string) {}
}

/** A number with a fraction: of its own kind in RESP3, a bulk string in RESP2. */
export class Double {
  constructor(readonly value: number) {}
}

/** A map in RESP3, a flat array in RESP2. */
export class Pairs {
  constructor(readonly pairs: readonly (readonly [Reply, Reply])[]) {}
}

/** A set in RESP3, an array in RESP2. */
export class Members {
  constructor(readonly items: readonly Reply[]) {}
}

/** A message that nobody asked for: of its own kind in RESP3, an array in RESP2. */
export class Push {
  constructor(readonly items: readonly Reply[]) {}
}

export const OK = new Simple('OK');
export const QUEUED = new Simple('QUEUED');
export const WRONG_TYPE = new Failure('WRONGTYPE Operation against a key holding the wrong kind of value');
export const SYNTAX = new Failure('ERR syntax error');
export const NOT_INTEGER = new Failure('ERR value is not an integer or out of range');
export const NOT_FLOAT = new Failure('ERR value is not a valid float');
export const NO_KEY = new Failure('ERR no such key');

/** As %.17g writes it, shortest form. */
export const doubleText = (value: number): string =>
  value === Number.POSITIVE_INFINITY
    ? 'inf'
    : value === Number.NEGATIVE_INFINITY
      ? '-inf'
      : Object.is(value, -0)
        ? '-0'
        : String(value);

/** The bytes of an answer, a character each. @see redis.io "Redis serialization protocol specification" */
export function encodeReply(reply: Reply, version: 2 | 3): string {
  if (reply === undefined) return '';
  if (reply === null) return version === 3 ? '_\r\n' : '$-1\r\n';
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === 'number' || typeof reply === 'bigint') return `:${reply}\r\n`;
  if (reply instanceof Simple) return `+${reply.text}\r\n`;
  if (reply instanceof Failure) return `-${reply.text}\r\n`;
  if (reply instanceof Double) {
    const text = doubleText(reply.value);
    return version === 3 ? `,${text}\r\n` : encodeReply(text, version);
  }
  const all = (items: readonly Reply[]): string => items.map((item) => encodeReply(item, version)).join('');
  if (reply instanceof Pairs) {
    const body = all(reply.pairs.flat());
    return version === 3 ? `%${reply.pairs.length}\r\n${body}` : `*${reply.pairs.length * 2}\r\n${body}`;
  }
  if (reply instanceof Members) return `${version === 3 ? '~' : '*'}${reply.items.length}\r\n${all(reply.items)}`;
  if (reply instanceof Push) return `${version === 3 ? '>' : '*'}${reply.items.length}\r\n${all(reply.items)}`;
  return `*${reply.length}\r\n${all(reply)}`;
}
