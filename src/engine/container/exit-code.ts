import { wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';

/** The code of an end: what the process returned, or 128 + the signal. */
export const exitCode = (status: number): number => (wifexited(status) ? wexitstatus(status) : 128 + wtermsig(status));
