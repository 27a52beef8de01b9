/** How waitpid(2) reports the end of a child: the encoding of wait(2), and what reads it. */
export const exitedStatus = (code: number): number => (code & 0xff) << 8;
export const signaledStatus = (signal: number, core = false): number => signal | (core ? 0x80 : 0);
export const stoppedStatus = (signal: number): number => (signal << 8) | 0x7f;
export const CONTINUED_STATUS = 0xffff;

export const wifexited = (status: number): boolean => (status & 0x7f) === 0;
export const wexitstatus = (status: number): number => (status >> 8) & 0xff;
export const wifstopped = (status: number): boolean => (status & 0xff) === 0x7f;
export const wstopsig = wexitstatus;
export const wifcontinued = (status: number): boolean => status === CONTINUED_STATUS;
export const wifsignaled = (status: number): boolean =>
  !wifexited(status) && !wifstopped(status) && !wifcontinued(status);
export const wtermsig = (status: number): number => status & 0x7f;
export const wcoredump = (status: number): boolean => (status & 0x80) !== 0;
/** `$?` of a status as every shell computes it: the code, or 128 + the signal. */
export const shellStatus = (status: number): number =>
  wifexited(status) ? wexitstatus(status) : 128 + (wifstopped(status) ? wstopsig(status) : wtermsig(status));

/** Filled by waitpid(2). */
export class WaitResult {
  pid = 0;
  status = 0;
  /** Processor time of the child and its reaped children, milliseconds. */
  userTime = 0;
  systemTime = 0;
}
