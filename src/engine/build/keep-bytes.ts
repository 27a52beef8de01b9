/** What a prune is to leave, in bytes; 0: no matter. */
export interface KeepOptions {
  reservedSpace: number;
  maxUsedSpace: number;
  minFreeSpace: number;
}

/**
 * Bytes of the cache that a prune keeps.
 * @param total bytes of the cache
 * @param free bytes that are free on its disk
 * @returns undefined where everything may go
 * @see moby/buildkit cache/manager.go calculateKeepBytes
 */
export function keepBytes(
  total: number,
  free: number,
  { reservedSpace, maxUsedSpace, minFreeSpace }: KeepOptions,
): number | undefined {
  if (reservedSpace === 0 && maxUsedSpace === 0 && minFreeSpace === 0) return undefined;
  let keep = maxUsedSpace;
  const excess = minFreeSpace - free;
  if (excess > 0) keep = keep === 0 ? total - excess : Math.min(keep, total - excess);
  else if (minFreeSpace !== 0 && keep === 0) keep = total;
  const most = Math.max(keep, reservedSpace);
  return most === 0 ? undefined : most;
}
