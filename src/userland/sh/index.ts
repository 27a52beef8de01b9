import type { Entry } from '../../abi/sys.ts';
import { builtinsOf } from './builtins/table.ts';
import { DescriptorSource, runSource } from './exec/input.ts';
import type { Personality } from './parse/personality.ts';
import { runShell } from './start/main.ts';

const entryOf =
  (personality: Personality): Entry =>
  (sys) =>
    runShell(sys, personality, builtinsOf(personality), {
      interact: (ip) => runSource(ip, new DescriptorSource(ip.shell, 0)),
      prompt: () => (text) => text,
    });

/** GNU bash 5.2. */
export const bash = entryOf('bash');
/** dash 0.5.12, Debian's and Ubuntu's /bin/sh. */
export const dash = entryOf('dash');
/** The shell of busybox 1.36. */
export const ash = entryOf('ash');
