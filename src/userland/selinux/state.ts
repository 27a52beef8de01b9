import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';

/** The mode that setenforce set; absent: the one of the configuration. The kernel enforces nothing. */
const STATE = '/run/selinux/enforce';
const CONFIG = '/etc/selinux/config';

export type Mode = 'Enforcing' | 'Permissive' | 'Disabled';

/** The modes now and in the configuration. */
export function* modes(sys: Sys): Wait<{ now: Mode; configured: Mode; policy: string }> {
  const bytes = yield* readFile(sys, CONFIG);
  const text = typeof bytes === 'number' ? '' : decode(bytes);
  const word = /^SELINUX=(\w+)/m.exec(text)?.[1] ?? 'disabled';
  const configured = (word[0]!.toUpperCase() + word.slice(1)) as Mode;
  const policy = /^SELINUXTYPE=(\w+)/m.exec(text)?.[1] ?? 'targeted';
  const state = yield* readFile(sys, STATE);
  const booted: Mode =
    typeof state === 'number' ? configured : decode(state).trim() === '1' ? 'Enforcing' : 'Permissive';
  return { now: booted, configured, policy };
}

export function* setMode(sys: Sys, enforcing: boolean): Wait<number> {
  mkdirp(sys, '/run/selinux', 0o755);
  return yield* writeFile(sys, STATE, enforcing ? '1' : '0', 0o644);
}
