import { program } from '../../libc/program.ts';
import { loginSessions } from '../proc/sessions.ts';

export default program({
  name: 'users',
  at: ['/usr/bin/users'],
  spec: 'GNU coreutils 9.4 users(1): logins are login shells on a terminal',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]',
  about: 'Output who is currently logged in.',
  options: {},
  busybox: { at: '/usr/bin/users', usage: '', help: 'Print the users currently logged on\n' },
  *main(ctx) {
    const names = (yield* loginSessions(ctx.sys)).map((login) => login.user).sort();
    if (names.length > 0) yield* ctx.stdout.write(`${names.join(' ')}\n`);
    return 0;
  },
});
