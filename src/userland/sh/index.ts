import type { Library } from '../../abi/library.ts';
import type { Entry } from '../../abi/sys.ts';
import { LATER } from './builtins/libraries.ts';
import { builtinsOf } from './builtins/table.ts';
import { MORE_KEYS } from './editor/editor.ts';
import { REGEX } from './exec/regex.ts';
import type { Personality } from './parse/personality.ts';
import { AT_A_TERMINAL, interact } from './start/interactive.ts';
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

/** What the shells load when it is first needed. */
export const SHELL_LIBRARIES: readonly Library<object>[] = [...LATER, ...MORE_KEYS, ...AT_A_TERMINAL, REGEX];
