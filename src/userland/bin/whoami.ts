import { Accounts } from '../../libc/accounts.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'whoami',
  at: ['/usr/bin/whoami'],
  spec: 'GNU coreutils 9.4 whoami(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]...',
  about: 'Print the name of the effective user.',
  options: {},
  busybox: {
    at: '/usr/bin/whoami',
    usage: '',
    help: 'Print the user name associated with the current effective user id\n',
  },
  *main(ctx) {
    const { euid } = ctx.sys.credentials();
    const user = yield* new Accounts(ctx.sys).byUid(euid);
    if (!user)
      return yield* ctx.die(ctx.form === 'gnu' ? `cannot find name for user ID ${euid}` : `unknown uid ${euid}`);
    yield* ctx.stdout.write(`${user.name}\n`);
    return 0;
  },
});
