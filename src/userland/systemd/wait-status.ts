import { SIGNAL_NAMES } from '../../abi/signal.ts';
import { wcoredump, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';

/** Names of exit statuses. @see systemd.exec(5), "PROCESS EXIT CODES" */
const NAMES: Readonly<Record<number, string>> = {
  0: 'SUCCESS',
  1: 'FAILURE',
  2: 'INVALIDARGUMENT',
  3: 'NOTIMPLEMENTED',
  4: 'NOPERMISSION',
  5: 'NOTINSTALLED',
  6: 'NOTCONFIGURED',
  7: 'NOTRUNNING',
  200: 'CHDIR',
  201: 'NICE',
  202: 'FDS',
  203: 'EXEC',
  208: 'STDIN',
  209: 'STDOUT',
  217: 'USER',
  216: 'GROUP',
};

/** How a process ended, as systemd says it: `code=exited, status=1/FAILURE`, `code=killed, status=9/KILL`. */
export function statusWords(status: number): string {
  if (wifexited(status)) {
    const code = wexitstatus(status);
    return `code=exited, status=${code}/${NAMES[code] ?? 'n/a'}`;
  }
  const signal = wtermsig(status);
  return `code=${wcoredump(status) ? 'dumped' : 'killed'}, status=${signal}/${SIGNAL_NAMES[signal] ?? 'n/a'}`;
}

/** Ends that count as clean: 0 and the signals by which a service is told to end. @see systemd.service(5), SuccessExitStatus= */
export function isClean(status: number, more: readonly string[]): boolean {
  if (wifexited(status)) {
    const code = wexitstatus(status);
    return code === 0 || more.includes(String(code)) || (NAMES[code] !== undefined && more.includes(NAMES[code]));
  }
  const name = SIGNAL_NAMES[wtermsig(status)] ?? '';
  return ['HUP', 'INT', 'TERM', 'PIPE'].includes(name) || more.includes(`SIG${name}`);
}

/** The result that a failed end gives its unit. */
export const resultOf = (status: number): 'exit-code' | 'signal' | 'core-dump' =>
  wifexited(status) ? 'exit-code' : wcoredump(status) ? 'core-dump' : 'signal';
