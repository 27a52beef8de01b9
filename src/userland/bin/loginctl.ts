import { Accounts } from '../../libc/accounts.ts';
import { program } from '../../libc/program.ts';
import { loginSessions } from '../proc/sessions.ts';
import { isBooted } from '../systemd/systemctl-status.ts';

export default program({
  name: 'loginctl',
  at: ['/usr/bin/loginctl'],
  spec: 'systemd 255 loginctl(1): list-sessions, list-users, list-seats; sessions are logins on a terminal',
  version: '255 (255.4-1ubuntu8.10)',
  usage: '[OPTIONS...] COMMAND ...',
  about: 'Send control commands to or query the login manager.',
  options: {
    noLegend: { help: 'Do not show the headers and footers' },
    noPager: { help: 'Do not pipe output into a pager' },
  },
  hint: () => '',
  *main(ctx) {
    const { sys, args, opts, stdout, stderr } = ctx;
    if (!isBooted(sys)) {
      yield* stderr.write(
        "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
      );
      return 1;
    }
    const logins = yield* loginSessions(sys);
    const accounts = new Accounts(sys);
    const verb = args[0] ?? 'list-sessions';
    const rows: string[][] = [];
    let head: string[];
    let what: string;
    if (verb === 'list-sessions') {
      head = ['SESSION', 'UID', 'USER', 'SEAT', 'TTY'];
      what = 'sessions';
      for (const { user, line, leader } of logins) rows.push([String(leader.pid), String(leader.uid), user, '', line]);
    } else if (verb === 'list-users') {
      head = ['UID', 'USER', 'LINGER', 'STATE'];
      what = 'users';
      for (const uid of new Set(logins.map((login) => login.leader.uid)))
        rows.push([String(uid), yield* accounts.userName(uid), 'no', 'active']);
    } else if (verb === 'list-seats') {
      head = ['SEAT'];
      what = 'seats';
      rows.push(['seat0']);
    } else {
      yield* stderr.write(`Unknown command verb '${verb}'.\n`);
      return 1;
    }
    const wide = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
    const line = (row: readonly string[]): string =>
      row
        .map((cell, i) =>
          head[i] === 'UID' || head[i] === 'SESSION' ? cell.padStart(wide[i]!) : cell.padEnd(wide[i]!),
        )
        .join(' ')
        .trimEnd();
    if (!opts.noLegend) yield* stdout.write(`${line(head)}\n`);
    for (const row of rows) yield* stdout.write(`${line(row)}\n`);
    if (!opts.noLegend) yield* stdout.write(`\n${rows.length} ${what} listed.\n`);
    return 0;
  },
});
