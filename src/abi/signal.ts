/** Signal numbers and their names, as in signal(7) for x86-64, and what sigaction(2) takes. */
export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGILL = 4;
export const SIGTRAP = 5;
export const SIGABRT = 6;
export const SIGBUS = 7;
export const SIGFPE = 8;
export const SIGKILL = 9;
export const SIGUSR1 = 10;
export const SIGSEGV = 11;
export const SIGUSR2 = 12;
export const SIGPIPE = 13;
export const SIGALRM = 14;
export const SIGTERM = 15;
export const SIGSTKFLT = 16;
export const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;
export const SIGTSTP = 20;
export const SIGTTIN = 21;
export const SIGTTOU = 22;
export const SIGURG = 23;
export const SIGXCPU = 24;
export const SIGXFSZ = 25;
export const SIGVTALRM = 26;
export const SIGPROF = 27;
export const SIGWINCH = 28;
export const SIGIO = 29;
export const SIGPWR = 30;
export const SIGSYS = 31;
export const SIGRTMIN = 34;
export const SIGRTMAX = 64;

/** Names without the SIG prefix, at their number; index 0 is EXIT as the shells call it. */
export const SIGNAL_NAMES: readonly string[] = [
  'EXIT',
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'STKFLT',
  'CHLD',
  'CONT',
  'STOP',
  'TSTP',
  'TTIN',
  'TTOU',
  'URG',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'WINCH',
  'IO',
  'PWR',
  'SYS',
];

/** sa_handler: default action, ignored, or a function that the kernel calls before the task goes on. */
export const SIG_DFL = 0;
export const SIG_IGN = 1;
/**
 * A handler runs between two steps of the program and must not wait: it notes what came. A call that was waiting
 * returns -EINTR afterwards, unless the action has SA_RESTART.
 */
export type SignalHandler = typeof SIG_DFL | typeof SIG_IGN | ((signal: number) => void);

export const SA_NOCLDSTOP = 1;
export const SA_NOCLDWAIT = 2;
export const SA_RESTART = 0x10000000;
export const SA_RESETHAND = 0x80000000;

/** Where kill(2) and the tty find the name of a signal: `TERM`, `SIGTERM`, `15` in any case. @returns undefined where there is none */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const n = Number(text);
    return n <= SIGRTMAX ? n : undefined;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const at = SIGNAL_NAMES.indexOf(name);
  if (at > 0) return at;
  if (name === 'RTMIN') return SIGRTMIN;
  if (name === 'RTMAX') return SIGRTMAX;
  const rt = /^RTM(IN|AX)([+-])(\d+)$/.exec(name);
  if (!rt) return undefined;
  const n = rt[1] === 'IN' ? SIGRTMIN + Number(rt[3]) : SIGRTMAX - Number(rt[3]);
  return n >= SIGRTMIN && n <= SIGRTMAX ? n : undefined;
}
