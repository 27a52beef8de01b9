import type { Timestamp } from './control-proto.ts';

/** Milliseconds since the Epoch as protobuf has them. */
export function timestamp(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
