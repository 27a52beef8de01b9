import type { Library } from '../../../abi/library.ts';

/** Files whose built-ins a login gets by without. */
export const ASH_HELP: Library<typeof import('./ash-help.ts')> = {
  name: 'ash/help',
  load: () => import('./ash-help.ts'),
};
export const BIND: Library<typeof import('./bind.ts')> = { name: 'bash/bind', load: () => import('./bind.ts') };
export const COMMANDS: Library<typeof import('./commands.ts')> = {
  name: 'bash/commands',
  load: () => import('./commands.ts'),
};
export const COMPLETION: Library<typeof import('./completion.ts')> = {
  name: 'bash/completion',
  load: () => import('./completion.ts'),
};
export const DECLARE: Library<typeof import('./declare.ts')> = {
  name: 'bash/declare',
  load: () => import('./declare.ts'),
};
export const DIRECTORIES: Library<typeof import('./directories.ts')> = {
  name: 'bash/directories',
  load: () => import('./directories.ts'),
};
export const HISTORY: Library<typeof import('./history.ts')> = {
  name: 'bash/history',
  load: () => import('./history.ts'),
};
export const JOBS: Library<typeof import('./jobs.ts')> = { name: 'bash/jobs', load: () => import('./jobs.ts') };
export const LOCAL: Library<typeof import('./local.ts')> = { name: 'bash/local', load: () => import('./local.ts') };
export const MISC: Library<typeof import('./misc.ts')> = { name: 'bash/misc', load: () => import('./misc.ts') };
export const PROCESS: Library<typeof import('./process.ts')> = {
  name: 'bash/process',
  load: () => import('./process.ts'),
};
export const READ: Library<typeof import('./read.ts')> = { name: 'bash/read', load: () => import('./read.ts') };
export const ULIMIT: Library<typeof import('./ulimit.ts')> = { name: 'bash/ulimit', load: () => import('./ulimit.ts') };
export const TRAP: Library<typeof import('./trap.ts')> = { name: 'bash/trap', load: () => import('./trap.ts') };

/** All of them, to be loaded when there is time. */
export const LATER: readonly Library<object>[] = [
  ASH_HELP,
  COMMANDS,
  COMPLETION,
  DECLARE,
  DIRECTORIES,
  HISTORY,
  JOBS,
  LOCAL,
  MISC,
  PROCESS,
  READ,
  TRAP,
  ULIMIT,
];
