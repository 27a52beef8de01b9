import type { Wait } from '../../../libc/io.ts';
import type { LogLevel } from './logs.ts';

/** Sends pieces of a body; a failure ends the connection. */
export type BodyWriter = (bytes: Uint8Array) => Wait<number>;

/** An answer before the filters (conditions, ranges, expiry, extra fields) saw it. */
export interface Reply {
  kind: 'reply';
  status: number;
  /** What an upstream says behind its status. */
  reason?: string;
  contentType?: string;
  /** Bytes of the body; undefined: unknown, so it goes chunked. */
  length: number | undefined;
  /** Seconds since the Epoch. */
  lastModified?: number;
  etag?: string;
  /** Absolute, or a path that is made absolute. */
  location?: string;
  /** Fields that stand after nginx's own. */
  fields: [string, string][];
  /** Of the bytes from `from` (inclusive) to `to`; the whole where they are not given. */
  body: Uint8Array | ((write: BodyWriter, from: number, to: number) => Wait<void>);
  /** A part may be sent. */
  ranges?: boolean;
  /** Takes the connection after the head was sent (101). */
  tunnel?(): Wait<void>;
  close?: boolean;
  /** The body ended too early: no last chunk is sent. */
  broken?: boolean;
  /** Called once when the reply is over, whether its body was used or not. */
  release?(): void;
}

/** A status whose body is an error page, ours or the configuration's. */
export interface Special {
  kind: 'special';
  status: number;
  fields: [string, string][];
}

/** Writes to the error log of a request; client, server, request and host are added. */
export type Log = (level: LogLevel, message: string) => Wait<void>;

export type Outcome = Reply | Special;

export const special = (status: number, fields: [string, string][] = []): Special => ({
  kind: 'special',
  status,
  fields,
});
