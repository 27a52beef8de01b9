import { Accounts } from '../../libc/accounts.ts';
import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'id',
  at: ['/usr/bin/id'],
  spec: 'GNU coreutils 9.4 id(1); -Z says that there is no context',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [USER]...',
  about: 'Print user and group information for each USER, or for the process.',
  options: {
    a: { short: 'a', long: false, busybox: false, help: 'ignored' },
    context: { short: 'Z', busybox: false, help: 'print only the security context' },
    group: { short: 'g', help: 'print only the effective group id' },
    groups: { short: 'G', help: 'print all group ids' },
    name: { short: 'n', help: 'print a name instead of a number (with -ugG)' },
    real: { short: 'r', help: 'print the real id (with -ugG)' },
    user: { short: 'u', help: 'print only the effective user id' },
    zero: { short: 'z', busybox: false, help: 'set apart by NUL' },
  },
  busybox: {
    at: '/usr/bin/id',
    usage: '[-ugGnr] [USER]',
    help: 'Print information about USER or the current user\n\n\t-u\tUser ID\n\t-g\tGroup ID\n\t-G\tSupplementary group IDs\n\t-n\tPrint names instead of numbers\n\t-r\tPrint real ID instead of effective ID\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (opts.context) return yield* ctx.die('--context (-Z) works only on an SELinux-enabled kernel');
    const only = [opts.user, opts.group, opts.groups].filter(Boolean).length;
    if (only > 1) return yield* ctx.die('cannot print "only" of more than one choice');
    if ((opts.name || opts.real) && only === 0)
      return yield* ctx.die(
        ctx.form === 'gnu' ? 'printing only names or real IDs requires -u, -g, or -G' : 'unknown ID',
      );
    const accounts = new Accounts(sys);
    const cred = sys.credentials();
    let status = 0;
    for (const who of ctx.args.length === 0 ? [undefined] : ctx.args) {
      let [uid, euid, gid, egid] = [cred.uid, cred.euid, cred.gid, cred.egid];
      let groups: readonly number[] = cred.groups;
      if (who !== undefined) {
        const user =
          (yield* accounts.byName(who)) ??
          (ctx.form === 'gnu' && /^\d+$/.test(who) ? yield* accounts.byUid(Number(who)) : undefined);
        if (!user) {
          yield* ctx.warn(ctx.form === 'gnu' ? `${shellQuote(who)}: no such user` : `unknown user ${who}`);
          status = 1;
          continue;
        }
        uid = euid = user.uid;
        gid = egid = user.gid;
        groups = yield* accounts.groupsOf(user.name, user.gid);
      }
      const all = [egid, ...groups.filter((g) => g !== egid)];
      const end = opts.zero ? '\0' : '\n';
      if (opts.user)
        yield* ctx.stdout.write(
          (opts.name ? yield* accounts.userName(opts.real ? uid : euid) : String(opts.real ? uid : euid)) + end,
        );
      else if (opts.group)
        yield* ctx.stdout.write(
          (opts.name ? yield* accounts.groupName(opts.real ? gid : egid) : String(opts.real ? gid : egid)) + end,
        );
      else if (opts.groups) {
        const names: string[] = [];
        for (const g of all) names.push(opts.name ? yield* accounts.groupName(g) : String(g));
        yield* ctx.stdout.write(names.join(opts.zero ? '\0' : ' ') + end);
      } else {
        const user = function* (n: number) {
          const found = yield* accounts.byUid(n);
          return found ? `${n}(${found.name})` : String(n);
        };
        const group = function* (n: number) {
          const name = yield* accounts.groupName(n);
          return name === String(n) ? name : `${n}(${name})`;
        };
        let line = `uid=${yield* user(uid)} gid=${yield* group(gid)}`;
        if (euid !== uid) line += ` euid=${yield* user(euid)}`;
        if (egid !== gid) line += ` egid=${yield* group(egid)}`;
        if (all.length > 0 && (ctx.form === 'gnu' || groups.length > 0)) {
          const names: string[] = [];
          for (const g of all) names.push(yield* group(g));
          line += ` groups=${names.join(',')}`;
        }
        yield* ctx.stdout.write(line + end);
      }
    }
    return status;
  },
});
