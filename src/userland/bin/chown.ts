import { Stat } from '../../abi/stat.ts';
import { changeOwner, OWNER_OPTIONS, type Owner, parseOwner } from '../../libc/change-owner.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'chown',
  at: ['/usr/bin/chown'],
  spec: 'GNU coreutils 9.4 chown(1); --from is accepted and does nothing',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [OWNER][:[GROUP]] FILE...\n  or:  chown [OPTION]... --reference=RFILE FILE...',
  about: 'Change the owner and group of each FILE.',
  options: OWNER_OPTIONS,
  busybox: {
    at: '/bin/chown',
    usage: '[-RhLHPcvf]... USER[:[GRP]] FILE...',
    help: "Change the owner and/or group of FILEs to USER and/or GRP\n\n\t-h\tAffect symlinks instead of symlink targets\n\t-L\tTraverse all symlinks to directories\n\t-H\tTraverse symlinks on command line only\n\t-P\tDon't traverse symlinks (default)\n\t-R\tRecurse\n\t-c\tList changed files\n\t-v\tVerbose\n\t-f\tHide errors\n",
  },
  *main(ctx) {
    const files = ctx.args.slice();
    let owner: Owner | string;
    if (ctx.opts.reference !== undefined) {
      const st = new Stat();
      const r = ctx.sys.stat(ctx.opts.reference, st);
      if (r < 0)
        return yield* ctx.die(`failed to get attributes of ${shellQuote(ctx.opts.reference)}: ${ctx.strerror(r)}`);
      owner = { uid: st.uid, gid: st.gid };
    } else {
      const text = files.shift();
      if (text === undefined) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
      if (files.length === 0)
        return yield* ctx.usage(ctx.form === 'gnu' ? `missing operand after ${localeQuote(text)}` : undefined);
      owner = yield* parseOwner(ctx, text);
    }
    if (typeof owner === 'string') return yield* ctx.die(owner);
    return yield* changeOwner(ctx, files, owner, 'ownership');
  },
});
