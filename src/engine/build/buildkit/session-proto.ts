import { INT, INT64, mapOf, message, one, part, RAW, TEXT, UINT, type ValueOf } from '../../../lib/protobuf.ts';

/**
 * Messages between a build and the client's session.
 * @see moby/buildkit session, tonistiigi/fsutil types/stat.proto and types/wire.proto
 */
export const Stat = message({
  path: one(1, TEXT),
  /** As Go writes modes. */
  mode: one(2, UINT),
  uid: one(3, UINT),
  gid: one(4, UINT),
  size: one(5, INT),
  /** Nanoseconds since the Epoch. */
  modTime: one(6, INT64),
  linkname: one(7, TEXT),
  devmajor: one(8, INT),
  devminor: one(9, INT),
  xattrs: mapOf(10, RAW),
});
export type Stat = ValueOf<typeof Stat>;

/** Kinds of packets. */
export const PACKET_STAT = 0;
export const PACKET_REQ = 1;
export const PACKET_DATA = 2;
export const PACKET_FIN = 3;
export const PACKET_ERR = 4;
export const Packet = message({ type: one(1, UINT), stat: part(2, Stat), ID: one(3, UINT), data: one(4, RAW) });

export const BytesMessage = message({ data: one(1, RAW) });

export const SecretRequest = message({ ID: one(1, TEXT) });
export const SecretResponse = message({ data: one(1, RAW) });

export const CheckAgentRequest = message({ ID: one(1, TEXT) });

export const CredentialsRequest = message({ Host: one(1, TEXT) });
export const CredentialsResponse = message({ Username: one(1, TEXT), Secret: one(2, TEXT) });
