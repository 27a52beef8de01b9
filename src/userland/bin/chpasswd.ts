import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { AccountFiles } from '../accounts/database.ts';
import { newSetting, sha512Crypt } from '../accounts/sha512-crypt.ts';

const spec = {
  name: 'chpasswd',
  at: ['/usr/sbin/chpasswd'],
  spec: 'shadow 4.13 chpasswd(8); passwords are hashed by SHA-512',
  usage: '[options]',
  about: 'Update passwords in batch mode: lines of USER:PASSWORD on standard input.',
  options: {
    encrypted: { short: 'e', help: 'supplied passwords are encrypted' },
    cryptMethod: { short: 'c', arg: 'METHOD', help: 'the crypt method (SHA512)' },
  },
  busybox: {
    at: '/usr/sbin/chpasswd',
    usage: '[--md5|--encrypted|--crypt-method]',
    help: 'Read user:password from stdin and update /etc/passwd\n',
  },
} as const;

export default loadHash('sha512').then((hash) =>
  program({
    ...spec,
    *main(ctx) {
      const { sys, opts } = ctx;
      if (sys.credentials().euid !== 0) return yield* ctx.die('cannot lock /etc/shadow; try again later.');
      const files = yield* AccountFiles.load(sys);
      let status = 0;
      for (let number = 1, line; (line = yield* ctx.stdin.line()) !== undefined; number++) {
        const colon = line.indexOf(':');
        if (colon < 0) {
          yield* ctx.warn(ctx.form === 'gnu' ? `line ${number}: missing new password` : 'missing new password');
          status = 1;
          continue;
        }
        const name = line.slice(0, colon);
        const password = line.slice(colon + 1);
        if (!files.user(name)) {
          status = 1;
          if (ctx.form === 'busybox') return yield* ctx.die(`unknown user ${name}`);
          yield* ctx.stderr.write(
            `${ctx.name}: (user ${name}) pam_chauthtok() failed, error:\nAuthentication token manipulation error\n${ctx.name}: (line ${number}, user ${name}) password not changed\n`,
          );
          continue;
        }
        const stored = opts.encrypted ? password : yield* sha512Crypt(sys, hash, password, newSetting(sys));
        files.setPassword(name, stored!);
        if (ctx.form === 'busybox') yield* ctx.stderr.write(`chpasswd: password for '${name}' changed\n`);
      }
      const r = yield* files.save();
      if (r < 0) return yield* ctx.die('failure while writing changes to /etc/shadow');
      return status;
    },
  }),
);
