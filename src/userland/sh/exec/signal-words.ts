import { SIGNAL_NAMES, SIGRTMAX, SIGRTMIN } from '../../../abi/signal.ts';

const WORDS: Readonly<Record<number, string>> = {
  1: 'Hangup',
  2: 'Interrupt',
  3: 'Quit',
  4: 'Illegal instruction',
  5: 'Trace/breakpoint trap',
  6: 'Aborted',
  7: 'Bus error',
  8: 'Floating point exception',
  9: 'Killed',
  10: 'User defined signal 1',
  11: 'Segmentation fault',
  12: 'User defined signal 2',
  13: 'Broken pipe',
  14: 'Alarm clock',
  15: 'Terminated',
  16: 'Stack fault',
  17: 'Child exited',
  18: 'Continued',
  19: 'Stopped (signal)',
  20: 'Stopped',
  21: 'Stopped (tty input)',
  22: 'Stopped (tty output)',
  23: 'Urgent I/O condition',
  24: 'CPU time limit exceeded',
  25: 'File size limit exceeded',
  26: 'Virtual timer expired',
  27: 'Profiling timer expired',
  28: 'Window changed',
  29: 'I/O possible',
  30: 'Power failure',
  31: 'Bad system call',
};

/** What strsignal(3) says of a signal. */
export function signalDescription(signal: number): string {
  return WORDS[signal] ?? (signal >= SIGRTMIN ? `Real-time signal ${signal - SIGRTMIN}` : `Unknown signal ${signal}`);
}

/** `TERM`, `RTMIN+1`; undefined for a number that is no signal. */
export function signalName(signal: number): string | undefined {
  const name = SIGNAL_NAMES[signal];
  if (name !== undefined) return name;
  if (signal < SIGRTMIN || signal > SIGRTMAX) return undefined;
  if (signal === SIGRTMIN) return 'RTMIN';
  if (signal === SIGRTMAX) return 'RTMAX';
  return signal <= 49 ? `RTMIN+${signal - SIGRTMIN}` : `RTMAX-${SIGRTMAX - signal}`;
}
