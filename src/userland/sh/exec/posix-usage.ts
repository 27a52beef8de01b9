import type { Shell } from '../state/shell.ts';
import { ExitUnwind } from '../state/unwind.ts';

/** Special built-ins whose status is that of the commands that they read. */
const READS_COMMANDS: ReadonlySet<string> = new Set(['.', 'source', 'eval']);

/** In posix mode wrong usage of a special built-in ends a bash that is not interactive. */
export function posixUsage(shell: Shell, builtin: { special?: boolean }, argv: readonly string[]): void {
  if (!shell.bash || !builtin.special || shell.interactive || READS_COMMANDS.has(argv[0]!)) return;
  throw new ExitUnwind(2, true);
}
