/** Commands that need an engine with experimental features. */
const EXPERIMENTAL = new Set(['create', 'ls', 'list', 'rm', 'remove']);

/** What is said of a command that this engine cannot do, and that help does not show; undefined for any other. */
export function hiddenCommand([first, second = '']: readonly string[]): string | undefined {
  if (first === 'checkpoint') {
    const name = EXPERIMENTAL.has(second) ? ` ${second.replace('list', 'ls').replace('remove', 'rm')}` : '';
    return `docker checkpoint${name} is only supported on a Docker daemon with experimental features enabled`;
  }
  if (first === 'volume' && second === 'update') return 'can only update cluster volumes';
  return undefined;
}
