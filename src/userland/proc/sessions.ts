import type { Sys } from '../../abi/sys.ts';
import { Accounts } from '../../libc/accounts.ts';
import type { Wait } from '../../libc/io.ts';
import { type ProcessRow, readProcesses, ttyName } from './processes.ts';

/** A login: the leader of a session that has a terminal. */
export interface LoginSession {
  user: string;
  line: string;
  leader: ProcessRow;
}

/**
 * Who is logged on. There is no utmp: a login is what `-sh` shows, a session leader on a terminal whose argv[0] begins
 * with a dash, as login(1) starts a shell.
 */
export function* loginSessions(sys: Sys): Wait<LoginSession[]> {
  const accounts = new Accounts(sys);
  const out: LoginSession[] = [];
  for (const leader of yield* readProcesses(sys)) {
    if (leader.tty === 0 || leader.session !== leader.pid || !leader.argv[0]?.startsWith('-')) continue;
    out.push({ user: yield* accounts.userName(leader.uid), line: ttyName(leader.tty), leader });
  }
  return out;
}
