import { Accounts } from '../../libc/accounts.ts';
import { changeOwner, OWNER_OPTIONS, parseGroupName } from '../../libc/change-owner.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'chgrp',
  at: ['/usr/bin/chgrp'],
  spec: 'GNU coreutils 9.4 chgrp(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... GROUP FILE...',
  about: 'Change the group of each FILE.',
  options: OWNER_OPTIONS,
  busybox: {
    at: '/bin/chgrp',
    usage: '[-RhLHPcvf]... GROUP FILE...',
    help: "Change the group membership of FILEs to GROUP\n\n\t-h\tAffect symlinks instead of symlink targets\n\t-L\tTraverse all symlinks to directories\n\t-H\tTraverse symlinks on command line only\n\t-P\tDon't traverse symlinks (default)\n\t-R\tRecurse\n\t-c\tList changed files\n\t-v\tVerbose\n\t-f\tHide errors\n",
  },
  *main(ctx) {
    const [name, ...files] = ctx.args;
    if (name === undefined) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    if (files.length === 0)
      return yield* ctx.usage(ctx.form === 'gnu' ? `missing operand after ${localeQuote(name)}` : undefined);
    const gid = yield* parseGroupName(new Accounts(ctx.sys), name);
    if (gid === undefined)
      return yield* ctx.die(ctx.form === 'gnu' ? `invalid group: ${localeQuote(name)}` : `unknown group ${name}`);
    return yield* changeOwner(ctx, files, { uid: -1, gid }, 'group');
  },
});
