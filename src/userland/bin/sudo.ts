import { loadHash } from '../../lib/hash.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts, type Passwd } from '../../libc/accounts.ts';
import { execve, readFile, type Wait } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { askPassword } from '../accounts/ask-password.ts';
import { become, loginEnvironment } from '../accounts/become.ts';
import { AccountFiles } from '../accounts/database.ts';
import { verifyPassword } from '../accounts/sha512-crypt.ts';

const options = {
  askpass: { short: 'A', help: 'use a helper program for password prompting' },
  preserveEnv: { short: 'E', arg: 'list', optional: true, help: 'preserve user environment when running command' },
  group: { short: 'g', arg: 'group', help: 'run command as the specified group name or ID' },
  setHome: { short: 'H', help: "set HOME variable to target user's home dir" },
  login: { short: 'i', help: 'run login shell as the target user' },
  resetTimestamp: { short: 'k', help: 'invalidate timestamp file' },
  list: { short: 'l', help: "list user's privileges" },
  nonInteractive: { short: 'n', help: 'non-interactive mode, no prompts are used' },
  prompt: { short: 'p', arg: 'prompt', help: 'use the specified password prompt' },
  stdin: { short: 'S', help: 'read password from standard input' },
  shell: { short: 's', help: 'run shell as the target user' },
  user: { short: 'u', arg: 'user', help: 'run command (or edit file) as specified user name or ID' },
  validate: { short: 'v', help: "update user's timestamp without running a command" },
} as const;
type Ctx = Context<typeof options>;

export default loadHash('sha512').then((hash) =>
  program({
    name: 'sudo',
    at: ['/usr/bin/sudo'],
    spec: 'sudo 1.9.15 sudo(8): rules of /etc/sudoers for users, %groups and ALL with NOPASSWD; no time stamps',
    usage: '[-AbEHknPS] [-g group] [-u user] [VAR=value] [-i | -s] [command [arg ...]]',
    about: 'Execute a command as another user.',
    options,
    rewrite: (argv) => argv.map((arg) => (arg === '-E' ? '--preserve-env' : arg)),
    stopAtOperand: true,
    hint: () =>
      'usage: sudo -h | -K | -k | -V\nusage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\nusage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user]\n            [-u user] [command [arg ...]]\nusage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory]\n            [-g group] [-h host] [-p prompt] [-R directory] [-T timeout]\n            [-u user] [VAR=value] [-i | -s] [command [arg ...]]\nusage: sudo -e [-ABkNnS] [-r role] [-t type] [-C num] [-D directory]\n            [-g group] [-h host] [-p prompt] [-R directory] [-T timeout]\n            [-u user] file ...\n',
    *main(ctx) {
      const { opts, sys } = ctx;
      const accounts = new Accounts(sys);
      const me = yield* accounts.byUid(sys.credentials().uid);
      const named = opts.user ?? 'root';
      const target = /^#\d+$/.test(named)
        ? yield* accounts.byUid(Number(named.slice(1)))
        : yield* accounts.byName(named);
      if (!target) {
        yield* ctx.warn(`unknown user ${named}`);
        return yield* ctx.die('error initializing audit plugin sudoers_audit');
      }
      if (!me) return yield* ctx.die('you do not exist in the passwd database');
      const words = [...ctx.args];
      if (words.length === 0 && !opts.login && !opts.shell && !opts.validate && !opts.list && !opts.resetTimestamp)
        return yield* ctx.usage();
      if (me.uid !== 0 && !(yield* allowed(ctx, me, hash))) return 1;
      if (opts.validate || opts.resetTimestamp) return 0;
      if (opts.list) {
        const host = sys.uname().nodename;
        yield* ctx.stdout.write(`User ${me.name} may run the following commands on ${host}:\n    (ALL : ALL) ALL\n`);
        return 0;
      }
      return yield* run(ctx, me, target, words);
    },
  }),
);

