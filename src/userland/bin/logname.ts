import { decode } from '../../lib/utf8.ts';
import { Accounts } from '../../libc/accounts.ts';
import { readFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'logname',
  at: ['/usr/bin/logname'],
  spec: 'GNU coreutils 9.4 logname(1): by /proc/self/loginuid, else by the owner of the terminal',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]',
  about: "Print the user's login name.",
  options: {},
  busybox: {
    at: '/usr/bin/logname',
    usage: '',
    help: 'Print the name of the current user\n',
  },
  *main(ctx) {
    const bytes = yield* readFile(ctx.sys, '/proc/self/loginuid');
    const uid = typeof bytes === 'number' ? undefined : Number(decode(bytes));
    const known = uid === undefined || uid === 0xffffffff ? undefined : yield* new Accounts(ctx.sys).byUid(uid);
    const user =
      known ?? (ctx.sys.isatty(0) ? yield* new Accounts(ctx.sys).byUid(ctx.sys.credentials().uid) : undefined);
    if (!user) return yield* ctx.die(ctx.form === 'gnu' ? 'no login name' : 'getlogin: No such file or directory');
    yield* ctx.stdout.write(`${user.name}\n`);
    return 0;
  },
});
