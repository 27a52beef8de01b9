import type { Shell } from '../state/shell.ts';

/**
 * Says that a built-in's output could not be written: ash does for echo alone, in the name of the applet.
 * @see bash 5.2, dash 0.5.12 and busybox 1.35 with /dev/full
 */
export function writeError(shell: Shell, builtin: string, error: number): void {
  const { running } = shell;
  shell.running = builtin;
  if (shell.bash) shell.builtinError(`write error: ${shell.strerror(error)}`);
  else if (!shell.ash) shell.builtinError(`${builtin}: I/O error`);
  else if (builtin === 'echo') {
    const applet = (shell.sys.argv[0] ?? 'ash').replace(/^.*\/|^-/g, '');
    shell.queue.put(2, `${applet}: write error: ${shell.strerror(error)}\n`);
  }
  shell.running = running;
}
