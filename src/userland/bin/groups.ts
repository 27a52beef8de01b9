import { Accounts } from '../../libc/accounts.ts';
import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'groups',
  at: ['/usr/bin/groups'],
  spec: 'GNU coreutils 9.4 groups(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [USERNAME]...',
  about: 'Print the groups of each USERNAME, or of the process.',
  options: {},
  busybox: { at: '/usr/bin/groups', usage: '[USER]', help: 'Print the groups USER is in\n' },
  *main(ctx) {
    const accounts = new Accounts(ctx.sys);
    const print = function* (gids: readonly number[], head: string) {
      const names: string[] = [];
      for (const gid of gids) names.push(yield* accounts.groupName(gid));
      yield* ctx.stdout.write(`${head}${names.join(' ')}\n`);
    };
    if (ctx.args.length === 0) {
      const cred = ctx.sys.credentials();
      yield* print([cred.egid, ...cred.groups.filter((g) => g !== cred.egid)], '');
      return 0;
    }
    let status = 0;
    for (const name of ctx.args) {
      const user = yield* accounts.byName(name);
      if (!user) {
        yield* ctx.warn(ctx.form === 'gnu' ? `${shellQuote(name)}: no such user` : `unknown user ${name}`);
        status = 1;
        continue;
      }
      yield* print(yield* accounts.groupsOf(name, user.gid), ctx.form === 'gnu' ? `${name} : ` : '');
    }
    return status;
  },
});
