import { loadHash } from '../../lib/hash.ts';
import { Accounts } from '../../libc/accounts.ts';
import { calendar, two } from '../../libc/clock-text.ts';
import { program } from '../../libc/program.ts';
import { askPassword } from '../accounts/ask-password.ts';
import { AccountFiles } from '../accounts/database.ts';
import { newSetting, sha512Crypt, verifyPassword } from '../accounts/sha512-crypt.ts';

const spec = {
  name: 'passwd',
  at: ['/usr/bin/passwd'],
  spec: 'shadow 4.13 passwd(1): -d -l -u -S -e; passwords are hashed by SHA-512',
  usage: '[options] [LOGIN]',
  about: "Change a user's password.",
  options: {
    all: { short: 'a', busybox: false, help: 'report password status on all accounts' },
    delete: { short: 'd', help: 'delete the password for the named account' },
    expire: { short: 'e', busybox: false, help: 'force expire the password for the named account' },
    lock: { short: 'l', help: 'lock the password of the named account' },
    quiet: { short: 'q', busybox: false, help: 'quiet mode' },
    status: { short: 'S', busybox: false, help: 'report password status on the named account' },
    unlock: { short: 'u', help: 'unlock the password of the named account' },
    algorithm: { short: 'a', arg: 'ALG', long: false, busybox: 'only', help: 'des,md5,sha256/512' },
  },
  busybox: {
    at: '/usr/bin/passwd',
    usage: '[-a ALG] [-dlu] [USER]',
    help: "Change USER's password (default: current user)\n\n\t-a ALG\tdes,md5,sha256/512 (default sha256)\n\t-d\tSet password to ''\n\t-l\tLock (disable) account\n\t-u\tUnlock (enable) account\n",
  },
} as const;

export default loadHash('sha512').then((hash) =>
  program({
    ...spec,
    usageStatus: 2,
    hint: () => 'Usage: passwd [options] [LOGIN]\n\n',
    *main(ctx) {
      const { opts, sys } = ctx;
      const gnu = ctx.form === 'gnu';
      const files = yield* AccountFiles.load(sys);
      const me = sys.credentials();
      const self = yield* new Accounts(sys).byUid(me.uid);
      const name = ctx.args[0] ?? self?.name;
      const user = name === undefined ? undefined : files.user(name);
      if (!user)
        return yield* ctx.die(gnu ? `user '${name ?? me.uid}' does not exist` : `unknown user ${name ?? me.uid}`);
      if (me.uid !== 0 && user.uid !== me.uid)
        return yield* ctx.die(
          gnu
            ? `You may not view or modify password information for ${name}.`
            : `${self?.name} can't change password for ${name}`,
        );
      const shadow = files.shadowOf(user.name);
      const stored = shadow?.password ?? user.password;
      if (opts.status) {
        const state = stored === '' ? 'NP' : /^[!*]/.test(stored) ? 'L' : 'P';
        const day = calendar(Number(shadow?.rest[0] ?? 0) * 86400);
        const [, min = '', max = '', warn = '', inactive = ''] = shadow?.rest ?? [];
        const date = `${day.year}-${two(day.month)}-${two(day.day)}`;
        yield* ctx.stdout.write(
          `${user.name} ${state} ${date} ${min || -1} ${max || -1} ${warn || -1} ${inactive || -1}\n`,
        );
        return 0;
      }
      if (opts.delete || opts.lock || opts.unlock || opts.expire) {
        if (me.uid !== 0) return yield* ctx.die('Permission denied.');
        if (opts.unlock && /^!.?$/.test(stored)) {
          yield* ctx.stderr.write(
            `${ctx.name}: unlocking the password would result in a passwordless account.\nYou should set a password with usermod -p to unlock the password of this account.\n`,
          );
          return 3;
        }
        if (opts.delete) files.setPassword(user.name, '');
        if (opts.lock && !stored.startsWith('!')) files.setPassword(user.name, `!${stored}`);
        if (opts.unlock) files.setPassword(user.name, stored.replace(/^!/, ''));
        if (opts.expire && shadow) shadow.rest[0] = '0';
        yield* files.save();
        if (gnu && !opts.quiet)
          yield* ctx.stdout.write(`${ctx.name}: password${opts.expire ? ' expiry information' : ''} changed.\n`);
        if (!gnu) yield* ctx.stdout.write(`passwd: password for ${user.name} changed by ${self?.name}\n`);
        return 0;
      }
      const unchanged = function* (words: string): Generator<void, number, void> {
        if (gnu)
          yield* ctx.stderr.write(
            `${words}passwd: Authentication token manipulation error\npasswd: password unchanged\n`,
          );
        else
          yield* ctx.stderr.write(
            `${words === '' ? '' : "Passwords don't match\n"}passwd: password for ${user.name} is unchanged\n`,
          );
        return gnu ? 10 : 1;
      };
      if (me.uid !== 0) {
        yield* ctx.stderr.write(`Changing password for ${user.name}${gnu ? '.' : ''}\n`);
        const old = yield* askPassword(ctx, gnu ? 'Current password: ' : 'Old password: ');
        if (old === undefined || !(yield* verifyPassword(sys, hash, old, stored))) return yield* unchanged('');
      } else if (!gnu) yield* ctx.stdout.write(`Changing password for ${user.name}\n`);
      const first = yield* askPassword(ctx, 'New password: ');
      if (first === undefined) return yield* unchanged('');
      if (first === '' && gnu) {
        yield* ctx.stderr.write('No password has been supplied.\n');
        return yield* unchanged('');
      }
      const second = yield* askPassword(ctx, gnu ? 'Retype new password: ' : 'Retype password: ');
      if (second !== first) return yield* unchanged('Sorry, passwords do not match.\n');
      files.setPassword(user.name, (yield* sha512Crypt(sys, hash, first, newSetting(sys)))!);
      const r = yield* files.save();
      if (r < 0) return yield* unchanged('');
      if (gnu) yield* ctx.stderr.write('passwd: password updated successfully\n');
      else yield* ctx.stdout.write(`passwd: password for ${user.name} changed by ${self?.name}\n`);
      return 0;
    },
  }),
);