function* allowed(ctx: Ctx, me: Passwd, hash: Awaited<ReturnType<typeof loadHash>>): Wait<boolean> {
  const { sys, opts } = ctx;
  if (sys.credentials().euid !== 0) {
    yield* ctx.warn('/usr/bin/sudo must be owned by uid 0 and have the setuid bit set');
    return false;
  }
  const accounts = new Accounts(sys);
  const groups: string[] = [];
  for (const gid of yield* accounts.groupsOf(me.name, me.gid)) groups.push(yield* accounts.groupName(gid));
  const rule = (yield* sudoersRules(ctx)).findLast(
    ({ who }) => who === 'ALL' || who === me.name || (who.startsWith('%') && groups.includes(who.slice(1))),
  );
  if (rule?.free) return true;
  const files = yield* AccountFiles.load(sys);
  const stored = files.shadowOf(me.name)?.password ?? me.password;
  if (opts.nonInteractive) {
    yield* ctx.warn('a password is required');
    return false;
  }
  for (let attempt = 1; attempt <= 3; attempt++) {
    const typed = yield* askPassword(ctx, opts.prompt ?? `[sudo] password for ${me.name}: `);
    if (typed === undefined) {
      yield* ctx.warn(
        attempt === 1
          ? 'no password was provided'
          : `${attempt - 1} incorrect password attempt${attempt === 2 ? '' : 's'}`,
      );
      if (attempt === 1) yield* ctx.warn('a password is required');
      return false;
    }
    if (yield* verifyPassword(sys, hash, typed, stored)) {
      if (rule) return true;
      yield* ctx.stderr.write(`${me.name} is not in the sudoers file.\n`);
      return false;
    }
    if (attempt < 3) yield* ctx.stderr.write('Sorry, try again.\n');
  }
  yield* ctx.warn('3 incorrect password attempts');
  return false;
}

interface Rule {
  who: string;
  free: boolean;
}

function* sudoersRules(ctx: Ctx): Wait<Rule[]> {
  const bytes = yield* readFile(ctx.sys, '/etc/sudoers');
  const rules: Rule[] = [];
  if (typeof bytes === 'number') return [{ who: '%sudo', free: false }];
  for (const line of decode(bytes).replace(/\\\n/g, ' ').split('\n')) {
    const m = /^\s*([%\w.-]+)\s+\S+\s*=\s*(?:\([^)]*\))?\s*(NOPASSWD:)?\s*ALL\s*$/.exec(line);
    if (m && m[1] !== 'Defaults') rules.push({ who: m[1]!, free: m[2] !== undefined });
  }
  return rules;
}

function* run(ctx: Ctx, me: Passwd, target: Passwd, words: string[]): Wait<number> {
  const { sys, opts } = ctx;
  const set: [string, string][] = [];
  while (words.length > 0 && /^[A-Za-z_]\w*=/.test(words[0]!)) {
    const word = words.shift()!;
    set.push([word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  }
  const shell = opts.login ? target.shell || '/bin/sh' : (ctx.env.get('SHELL') ?? (me.shell || '/bin/sh'));
  const keep = [
    'TERM',
    'LANG',
    'LC_ALL',
    'DISPLAY',
    'COLORTERM',
    ...(opts.preserveEnv ? opts.preserveEnv.split(',') : []),
  ];
  const env = loginEnvironment(ctx.env, target, opts.login ? shell : target.shell || '/bin/sh', keep);
  if (opts.preserveEnv === '') for (const [key, value] of ctx.env) if (!env.has(key)) env.set(key, value);
  env.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin');
  let argv = words;
  if (opts.login || opts.shell) {
    const base = shell.slice(shell.lastIndexOf('/') + 1);
    const quoted = words.map((word) => word.replace(/[^A-Za-z0-9_$.-]/g, '\\$&')).join(' ');
    argv = [opts.login ? `-${base}` : shell, ...(words.length > 0 ? ['-c', quoted] : [])];
    if (opts.login) sys.chdir(target.dir);
  }
  env.set('SUDO_COMMAND', opts.login || opts.shell ? shell : argv.join(' '));
  env.set('SUDO_USER', me.name);
  env.set('SUDO_UID', String(me.uid));
  env.set('SUDO_GID', String(me.gid));
  for (const [key, value] of set) env.set(key, value);
  const path = opts.login || opts.shell ? shell : searchPath(sys, argv[0]!, env.get('PATH')!);
  if (path === undefined) return yield* ctx.die(`${argv[0]}: command not found`);
  const group = opts.group === undefined ? undefined : yield* new Accounts(sys).groupByName(opts.group);
  const r = yield* become(sys, target, group?.gid);
  if (r < 0) return yield* ctx.die(`unable to change to runas uid: ${ctx.strerror(r)}`);
  const failed = yield* execve(
    sys,
    path,
    argv,
    [...env].map(([key, value]) => `${key}=${value}`),
  );
  return yield* ctx.die(`unable to execute ${path}: ${ctx.strerror(failed)}`);
}
