import { loadHash } from '../../lib/hash.ts';
import { Accounts } from '../../libc/accounts.ts';
import type { execCommand } from '../../libc/exec-command.ts';
import { program } from '../../libc/program.ts';
import { askPassword } from '../accounts/ask-password.ts';
import { become, loginEnvironment } from '../accounts/become.ts';
import { AccountFiles } from '../accounts/database.ts';
import { verifyPassword } from '../accounts/sha512-crypt.ts';

const spec = {
  name: 'su',
  at: ['/usr/bin/su'],
  spec: 'util-linux 2.39 su(1); without -P, -T; the shell takes the place of su',
  version: 'from util-linux 2.39.3',
  usage: '[options] [-] [<user> [<argument>...]]',
  about:
    'Change the effective user ID and group ID to that of <user>. A mere - implies -l. If <user> is not given, root is assumed.',
  options: {
    preserveEnvironment: { short: 'mp', help: 'do not reset environment variables' },
    whitelistEnvironment: { short: 'w', arg: 'list', busybox: false, help: "don't reset specified variables" },
    group: { short: 'g', arg: 'group', busybox: false, help: 'specify the primary group' },
    login: { short: 'l', help: 'make the shell a login shell' },
    command: { short: 'c', arg: 'command', help: 'pass a single command to the shell with -c' },
    fast: { short: 'f', busybox: false, help: 'pass -f to the shell' },
    shell: { short: 's', arg: 'shell', help: 'run <shell> if /etc/shells allows it' },
  },

  busybox: {
    at: '/bin/su',
    usage: "[-lmp] [-s SH] [-] [USER [FILE ARGS | -c 'CMD' [ARG0 ARGS]]]",
    help: "Run shell under USER (by default, root)\n\n\t-,-l\tClear environment, go to home dir, run shell as login shell\n\t-p,-m\tDo not set new $HOME, $SHELL, $USER, $LOGNAME\n\t-c CMD\tCommand to pass to 'sh -c'\n\t-s SH\tShell to use instead of user's default\n",
  },
} as const;

export default loadHash('sha512').then((hash) =>
  program({
    name: spec.name,
    at: spec.at,
    spec: spec.spec,
    usage: spec.usage,
    about: spec.about,
    options: spec.options,
    busybox: spec.busybox,
    *main(ctx) {
      const { opts, sys } = ctx;
      const operands = [...ctx.args];
      let login = opts.login;
      if (operands[0] === '-') {
        login = true;
        operands.shift();
      }
      const name = operands.shift() ?? 'root';
      const accounts = new Accounts(sys);
      const user = yield* accounts.byName(name);
      if (!user)
        return yield* ctx.die(
          ctx.form === 'gnu'
            ? `user ${name} does not exist or the user entry does not contain all the required fields`
            : `unknown user ${name}`,
        );
      if (sys.credentials().uid !== 0) {
        const files = yield* AccountFiles.load(sys);
        const stored = files.shadowOf(name)?.password ?? user.password;
        const typed = yield* askPassword(ctx, 'Password: ');
        if (typed === undefined || !(yield* verifyPassword(sys, hash, typed, stored)))
          return yield* ctx.die(ctx.form === 'gnu' ? 'Authentication failure' : 'incorrect password');
      }
      const group = opts.group === undefined ? undefined : yield* accounts.groupByName(opts.group);
      if (opts.group !== undefined && !group) return yield* ctx.die(`group ${opts.group} does not exist`);
      const shell =
        opts.shell ??
        (opts.preserveEnvironment && !login ? ctx.env.get('SHELL') : undefined) ??
        (user.shell || '/bin/sh');
      let env = new Map(ctx.env);
      if (login) {
        env = loginEnvironment(ctx.env, user, shell, ['TERM', ...(opts.whitelistEnvironment?.split(',') ?? [])]);
        if (ctx.form === 'gnu') env.set('MAIL', `/var/mail/${user.name}`);
        if (sys.chdir(user.dir) < 0) {
          yield* ctx.warn(`warning: cannot change directory to ${user.dir}: ${ctx.strerror(2)}`);
          sys.chdir('/');
        }
      } else if (!opts.preserveEnvironment) {
        env.set('HOME', user.dir);
        env.set('SHELL', shell);
        if (user.uid !== 0) {
          env.set('USER', user.name);
          env.set('LOGNAME', user.name);
        }
      }
      const r = yield* become(sys, user, group?.gid);
      if (r < 0) return yield* ctx.die(`cannot set groups: ${ctx.strerror(r)}`);
      const base = shell.slice(shell.lastIndexOf('/') + 1);
      const argv = [login ? `-${base}` : base];
      if (opts.command !== undefined) argv.push('-c', opts.command);
      argv.push(...operands);
      return yield* execShell(ctx, shell, argv, env);
    },
  }),
);

function* execShell(
  ctx: Parameters<typeof execCommand>[0],
  shell: string,
  argv: readonly string[],
  env: ReadonlyMap<string, string>,
): Generator<void, number, void> {
  const envp = [...env].map(([key, value]) => `${key}=${value}`);
  let r = ctx.sys.execve(shell, argv, envp);
  for (; r === -4096; r = ctx.sys.execve(shell, argv, envp)) yield;
  yield* ctx.warn(
    ctx.form === 'gnu'
      ? `failed to execute ${shell}: ${ctx.strerror(r)}`
      : `can't execute '${shell}': ${ctx.strerror(r)}`,
  );
  return r === -2 ? 127 : 126;
}
