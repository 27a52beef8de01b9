import type { Entry } from '../../abi/sys.ts';
import { builtinsOf } from './builtins/table.ts';
import type { Personality } from './parse/personality.ts';
import { interact } from './start/interactive.ts';
import { runShell } from './start/main.ts';
import { promptNow, promptWait } from './start/prompt.ts';

const entryOf =
  (personality: Personality): Entry =>
  (sys) =>
    runShell(sys, personality, builtinsOf(personality), {
      interact,
      prompt: (ip) => (text) =>
        promptNow(ip, text, { history: ip.history.nextNumber, command: 1, jobs: ip.jobs.jobs.length }),
      promptWait: (ip, text) =>
        promptWait(ip, text, { history: ip.history.nextNumber, command: 1, jobs: ip.jobs.jobs.length }),
    });

/** GNU bash 5.2. */
export const bash = entryOf('bash');
/** dash 0.5.12, Debian's and Ubuntu's /bin/sh. */
export const dash = entryOf('dash');
/** The shell of busybox 1.36. */
export const ash = entryOf('ash');
