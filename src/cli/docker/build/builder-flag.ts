const GROUPS = new Set(['history', 'imagetools']);

/**
 * buildx takes its own flags before the command too: `docker buildx --builder NAME build .`. They are put behind it.
 * @param args words after `docker`
 */
export function builderFlagsLast(args: readonly string[]): string[] {
  const [first, ...rest] = args;
  if (first !== 'buildx' && first !== 'builder') return [...args];
  const flags: string[] = [];
  while (rest[0] !== undefined && /^(--builder(=|$)|--debug$|-D$)/.test(rest[0])) {
    const flag = rest.shift()!;
    if (flag === '--builder') flags.push(flag, ...rest.splice(0, 1));
    else if (flag.startsWith('--builder=')) flags.push(flag);
  }
  // without a command they are the group's own
  if (flags.length === 0 || rest.length === 0 || rest[0]!.startsWith('-')) return [...args];
  const words = rest.splice(0, GROUPS.has(rest[0]!) ? 2 : 1);
  return [first, ...words, ...flags, ...rest];
}
